package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.report.Page;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunReport;
import io.github.descent4j.mnist.report.Table;
import io.github.descent4j.mnist.run.EpochResult;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A comparison as a page: accuracy against learning rate, and the curves of training. */
public final class ComparisonReport {
  private final Lineup lineup;
  private final ComparisonTable table;

  public ComparisonReport(Lineup lineup, ComparisonTable table) {
    this.lineup = lineup;
    this.table = table;
  }

  public Page page(Session session) {
    Page page = new Page("Optimizers and learning rates");
    page.section("Accuracy against learning rate")
        .text(
            "Mean " + table.title()
                + "; bars reach from the lowest to the highest. What diverged counts as a guess. The bold curve has the best mean.")
        .charts(List.of(accuracyAgainstRate()))
        .table(Table.ofNumbers(table.title(), ComparisonTable.HEADER, table.rows()));
    List<Line> best = lineup.contenders().stream()
        .flatMap(contender -> table.best(contender).stream())
        .toList();
    if (!best.isEmpty()) {
      curves(page, "Each at its best learning rate", best);
    }
    for (double rate : lineup.common()) {
      curves(
          page,
          "Learning rate " + rate,
          table.lines().stream().filter(line -> line.learningRate() == rate).toList());
    }
    RunReport.session(page, session);
    return page;
  }

  private Chart accuracyAgainstRate() {
    Optional<Contender> best = table.best().map(Line::contender);
    List<Series> series = lineup.contenders().stream()
        .map(contender -> {
          List<Line> lines = table.lines(contender);
          Series curve = Series.of(
                  contender.toString(),
                  values(lines, Line::learningRate),
                  values(lines, Line::mean))
              .between(values(lines, Line::lowest), values(lines, Line::highest));
          return best.filter(contender::equals).isPresent() ? curve.strong() : curve;
        })
        .toList();
    return new Chart(
        "Test accuracy", Axis.logarithmic("learning rate"), Axis.linear("accuracy"), series);
  }

  private static double[] values(List<Line> lines, ToDoubleFunction<Line> value) {
    return lines.stream().mapToDouble(value).toArray();
  }

  private void curves(Page page, String heading, List<Line> lines) {
    page.section(heading)
        .charts(List.of(
            chart("Training loss", "loss", lines, epoch -> epoch.training().trainLoss()),
            chart("Test accuracy", "accuracy", lines, epoch -> epoch.test().accuracy())));
  }

  private Chart chart(
      String title, String label, List<Line> lines, ToDoubleFunction<EpochResult> value) {
    List<Series> series = lines.stream()
        .map(line -> {
          Series curve = curve(line, value);
          return table.best().filter(line::equals).isPresent() ? curve.strong() : curve;
        })
        .toList();
    return new Chart(title, Axis.whole("epoch"), Axis.linear(label), series);
  }

  /** The mean over the seeds and what is between them, as far as all of them came. */
  private static Series curve(Line line, ToDoubleFunction<EpochResult> value) {
    int epochs = line.runs().stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
    double[] x = IntStream.rangeClosed(1, epochs).asDoubleStream().toArray();
    double[] mean = new double[epochs];
    double[] lowest = new double[epochs];
    double[] highest = new double[epochs];
    for (int i = 0; i < epochs; i++) {
      int epoch = i;
      DoubleSummaryStatistics summary = line.runs().stream()
          .mapToDouble(run -> value.applyAsDouble(run.epochs().get(epoch)))
          .summaryStatistics();
      mean[i] = summary.getAverage();
      lowest[i] = summary.getMin();
      highest[i] = summary.getMax();
    }
    return Series.of(line.contender().toString(), x, mean).between(lowest, highest);
  }
}
