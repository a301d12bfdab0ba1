package io.github.descent4j.benchmarks.compare;

import io.github.descent4j.benchmarks.FirstStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One JVM that takes the first steps of every rule.
 *
 * @param implementation a column of the table
 * @param library the JMH jar whose library is used
 * @param program the JMH jar with {@link FirstStep}
 * @param flags of the JVM
 */
record FirstStepRun(String implementation, Path library, Path program, List<String> flags) {

  /** Runs it and adds what it measured, in milliseconds. */
  void measure(Measurements measurements) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    // The library of the first jar hides the other's.
    command.add("-cp");
    command.add(library + System.getProperty("path.separator") + program);
    command.add(FirstStep.class.getName());
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] figures = text.strip().lines().reduce("", (before, line) -> line).split(" ", -1);
    if (process.waitFor() != 0 || figures.length != 2) {
      throw new IOException(String.join(" ", command) + " failed:\n" + text);
    }
    add(measurements, "the first rule", figures[0]);
    add(measurements, "each further rule", figures[1]);
  }

  private void add(Measurements measurements, String which, String milliseconds) {
    measurements.add(
        new Measurements.Key(implementation, Plan.FIRST_STEP, which),
        Double.parseDouble(milliseconds));
  }
}
