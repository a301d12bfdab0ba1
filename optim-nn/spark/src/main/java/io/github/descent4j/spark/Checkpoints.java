package io.github.descent4j.spark;

import io.github.descent4j.Optimizer;
import io.github.descent4j.internal.file.AtomicFile;
import io.github.descent4j.nn.Sequential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The checkpoints of a run, in the form of {@code train --checkpoint}: folders {@code step-00000938} that get their names when all of their files
 * are on the disk, so that what has a name is whole whenever the driver ends. The last two are kept. One run at a time has
 * the folder.
 */
final class Checkpoints implements AutoCloseable {
  private static final String NETWORK = "network.npz";
  private static final String OPTIMIZER = "optimizer.npz";
  private static final String RUN = "run.json";
  private static final Pattern NAME = Pattern.compile("step-[0-9]{8,19}");
  private static final Pattern HIDDEN = Pattern.compile("\\.step-[0-9]{8,19}");

  /** What a crash may leave beside the files. */
  private static final Pattern UNFINISHED = Pattern.compile("\\.descent4j-[0-9a-f]+\\.tmp");

  private static final int KEPT = 2;

  private final Path folder;
  private final int every;

  /** Locked; null while the folder is not reserved. */
  private FileChannel lockFile;

  Checkpoints(Path folder, int every) {
    this.folder = folder;
    this.every = every;
  }

  /** The same folder for another run. */
  Checkpoints unreserved() {
    return new Checkpoints(folder, every);
  }

  /**
   * Makes the folder if need be, and reserves it for this run until it is closed.
   *
   * @throws IllegalStateException if another run has it
   * @throws UncheckedIOException if it cannot be written
   */
  void reserve() {
    if (lockFile != null) {
      return;
    }
    try {
      Files.createDirectories(folder);
      FileChannel file = FileChannel.open(
          folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (!locked(file)) {
          throw new IllegalStateException("checkpoints " + folder
              + " belong to another run that is open, expected a folder for this run alone");
        }
        lockFile = file;
      } finally {
        if (lockFile == null) {
          file.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoints " + folder + " cannot be reserved", e);
    }
  }

  /** False if another process, or another trainer of this one, has the lock. */
  private static boolean locked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Gives the folder up. */
  @Override
  public void close() {
    if (lockFile == null) {
      return;
    }
    try {
      lockFile.close();
      lockFile = null;
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoints " + folder + " cannot be given up", e);
    }
  }

  /** Whether one is due when the steps have gone from one number to another. */
  boolean due(long before, long after) {
    return after / every > before / every;
  }

  /** The last one. */
  Optional<Path> last() {
    List<Path> all = named(NAME);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  static long steps(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
  }

  static RunFile run(Path checkpoint) {
    return RunFile.read(checkpoint.resolve(RUN));
  }

  /**
   * Puts network and optimizer where those of the checkpoint were.
   *
   * @throws io.github.descent4j.state.StateFileException if a file is damaged; network and optimizer are as they were
   */
  static void restore(Path checkpoint, Sequential network, Optimizer optimizer) {
    List<INDArray> arrays = new ArrayList<>(Flat.values(network.parameters()));
    arrays.addAll(network.buffers().values());
    Flat before = Flat.like(arrays).read(arrays);
    network.load(checkpoint.resolve(NETWORK));
    try {
      optimizer.state().load(checkpoint.resolve(OPTIMIZER), network.parameters());
    } catch (RuntimeException e) {
      before.write(arrays);
      throw e;
    }
  }

  /**
   * Saves a run, whose folder is reserved.
   *
   * @throws IllegalStateException if the folder has a checkpoint of this step, which is another run's
   * @throws UncheckedIOException if it cannot be written; the earlier ones are as they were
   */
  void save(Sequential network, Optimizer optimizer, RunFile run) {
    String name = String.format(Locale.ROOT, "step-%08d", run.progress().steps());
    Path hidden = folder.resolve("." + name);
    try {
      Files.createDirectories(folder);
      for (Path left : named(HIDDEN)) {
        delete(left);
      }
      if (Files.exists(folder.resolve(name))) {
        throw new IllegalStateException("checkpoint " + folder.resolve(name)
            + " is there already, of another run, expected none of a step that was just taken");
      }
      Files.createDirectory(hidden);
      network.save(hidden.resolve(NETWORK));
      optimizer.state().save(hidden.resolve(OPTIMIZER));
      run.write(hidden.resolve(RUN));
      AtomicFile.force(hidden);
      AtomicFile.rename(hidden, folder.resolve(name));
      List<Path> all = named(NAME);
      for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
        Path unnamed = folder.resolve("." + old.getFileName());
        AtomicFile.rename(old, unnamed);
        delete(unnamed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "checkpoint " + folder.resolve(name)
              + " cannot be written; the checkpoints before it are whole",
          e);
    }
  }

  /** By the number of steps. */
  private List<Path> named(Pattern pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> pattern.matcher(path.getFileName().toString()).matches()
              && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .sorted((a, b) -> {
            String left = a.getFileName().toString();
            String right = b.getFileName().toString();
            return left.length() == right.length()
                ? left.compareTo(right)
                : left.length() - right.length();
          })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoints " + folder + " cannot be listed", e);
    }
  }

  /** Deletes a folder of ours; one with anything else in it stays. */
  private static void delete(Path checkpoint) throws IOException {
    List<Path> files;
    try (Stream<Path> content = Files.list(checkpoint)) {
      files = content.toList();
    }
    Set<String> ours = Set.of(NETWORK, OPTIMIZER, RUN);
    if (files.stream()
        .map(file -> file.getFileName().toString())
        .allMatch(name -> ours.contains(name) || UNFINISHED.matcher(name).matches())) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(checkpoint);
    }
  }
}
