package io.github.descent4j.mnist.compare;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Test accuracy by optimizer and learning rate. */
public final class ComparisonTable {
  private static final int CELL = "0.9812 (0.0012)".length();

  private final List<Contender> contenders;
  private final List<Double> learningRates;
  private final List<ComparedRun> runs;

  public ComparisonTable(
      List<Contender> contenders, List<Double> learningRates, List<ComparedRun> runs) {
    this.contenders = List.copyOf(contenders);
    this.learningRates = List.copyOf(learningRates);
    this.runs = List.copyOf(runs);
  }

  public void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%ntest accuracy after the last epoch, mean (standard deviation) over the seeds%n%n");
    int width = contenders.stream()
        .mapToInt(contender -> contender.toString().length())
        .max()
        .orElse(0);
    width = Math.max(width, "learning rate".length());
    out.print(pad("learning rate", width));
    learningRates.forEach(rate -> out.print("  " + pad(rate.toString(), CELL)));
    out.println();
    for (Contender contender : contenders) {
      out.print(pad(contender.toString(), width));
      learningRates.forEach(rate -> out.print("  " + pad(cell(contender, rate), CELL)));
      out.println();
    }
  }

  /** The runs of one optimizer at one learning rate. */
  List<ComparedRun> runs(Contender contender, double learningRate) {
    return runs.stream()
        .filter(run -> Contender.of(run.settings()).equals(contender)
            && run.settings().optimizer().learningRate() == learningRate)
        .toList();
  }

  /** Mean and deviation of the runs that came to their end, or how many did not. */
  String cell(Contender contender, double learningRate) {
    List<ComparedRun> all = runs(contender, learningRate);
    long diverged = all.stream().filter(ComparedRun::diverged).count();
    if (diverged > 0) {
      return diverged + " of " + all.size() + " diverged";
    }
    return String.format(Locale.ROOT, "%.4f (%.4f)", mean(all), deviation(all));
  }

  static double mean(List<ComparedRun> runs) {
    return runs.stream().mapToDouble(ComparedRun::accuracy).average().orElseThrow();
  }

  /** Of the sample: over n - 1; 0 of a single run. */
  static double deviation(List<ComparedRun> runs) {
    double mean = mean(runs);
    double squares =
        runs.stream().mapToDouble(run -> Math.pow(run.accuracy() - mean, 2)).sum();
    return runs.size() < 2 ? 0 : Math.sqrt(squares / (runs.size() - 1));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
