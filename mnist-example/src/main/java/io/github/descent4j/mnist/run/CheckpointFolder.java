package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.nn.train.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one run. Each is a folder {@code step-00000938} that gets its name when all of it is on the disk, so that
 * what has a name is whole, whenever the run ends. One run at a time writes into a folder.
 */
public final class CheckpointFolder implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("step-\\d{8,}");

  /** What is being written or deleted; of no use after a crash. */
  private static final String HIDDEN = ".step-";

  private final Path folder;
  private final int keep;
  private final FileChannel lockFile;

  private CheckpointFolder(Path folder, int keep, FileChannel lockFile) {
    this.folder = folder;
    this.keep = keep;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if need be, and reserves it for this run.
   *
   * @param keep how many checkpoints to keep besides the best, at least 1
   * @throws CommandException if it cannot be written, or another run has reserved it
   */
  public static CheckpointFolder open(Path folder, int keep) {
    FileChannel lockFile = null;
    try {
      Files.createDirectories(folder);
      lockFile = FileChannel.open(
          folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw CommandException.mismatch(
            folder.toString(), "a folder for this run alone", "another run that writes into it");
      }
      CheckpointFolder opened = new CheckpointFolder(folder, keep, lockFile);
      for (Path left : opened.named(HIDDEN)) {
        delete(left);
      }
      lockFile = null;
      return opened;
    } catch (IOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a folder to write checkpoints into", CommandException.reason(e), e);
    } finally {
      close(lockFile);
    }
  }

  /** The lock, or null if another process or another folder of this process has it. */
  private static FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The checkpoint with the most steps, if there is one. */
  public Optional<Checkpoint> last() {
    List<Path> all = checkpoints(folder);
    return all.isEmpty() ? Optional.empty() : Optional.of(Checkpoint.read(all.get(all.size() - 1)));
  }

  /**
   * The checkpoint with the highest accuracy, on the images held out if there are some, else on the test images; of several, the earliest.
   *
   * @param path a checkpoint, which is its own best one, or the folder of a run
   * @throws CommandException if there is none
   */
  public static Checkpoint best(Path path) {
    if (Files.exists(path.resolve(Checkpoint.RUN))) {
      return Checkpoint.read(path);
    }
    return checkpoints(path).stream()
        .map(Checkpoint::read)
        .max(Comparator.comparingDouble(CheckpointFolder::accuracy)
            .thenComparing(checkpoint -> -checkpoint.state().progress().steps()))
        .orElseThrow(() -> CommandException.mismatch(
            path.toString(),
            "a folder with checkpoints, as train --checkpoint writes them",
            Files.isDirectory(path) ? "none in it" : "no such folder"));
  }

  /**
   * Accuracy of the last epoch, on the images held out if there are some, else on the test images; a checkpoint between two epochs
   * has none of its own.
   */
  private static double accuracy(Checkpoint checkpoint) {
    RunState state = checkpoint.state();
    if (state.epochs().isEmpty() || state.progress().batches() > 0) {
      return -1;
    }
    List<Evaluation> validations = state.validations();
    return validations.isEmpty()
        ? state.epochs().get(state.epochs().size() - 1).test().accuracy()
        : validations.get(validations.size() - 1).accuracy();
  }

  /**
   * Saves a run, and deletes checkpoints that are neither the best nor among the last.
   *
   * @return the new checkpoint, or the one that is there already for this step
   * @throws CommandException if it cannot be written; the earlier ones are as they were
   */
  Path save(TrainingRun run, RunState state, RunRecord record) {
    String name = String.format("step-%08d", state.progress().steps());
    Path target = folder.resolve(name);
    if (Files.exists(target)) {
      return target;
    }
    Path hidden = folder.resolve("." + name);
    try {
      Files.createDirectory(hidden);
      run.network().save(hidden.resolve(Checkpoint.NETWORK));
      run.optimizer().state().save(hidden.resolve(Checkpoint.OPTIMIZER));
      if (run.stopping() != null && !state.validations().isEmpty()) {
        run.stopping().bestWeights().save(hidden.resolve(Checkpoint.BEST));
      }
      record.save(hidden.resolve(Checkpoint.RECORD));
      state.write(hidden.resolve(Checkpoint.RUN));
      WholeFile.force(hidden);
      WholeFile.rename(hidden, target);
      deleteOld();
    } catch (IOException | UncheckedIOException e) {
      discard(hidden);
      throw new CommandException(
          target + ": cannot be written: " + CommandException.reason(e)
              + "; the checkpoints before it are whole",
          e);
    }
    return target;
  }

  @Override
  public void close() {
    close(lockFile);
  }

  private void deleteOld() throws IOException {
    List<Path> all = checkpoints(folder);
    if (all.size() <= keep) {
      return;
    }
    Path best = best(folder).folder();
    for (Path old : all.subList(0, all.size() - keep)) {
      if (!old.equals(best)) {
        Path hidden = folder.resolve("." + old.getFileName());
        WholeFile.rename(old, hidden);
        delete(hidden);
      }
    }
  }

  /** All checkpoints by their number of steps. */
  private static List<Path> checkpoints(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.comparingLong(
              path -> Long.parseLong(path.getFileName().toString().substring("step-".length()))))
          .toList();
    } catch (IOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a readable folder", CommandException.reason(e), e);
    }
  }

  private List<Path> named(String prefix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().startsWith(prefix))
          .toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Makes room again after a failure, as far as that goes; the next run deletes the rest. */
  private static void discard(Path folder) {
    try {
      if (Files.exists(folder)) {
        delete(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      return;
    }
  }

  private static void close(FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
