package io.github.descent4j.mnist.data;

import io.github.descent4j.internal.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The files that this program writes, each as a whole or not at all. */
public final class WholeFile {
  private WholeFile() {}

  /** Writes the content of a file. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file. A pipe or a device is written to as it is.
   *
   * @throws IOException if that fails; the file is as it was
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      Files.write(file, bytes, StandardOpenOption.WRITE);
      return;
    }
    try {
      AtomicFile.replace(file, out -> out.write(bytes));
    } catch (NoSuchFileException e) {
      throw failure(file, "no such folder", e);
    } catch (FileSystemException e) {
      // The reader knows the file, not what is written beside it.
      throw failure(file, CommandException.reason(e), e);
    }
  }

  /** The same for content that is written into a stream. */
  public static void write(Path file, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    write(file, bytes.toByteArray());
  }

  private static FileSystemException failure(Path file, String reason, Exception cause) {
    FileSystemException failure = new FileSystemException(file.toString(), null, reason);
    failure.initCause(cause);
    return failure;
  }
}
