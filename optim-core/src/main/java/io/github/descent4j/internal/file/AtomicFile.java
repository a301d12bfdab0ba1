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

/**
 * Replaces a file as a whole: whoever looks, whenever, sees the old bytes or the new ones, and so does whoever comes
 * after a crash.
 */
public final class AtomicFile {

  /** As many as Linux follows. */
  private static final int LINKS = 40;

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Body {
    /** Writes all of them. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes beside the file, forces the bytes to the disk, and renames.
   *
   * @throws UncheckedIOException if that fails, naming a state file; the file is as it was
   */
  static void write(Path file, Body body) {
    try {
      replace(file, body);
    } catch (IOException e) {
      throw new UncheckedIOException("state file " + file + " cannot be written: " + e, e);
    }
  }

  /**
   * The same for files of any kind.
   *
   * @throws IOException if that fails; the file is as it was
   */
  public static void replace(Path file, Body body) throws IOException {
    Path target = behindLinks(file.toAbsolutePath());
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new FileSystemException(target.toString(), null, "is there and is not a file");
    }
    // Not Files.createTempFile, whose files nobody but their owner may read.
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling(".descent4j-" + random + ".tmp");
    try {
      fill(temporary, body);
      rename(temporary, target);
    } catch (Throwable e) {
      delete(temporary, e);
      throw e;
    }
  }

  /** Gives a file or a folder, all of which is on the disk, its name, which is on the disk as well when the call returns. */
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
}
