package io.github.descent4j.mnist.report;

import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.report.RunRecord.Epoch;
import io.github.descent4j.mnist.report.RunRecord.Gradients;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunRecord.Step;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The reports of the commands. */
public final class RunReport {
  private RunReport() {}

  /** The report of a run that has not been evaluated class by class: one that goes on, or was interrupted. */
  public static Page of(String title, RunRecord record) {
    Page page = new Page(title).figures(figures(record));
    curves(page, record);
    settings(page, record);
    return page;
  }

  /** The report of a run with its evaluation. */
  public static Page of(String title, RunRecord record, TestResult result) {
    Page page = new Page(title).figures(figures(record));
    curves(page, record);
    evaluation(page, result);
    settings(page, record);
    return page;
  }

  /** The report of an evaluation without an attack. */
  public static Page of(
      String title, TestResult result, Map<String, String> settings, Session session) {
    return of(title, result, List.of(), settings, session);
  }

  /**
   * The report of an evaluation alone.
   *
   * @param attacked results under an attack, one for each size; none without
   * @param settings what was evaluated, by name
   * @param session that did so
   */
  public static Page of(
      String title,
      TestResult result,
      List<AttackResult> attacked,
      Map<String, String> settings,
      Session session) {
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("test accuracy", percent(result.accuracy()));
    figures.put("mistakes", result.total() - result.correct() + " of " + result.total());
    figures.put("test loss", number("%.4f", result.meanLoss()));
    Page page = new Page(title).figures(figures);
    evaluation(page, result);
    attack(page, attacked);
    page.section("Settings").table(Table.of("What was evaluated", settings));
    session(page, session);
    return page;
  }

  private static Map<String, String> figures(RunRecord record) {
    Map<String, String> figures = new LinkedHashMap<>();
    List<Epoch> epochs = record.epochs();
    if (!epochs.isEmpty()) {
      Epoch last = epochs.get(epochs.size() - 1);
      Epoch best =
          epochs.stream().max(Comparator.comparingDouble(Epoch::testAccuracy)).orElseThrow();
      figures.put("test accuracy", percent(last.testAccuracy()));
      if (best.testAccuracy() > last.testAccuracy()) {
        figures.put("best, epoch " + best.epoch(), percent(best.testAccuracy()));
      }
      figures.put("test loss", number("%.4f", last.testLoss()));
      figures.put("train loss", number("%.4f", last.trainLoss()));
    }
    figures.put("epochs", Integer.toString(epochs.size()));
    figures.put("training", duration(epochs.stream().mapToDouble(Epoch::seconds).sum()));
    return figures;
  }

  private static void curves(Page page, RunRecord record) {
    if (record.steps().isEmpty()) {
      return;
    }
    double[] epoch = values(record.epochs(), Epoch::epoch);
    double[] step = values(record.steps(), Step::epoch);
    Axis x = Axis.whole("epoch");
    List<Chart> charts = new ArrayList<>();
    charts.add(new Chart(
        "Loss",
        x,
        Axis.logarithmic("cross-entropy"),
        List.of(
            Series.of("mini-batch", step, values(record.steps(), Step::loss)).faint(),
            Series.of("train", epoch, values(record.epochs(), Epoch::trainLoss)),
            Series.of("test", epoch, values(record.epochs(), Epoch::testLoss)))));
    charts.add(new Chart(
        "Accuracy",
        x,
        Axis.linear("accuracy"),
        List.of(
            Series.of("train", epoch, values(record.epochs(), Epoch::trainAccuracy)),
            Series.of("test", epoch, values(record.epochs(), Epoch::testAccuracy)))));
    charts.add(new Chart(
        "Learning rate",
        x,
        Axis.linear("learning rate"),
        List.of(Series.of("learning rate", step, values(record.steps(), Step::learningRate)))));
    if (!record.gradients().isEmpty()) {
      double[] observed = values(record.gradients(), Gradients::epoch);
      // At the end, so that a parameter has one colour in both charts.
      List<Series> norms = new ArrayList<>(perParameter(record, observed, Gradients::norms));
      norms.add(Series.of("all", observed, values(record.gradients(), Gradients::norm)));
      charts.add(new Chart("Gradient norms", x, Axis.logarithmic("L2 norm"), norms));
      charts.add(new Chart(
          "Update ratios",
          x,
          Axis.logarithmic("|update| / |parameter|"),
          perParameter(record, observed, Gradients::updateRatios)));
    }
    page.section("Curves").charts(charts);
    List<List<String>> rows = record.epochs().stream().map(RunReport::row).toList();
    page.table(Table.ofNumbers(
        "Each epoch; losses and accuracies of training are those before each step",
        List.of(
            "epoch",
            "train loss",
            "train accuracy",
            "test loss",
            "test accuracy",
            "learning rate",
            "seconds",
            "images/s"),
        rows));
  }

  private static List<String> row(Epoch epoch) {
    return List.of(
        Integer.toString(epoch.epoch()),
        number("%.4f", epoch.trainLoss()),
        number("%.4f", epoch.trainAccuracy()),
        number("%.4f", epoch.testLoss()),
        number("%.4f", epoch.testAccuracy()),
        significant(epoch.learningRate()),
        number("%.2f", epoch.seconds()),
        number("%.0f", epoch.examplesPerSecond()));
  }

  private static List<Series> perParameter(
      RunRecord record, double[] x, Function<Gradients, double[]> which) {
    return IntStream.range(0, record.parameters().size())
        .mapToObj(i -> Series.of(
            record.parameters().get(i),
            x,
            values(record.gradients(), gradients -> which.apply(gradients)[i])))
        .toList();
  }

  private static void evaluation(Page page, TestResult result) {
    page.section("Confusion matrix")
        .confusion("Rows are the labels, columns the predictions", result.confusion());
    List<List<String>> rows = IntStream.range(0, result.classes())
        .mapToObj(label -> List.of(
            Integer.toString(label),
            number("%.4f", result.precision(label)),
            number("%.4f", result.recall(label)),
            Integer.toString(result.examples(label))))
        .toList();
    page.table(
        Table.ofNumbers("Each class", List.of("class", "precision", "recall", "images"), rows));
    if (!result.worst().isEmpty()) {
      page.section("Worst mistakes")
          .text("The test images with the highest losses among those that were taken for another"
              + " class.")
          .pictures(result.worst().stream()
              .map(mistake -> Map.entry(text(mistake), mistake.picture()))
              .toList());
    }
  }

  private static void attack(Page page, List<AttackResult> results) {
    if (results.isEmpty()) {
      return;
    }
    page.section("Under attack")
        .charts(List.of(new Chart(
            "Accuracy under attack",
            Axis.linear("epsilon"),
            Axis.linear("accuracy"),
            List.of(Series.of(
                "test",
                results.stream().mapToDouble(AttackResult::epsilon).toArray(),
                results.stream().mapToDouble(AttackResult::accuracy).toArray())))))
        .table(Table.ofNumbers(
            "Each size of the attack, in grey values from 0 to 1",
            List.of("epsilon", "accuracy"),
            results.stream()
                .map(result ->
                    List.of(significant(result.epsilon()), number("%.4f", result.accuracy())))
                .toList()));
    for (AttackResult result : results) {
      page.text("The first test images after an attack of " + significant(result.epsilon()) + ".")
          .pictures(result.pictures().stream()
              .map(attacked -> Map.entry(
                  attacked.label() + " taken for " + attacked.predicted(), attacked.picture()))
              .toList());
    }
  }

  private static String text(Mistake mistake) {
    return String.format(
        Locale.ROOT,
        "%d taken for %d\n%.1f %%, no. %d",
        mistake.label(),
        mistake.predicted(),
        100 * mistake.probability(),
        mistake.example());
  }

  private static void settings(Page page, RunRecord record) {
    page.section("Settings").table(Table.of("What was trained, and how", record.settings()));
    for (Session session : record.sessions()) {
      session(page, session);
    }
  }

  /** The command of a session, and what it ran in. */
  public static void session(Page page, Session session) {
    page.section(session.fromStep() == 0 ? "Command" : "Resumed after step " + session.fromStep())
        .code(session.command())
        .table(Table.of("Environment", session.environment().rows()));
  }

  private static <T> double[] values(List<T> list, ToDoubleFunction<T> value) {
    return list.stream().mapToDouble(value).toArray();
  }

  private static String percent(double part) {
    return number("%.2f %%", 100 * part);
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "" + value;
  }

  /** Four digits, as short as they go. */
  private static String significant(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value)
            .round(new MathContext(4))
            .stripTrailingZeros()
            .toString()
            .replace('E', 'e')
        : "" + value;
  }

  private static String duration(double seconds) {
    if (!(seconds >= 100)) {
      return number("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole % 3600 / 60);
  }
}
