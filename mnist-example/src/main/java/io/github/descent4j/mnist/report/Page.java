package io.github.descent4j.mnist.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.data.WholeFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * An HTML page that is one file: style, charts and pictures are inside, and it may load nothing. It is read on a phone, in the
 * dark, on paper, and without JavaScript, where the charts are missing.
 *
 * <pre>{@code
 * new Page("Adam and RAdam")
 *     .section("Curves")
 *     .charts(List.of(new Chart("Accuracy", Axis.logarithmic("learning rate"), Axis.linear("accuracy"), runs)))
 *     .save(file);
 * }</pre>
 */
public final class Page {
  private static final MathContext DIGITS = new MathContext(6);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String UPLOT =
      "/META-INF/resources/webjars/uplot/" + Html.resource("uplot.version").strip() + "/";

  private final String title;
  private final StringBuilder body = new StringBuilder();
  private final ArrayNode charts = MAPPER.createArrayNode();
  private boolean inSection;

  /** An empty page. */
  public Page(String title) {
    this.title = title;
  }

  /** Begins a section. */
  public Page section(String heading) {
    endSection();
    append("<section>\n<h2>", heading, "</h2>\n");
    inSection = true;
    return this;
  }

  /** A paragraph. */
  public Page text(String text) {
    append("<p>", text, "</p>\n");
    return this;
  }

  /** A text to copy, such as a command. */
  public Page code(String text) {
    append("<pre tabindex=\"0\"><code>", text, "</code></pre>\n");
    return this;
  }

  /** The few values to see first, each with its name. */
  public Page figures(Map<String, String> figures) {
    body.append("<dl class=\"figures\">\n");
    figures.forEach((name, value) -> {
      append("<div><dt>", name, "</dt>");
      append("<dd>", value, "</dd></div>\n");
    });
    body.append("</dl>\n");
    return this;
  }

  /** Charts, side by side where there is room. */
  public Page charts(List<Chart> several) {
    body.append("<div class=\"charts\">\n");
    for (Chart chart : several) {
      append("<figure class=\"chart\">\n<figcaption>", chart.title(), "</figcaption>\n");
      append(
          "<div role=\"img\" aria-label=\"",
          chart.title() + ": " + chart.y().label() + " against " + chart.x().label(),
          "\" data-chart=\"" + charts.size() + "\"></div>\n</figure>\n");
      charts.add(json(chart));
    }
    body.append("</div>\n<noscript><p>The charts need JavaScript.</p></noscript>\n");
    return this;
  }

  /** A table. */
  public Page table(Table table) {
    beginTable(table.caption(), table.numbers() ? "numbers" : "values");
    if (!table.header().isEmpty()) {
      body.append("<thead><tr>");
      table.header().forEach(name -> append("<th scope=\"col\">", name, "</th>"));
      body.append("</tr></thead>\n");
    }
    body.append("<tbody>\n");
    for (List<String> row : table.rows()) {
      append("<tr><th scope=\"row\">", row.get(0), "</th>");
      row.subList(1, row.size()).forEach(cell -> append("<td>", cell, "</td>"));
      body.append("</tr>\n");
    }
    body.append("</tbody>\n");
    endTable();
    return this;
  }

  /** A confusion matrix, in which a cell off the diagonal is the darker the greater its part of the row. */
  public Page confusion(String caption, int[][] counts) {
    beginTable(caption, "confusion");
    body.append("<thead><tr><td></td>");
    for (int predicted = 0; predicted < counts.length; predicted++) {
      body.append("<th scope=\"col\">").append(predicted).append("</th>");
    }
    body.append("</tr></thead>\n<tbody>\n");
    for (int label = 0; label < counts.length; label++) {
      body.append("<tr><th scope=\"row\">").append(label).append("</th>");
      long total = 0;
      for (int count : counts[label]) {
        total += count;
      }
      for (int predicted = 0; predicted < counts.length; predicted++) {
        int count = counts[label][predicted];
        String shade = label == predicted ? "right" : "wrong" + shade((double) count / total);
        body.append("<td class=\"" + shade + "\">").append(count).append("</td>");
      }
      body.append("</tr>\n");
    }
    body.append("</tbody>\n");
    endTable();
    return this;
  }

  /** Pictures by what is written below them. */
  public Page pictures(List<Map.Entry<String, GreyImage>> pictures) {
    body.append("<div class=\"pictures\">\n");
    for (Map.Entry<String, GreyImage> picture : pictures) {
      append("<figure><img alt=\"\" src=\"", picture.getValue().dataUri(), "\">");
      append("<figcaption>", picture.getKey(), "</figcaption></figure>\n");
    }
    body.append("</div>\n");
    return this;
  }

  /** Writes the page, as a whole or not at all. */
  public void save(Path file) throws IOException {
    WholeFile.write(file, html().getBytes(UTF_8));
  }

  /** The page so far, as a whole file. */
  String html() {
    endSection();
    String library = Html.resource(UPLOT + "dist/uPlot.iife.min.js");
    String script = Html.resource("page.js");
    String policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src "
        + hash(library) + " " + hash(script);
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<meta name=\"color-scheme\" content=\"light dark\">\n"
        + "<title>" + Html.escape(title) + "</title>\n"
        + "<!-- The charts are drawn by uPlot, https://github.com/leeoniya/uPlot.\n"
        + Html.resource(UPLOT + "LICENSE").strip() + "\n-->\n"
        + "<style>" + Html.resource(UPLOT + "dist/uPlot.min.css") + "</style>\n"
        + "<style>\n" + Html.resource("page.css") + "</style>\n"
        + "</head>\n<body>\n<main>\n<h1>" + Html.escape(title) + "</h1>\n"
        + body
        + "</main>\n"
        + "<script id=\"charts\" type=\"application/json\">" + Html.inScript(charts.toString())
        + "</script>\n"
        + "<script>" + library + "</script>\n"
        + "<script>" + script + "</script>\n"
        + "</body>\n</html>\n";
  }

  private void endSection() {
    if (inSection) {
      body.append("</section>\n");
      inSection = false;
    }
  }

  /** A table is wider than a phone, so it scrolls by itself, by keys too. */
  private void beginTable(String caption, String kind) {
    append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", caption, "\">\n");
    append("<table class=\"" + kind + "\"><caption>", caption, "</caption>\n");
  }

  private void endTable() {
    body.append("</table>\n</div>\n");
  }

  private void append(String before, String text, String after) {
    body.append(before).append(Html.escape(text)).append(after);
  }

  private static int shade(double part) {
    return part >= 0.02 ? 4 : part >= 0.01 ? 3 : part >= 0.005 ? 2 : part > 0 ? 1 : 0;
  }

  private static ObjectNode json(Chart chart) {
    ObjectNode node = MAPPER.createObjectNode();
    node.set("x", json(chart.x()));
    node.set("y", json(chart.y()));
    ArrayNode all = node.putArray("series");
    for (Chart.Series series : chart.series()) {
      ObjectNode curve = all.addObject();
      curve.put("name", series.name());
      curve.put("faint", series.style() == Chart.Style.FAINT);
      curve.put("strong", series.style() == Chart.Style.STRONG);
      curve.set("x", json(series.x()));
      curve.set("y", json(series.y()));
      if (series.spread() != null) {
        curve.set("lowest", json(series.spread().lowest()));
        curve.set("highest", json(series.spread().highest()));
      }
    }
    return node;
  }

  private static ObjectNode json(Chart.Axis axis) {
    return MAPPER
        .createObjectNode()
        .put("label", axis.label())
        .put("logarithmic", axis.logarithmic())
        .put("whole", axis.whole());
  }

  /** Six digits, which no screen resolves; null where a value is not finite. */
  private static ArrayNode json(double[] values) {
    ArrayNode array = MAPPER.createArrayNode();
    for (double value : values) {
      if (Double.isFinite(value)) {
        array.add(BigDecimal.valueOf(value).round(DIGITS).doubleValue());
      } else {
        array.addNull();
      }
    }
    return array;
  }

  private static String hash(String script) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
