package io.github.descent4j.mnist;

import io.github.descent4j.LearningRateFinder.Result;
import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** The curve of a range test as a picture. */
final class RatePlot {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 450;

  private static final Color LOSS = new Color(0xB0B7C3);
  private static final Color SMOOTHED = new Color(0x2F6FB5);
  private static final Color STEEPEST = new Color(0xC2410C);
  private static final Color CAREFUL = new Color(0x15803D);

  static {
    System.setProperty("java.awt.headless", "true");
  }

  private RatePlot() {}

  /** Whether this can draw into a file of this name. */
  static boolean draws(Path file) {
    return isSvg(file) || name(file).endsWith(".png");
  }

  /** Fails where a file could not be written, before a test has been run for it. */
  static void requireFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CommandException(
          "cannot write " + file + ", expected an existing folder that may be written to");
    }
  }

  static void write(Result result, String title, Path file) {
    XYChart chart = chart(result, title);
    try {
      if (isSvg(file)) {
        writeSvg(chart, file);
      } else {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new CommandException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static XYChart chart(Result result, String title) {
    XYChart chart = new XYChartBuilder()
        .width(WIDTH)
        .height(HEIGHT)
        .title(title)
        .xAxisTitle("learning rate")
        .yAxisTitle("loss")
        .build();
    List<Double> smoothed = result.smoothedLosses();
    double lowest = Collections.min(smoothed);
    double highest = Collections.max(smoothed);
    double bottom = lowest - 0.05 * (highest - lowest);
    double top = highest + 0.05 * (highest - lowest);
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(bottom);
    chart.getStyler().setYAxisMax(top);
    chart.getStyler().setYAxisDecimalPattern("0.0#");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.InsideSW);

    add(chart, "loss", result.rates(), result.losses(), LOSS);
    add(chart, "smoothed", result.smoothedRates(), smoothed, SMOOTHED);
    mark(chart, "steepest", result.steepestDescent(), bottom, top, STEEPEST);
    mark(chart, "a tenth of the lowest", result.tenthOfMinimum(), bottom, top, CAREFUL);
    return chart;
  }

  private static void mark(
      XYChart chart, String what, OptionalDouble rate, double bottom, double top, Color color) {
    if (rate.isPresent()) {
      double x = rate.getAsDouble();
      String name = String.format(Locale.ROOT, "%s: %.2g", what, x);
      add(chart, name, List.of(x, x), List.of(bottom, top), color)
          .setLineStyle(SeriesLines.DASH_DASH);
    }
  }

  private static XYSeries add(
      XYChart chart, String name, List<Double> x, List<Double> y, Color color) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    return series;
  }

  private static void writeSvg(XYChart chart, Path file) throws IOException {
    SVGGraphics2D graphics = new SVGGraphics2D(emptySvg());
    graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
    chart.paint(graphics, WIDTH, HEIGHT);
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      graphics.stream(out, true);
    }
  }

  private static Document emptySvg() {
    try {
      return DocumentBuilderFactory.newDefaultNSInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser has no default configuration", e);
    }
  }

  private static boolean isSvg(Path file) {
    return name(file).endsWith(".svg");
  }

  private static String name(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }
}
