package io.github.descent4j.mnist.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Everything that this program writes is written here: a reader, whenever it looks, sees the old bytes or the new ones, and so does
 * whoever comes after a crash.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Writes the content of a file. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file: writes beside it, forces that to the disk, and renames. A pipe or a device is written to as it is.
   *
   * @throws IOException if that fails; the file is as it was
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      Files.write(file, bytes, StandardOpenOption.WRITE);
      return;
    }
    // A rename would replace a link; what it leads to is meant.
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling("." + target.getFileName() + "-" + random + ".tmp");
    try {
      fill(temporary, bytes);
      rename(temporary, target);
    } catch (NoSuchFileException e) {
      throw failure(file, "no such folder", e);
    } catch (FileSystemException e) {
      // The reader knows the file, not what is written beside it.
      throw failure(file, CommandException.reason(e), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** The same for content that is written into a stream. */
  public static void write(Path file, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    write(file, bytes.toByteArray());
  }

  /** Gives a file or a folder, all of which is on the disk, its name: this is on the disk, too, when the call returns. */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  /** Sees to it that the names in a folder are on the disk; Windows opens no folders, and needs none forced. */
  public static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // All names are in place; a crash can at worst bring the old ones back.
      return;
    }
  }

  private static FileSystemException failure(Path file, String reason, Exception cause) {
    FileSystemException failure = new FileSystemException(file.toString(), null, reason);
    failure.initCause(cause);
    return failure;
  }

  private static void fill(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }
}
