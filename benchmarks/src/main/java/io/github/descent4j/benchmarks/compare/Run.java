package io.github.descent4j.benchmarks.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One JVM with one implementation of one optimizer, over all sizes: nothing that another one left
 * compiled or allocated is in its way.
 *
 * @param implementation a column of the table
 * @param jar the JMH jar
 * @param benchmark a benchmark's class, of which all methods run
 * @param parameters JMH's -p, by name
 * @param flags of the JVM
 */
record Run(
    String implementation,
    Path jar,
    String benchmark,
    Map<String, String> parameters,
    List<String> flags) {

  /**
   * Runs it and adds what it measured.
   *
   * @param warmup milliseconds to warm up
   * @param timing JMH's options of iterations and their times
   * @param scratch a folder for output
   * @throws IOException if the JVM fails, for example because a validation does
   */
  void measure(int warmup, List<String> timing, Path scratch, Measurements measurements)
      throws IOException, InterruptedException {
    Path json = scratch.resolve("run.json").toAbsolutePath();
    Path log = scratch.resolve("run.log").toAbsolutePath();
    Files.deleteIfExists(json);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx4g");
    command.add("-Dwarmup=" + warmup);
    command.addAll(flags);
    command.addAll(List.of("-jar", jar.toString(), "\\." + benchmark + "\\."));
    parameters.forEach((name, value) -> command.addAll(List.of("-p", name + "=" + value)));
    // Without forks of JMH's own: this JVM already is one.
    command.addAll(List.of("-f", "0", "-foe", "true", "-rf", "json", "-rff", json.toString()));
    command.addAll(timing);
    File output = log.toFile();
    int exit = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output)
        .start()
        .waitFor();
    if (exit != 0 || Files.notExists(json) || Files.size(json) == 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + Files.readString(log));
    }
    for (JsonNode result : new ObjectMapper().readTree(json.toFile())) {
      JsonNode used = result.path("params");
      String work = used.path("optimizer").asText(used.path("network").asText(method(result)));
      String size = used.path("size").asText(used.path("shape").asText(""));
      double median =
          result.path("primaryMetric").path("scorePercentiles").path("50.0").asDouble();
      measurements.add(new Measurements.Key(implementation, work, size), median);
    }
  }

  private static String method(JsonNode result) {
    String name = result.path("benchmark").asText();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
