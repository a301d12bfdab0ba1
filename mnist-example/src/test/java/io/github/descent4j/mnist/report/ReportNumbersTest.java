package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.report.RunRecord.Epoch;
import io.github.descent4j.mnist.report.RunRecord.Gradients;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunRecord.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each number of a page against one that was computed by hand from a few others. */
class ReportNumbersTest {
  private static final Pattern ROW = Pattern.compile("<tr>(.*?)</tr>");
  private static final Pattern CELL = Pattern.compile("<t[hd][^>]*>(.*?)</t[hd]>");

  /** Of class 0 five of six are recognized, of class 1 three of six, of class 2 all four. */
  static final TestResult RESULT =
      new TestResult(0.12345, new int[][] {{5, 1, 0}, {2, 3, 1}, {0, 0, 4}}, List.of());

  @Test
  void precisionIsOfAColumnAndRecallOfARow() {
    assertThat(RESULT.classes()).isEqualTo(3);
    assertThat(RESULT.total()).isEqualTo(16);
    assertThat(RESULT.correct()).isEqualTo(12);
    assertThat(RESULT.accuracy()).isEqualTo(0.75);
    assertThat(new int[] {RESULT.examples(0), RESULT.examples(1), RESULT.examples(2)})
        .containsExactly(6, 6, 4);
    assertThat(new double[] {RESULT.precision(0), RESULT.precision(1), RESULT.precision(2)})
        .containsExactly(new double[] {5 / 7.0, 3 / 4.0, 4 / 5.0}, within(1e-15));
    assertThat(new double[] {RESULT.recall(0), RESULT.recall(1), RESULT.recall(2)})
        .containsExactly(new double[] {5 / 6.0, 1 / 2.0, 1}, within(1e-15));
  }

  @Test
  void ofNoneThereIsNoPart() {
    TestResult result = new TestResult(1, new int[][] {{0, 0}, {3, 0}}, List.of());
    assertThat(result.recall(0)).isNaN();
    assertThat(result.precision(1)).isNaN();
    assertThat(result.precision(0)).isZero();
    assertThat(result.recall(1)).isZero();
  }

  @Test
  void anEvaluationSaysItsFiguresAndItsClasses() {
    String html =
        RunReport.of("Evaluation", RESULT, Map.of("data", "three"), session(0)).html();
    assertThat(figures(html))
        .containsExactly("test accuracy=75.00 %", "mistakes=4 of 16", "test loss=0.1235");
    assertThat(rows(html, "Each class"))
        .containsExactly(
            "class precision recall images",
            "0 0.7143 0.8333 6",
            "1 0.7500 0.5000 6",
            "2 0.8000 1.0000 4");
    assertThat(rows(html, "Rows are the labels, columns the predictions"))
        .containsExactly(" 0 1 2", "0 5 1 0", "1 2 3 1", "2 0 0 4");
    assertThat(rows(html, "What was evaluated")).containsExactly("data three");
  }

  /** A cell's shade is its part of its row: from 2 %, from 1 %, from 0.5 %, above 0, none. */
  @Test
  void shadesArePartsOfTheRow() {
    int[][] counts = {
      {980, 20, 0},
      {19, 971, 10},
      {9, 5, 986}
    };
    String html = new Page("shades").confusion("shades", counts).html();
    assertThat(html)
        .contains(
            "<td class=\"right\">980</td><td class=\"wrong4\">20</td><td class=\"wrong0\">0</td>",
            "<td class=\"wrong3\">19</td><td class=\"right\">971</td><td class=\"wrong3\">10</td>",
            "<td class=\"wrong2\">9</td><td class=\"wrong2\">5</td><td class=\"right\">986</td>");
    assertThat(new Page("few").confusion("few", new int[][] {{996, 4}, {0, 0}}).html())
        .contains("<td class=\"wrong1\">4</td>", "<td class=\"wrong0\">0</td>");
  }

  @Test
  void aRunSaysItsLastAndItsBestEpoch() {
    String html = RunReport.of("Run", record(0.9, 0.95, 0.93)).html();
    assertThat(figures(html))
        .containsExactly(
            "test accuracy=93.00 %",
            "best, epoch 2=95.00 %",
            "test loss=0.2300",
            "train loss=0.1300",
            "epochs=3",
            "training=6.6 s");
    assertThat(
            rows(html, "Each epoch; losses and accuracies of training are those before each step"))
        .containsExactly(
            "epoch train loss train accuracy test loss test accuracy learning rate seconds images/s",
            "1 0.1100 0.8100 0.2100 0.9000 0.05 1.20 101",
            "2 0.1200 0.8200 0.2200 0.9500 0.01235 2.20 102",
            "3 0.1300 0.8300 0.2300 0.9300 0 3.20 103");
    assertThat(rows(html, "What was trained, and how")).containsExactly("model mlp");
  }

  @Test
  void ofSeveralBestEpochsTheFirstIsNamedAndTheLastIsNoneOfThem() {
    assertThat(figures(RunReport.of("Run", record(0.95, 0.95, 0.93)).html()))
        .contains("best, epoch 1=95.00 %");
    assertThat(figures(RunReport.of("Run", record(0.95, 0.9, 0.95)).html()))
        .contains("test accuracy=95.00 %")
        .noneMatch(figure -> figure.startsWith("best"));
  }

  @ParameterizedTest
  @CsvSource({
    "0.04, 0.0 s",
    "99.94, 99.9 s",
    "100, 1:40 min",
    "125.4, 2:05 min",
    "3599.4, 59:59 min",
    "3599.6, 1:00 h",
    "7384, 2:03 h",
    "90000, 25:00 h",
    "NaN, NaN"
  })
  void durations(double seconds, String text) {
    Epoch epoch = new Epoch(1, 1, 1, 1, 1, 1, 1, seconds, 1);
    RunRecord record =
        new RunRecord(Map.of(), List.of(), List.of(), List.of(epoch), List.of(), List.of());
    assertThat(figures(RunReport.of("Run", record).html())).contains("training=" + text);
  }

  @Test
  void theCurvesAreThoseOfTheRecord() throws IOException {
    JsonNode charts = charts(RunReport.of("Run", record(0.9, 0.95, 0.93)).html());
    assertThat(charts).hasSize(5);
    assertThat(curves(charts.get(0)))
        .containsExactly(
            "mini-batch [0.5,1.0,1.5,2.0,2.5,3.0] [0.61,0.62,0.63,0.64,0.65,0.66]",
            "train [1.0,2.0,3.0] [0.11,0.12,0.13]",
            "test [1.0,2.0,3.0] [0.21,0.22,0.23]");
    assertThat(curves(charts.get(1)))
        .containsExactly(
            "train [1.0,2.0,3.0] [0.81,0.82,0.83]", "test [1.0,2.0,3.0] [0.9,0.95,0.93]");
    assertThat(curves(charts.get(2)))
        .containsExactly("learning rate [0.5,1.0,1.5,2.0,2.5,3.0] [0.05,0.04,0.03,0.02,0.01,0.0]");
    assertThat(curves(charts.get(3)))
        .containsExactly(
            "w [0.5,1.5] [3.0,5.0]", "b [0.5,1.5] [4.0,12.0]", "all [0.5,1.5] [5.0,13.0]");
    assertThat(curves(charts.get(4)))
        .containsExactly("w [0.5,1.5] [0.001,0.003]", "b [0.5,1.5] [0.002,null]");
    assertThat(axes(charts.get(0))).isEqualTo("epoch whole, cross-entropy logarithmic");
    assertThat(axes(charts.get(1))).isEqualTo("epoch whole, accuracy");
    assertThat(axes(charts.get(2))).isEqualTo("epoch whole, learning rate");
    assertThat(axes(charts.get(3))).isEqualTo("epoch whole, L2 norm logarithmic");
    assertThat(axes(charts.get(4))).isEqualTo("epoch whole, |update| / |parameter| logarithmic");
  }

  @Test
  void aResumedSessionSaysWhereItBegan() {
    String html = RunReport.of("Run", record(0.9)).html();
    assertThat(html).contains("<h2>Command</h2>").doesNotContain("Resumed after");
    RunRecord resumed = new RunRecord(
        Map.of(), List.of(session(0), session(17)), List.of(), List.of(), List.of(), List.of());
    assertThat(RunReport.of("Run", resumed).html())
        .contains("<h2>Command</h2>", "<h2>Resumed after step 17</h2>");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"&,&amp;", "<,&lt;", ">,&gt;", "\",&quot;", "',&#39;"})
  void eachSpecialCharacterAloneIsText(String character, String escaped) {
    assertThat(Html.escape(character)).isEqualTo(escaped);
    assertThat(Html.escape("a" + character + character + "b"))
        .isEqualTo("a" + escaped + escaped + "b");
    String html = new Page(character)
        .section(character)
        .text(character)
        .code(character)
        .figures(Map.of(character, character))
        .table(Table.ofNumbers(
            character, List.of(character, character), List.of(List.of(character, character))))
        .html();
    assertThat(html)
        .contains(
            "<title>" + escaped + "</title>",
            "<h1>" + escaped + "</h1>",
            "<h2>" + escaped + "</h2>",
            "<p>" + escaped + "</p>",
            "<code>" + escaped + "</code>",
            "<dt>" + escaped + "</dt><dd>" + escaped + "</dd>",
            "aria-label=\"" + escaped + "\"",
            "<caption>" + escaped + "</caption>",
            "<th scope=\"col\">" + escaped + "</th>",
            "<th scope=\"row\">" + escaped + "</th><td>" + escaped + "</td>");
  }

  static Session session(long fromStep) {
    return new Session("train", fromStep, Runs.environment());
  }

  /** An epoch of two steps for each accuracy. */
  static RunRecord record(double... testAccuracies) {
    double[] rates = {0.05, 0.012345678, 0};
    List<Epoch> epochs = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < testAccuracies.length; i++) {
      int epoch = i + 1;
      epochs.add(new Epoch(
          epoch,
          2L * epoch,
          (10 + epoch) / 100.0,
          (80 + epoch) / 100.0,
          (20 + epoch) / 100.0,
          testAccuracies[i],
          rates[i],
          0.2 + epoch,
          100 + epoch));
      for (int step = 2 * epoch - 1; step <= 2 * epoch; step++) {
        steps.add(new Step(step, step / 2.0, (60 + step) / 100.0, (6 - step) / 100.0));
      }
    }
    return new RunRecord(
        Map.of("model", "mlp"),
        List.of(session(0)),
        List.of("w", "b"),
        epochs,
        steps,
        List.of(
            new Gradients(1, 0.5, 5, new double[] {3, 4}, new double[] {0.001, 0.002}),
            new Gradients(3, 1.5, 13, new double[] {5, 12}, new double[] {0.003, Double.NaN})));
  }

  private static List<String> figures(String html) {
    Matcher figure = Pattern.compile("<dt>(.*?)</dt><dd>(.*?)</dd>").matcher(html);
    List<String> figures = new ArrayList<>();
    while (figure.find()) {
      figures.add(figure.group(1) + "=" + figure.group(2));
    }
    return figures;
  }

  /** The cells of each row of the table with this caption, between spaces. */
  private static List<String> rows(String html, String caption) {
    int from = html.indexOf("<caption>" + caption + "</caption>");
    assertThat(from).as(caption).isNotNegative();
    Matcher row = ROW.matcher(html.substring(from, html.indexOf("</table>", from)));
    List<String> rows = new ArrayList<>();
    while (row.find()) {
      Matcher cell = CELL.matcher(row.group(1));
      List<String> cells = new ArrayList<>();
      while (cell.find()) {
        cells.add(cell.group(1));
      }
      rows.add(String.join(" ", cells));
    }
    return rows;
  }

  private static JsonNode charts(String html) throws IOException {
    Matcher charts = Pattern.compile(
            "<script id=\"charts\" type=\"application/json\">(.*?)</script>")
        .matcher(html);
    assertThat(charts.find()).isTrue();
    return new JsonMapper().readTree(charts.group(1));
  }

  private static List<String> curves(JsonNode chart) {
    List<String> curves = new ArrayList<>();
    chart
        .get("series")
        .forEach(series -> curves.add(
            series.get("name").asText() + " " + series.get("x") + " " + series.get("y")));
    return curves;
  }

  private static String axes(JsonNode chart) {
    return String.join(
        ", ",
        Arrays.asList(chart.get("x"), chart.get("y")).stream()
            .map(axis -> axis.get("label").asText()
                + (axis.get("whole").asBoolean() ? " whole" : "")
                + (axis.get("logarithmic").asBoolean() ? " logarithmic" : ""))
            .toList());
  }

  @Test
  void anEvaluationUnderAttackSaysWhatIsLeft() throws IOException {
    GreyImage picture = new GreyImage(1, 1, new byte[1]);
    List<AttackResult> attacked = List.of(
        new AttackResult(0.1, 9, 16, List.of(new AttackResult.Attacked(1, 2, picture))),
        new AttackResult(0.25, 2, 16, List.of()));
    String html = RunReport.of("Evaluation", RESULT, attacked, Map.of("data", "three"), session(0))
        .html();
    assertThat(rows(html, "Each size of the attack, in grey values from 0 to 1"))
        .containsExactly("epsilon accuracy", "0.1 0.5625", "0.25 0.1250");
    assertThat(curves(charts(html).get(0))).containsExactly("test [0.1,0.25] [0.5625,0.125]");
    assertThat(html)
        .contains(
            "<p>The first test images after an attack of 0.1.</p>",
            "<figcaption>1 taken for 2</figcaption>",
            "<p>The first test images after an attack of 0.25.</p>");
    assertThat(
            RunReport.of("Evaluation", RESULT, List.of(), Map.of(), session(0)).html())
        .doesNotContain("attack");
  }

  @Test
  void theEnvironmentIsThatOfTheSession() {
    Environment environment = new Environment(
        "0.1.0", "a JVM", "-Xmx1g", "an operating system", 3, "vector", 2, "SKYLAKEX");
    String html = RunReport.of(
            "Evaluation", RESULT, List.of(), Map.of(), new Session("evaluate x", 0, environment))
        .html();
    assertThat(html).contains("<code>evaluate x</code>");
    assertThat(rows(html, "Environment"))
        .containsExactly(
            "descent4j 0.1.0",
            "Java a JVM",
            "JVM options -Xmx1g",
            "operating system an operating system",
            "processors 3",
            "optimizer kernels vector",
            "optimizer threads 2",
            "OpenBLAS core type SKYLAKEX");
    assertThat(rows(RunReport.of("Run", record(0.9)).html(), "Environment"))
        .contains("JVM options none");
  }
}
