package io.github.descent4j.internal.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Replaces a file as a whole: whoever looks, whenever, sees the old bytes or the new ones. */
final class AtomicFile {

  /** As many as Linux follows. */
  private static final int LINKS = 40;

  /** Writes the bytes of a file. */
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes beside the file, forces the bytes to the disk, and renames.
   *
   * @throws UncheckedIOException if that fails; the file is as it was
   */
  static void write(Path file, Body body) {
    try {
      Path target = behindLinks(file.toAbsolutePath());
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        throw new FileSystemException(target.toString(), null, "is there and is not a file");
      }
      Path folder = target.getParent();
      // Not Files.createTempFile, whose files nobody but their owner may read.
      String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
      Path temporary = folder.resolve(".descent4j-" + random + ".tmp");
      try {
        fill(temporary, body);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (Throwable e) {
        delete(temporary, e);
        throw e;
      }
      force(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("state file " + file + " cannot be written: " + e, e);
    }
  }

  private static void fill(Path temporary, Body body) throws IOException {
    try (FileChannel channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      body.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** A rename replaces a link; what the link leads to is what the caller means. */
  private static Path behindLinks(Path file) throws IOException {
    Path target = file;
    for (int i = 0; Files.isSymbolicLink(target); i++) {
      if (i == LINKS) {
        throw new FileSystemException(file.toString(), null, "too many levels of symbolic links");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static void delete(Path temporary, Throwable reason) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders; the new name is in place, and a crash can at worst bring the old
      // file back.
      return;
    }
  }
}
