package io.github.descent4j.mnist.data;

import java.nio.file.Path;
import java.util.Locale;

/** What a file's name says of its format, in small letters or capitals. */
public final class FileName {
  private FileName() {}

  /**
   * Whether a file's name ends so.
   *
   * @param suffix in small letters, as {@code .csv}
   */
  public static boolean endsWith(Path file, String suffix) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(suffix);
  }
}
