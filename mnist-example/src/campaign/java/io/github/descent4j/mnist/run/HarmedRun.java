package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.report.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One run, from its beginning through all that is done to it to its end. */
final class HarmedRun {
  private final KillCampaign campaign;
  private final HarmedSettings settings;
  private final SplittableRandom random;
  private final Path work;
  private final Path folder;
  private int starts;

  /** @param work a folder of its own */
  HarmedRun(KillCampaign campaign, HarmedSettings settings, SplittableRandom random, Path work) {
    this.campaign = campaign;
    this.settings = settings;
    this.random = random;
    this.work = work;
    folder = work.resolve("runs");
  }

  /**
   * Goes through harms, and to its end, which has to be that of a run to which nothing is done.
   *
   * @param harms a full disk is the first or none
   * @throws Harmed if it is another
   */
  void live(List<Harm> harms) throws IOException, InterruptedException {
    Files.createDirectories(work);
    boolean mounted = harms.contains(Harm.FULL_DISK);
    if (mounted) {
      Files.createDirectory(folder);
      if (!Surroundings.mount(folder, campaign.room(settings, random))) {
        throw new IOException(folder + " cannot be mounted");
      }
    }
    try {
      String result = null;
      for (Harm harm : harms) {
        result = harm(harm);
        inspect();
        if (result != null) {
          break;
        }
      }
      if (result == null) {
        result = end(start(List.of()));
      }
      inspect();
      Ending expected = campaign.expected(settings);
      Ending actual = Ending.of(folder, result);
      if (!actual.equals(expected)) {
        throw new Harmed("ended as " + actual + ", expected " + expected);
      }
    } finally {
      if (mounted) {
        Surroundings.unmount(folder);
      }
    }
  }

  /** Does something to the run; gives its last line if it came to its end before. */
  private String harm(Harm harm) throws IOException, InterruptedException {
    return switch (harm) {
      case KILLED_ANY_TIME, KILLED_BETWEEN_SAVES, KILLED_WHILE_SAVING, KILLED_WHILE_DELETING -> {
        TrainProcess process = start(List.of());
        awaitMoment(harm, process);
        yield kill(harm, process);
      }
      case FILE_LIMIT -> {
        // Blocks have 512 bytes, or 1024; the message on standard error needs room, too.
        long blocks = random.nextLong(4, campaign.largestFile(settings) / 1024);
        yield fails(
            harm,
            start(List.of("sh", "-c", "ulimit -f " + blocks + " && exec \"$@\"", "sh")),
            "cannot be written: .*File too large.*");
      }
      case FULL_DISK -> {
        String result = fails(harm, start(List.of()), "cannot be written: .*No space left.*");
        Surroundings.resize(folder, campaign.enough(settings));
        yield result;
      }
      case READ_ONLY_FOLDER -> {
        TrainProcess process = start(campaign.obedient());
        awaitMoment(Harm.KILLED_ANY_TIME, process);
        boolean there = Files.exists(folder);
        if (there) {
          Surroundings.permit(folder, false);
        }
        try {
          yield there
              ? fails(
                  harm,
                  process,
                  ".*(Permission denied|AccessDenied|not permitted|cannot be|found no permission).*")
              : kill(Harm.KILLED_ANY_TIME, process);
        } finally {
          if (there) {
            Surroundings.permit(folder, true);
          }
        }
      }
      case MOVED_FOLDER -> {
        TrainProcess process = start(List.of());
        awaitMoment(Harm.KILLED_WHILE_SAVING, process);
        Path elsewhere = work.resolve("elsewhere");
        Files.move(folder, elsewhere);
        try {
          yield fails(harm, process, "cannot be written: .*");
        } finally {
          Saves.delete(folder);
          Files.move(elsewhere, folder);
        }
      }
      case REMOVED_FOLDER -> {
        TrainProcess process = start(List.of());
        awaitMoment(Harm.KILLED_WHILE_SAVING, process);
        Saves.delete(folder);
        fails(harm, process, ".*");
        Saves.delete(folder);
        yield null;
      }
      case SECOND_RUN -> {
        TrainProcess first = start(List.of());
        await(first, first::hasPrinted);
        yield oneOf(harm, start(List.of()), first);
      }
      case TWO_AT_ONCE -> {
        TrainProcess first = start(List.of());
        TrainProcess second = start(List.of());
        await(first, () -> !first.isAlive() || !second.isAlive());
        yield first.isAlive() ? oneOf(harm, second, first) : oneOf(harm, first, second);
      }
    };
  }

  private TrainProcess start(List<String> before) throws IOException {
    List<String> arguments;
    if (Saves.in(folder).last() >= 0) {
      arguments = List.of("train", "--resume=" + folder);
    } else {
      arguments = new ArrayList<>(settings.command(campaign.data()));
      arguments.add("--checkpoint=" + folder);
    }
    return TrainProcess.start(before, campaign.jvm(), arguments, work.resolve("start-" + starts++));
  }

  /** Waits for a random moment of a kind, or for the end. */
  private void awaitMoment(Harm harm, TrainProcess process) throws InterruptedException {
    if (harm == Harm.KILLED_ANY_TIME) {
      long nanos = random.nextLong(campaign.duration(settings).toNanos());
      TimeUnit.NANOSECONDS.sleep(nanos);
      return;
    }
    long[] seen = {Saves.in(folder).last()};
    int more = random.nextInt(1, 4);
    for (int i = 0; i < more; i++) {
      await(process, () -> Saves.in(folder).last() > seen[0]);
      seen[0] = Saves.in(folder).last();
    }
    switch (harm) {
      case KILLED_BETWEEN_SAVES -> TimeUnit.MICROSECONDS.sleep(random.nextLong(50_000));
      case KILLED_WHILE_SAVING -> {
        await(process, () -> Saves.in(folder).saving());
        TimeUnit.NANOSECONDS.sleep(random.nextLong(campaign.saving(settings).toNanos()));
      }
      default -> await(process, () -> Saves.in(folder).deleting());
    }
  }

  /**
   * Waits until something is so, or the process has ended. What is waited for lasts milliseconds, and the process needs the
   * processor more than who watches it.
   */
  private static void await(TrainProcess process, BooleanSupplier condition) {
    long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!condition.getAsBoolean() && process.isAlive()) {
      if (System.nanoTime() > limit) {
        throw new Harmed("hung for 3 minutes");
      }
      LockSupport.parkNanos(200_000);
    }
  }

  private String kill(Harm harm, TrainProcess process) throws IOException, InterruptedException {
    int status = process.kill();
    requireSilence(process);
    if (status == TrainProcess.KILLED) {
      campaign.countKill(harm, Saves.in(folder));
      return null;
    }
    return end(process);
  }

  /** A run to which something was done that it cannot go on with, unless it was too late. */
  private String fails(Harm harm, TrainProcess process, String message)
      throws IOException, InterruptedException {
    int status = process.await();
    if (status == 0) {
      return end(process);
    }
    String errors = process.errors();
    // An exception that nobody has expected says where to find more.
    boolean expected =
        errors.matches("error: [^\\n]*" + message + "\\n") && !errors.contains("DESCENT4J_LOG");
    if (status != 1 || !expected) {
      throw new Harmed(harm.text + ": status " + status + ", standard error '" + errors + "'");
    }
    campaign.count(harm);
    return null;
  }

  /**
   * Two runs in a folder: the one that ends first was refused, and the other is killed. Or the first had come to its end before the
   * other one looked.
   */
  private String oneOf(Harm harm, TrainProcess ending, TrainProcess other)
      throws IOException, InterruptedException {
    if (ending.await() == 0) {
      if (other.await() != 0) {
        requireRefused(other);
      }
      campaign.count(harm);
      return end(ending);
    }
    requireRefused(ending);
    campaign.count(harm);
    return kill(harm, other);
  }

  private static void requireRefused(TrainProcess process)
      throws IOException, InterruptedException {
    int status = process.await();
    String errors = process.errors();
    if (status != 1 || !errors.matches("error: [^\\n]*another run that writes into it\\n")) {
      throw new Harmed("a second run: status " + status + ", standard error '" + errors + "'");
    }
  }

  /** The last line of a run that came to its end. */
  private static String end(TrainProcess process) throws IOException, InterruptedException {
    int status = process.await();
    requireSilence(process);
    if (status != 0) {
      throw new Harmed("status " + status + " at the end");
    }
    return process.result();
  }

  private static void requireSilence(TrainProcess process) throws IOException {
    if (!process.errors().isEmpty()) {
      throw new Harmed("standard error '" + process.errors() + "'");
    }
  }

  /** Whatever has the name of a checkpoint is whole. */
  private void inspect() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> checkpoints;
    try (var all = Files.list(folder)) {
      checkpoints = all.filter(path -> CheckpointName.steps(path).isPresent()).toList();
    }
    for (Path checkpoint : checkpoints) {
      try {
        Checkpoint.read(checkpoint).model();
        RunRecord.load(checkpoint.resolve(Checkpoint.RECORD));
      } catch (RuntimeException e) {
        throw new Harmed(checkpoint + " is not whole: " + e.getMessage(), e);
      }
    }
  }
}
