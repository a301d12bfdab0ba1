package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages as a reader sees them. Where no browser is installed there is nothing to see, the test is skipped, and {@link RunReportTest}
 * alone looks at the file; on a build server, which sets CI in the environment, a missing browser is a failure.
 */
@Tag("slow")
class PageInBrowserTest {
  private static final int DESKTOP = 1280;
  private static final int PHONE = 390;
  private static final int SMALL_PHONE = 320;

  @TempDir
  Path folder;

  @Test
  void reports() throws IOException, InterruptedException {
    Path chromium = Browser.required();
    RunRecord usual = Runs.record(5, 469);
    Map<String, Page> pages = Map.of(
        "usual", RunReport.of("mlp with radam", usual, Runs.result(980, 24)),
        "one-epoch", RunReport.of("One epoch", Runs.record(1, 3)),
        "no-epoch", RunReport.of("No epoch", Runs.recorder().record()),
        "long", RunReport.of("Two hundred epochs", Runs.record(200, 469), Runs.result(980, 3)),
        "evaluation",
            RunReport.of(
                "Evaluation",
                Runs.result(98, 0),
                usual.settings(),
                usual.sessions().get(0)),
        "many", manySeries(),
        "spread", spread(),
        "gaps", gaps());
    try (Browser browser = Browser.start(chromium, folder.resolve("profile"))) {
      for (Map.Entry<String, Page> page : pages.entrySet()) {
        Path file = folder.resolve(page.getKey() + ".html");
        page.getValue().save(file);
        looksRight(browser, file, DESKTOP, false);
        looksRight(browser, file, PHONE, true);
        looksRight(browser, file, SMALL_PHONE, false);
      }
    }
  }

  /** The page's tables and charts as a browser has them, against the numbers that they were made of. */
  @Test
  void whatAReaderReadsIsWhatWasRecorded() throws IOException, InterruptedException {
    Path chromium = Browser.required();
    Path file = folder.resolve("numbers.html");
    RunReport.of("a < b & 'c'", ReportNumbersTest.record(0.9, 0.95, 0.93), ReportNumbersTest.RESULT)
        .save(file);
    try (Browser browser = Browser.start(chromium, folder.resolve("profile"))) {
      browser.show(file, DESKTOP, false);
      assertThat(texts(browser, "[document.title, document.querySelector('h1').textContent]"))
          .containsExactly("a < b & 'c'", "a < b & 'c'");
      assertThat(texts(browser, cells("dl.figures > div", "dt, dd")))
          .containsExactly(
              "test accuracy 93.00 %",
              "best, epoch 2 95.00 %",
              "test loss 0.2300",
              "train loss 0.1300",
              "epochs 3",
              "training 6.6 s");
      assertThat(texts(browser, cells("table.confusion tbody tr", "th, td")))
          .containsExactly("0 5 1 0", "1 2 3 1", "2 0 0 4");
      assertThat(texts(browser, cells("table.confusion tbody tr", "td.right")))
          .containsExactly("5", "3", "4");
      assertThat(texts(browser, cells("table.numbers tbody tr", "th, td")))
          .containsExactly(
              "1 0.1100 0.8100 0.2100 0.9000 0.05 1.20 101",
              "2 0.1200 0.8200 0.2200 0.9500 0.01235 2.20 102",
              "3 0.1300 0.8300 0.2300 0.9300 0 3.20 103",
              "0 0.7143 0.8333 6",
              "1 0.7500 0.5000 6",
              "2 0.8000 1.0000 4");
      // Without a pointer a legend says where each curve ends.
      assertThat(texts(browser, cells("[data-chart]", ".u-legend .u-label, .u-legend .u-value")))
          .containsExactly(
              "epoch 3 mini-batch 0.66 train 0.13 test 0.23",
              "epoch 3 train 0.83 test 0.93",
              "epoch 3 learning rate 0",
              "epoch 1.5 w 5 b 12 all 13",
              "epoch 1.5 w 0.003 b 0.002");
    }
  }

  /** An expression for the texts of some elements of each row, between spaces. */
  private static String cells(String rows, String elements) {
    return "[...document.querySelectorAll('" + rows + "')].map((row) => [...row.querySelectorAll('"
        + elements + "')].map((cell) => cell.textContent).join(' '))";
  }

  private static List<String> texts(Browser browser, String expression) {
    List<String> texts = new ArrayList<>();
    browser.evaluate(expression).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static void looksRight(Browser browser, Path file, int width, boolean dark)
      throws IOException {
    String page = file.getFileName() + " at " + width + (dark ? " in the dark" : "");
    browser.show(file, width, dark);
    screenshot(browser, page);
    assertThat(browser.complaints()).as("console of " + page).isEmpty();
    assertThat(browser.requests()).as("requests of " + page).isEmpty();
    JsonNode sizes = browser.evaluate(
        "({width: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth})");
    assertThat(sizes.get("width").asInt())
        .as("width of " + page)
        .isEqualTo(sizes.get("screen").asInt());
    JsonNode charts = browser.evaluate("""
        [...document.querySelectorAll('[data-chart]')].map((box) => {
          if (box.textContent === 'There are no values to draw.') {
            return 100;
          }
          const canvas = box.querySelector('canvas');
          const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(new Uint32Array(all.buffer)).size;
        })""");
    int expected = browser
        .evaluate("JSON.parse(document.getElementById('charts').textContent).length")
        .asInt();
    assertThat(charts).as("charts of " + page).hasSize(expected);
    charts.forEach(colours ->
        assertThat(colours.asInt()).as("colours in a chart of " + page).isGreaterThan(5));
    assertThat(
            browser.evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo(dark ? "rgb(20, 23, 28)" : "rgb(255, 255, 255)");
  }

  private static Page manySeries() {
    double[] rates = {0.003, 0.01, 0.03, 0.1};
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int run = i;
      series.add(Series.of(
          "optimizer " + i,
          rates,
          DoubleStream.of(rates).map(rate -> 0.98 - rate * run / 20).toArray()));
    }
    return new Page("Many")
        .section("Accuracy against learning rate")
        .charts(List.of(new Chart(
            "Accuracy", Axis.logarithmic("learning rate"), Axis.linear("accuracy"), series)));
  }

  private static Page spread() {
    double[] rates = {0.003, 0.01, 0.03, 0.1};
    Series adam = Series.of("adam", rates, new double[] {0.95, 0.97, 0.96, 0.3})
        .between(new double[] {0.94, 0.96, 0.9, 0.1}, new double[] {0.96, 0.98, 0.97, Double.NaN});
    Series sgd = Series.of("sgd", new double[] {0.03, 0.2}, new double[] {0.9, 0.97})
        .between(new double[] {0.89, 0.96}, new double[] {0.91, 0.98})
        .strong();
    Axis rate = Axis.logarithmic("learning rate");
    return new Page("Spread")
        .charts(List.of(
            new Chart("linear", rate, Axis.linear("accuracy"), List.of(adam, sgd)),
            new Chart("log", rate, Axis.logarithmic("accuracy"), List.of(adam, sgd))));
  }

  private static Page gaps() {
    double[] x = {1, 2, 3, 4};
    double[] none = {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
    double[] some = {1, Double.NaN, Double.POSITIVE_INFINITY, 0};
    Axis epoch = Axis.whole("epoch");
    return new Page("<b>Gaps</b> & </script><script>alert(1)</script>")
        .charts(List.of(
            new Chart(
                "linear", epoch, Axis.linear("loss"), List.of(Series.of("</script>", x, some))),
            new Chart("log", epoch, Axis.logarithmic("loss"), List.of(Series.of("some", x, some))),
            new Chart(
                "none", epoch, Axis.logarithmic("loss"), List.of(Series.of("none", x, none)))));
  }

  /** For a person to look at: {@code mvn test -Dscreenshots=FOLDER}. */
  private static void screenshot(Browser browser, String name) throws IOException {
    String screenshots = System.getProperty("screenshots");
    if (screenshots != null) {
      Path folder = Files.createDirectories(Path.of(screenshots));
      Files.write(folder.resolve(name + ".png"), browser.screenshot());
    }
  }
}
