package io.github.descent4j.benchmarks.compare;

import io.github.descent4j.benchmarks.Formula;
import io.github.descent4j.benchmarks.StepBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The measurements as Markdown. */
final class Report {
  private static final String BANDWIDTH_SIZE = "10000000";
  private static final int FLOAT_BYTES = 4;
  private static final int SAXPY_PASSES = 3;

  /** What is measured beside the table of optimizers. */
  private static final List<String> OTHERS = List.of(
      "Lamb",
      "NovoGrad",
      "Lars",
      "Adafactor",
      "Prodigy",
      "DAdaptAdam",
      "DAdaptSgd",
      "muon",
      "averagedAdam",
      "accumulatedAdam",
      "adaptivelyClippedAdam",
      "lookaheadAdam",
      "samAdam",
      "scheduleFreeSgd",
      "scheduleFreeAdamW",
      "centralizedAdam",
      "noisyAdam");

  private final Measurements measurements;
  private final List<String> optimizers;
  private final List<String> sizes;
  private final StringBuilder text = new StringBuilder();

  Report(Measurements measurements, List<String> optimizers, List<String> sizes) {
    this.measurements = measurements;
    this.optimizers = optimizers;
    this.sizes = sizes;
  }

  /**
   * Writes the report.
   *
   * @param title its heading
   * @param facts where the figures came from, one line each
   * @param picture file name of the bar chart
   */
  String write(String title, List<String> facts, String picture) {
    text.append("# ").append(title).append("\n\n");
    facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
    text.append("\nHow to read it: [benchmarks.md](../benchmarks.md).\n\n");
    text.append("![Microseconds of a step](").append(picture).append(")\n\n");
    steps();
    saxpy();
    clip();
    others();
    ownRule();
    overhead();
    training();
    return text.toString();
  }

  private void steps() {
    List<String> columns = implementations();
    text.append("## One optimizer step, float32, microseconds\n\n");
    List<String> header = new ArrayList<>(List.of("optimizer", "parameters"));
    header.addAll(columns);
    header.addAll(List.of(
        Plan.ND4J + " / ours",
        Plan.PYTORCH + " / ours",
        "GB/s of ours",
        "of saxpy's",
        "of saxpy's over as much memory"));
    row(header);
    rule(header.size());
    for (String optimizer : optimizers) {
      for (String size : sizes) {
        List<String> cells = new ArrayList<>(List.of(optimizer, size));
        for (String column : columns) {
          cells.add(time(measurements.median(column, optimizer, size)));
        }
        cells.add(timesOurs(Plan.ND4J, optimizer, size));
        cells.add(timesOurs(Plan.PYTORCH, optimizer, size));
        OptionalDouble ours = measurements.median(Plan.OURS, optimizer, size);
        double rate =
            gigabytes(Formula.of(optimizer).passes(), size) / ours.orElse(Double.NaN) * 1e6;
        cells.add(number(rate));
        cells.add(percent(rate / bandwidth(BANDWIDTH_SIZE)));
        cells.add(
            size.equals(BANDWIDTH_SIZE)
                ? percent(rate / bandwidth(sameMemory(Formula.of(optimizer))))
                : "");
        row(cells);
      }
    }
    text.append(
            "\nA ratio in parentheses is against the library's nearest, where it has none of the")
        .append(" name: its Nesterov for Momentum, its Adam for AdamW, AmsGrad,")
        .append(" Yogi, RAdam, NAdam and AdaMax.\n\n");
  }

  /** Those that stepped an optimizer, ours first. */
  private List<String> implementations() {
    List<String> all = List.of(
        Plan.OURS,
        Plan.OURS_ONE_THREAD,
        Plan.OURS_SCALAR,
        Plan.ND4J,
        Plan.ND4J_AVX512,
        Plan.ND4J_OPERATIONS,
        Plan.DJL,
        Plan.PYTORCH,
        Plan.PYTORCH_ONE_THREAD);
    return all.stream()
        .filter(name -> measurements.rounds().keySet().stream()
            .anyMatch(key -> key.implementation().equals(name)))
        .toList();
  }

  private String timesOurs(String peer, String optimizer, String size) {
    OptionalDouble ours = measurements.median(Plan.OURS, optimizer, size);
    OptionalDouble theirs = measurements.median(peer, optimizer, size);
    if (theirs.isPresent()) {
      return number(theirs.getAsDouble() / ours.orElse(Double.NaN));
    }
    OptionalDouble nearest = measurements.median(peer, nearest(optimizer), size);
    return nearest.isPresent()
        ? "(" + number(nearest.getAsDouble() / ours.orElse(Double.NaN)) + ")"
        : "";
  }

  /** The optimizer closest in work, where a library has none of the name. */
  private static String nearest(String optimizer) {
    return switch (optimizer) {
      case "Momentum" -> "Nesterov";
      case "AdamW", "AmsGrad", "Yogi", "RAdam", "NAdam", "AdaMax" -> "Adam";
      default -> optimizer;
    };
  }

  private void saxpy() {
    text.append("## The machine's bandwidth: saxpy of OpenBLAS, in place, all threads\n\n");
    row(List.of("elements", "microseconds", "GB/s"));
    rule(3);
    List<String> all = new ArrayList<>(sizes);
    all.addAll(List.of("15000000", "20000000"));
    for (String size : all) {
      OptionalDouble time = measurements.median(Plan.OPENBLAS, "saxpy", size);
      double rate = gigabytes(SAXPY_PASSES, size) / time.orElse(Double.NaN) * 1e6;
      row(List.of(size, time(time), number(rate)));
    }
    text.append('\n');
  }

  private void clip() {
    text.append("## Clipping by global norm, microseconds\n\n");
    row(List.of(
        "elements",
        "clipped gradients alone, written",
        "Adam step",
        "clipped Adam step",
        "clipped / not"));
    rule(5);
    for (String size : sizes) {
      OptionalDouble clipped = measurements.median(Plan.OURS, "clipAndAdamStep", size);
      if (clipped.isPresent()) {
        OptionalDouble adam = measurements.median(Plan.OURS, "Adam", size);
        row(List.of(
            size,
            time(measurements.median(Plan.OURS, "clip", size)),
            time(adam),
            time(clipped),
            number(clipped.getAsDouble() / adam.orElse(Double.NaN))));
      }
    }
    text.append('\n');
  }

  private void others() {
    text.append("## Layers, matrices and decorators, microseconds\n\n");
    row(List.of("step", "parameters", "microseconds", "over an Adam step's"));
    rule(4);
    for (String work : OTHERS) {
      measurements.rounds().keySet().stream()
          .filter(key -> key.implementation().equals(Plan.OURS) && key.work().equals(work))
          .map(Measurements.Key::size)
          .forEach(size -> {
            OptionalDouble time = measurements.median(Plan.OURS, work, size);
            OptionalDouble adam = measurements.median(Plan.OURS, "Adam", size);
            row(List.of(
                work, size, time(time), number(time.orElse(Double.NaN) / adam.orElse(Double.NaN))));
          });
    }
    text.append(
        "\naccumulatedAdam is two calls of `step`, which are one step; samAdam is a step without the second"
            + " gradients.\n\n");
  }

  private void ownRule() {
    text.append("## Lion as a user writes it, microseconds\n\n");
    row(List.of(
        "parameters",
        "`UpdateRule.of`",
        "a loop in Java, one thread",
        "the library's",
        "loop / rule"));
    rule(5);
    for (String size : sizes) {
      OptionalDouble rule = measurements.median(Plan.OURS, "ownLion", size);
      OptionalDouble loop = measurements.median(Plan.OURS, "handWrittenLion", size);
      if (rule.isPresent() && loop.isPresent()) {
        row(List.of(
            size,
            time(rule),
            time(loop),
            time(measurements.median(Plan.OURS, "Lion", size)),
            number(loop.getAsDouble() / rule.getAsDouble())));
      }
    }
    text.append('\n');
  }

  /** From a step of one small parameter and one of many. */
  private void overhead() {
    OptionalDouble one =
        measurements.median(Plan.OURS, Plan.OVERHEAD_OPTIMIZER, Plan.ONE_PARAMETER);
    OptionalDouble many =
        measurements.median(Plan.OURS, Plan.OVERHEAD_OPTIMIZER, Plan.MANY_PARAMETERS);
    if (one.isPresent() && many.isPresent()) {
      int further = StepBenchmark.count(Plan.MANY_PARAMETERS) - 1;
      double each = (many.getAsDouble() - one.getAsDouble()) / further;
      text.append("## What a step costs beside its arithmetic\n\nA step of ")
          .append(Plan.OVERHEAD_OPTIMIZER)
          .append(" with one parameter of 16 elements takes ")
          .append(number(one.getAsDouble()))
          .append(" microseconds, and each further parameter of 16 elements ")
          .append(number(1000 * each))
          .append(" ns, the arithmetic of the 16 included.\n\n");
    }
  }

  private void training() {
    text.append("## A training step of optim-nn, batch 128, Adam, microseconds\n\n");
    row(List.of("network", "microseconds", "469 steps (an epoch of MNIST), seconds"));
    rule(3);
    for (String network : List.of("mlp", "cnn")) {
      OptionalDouble time = measurements.median(Plan.OURS, network, "");
      row(List.of(network, time(time), number(time.orElse(Double.NaN) * 469 / 1e6)));
    }
  }

  private double bandwidth(String size) {
    double time = measurements.median(Plan.OPENBLAS, "saxpy", size).orElse(Double.NaN);
    return gigabytes(SAXPY_PASSES, size) / time * 1e6;
  }

  /** The elements at which the two arrays of saxpy take the memory of all arrays of a step of 10^7. */
  private static String sameMemory(Formula formula) {
    return Long.toString(Long.parseLong(BANDWIDTH_SIZE) * formula.arrays() / 2);
  }

  /** What so many passes over the elements read and write. */
  private static double gigabytes(int passes, String size) {
    double elements = (double) StepBenchmark.count(size) * StepBenchmark.length(size);
    return elements * passes * FLOAT_BYTES / 1e9;
  }

  private void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private void rule(int columns) {
    text.append("|").append("---|".repeat(columns)).append('\n');
  }

  static String time(OptionalDouble microseconds) {
    return microseconds.isPresent() ? number(microseconds.getAsDouble()) : "";
  }

  /** Three digits, so that a reader sees no more than was measured. */
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  private static String percent(double part) {
    return Double.isNaN(part) ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }
}
