package io.github.descent4j.mnist.run;

import io.github.descent4j.internal.file.AtomicFile;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.nn.train.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one run. Each is a folder {@code step-00000938} that gets its name when all of it is on the disk, so that
 * what has a name is whole, whenever the run ends. One run at a time writes into a folder.
 */
public final class CheckpointFolder implements AutoCloseable {
  /** All that this class writes into a checkpoint. */
  private static final Set<String> FILES = Set.of(
      Checkpoint.NETWORK,
      Checkpoint.OPTIMIZER,
      Checkpoint.TRAINING,
      Checkpoint.BEST,
      Checkpoint.RECORD,
      Checkpoint.RUN);

  /** What a crash may leave beside them: each is written under such a name, and renamed. */
  private static final Pattern UNFINISHED =
      Pattern.compile("\\.descent4j-[0-9a-f]+\\.tmp|\\.(record|run)\\.json-[0-9a-f]+\\.tmp");

  /** How often checkpoints may go while they are read. */
  private static final int ATTEMPTS = 100;

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
      opened.deleteLeftovers();
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

  /**
   * The checkpoint with the most steps, if there is one.
   *
   * @throws CommandException if it is damaged: nobody but the user throws it away
   */
  public Optional<Checkpoint> last() {
    List<Path> all = checkpoints(folder);
    if (all.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Checkpoint.read(all.get(all.size() - 1)));
    } catch (CommandException e) {
      throw Checkpoint.unusable(e);
    }
  }

  /**
   * The network of the checkpoint with the highest accuracy, on the images held out if there are some, else on the test images; of
   * several, the earliest. A run may write into the folder meanwhile, and delete what has just been found.
   *
   * @param path a checkpoint, which is its own best one, or the folder of a run
   * @param warning is told of each damaged checkpoint that another one stands in for
   * @throws CommandException if there is none that is whole
   */
  static TrainedModel best(Path path, Consumer<String> warning) {
    return best(path, warning, Checkpoint::model);
  }

  /** The same checkpoint, whose weights are whole. */
  static Checkpoint bestCheckpoint(Path path, Consumer<String> warning) {
    return best(path, warning, checkpoint -> {
      checkpoint.model();
      return checkpoint;
    });
  }

  private static <T> T best(Path path, Consumer<String> warning, Function<Checkpoint, T> reading) {
    if (Files.exists(path.resolve(Checkpoint.RUN))) {
      return reading.apply(Checkpoint.read(path));
    }
    Map<Path, CommandException> damaged = new LinkedHashMap<>();
    // Between the listing and the reading, all that was listed may have gone; listings miss what is
    // renamed meanwhile.
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      for (Checkpoint checkpoint : bestFirst(path, damaged)) {
        try {
          T read = reading.apply(checkpoint);
          damaged
              .values()
              .forEach(e ->
                  warning.accept(e.getMessage() + "; " + checkpoint.folder().getFileName()
                      + " is used, the best of those that are whole"));
          return read;
        } catch (CommandException e) {
          if (Files.exists(checkpoint.folder())) {
            damaged.put(checkpoint.folder(), e);
          }
        }
      }
    }
    if (!damaged.isEmpty()) {
      throw List.copyOf(damaged.values()).get(damaged.size() - 1);
    }
    throw CommandException.mismatch(
        path.toString(),
        "a folder with checkpoints, as train --checkpoint writes them",
        Files.isDirectory(path) ? "none in it" : "no such folder");
  }

  /** The networks of the checkpoints with the most steps, the earliest first. */
  static List<TrainedModel> last(Path folder, int count) {
    List<Path> all = checkpoints(folder);
    if (all.size() < count) {
      throw CommandException.mismatch(
          folder.toString(), "at least " + count + " checkpoints", all.size() + "");
    }
    return all.subList(all.size() - count, all.size()).stream()
        .map(path -> Checkpoint.read(path).model())
        .toList();
  }

  /**
   * The whole checkpoints, the best first.
   *
   * @param damaged what is known to be damaged, and is left out; what is found to be is added
   */
  private static List<Checkpoint> bestFirst(Path folder, Map<Path, CommandException> damaged) {
    List<Checkpoint> whole = new ArrayList<>();
    for (Path path : checkpoints(folder)) {
      if (!damaged.containsKey(path)) {
        try {
          whole.add(Checkpoint.read(path));
        } catch (CommandException e) {
          // One that is gone is no damaged one.
          if (Files.exists(path)) {
            damaged.put(path, e);
          }
        }
      }
    }
    whole.sort(Comparator.comparingDouble(CheckpointFolder::accuracy)
        .reversed()
        .thenComparing(checkpoint -> checkpoint.state().progress().steps()));
    return whole;
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
    long steps = state.progress().steps();
    Path target = folder.resolve(CheckpointName.of(steps));
    if (Files.exists(target)) {
      return target;
    }
    Path hidden = folder.resolve(CheckpointName.hidden(steps));
    if (Files.exists(hidden, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandException.mismatch(
          hidden.toString(), "no such file or folder", "one that this run has not written");
    }
    try {
      Files.createDirectory(hidden);
      run.evaluated(() -> {
        run.network().save(hidden.resolve(Checkpoint.NETWORK));
        return null;
      });
      if (run.averages()) {
        run.network().save(hidden.resolve(Checkpoint.TRAINING));
      }
      run.optimizer().state().save(hidden.resolve(Checkpoint.OPTIMIZER));
      if (run.stopping() != null && !state.validations().isEmpty()) {
        run.stopping().bestWeights().save(hidden.resolve(Checkpoint.BEST));
      }
      record.save(hidden.resolve(Checkpoint.RECORD));
      state.write(hidden.resolve(Checkpoint.RUN));
      AtomicFile.force(hidden);
      AtomicFile.rename(hidden, target);
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
    // What cannot be read might have been the best; the user decides.
    Map<Path, CommandException> damaged = new LinkedHashMap<>();
    List<Checkpoint> whole = bestFirst(folder, damaged);
    Path best = whole.get(0).folder();
    for (Path old : all.subList(0, all.size() - keep)) {
      if (!old.equals(best) && !damaged.containsKey(old) && isOurs(old)) {
        Path hidden = folder.resolve("." + old.getFileName());
        AtomicFile.rename(old, hidden);
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
      return all.filter(path -> CheckpointName.steps(path).isPresent() && Files.isDirectory(path))
          .sorted(Comparator.comparingLong(path -> CheckpointName.steps(path).orElseThrow()))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a readable folder", CommandException.reason(e), e);
    }
  }

  /** Deletes what a crash has left. What a user has given a name of that kind stays. */
  private void deleteLeftovers() throws IOException {
    List<Path> hidden;
    try (Stream<Path> all = Files.list(folder)) {
      hidden = all.filter(CheckpointName::isHidden).toList();
    }
    for (Path path : hidden) {
      if (isOurs(path)) {
        delete(path);
      }
    }
  }

  /** Whether a path is a folder, and nothing is in it but files of a checkpoint. */
  private static boolean isOurs(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (Stream<Path> content = Files.list(path)) {
      return content.allMatch(file -> {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && (FILES.contains(name) || UNFINISHED.matcher(name).matches());
      });
    }
  }

  /** Deletes a checkpoint, of which {@link #isOurs} has been asked. */
  private static void delete(Path checkpoint) throws IOException {
    List<Path> files;
    try (Stream<Path> content = Files.list(checkpoint)) {
      files = content.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.delete(checkpoint);
  }

  /** Makes room again after a failure, as far as that goes; the next run deletes the rest. */
  private static void discard(Path checkpoint) {
    try {
      if (Files.exists(checkpoint) && isOurs(checkpoint)) {
        delete(checkpoint);
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
