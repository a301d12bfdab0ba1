package io.github.descent4j.mnist.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** File systems that are full, and folders that are read-only, as far as this user can make them. */
final class Surroundings {
  private static final boolean ROOT = isRoot();

  /** Root writes where it may not, unless it has given up that. */
  private static final List<String> OBEYS_PERMISSIONS =
      List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");

  private Surroundings() {}

  /** Whether file systems with a size can be mounted. */
  static boolean canMount(Path folder) throws IOException, InterruptedException {
    if (!ROOT || !mount(Files.createDirectories(folder), 100)) {
      return false;
    }
    unmount(folder);
    return true;
  }

  /** What a process is started with that a read-only folder stops; null if nothing stops this user's. */
  static List<String> obedient() throws IOException, InterruptedException {
    if (!ROOT) {
      return List.of();
    }
    return run("setpriv", OBEYS_PERMISSIONS.get(1), "true") ? OBEYS_PERMISSIONS : null;
  }

  /** Mounts a file system of so many kibibytes. */
  static boolean mount(Path folder, long kibibytes) throws IOException, InterruptedException {
    return run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", folder.toString());
  }

  /** Changes the size of one that is mounted. */
  static void resize(Path folder, long kibibytes) throws IOException, InterruptedException {
    if (!run("mount", "-o", "remount,size=" + kibibytes + "k", folder.toString())) {
      throw new IOException(folder + " cannot be made larger");
    }
  }

  static void unmount(Path folder) throws IOException, InterruptedException {
    if (!run("umount", folder.toString())) {
      throw new IOException(folder + " cannot be unmounted");
    }
  }

  static void permit(Path folder, boolean writing) throws IOException {
    Files.setPosixFilePermissions(
        folder, PosixFilePermissions.fromString(writing ? "rwxr-xr-x" : "r-xr-xr-x"));
  }

  private static boolean isRoot() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      // There is no such command here.
      return false;
    }
  }
}
