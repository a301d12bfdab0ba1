package io.github.descent4j.mnist.compare;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Test accuracy by optimizer and learning rate: the mean over the seeds, and how far they are apart. */
public final class ComparisonTable {
  static final List<String> HEADER =
      List.of("optimizer", "learning rate", "mean", "deviation", "lowest", "highest", "");

  private static final String BEST = "best of all";
  private static final String BEST_RATE = "best rate";

  private final Lineup lineup;
  private final List<Line> lines = new ArrayList<>();
  private final Optional<Line> best;

  /**
   * The table of some runs.
   *
   * @param runs of each contender at each of its rates at least one
   */
  public ComparisonTable(Lineup lineup, List<ComparedRun> runs) {
    this.lineup = lineup;
    lineup
        .rates()
        .forEach((contender, rates) -> rates.forEach(rate -> lines.add(new Line(
            contender,
            rate,
            runs.stream()
                .filter(run -> Contender.of(run.settings()).equals(contender)
                    && run.settings().optimizer().learningRate() == rate)
                .sorted(Comparator.comparingLong(run -> run.settings().seed()))
                .toList()))));
    best = best(lines);
  }

  /** What the accuracies are of. */
  public String title() {
    return "test accuracy after the " + (ofBestEpochs() ? "best epoch" : "last epoch")
        + ", over the seeds";
  }

  /** Whether early stopping has chosen the epochs; else they are the last ones. */
  boolean ofBestEpochs() {
    return lines.stream()
        .flatMap(line -> line.runs().stream())
        .anyMatch(run -> run.settings().regularization().patience() != null);
  }

  public void print(PrintWriter out) {
    List<List<String>> all = new ArrayList<>();
    all.add(HEADER);
    all.addAll(rows());
    int[] widths = new int[HEADER.size()];
    for (List<String> row : all) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out.printf(Locale.ROOT, "%s%n%n", title());
    for (List<String> row : all) {
      StringBuilder text = new StringBuilder(pad(row.get(0), widths[0]));
      for (int i = 1; i < row.size() - 1; i++) {
        text.append("  ").append(" ".repeat(widths[i] - row.get(i).length())).append(row.get(i));
      }
      out.println(text.append("  ").append(row.get(row.size() - 1)).toString().stripTrailing());
    }
  }

  /** A row for each line: optimizer, rate, mean, deviation, lowest, highest, and what there is to remark. */
  List<List<String>> rows() {
    return lines.stream()
        .map(line -> List.of(
            line.contender().toString(),
            Double.toString(line.learningRate()),
            cell(line, line.mean()),
            cell(line, line.deviation()),
            cell(line, line.lowest()),
            cell(line, line.highest()),
            remark(line)))
        .toList();
  }

  List<Line> lines() {
    return List.copyOf(lines);
  }

  /** Those of a contender, in the order of their rates. */
  List<Line> lines(Contender contender) {
    return lines.stream()
        .filter(line -> line.contender().equals(contender))
        .sorted(Comparator.comparingDouble(Line::learningRate))
        .toList();
  }

  /** The line with the highest mean among those without a run that diverged, of several the first. */
  Optional<Line> best() {
    return best;
  }

  /** The same among those of a contender. */
  Optional<Line> best(Contender contender) {
    return best(lines(contender));
  }

  private static Optional<Line> best(List<Line> lines) {
    Line best = null;
    for (Line line : lines) {
      if (line.diverged() == 0 && (best == null || line.mean() > best.mean())) {
        best = line;
      }
    }
    return Optional.ofNullable(best);
  }

  private String remark(Line line) {
    if (line.diverged() > 0) {
      return line.diverged() + " of " + line.runs().size() + " diverged";
    }
    if (best.filter(line::equals).isPresent() && lines.size() > 1) {
      return BEST;
    }
    boolean chosen = lineup.rates().get(line.contender()).size() > 1
        && best(line.contender()).filter(line::equals).isPresent();
    return chosen ? BEST_RATE : "";
  }

  /** A dash where there is no such value. */
  private static String cell(Line line, double value) {
    return line.diverged() > 0 || Double.isNaN(value)
        ? "-"
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
