package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Ends runs of {@code train} in every bad way, and resumes them: each has to come to the bits of the run that went through.
 * {@code .ci/campaign kill N} starts it.
 */
final class KillCampaign {
  private static final List<Harm> KILLS =
      Stream.of(Harm.values()).filter(Harm::isKill).toList();
  private static final List<Harm> OTHERS =
      Stream.of(Harm.values()).filter(harm -> !harm.isKill()).toList();

  /** Of so many kills, one is followed by something else that is done to the run. */
  private static final int KILLS_FOR_ANOTHER = 15;

  private static final int MOST_HARMS = 16;
  private static final int EVERY = 50;

  /** What a run is when nothing is done to it. */
  private record Undisturbed(Ending ending, Duration duration, long largestFile, long size) {}

  private final Path work;
  private final Path data;
  private final List<String> jvm;
  private final List<String> obedient;
  private final boolean canMount;
  private final Map<HarmedSettings, Undisturbed> undisturbed = new HashMap<>();
  private final long begun = System.nanoTime();

  // Guarded by this.
  private final SplittableRandom random;
  private final Map<Harm, Integer> counts = new EnumMap<>(Harm.class);
  private final List<String> failures = new ArrayList<>();
  private int wanted;
  private int kills;
  private int metSaving;
  private int metDeleting;
  private int beforeTheFirst;
  private int lives;
  private int begunLives;

  private KillCampaign(Path jar, int wanted, long seed, Path work)
      throws IOException, InterruptedException {
    this.wanted = wanted;
    this.work = work;
    random = new SplittableRandom(seed);
    data = Files.createDirectories(work.resolve("data"));
    IdxBytes.writeDataSet(data, 100, 40, 8, 10);
    obedient = Surroundings.obedient();
    canMount = Surroundings.canMount(work.resolve("disk"));
    jvm = jvm(jar, work.resolve("classes.jsa"));
  }

  /**
   * Runs the campaign.
   *
   * @param args the runnable jar, the number of kills, a seed, and a folder that is not there yet
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Files.createDirectory(Path.of(args[3]).toAbsolutePath());
    KillCampaign campaign = new KillCampaign(
        Path.of(args[0]).toAbsolutePath(),
        Integer.parseInt(args[1]),
        Long.parseLong(args[2]),
        work);
    boolean passed = campaign.run();
    if (passed) {
      Saves.delete(work);
    }
    System.exit(passed ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    for (HarmedSettings settings : HarmedSettings.ALL) {
      undisturbed.put(settings, undisturbed(settings));
    }
    int lanes = Math.max(1, Runtime.getRuntime().availableProcessors());
    ExecutorService executor = Executors.newFixedThreadPool(lanes);
    for (int lane = 0; lane < lanes; lane++) {
      executor.execute(this::lives);
    }
    executor.shutdown();
    while (!executor.awaitTermination(1, TimeUnit.HOURS)) {
      print("still running");
    }
    return summary();
  }

  /** A JVM starts in a third of the time when it has the classes from an archive, and no second compiler. */
  private List<String> jvm(Path jar, Path archive) throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    options.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    // No file but those of the run: some runs may write small ones only.
    options.addAll(List.of("-XX:-UsePerfData", "-Xlog:disable"));
    options.add("-Dio.github.descent4j.threads=1");
    if (Runtime.version().feature() >= 24) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    List<String> priming = new ArrayList<>(options);
    priming.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString()));
    TrainProcess process = TrainProcess.start(
        List.of(), priming, HarmedSettings.ALL.get(0).command(data()), work.resolve("priming"));
    if (process.await() == 0 && Files.exists(archive)) {
      options.add("-XX:SharedArchiveFile=" + archive);
    }
    options.addAll(List.of("-jar", jar.toString()));
    return options;
  }

  /** Twice, or nothing could be said of a run that ends otherwise. */
  private Undisturbed undisturbed(HarmedSettings settings)
      throws IOException, InterruptedException {
    List<Ending> endings = new ArrayList<>();
    Duration duration = Duration.ZERO;
    long largestFile = 0;
    long size = 0;
    for (int i = 0; i < 2; i++) {
      Path folder = work.resolve("undisturbed");
      List<String> arguments = new ArrayList<>(settings.command(data()));
      arguments.add("--checkpoint=" + folder);
      long start = System.nanoTime();
      TrainProcess process = TrainProcess.start(List.of(), jvm, arguments, folder);
      int status = process.await();
      duration = Duration.ofNanos(System.nanoTime() - start);
      if (status != 0) {
        throw new Harmed(settings + " fails undisturbed: " + process.errors());
      }
      endings.add(Ending.of(folder, process.result()));
      try (Stream<Path> files = Files.list(folder.resolve(endings.get(i).checkpoint()))) {
        long[] sizes = files.mapToLong(file -> file.toFile().length()).toArray();
        largestFile = Arrays.stream(sizes).max().orElseThrow();
        size = Arrays.stream(sizes).sum();
      }
      Saves.delete(folder);
    }
    if (!endings.get(0).equals(endings.get(1))) {
      throw new Harmed(settings + " ends as " + endings + " undisturbed");
    }
    print(String.format(
        Locale.ROOT,
        "%s: %.1f s undisturbed, checkpoints of %d KiB, %s",
        settings.name(),
        duration.toMillis() / 1e3,
        size / 1024,
        endings.get(0).hashes()));
    return new Undisturbed(endings.get(0), duration, largestFile, size);
  }

  /** Lets runs live until there have been kills enough. */
  private void lives() {
    while (true) {
      SplittableRandom own;
      int number;
      synchronized (this) {
        if (kills >= wanted) {
          return;
        }
        own = random.split();
        number = begunLives++;
      }
      HarmedSettings settings = HarmedSettings.ALL.get(number % HarmedSettings.ALL.size());
      List<Harm> harms = harms(own);
      Path life = work.resolve("run-" + number);
      try {
        new HarmedRun(this, settings, own, life).live(harms);
        Saves.delete(life);
        synchronized (this) {
          lives++;
        }
      } catch (IOException | RuntimeException e) {
        fail(settings.name() + ", " + harms + ", " + life + ": " + e);
      } catch (InterruptedException e) {
        fail(life + " was interrupted");
        return;
      }
    }
  }

  private List<Harm> harms(SplittableRandom own) {
    List<Harm> harms = new ArrayList<>();
    int count = own.nextInt(1, MOST_HARMS);
    for (int i = 0; i < count; i++) {
      harms.add(KILLS.get(own.nextInt(KILLS.size())));
      if (own.nextInt(KILLS_FOR_ANOTHER) == 0) {
        Harm other = OTHERS.get(own.nextInt(OTHERS.size()));
        if (other == Harm.FULL_DISK) {
          if (canMount && !harms.contains(other)) {
            harms.add(0, other);
          }
        } else if (other != Harm.READ_ONLY_FOLDER || obedient != null) {
          harms.add(other);
        }
      }
    }
    // A mount point can be neither moved nor deleted.
    if (harms.contains(Harm.FULL_DISK)) {
      harms.removeAll(List.of(Harm.MOVED_FOLDER, Harm.REMOVED_FOLDER));
    }
    return harms;
  }

  private synchronized void fail(String what) {
    failures.add(what);
    print("FAILED: " + what);
  }

  private synchronized boolean summary() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    print(String.format(
        Locale.ROOT,
        "%d kills in %d s: %d met a save, %d a deletion, %d came before the first checkpoint",
        kills,
        seconds,
        metSaving,
        metDeleting,
        beforeTheFirst));
    counts.forEach((harm, count) -> print("  " + harm.text + ": " + count));
    if (!canMount) {
      print("  full disk: none, no file system can be mounted here");
    }
    if (obedient == null) {
      print("  folder made read-only: none, nothing stops this user");
    }
    print(lives + " runs came to the bits of the run that went through, " + failures.size()
        + " did not");
    failures.forEach(failure -> print("  " + failure));
    return failures.isEmpty();
  }

  /** Counts a kill, and what it has met. */
  synchronized void countKill(Harm harm, Saves left) {
    if (harm.isKill()) {
      count(harm);
    }
    kills++;
    metSaving += left.saving() ? 1 : 0;
    metDeleting += left.deleting() ? 1 : 0;
    beforeTheFirst += left.last() < 0 ? 1 : 0;
    if (kills % EVERY == 0) {
      print(kills + " kills, " + lives + " runs ended with the same bits, " + failures.size()
          + " failures, " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s");
    }
  }

  synchronized void count(Harm harm) {
    counts.merge(harm, 1, Integer::sum);
  }

  List<String> jvm() {
    return jvm;
  }

  /** What a process is started with that a read-only folder stops. */
  List<String> obedient() {
    return obedient;
  }

  String data() {
    return data.toString();
  }

  Ending expected(HarmedSettings settings) {
    return undisturbed.get(settings).ending();
  }

  /** How long a run takes to which nothing is done. */
  Duration duration(HarmedSettings settings) {
    return undisturbed.get(settings).duration();
  }

  /** About as long as a save. */
  Duration saving(HarmedSettings settings) {
    return Duration.ofMillis(10 + undisturbed.get(settings).size() / 100_000);
  }

  /** Bytes of the largest file of a checkpoint. */
  long largestFile(HarmedSettings settings) {
    return undisturbed.get(settings).largestFile();
  }

  /** Kibibytes in which not all of the checkpoints fit that a run keeps. */
  long room(HarmedSettings settings, SplittableRandom own) {
    return Math.max(
        16, (long) (undisturbed.get(settings).size() / 1024.0 * own.nextDouble(0.2, 1.9)));
  }

  /** Kibibytes in which they do. */
  long enough(HarmedSettings settings) {
    return undisturbed.get(settings).size() / 1024 * 10 + 1024;
  }

  private static synchronized void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
