package io.github.descent4j.mnist.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares the bits of steps and of trainings over JDKs, loops, threads and what the JVM compiles to. {@code .ci/campaign bits} starts
 * it, in the project's folder.
 */
final class BitsCampaign {
  private static final String STEPS = "io.github.descent4j.StepBits";
  private static final int LIMIT_MINUTES = 60;

  private static final List<String> LAYOUTS = List.of("C_ORDER", "F_ORDER", "TRANSPOSED_VIEW");

  /** Has the same bits as each layout. */
  private static final String RESUMED = "resumed";

  /** The slowest. */
  private static final String INTERPRETER = "-Xint";

  private static final List<String> STEP_COLUMNS = List.of("large", "decorated");
  private static final List<String> TRAINING_COLUMNS = List.of("mlp", "cnn", "convnet");

  /** How a JVM runs. */
  private record Mode(String loops, int threads, List<String> flags) {
    static List<Mode> all() {
      List<Mode> all = new ArrayList<>();
      for (String loops : List.of("scalar", "vector", "interpreted")) {
        for (int threads : new int[] {1, 2, 7}) {
          all.add(new Mode(loops, threads, List.of()));
        }
      }
      for (String loops : List.of("scalar", "vector")) {
        all.add(new Mode(loops, 2, List.of("-XX:TieredStopAtLevel=1")));
        if (System.getProperty("os.arch").matches("amd64|x86_64")) {
          for (int avx = 0; avx <= 3; avx++) {
            all.add(new Mode(loops, 2, List.of("-XX:UseAVX=" + avx)));
          }
        }
      }
      all.add(new Mode("scalar", 2, List.of(INTERPRETER)));
      return all;
    }

    /** Not all of them where each takes minutes. */
    List<String> layouts() {
      return flags.contains(INTERPRETER) ? LAYOUTS.subList(0, 1) : LAYOUTS;
    }

    @Override
    public String toString() {
      return (loops + " " + threads + " " + String.join(" ", flags)).strip();
    }
  }

  private final Map<String, String> expected = new LinkedHashMap<>();
  private final StringBuilder table = new StringBuilder();
  private int different;
  private int processes;

  private BitsCampaign() {}

  /**
   * Runs the campaign.
   *
   * @param args the file for the table, what the rows are to match ({@code scalar 2 -Xint}, with all flags), and the homes of the JDKs
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Pattern rows;
    try {
      rows = Pattern.compile(args[1]);
    } catch (PatternSyntaxException e) {
      System.err.println(
          "rows are '" + args[1] + "', expected a regular expression: " + e.getDescription());
      System.exit(2);
      return;
    }
    List<Mode> modes = Mode.all().stream()
        .filter(mode -> rows.matcher(mode.toString()).matches())
        .toList();
    if (modes.isEmpty()) {
      System.err.println("no row matches '" + args[1] + "', expected one of " + Mode.all());
      System.exit(2);
    }
    BitsCampaign campaign = new BitsCampaign();
    campaign.compare(Arrays.stream(args).skip(2).map(Path::of).toList(), modes);
    Path out = Path.of(args[0]).toAbsolutePath();
    Files.createDirectories(out.getParent());
    Files.writeString(out, campaign.table);
    System.out.println(campaign.table);
    System.out.println(campaign.processes + " processes, " + campaign.different
        + " results with other bits; the table is in " + out);
    System.exit(campaign.different == 0 ? 0 : 1);
  }

  private void compare(List<Path> homes, List<Mode> modes)
      throws IOException, InterruptedException {
    List<String> columns = new ArrayList<>(List.of("steps"));
    columns.addAll(STEP_COLUMNS);
    columns.addAll(TRAINING_COLUMNS);
    table
        .append("| JDK | loops | threads | flags | ")
        .append(String.join(" | ", columns))
        .append(" |\n|")
        .append("---|".repeat(4 + columns.size()))
        .append('\n');
    for (Path home : homes) {
      String version = version(home);
      for (Mode mode : modes) {
        Map<String, String> bits = new LinkedHashMap<>();
        bits.putAll(run(home, mode, Path.of("optim-core"), STEPS, mode.layouts()));
        bits.putAll(
            run(home, mode, Path.of("mnist-example"), TrainingBits.class.getName(), List.of()));
        row(version, mode, bits, columns);
      }
    }
  }

  private void row(String version, Mode mode, Map<String, String> bits, List<String> columns) {
    List<String> steps = Stream.concat(mode.layouts().stream(), Stream.of(RESUMED))
        .map(name -> bits.getOrDefault(name, "none"))
        .distinct()
        .toList();
    bits.put("steps", String.join(", ", steps));
    String loops = bits.getOrDefault("loops", "none");
    StringBuilder row = new StringBuilder("| " + version + " | " + loops + " | " + mode.threads
        + " | " + mode.flags.stream().map(flag -> "`" + flag + "`").collect(Collectors.joining(" "))
        + " | ");
    for (String column : columns) {
      String value = bits.getOrDefault(column, "none");
      boolean same = value.equals(expected.computeIfAbsent(column, name -> value))
          && value.matches("[0-9a-f]{16}");
      different += same ? 0 : 1;
      row.append(same ? value.substring(0, 8) : "**" + value + "**").append(" | ");
    }
    if (!loops.equals(mode.loops)) {
      different++;
    }
    String line = row.toString().stripTrailing();
    table.append(line).append('\n');
    System.out.println(line);
  }

  /** What a class prints in a JVM of its own; less than all if it fails. */
  private Map<String, String> run(
      Path home, Mode mode, Path folder, String main, List<String> arguments)
      throws IOException, InterruptedException {
    processes++;
    List<String> command =
        new ArrayList<>(List.of(home.resolve("bin").resolve("java").toString(), "-Xmx2g"));
    command.addAll(mode.flags);
    command.add("-Dio.github.descent4j.kernels=" + mode.loops);
    command.add("-Dio.github.descent4j.threads=" + mode.threads);
    if (mode.loops.equals("vector")) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(arguments);
    Path out = Files.createTempFile("bits", ".out");
    Path err = Files.createTempFile("bits", ".err");
    Process process = new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
    }
    if (process.exitValue() != 0) {
      System.out.println(String.join(" ", command) + "\n" + Files.readString(err));
    }
    Map<String, String> bits = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(out)) {
      lines.filter(line -> line.startsWith("bits ")).forEach(line -> {
        String[] words = line.split(" ", 3);
        bits.put(words[1], words[2]);
      });
    }
    Files.delete(out);
    Files.delete(err);
    return bits;
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String version(Path home) throws IOException {
    Properties release = new Properties();
    try (var in = Files.newInputStream(home.resolve("release"))) {
      release.load(in);
    }
    return release.getProperty("JAVA_VERSION").replace("\"", "");
  }
}
