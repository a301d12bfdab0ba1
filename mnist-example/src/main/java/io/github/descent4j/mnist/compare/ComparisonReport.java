package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.report.Page;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunReport;
import io.github.descent4j.mnist.report.Table;
import io.github.descent4j.mnist.run.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A comparison as a page: accuracy against learning rate, and the curves of training at each rate. */
public final class ComparisonReport {
  private final List<Contender> contenders;
  private final List<Double> learningRates;
  private final ComparisonTable table;

  public ComparisonReport(
      List<Contender> contenders, List<Double> learningRates, ComparisonTable table) {
    this.contenders = contenders;
    this.learningRates = learningRates.stream().sorted().toList();
    this.table = table;
  }

  public Page page(Session session) {
    Page page = new Page("Optimizers and learning rates");
    page.section("Accuracy against learning rate")
        .text(
            "Test accuracy after the last epoch, mean over the seeds; what diverged counts as a guess.")
        .charts(List.of(accuracyAgainstRate()))
        .table(accuracies());
    for (double rate : learningRates) {
      page.section("Learning rate " + rate)
          .charts(List.of(
              curves("Training loss", "loss", rate, epoch -> epoch.training().trainLoss()),
              curves("Test accuracy", "accuracy", rate, epoch -> epoch.test().accuracy())));
    }
    RunReport.session(page, session);
    return page;
  }

  private Chart accuracyAgainstRate() {
    double[] rates = learningRates.stream().mapToDouble(Double::doubleValue).toArray();
    List<Series> series = contenders.stream()
        .map(contender -> Series.of(
            contender.toString(),
            rates,
            learningRates.stream()
                .mapToDouble(rate -> ComparisonTable.mean(table.runs(contender, rate)))
                .toArray()))
        .toList();
    return new Chart(
        "Test accuracy", Axis.logarithmic("learning rate"), Axis.linear("accuracy"), series);
  }

  private Table accuracies() {
    List<String> header = new ArrayList<>(List.of("optimizer"));
    learningRates.forEach(rate -> header.add(rate.toString()));
    List<List<String>> rows = new ArrayList<>();
    for (Contender contender : contenders) {
      List<String> row = new ArrayList<>(List.of(contender.toString()));
      learningRates.forEach(rate -> row.add(table.cell(contender, rate)));
      rows.add(row);
    }
    return Table.ofNumbers("Test accuracy, mean (standard deviation) over the seeds", header, rows);
  }

  private Chart curves(
      String title, String label, double rate, ToDoubleFunction<EpochResult> value) {
    List<Series> series = contenders.stream()
        .map(contender -> curve(contender, table.runs(contender, rate), value))
        .toList();
    return new Chart(title, Axis.whole("epoch"), Axis.linear(label), series);
  }

  /** The mean over the seeds, as far as all of them came. */
  private static Series curve(
      Contender contender, List<ComparedRun> runs, ToDoubleFunction<EpochResult> value) {
    int epochs = runs.stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
    double[] x = IntStream.rangeClosed(1, epochs).asDoubleStream().toArray();
    double[] y = IntStream.range(0, epochs)
        .mapToDouble(epoch -> runs.stream()
            .mapToDouble(run -> value.applyAsDouble(run.epochs().get(epoch)))
            .average()
            .orElseThrow())
        .toArray();
    return Series.of(contender.toString(), x, y);
  }
}
