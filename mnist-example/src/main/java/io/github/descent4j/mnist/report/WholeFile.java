package io.github.descent4j.mnist.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Replaces a file as a whole: a reader sees the old bytes or the new ones. */
final class WholeFile {
  private WholeFile() {}

  /** Writes beside the file and renames. A pipe or a device is written to as it is. */
  static void write(Path file, byte[] bytes) throws IOException {
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
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw new FileSystemException(file.toString(), null, "no such folder");
    } catch (FileSystemException e) {
      // The reader knows the file, not what is written beside it.
      throw new FileSystemException(file.toString(), null, e.getReason());
    } finally {
      Files.deleteIfExists(temporary);
    }
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
