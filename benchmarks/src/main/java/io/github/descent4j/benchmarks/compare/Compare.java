package io.github.descent4j.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the benchmarks' JVMs in alternation, round after round, and writes one table and a picture. */
@Command(
    name = "benchmarks/compare.sh",
    description = "Compares descent4j with its peers, all in JVMs of the Java that runs this.",
    showDefaultValues = true,
    mixinStandardHelpOptions = true)
public final class Compare implements Callable<Integer> {
  private static final String PICTURED_SIZE = "1000000";
  private static final Pattern SIZE = Pattern.compile("[1-9]\\d*(x[1-9]\\d*)?");

  @Option(
      names = "--full",
      description = "Every implementation, number of threads and size (about 25 minutes);"
          + " otherwise descent4j, ND4J's updaters and PyTorch's fused kernels (about 5).")
  private boolean full;

  @Option(
      names = "--vector",
      description = "descent4j with its vector kernels: --add-modules jdk.incubator.vector.")
  private boolean vector;

  @Option(
      names = "--rounds",
      description =
          "Rounds of all JVMs; a table cell is their median. By default 2, 3 with --full.",
      showDefaultValue = Help.Visibility.NEVER)
  private int rounds;

  @Option(names = "--warmup", description = "Milliseconds to warm up each JVM.")
  private int warmup = 1000;

  @Option(
      names = "--milliseconds",
      description = "Time to measure a benchmark in each round, after as much to warm up.")
  private int milliseconds = 300;

  @Option(names = "--optimizers", split = ",", description = "Only these; all by default.")
  private List<String> optimizers = new ArrayList<>();

  @Option(
      names = "--against",
      paramLabel = "JAR",
      description =
          "The benchmarks.jar of another version: only the steps of both are run, in turn, at"
              + " every size, and the first steps of a process (a round of all takes about 3 minutes).")
  private Path against;

  @Option(
      names = "--size",
      split = ",",
      description = "Only these numbers of elements, as 1000000,200x1000; by default those of the"
          + " comparison.")
  private List<String> sizes = new ArrayList<>();

  @Option(names = "--name", description = "Writes NAME.md, NAME.png and NAME.json.")
  private String name = "compare";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for them. Default: benchmarks/target/results.",
      showDefaultValue = Help.Visibility.NEVER)
  private Path out;

  @Spec
  private CommandSpec spec;

  /** Parses the options and runs. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Compare()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (String size : sizes) {
      if (!SIZE.matcher(size).matches()) {
        throw new ParameterException(
            spec.commandLine(),
            "--size has '" + size + "', expected numbers of elements, as 1000000,200x1000");
      }
    }
    PrintWriter progress = spec.commandLine().getErr();
    // Set by compare.sh.
    Path project = Path.of(System.getProperty("project", "."));
    Path benchmarks = project.resolve("benchmarks");
    Path scratch = Files.createDirectories(benchmarks.resolve("target/compare"));
    Path caller = Path.of(System.getProperty("caller", ""));
    Path results = Files.createDirectories(
        out == null ? benchmarks.resolve("target/results") : caller.resolve(out));
    if (against != null) {
      against = caller.resolve(against);
    }
    if (rounds == 0) {
      rounds = full ? 3 : 2;
    }
    // Taken first: the result files themselves would make the tree dirty.
    List<String> facts = facts(Machine.commit(project));
    String report = "";

    Plan plan = new Plan(benchmarks, full, vector, optimizers, sizes);
    Measurements measurements = new Measurements();
    String time = milliseconds + "ms";
    List<String> timing = List.of("-wi", "1", "-w", time, "-i", "1", "-r", time);
    for (int round = 1; round <= rounds; round++) {
      List<Run> runs = against == null ? plan.round(round) : plan.versions(against);
      for (int i = 0; i < runs.size(); i++) {
        Run run = runs.get(i);
        progress.printf(
            Locale.ROOT,
            "round %d of %d, %d of %d: %s %s %s%n",
            round,
            rounds,
            i + 1,
            runs.size(),
            run.implementation(),
            run.benchmark(),
            run.parameters());
        run.measure(warmup, timing, scratch, measurements);
      }
      if (against != null) {
        plan.firstStep(Plan.BEFORE, against).measure(measurements);
        plan.firstStep(Plan.OURS, benchmarks.resolve("target/benchmarks.jar"))
            .measure(measurements);
      }
      // After every round: what fails later takes nothing away.
      List<String> source = new ArrayList<>(facts);
      source.add("Medians of " + round + (round == 1 ? " round" : " rounds")
          + ", each the median of " + milliseconds + " ms of steps in a JVM of its own");
      if (against == null) {
        String pictured =
            plan.sizes().contains(PICTURED_SIZE) ? PICTURED_SIZE : plan.sizes().get(0);
        Chart.write(measurements, plan.optimizers(), pictured, results.resolve(name + ".png"));
        report = new Report(measurements, plan.optimizers(), plan.sizes())
            .write("Measured: " + name, source, name + ".png");
      } else {
        report = new VersionReport(measurements).write("Measured: " + name, source);
      }
      Files.writeString(results.resolve(name + ".md"), report);
      writeJson(measurements, results.resolve(name + ".json"));
    }

    spec.commandLine().getOut().print(report);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** Microseconds, one for each round. */
  private record Row(String implementation, String work, String size, List<Double> microseconds) {}

  private List<String> facts(String commit) {
    List<String> facts = new ArrayList<>();
    facts.add("Machine: " + Machine.processor() + ", " + Machine.cores() + " cores, "
        + Machine.system() + ", load average before " + Machine.load());
    facts.add("JDK: " + Machine.jdk());
    facts.add("Commit: " + commit + ", " + LocalDate.now(ZoneOffset.UTC));
    facts.add("Command: `benchmarks/compare.sh "
        + String.join(" ", spec.commandLine().getParseResult().originalArgs()) + "`");
    return facts;
  }

  private static void writeJson(Measurements measurements, Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    measurements
        .rounds()
        .forEach(
            (key, times) -> rows.add(new Row(key.implementation(), key.work(), key.size(), times)));
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), rows);
  }
}
