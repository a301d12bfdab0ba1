package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.tour.Pupil.Values;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** Test accuracies of several seeds, a row for each of those that are compared and a column for each learning rate or other number. */
final class AccuracyTable {
  private final double[] columns;
  private final Formatter text = new Formatter(Locale.ROOT);
  private final List<Series> curves = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param rows what they are, the title of the first column
   */
  AccuracyTable(String rows, double... columns) {
    this.columns = columns;
    text.format("%-12s", rows);
    for (double column : columns) {
      text.format("  %15s", column);
    }
    text.format("\n");
  }

  /** Adds a row with the mean of each column and how far the highest is from the lowest. */
  void add(String name, List<Values> row) {
    text.format("%-12s", name);
    row.forEach(v -> text.format("  %.4f (%.4f)", v.mean(), v.highest() - v.lowest()));
    text.format("\n");
    curves.add(Series.of(name, columns, row.stream().mapToDouble(Values::mean).toArray())
        .between(
            row.stream().mapToDouble(Values::lowest).toArray(),
            row.stream().mapToDouble(Values::highest).toArray()));
  }

  /** Lines that end with a line feed. */
  String text() {
    return text.toString();
  }

  /** The rows as curves, the columns as a logarithmic axis. */
  Chart chart(String axis, int seeds) {
    return new Chart(
        "test accuracy, lowest to highest of " + seeds + " seeds",
        Axis.logarithmic(axis),
        Axis.linear("accuracy"),
        List.copyOf(curves));
  }
}
