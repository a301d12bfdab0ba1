package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text of the file; {@link PageInBrowserTest} shows it. */
class RunReportTest {
  private static final Pattern CHARTS =
      Pattern.compile("<script id=\"charts\" type=\"application/json\">(.*?)</script>");

  @TempDir
  Path folder;

  @Test
  void hasAllThatIsKnownOfARun() throws IOException {
    String html = RunReport.of("mlp with radam", Runs.record(5, 469), Runs.result(980, 24))
        .html();
    assertThat(html)
        .contains(
            "<h1>mlp with radam</h1>",
            "<h2>Curves</h2>",
            "<h2>Confusion matrix</h2>",
            "<td class=\"right\">882</td>",
            "<h2>Worst mistakes</h2>",
            "0 taken for 1\n99.9 %, no. 0",
            "data:image/png;base64,",
            "radam, learning rate 0.005, cosine schedule",
            "java -jar mnist-example.jar train",
            "OpenJDK 64-Bit Server VM 17.0.1+1",
            "HASWELL");
    assertThat(html).contains("Copyright (c)", "Leon Sorokin", "The MIT License");
    JsonNode charts = charts(html);
    assertThat(charts.findValuesAsText("label"))
        .contains(
            "cross-entropy", "accuracy", "learning rate", "L2 norm", "|update| / |parameter|");
    assertThat(charts.get(4).get("series").findValuesAsText("name")).isEqualTo(Runs.PARAMETERS);
    assertThat(html.length()).isLessThan(500_000);
  }

  @Test
  void twoHundredEpochsStaySmall() {
    assertThat(RunReport.of("long", Runs.record(200, 469), Runs.result(980, 24)).html())
        .hasSizeLessThan(700_000);
  }

  @Test
  void whatItIsMadeOfCannotEndAnElement() throws IOException {
    String evil = "</script><script>alert(1)</script>\"'&";
    String html = new Page(evil)
        .section(evil)
        .text(evil)
        .code(evil)
        .figures(Map.of(evil, evil))
        .table(Table.of(evil, Map.of(evil, evil)))
        .charts(List.of(new Chart(
            evil,
            Axis.linear(evil),
            Axis.linear(evil),
            List.of(Series.of(evil, new double[] {1}, new double[] {1})))))
        .html();
    assertThat(html).doesNotContain("alert(1)</script>", "<script>alert");
    assertThat(html.split("</script>", -1)).hasSize(4);
    assertThat(charts(html).get(0).get("series").get(0).get("name").asText()).isEqualTo(evil);
  }

  @Test
  void whatIsNotFiniteIsAGap() throws IOException {
    double[] values = {1, Double.NaN, Double.NEGATIVE_INFINITY};
    String html = new Page("gaps")
        .charts(List.of(new Chart(
            "gaps",
            Axis.linear("x"),
            Axis.linear("y"),
            List.of(Series.of("gaps", new double[] {1, 2, 3}, values)))))
        .html();
    assertThat(charts(html).get(0).get("series").get(0).get("y").toString())
        .isEqualTo("[1.0,null,null]");
  }

  @Test
  void replacesAFileBehindALink() throws IOException {
    Path target = Files.writeString(folder.resolve("target.html"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.html"), target);
    new Page("new").save(link);
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(target).content().contains("<h1>new</h1>");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2).allMatch(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** WCAG 2.2, 1.4.3 and 1.4.11: 4.5 for text, 3 for what is drawn. */
  @ParameterizedTest
  @CsvSource({
    "text,4.5",
    "quiet,4.5",
    "series0,3",
    "series1,3",
    "series2,3",
    "series3,3",
    "series4,3",
    "series5,3",
    "series6,3",
    "series7,3"
  })
  void coloursStandOutInBothModes(String name, double least) {
    String css = Html.resource("page.css");
    int dark = css.indexOf("@media screen and (prefers-color-scheme: dark)");
    for (String mode : List.of(css.substring(0, dark), css.substring(dark))) {
      double page = luminance(mode, "page");
      double colour = luminance(mode, name);
      double contrast = (Math.max(page, colour) + 0.05) / (Math.min(page, colour) + 0.05);
      assertThat(contrast).as(name).isGreaterThanOrEqualTo(least);
    }
  }

  private static double luminance(String css, String name) {
    Matcher colour = Pattern.compile("--" + name + ": #([0-9a-f]{6});").matcher(css);
    assertThat(colour.find()).isTrue();
    int rgb = Integer.parseInt(colour.group(1), 16);
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int value) {
    double part = (value & 0xff) / 255.0;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  }

  private static JsonNode charts(String html) throws IOException {
    Matcher charts = CHARTS.matcher(html);
    assertThat(charts.find()).isTrue();
    return new JsonMapper().readTree(charts.group(1));
  }

  @Test
  void everyPartIsAroundItsOwn() throws IOException {
    double[] values = {1, 2};
    List<Series> series = List.of(
        Series.of("usual", values, values),
        Series.of("faint", values, values).faint(),
        Series.of("strong", values, values).strong(),
        Series.of("bars", values, values).between(new double[] {0, 1}, new double[] {3, 4}));
    String html = new Page("page")
        .section("first")
        .text("a text")
        .pictures(List.of())
        .section("second")
        .charts(List.of(
            new Chart("curves", Axis.whole("step"), Axis.linear("loss"), series),
            new Chart("others", Axis.linear("x"), Axis.linear("y"), List.of())))
        .table(Table.of("names", Map.of("name", "value")))
        .table(Table.ofNumbers("numbers", List.of("a", "b"), List.of(List.of("1", "2"))))
        .html();
    assertThat(html.substring(html.indexOf("<h1>"), html.indexOf("</main>"))).isEqualTo("""
            <h1>page</h1>
            <section>
            <h2>first</h2>
            <p>a text</p>
            <div class="pictures">
            </div>
            </section>
            <section>
            <h2>second</h2>
            <div class="charts">
            <figure class="chart">
            <figcaption>curves</figcaption>
            <div role="img" aria-label="curves: loss against step" data-chart="0"></div>
            </figure>
            <figure class="chart">
            <figcaption>others</figcaption>
            <div role="img" aria-label="others: y against x" data-chart="1"></div>
            </figure>
            </div>
            <noscript><p>The charts need JavaScript.</p></noscript>
            <div class="scroll" tabindex="0" role="region" aria-label="names">
            <table class="values"><caption>names</caption>
            <tbody>
            <tr><th scope="row">name</th><td>value</td></tr>
            </tbody>
            </table>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="numbers">
            <table class="numbers"><caption>numbers</caption>
            <thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>
            <tbody>
            <tr><th scope="row">1</th><td>2</td></tr>
            </tbody>
            </table>
            </div>
            </section>
            """);
    JsonNode curves = charts(html).get(0).get("series");
    assertThat(curves.findValuesAsText("faint")).containsExactly("false", "true", "false", "false");
    assertThat(curves.findValuesAsText("strong"))
        .containsExactly("false", "false", "true", "false");
    assertThat(curves.findParents("lowest")).containsExactly(curves.get(3));
    assertThat(curves.get(3).get("lowest").toString()).isEqualTo("[0.0,1.0]");
    assertThat(curves.get(3).get("highest").toString()).isEqualTo("[3.0,4.0]");
  }

  /** A browser runs no other script. */
  @Test
  void thePolicyNamesTheHashOfEachScript() throws Exception {
    String html = new Page("page").html();
    Matcher policy =
        Pattern.compile("script-src ('sha256-[^']+') ('sha256-[^']+')\"").matcher(html);
    assertThat(policy.find()).isTrue();
    Matcher script = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(html);
    for (int i = 1; i <= 2; i++) {
      assertThat(script.find()).isTrue();
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest(script.group(1).getBytes(StandardCharsets.UTF_8));
      assertThat(policy.group(i))
          .isEqualTo("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    }
  }
}
