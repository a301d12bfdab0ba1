package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Any bytes as a picture of a digit: refused with a line that names the file, or an image of the size asked for. */
public final class PictureTarget {
  private static final int ROWS = 28;
  private static final int COLUMNS = 20;
  private static final Path FILE = Scratch.folder().resolve("picture");

  private PictureTarget() {}

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    DigitPicture digit;
    try {
      digit = DigitPicture.read(FILE, ROWS, COLUMNS);
    } catch (CommandException e) {
      assertThat(e.getMessage()).startsWith(FILE + ": expected ").contains(", found ");
      return;
    }
    assertThat(digit.image().rows()).isEqualTo(ROWS);
    assertThat(digit.image().columns()).isEqualTo(COLUMNS);
    assertThat(digit.image().pixels()).hasSize(ROWS * COLUMNS).contains(255 - 256);
  }
}
