package io.github.descent4j.mnist.chart;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.FileName;
import io.github.descent4j.schedule.LearningRateFinder.Result;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.DefaultXYDataset;

/** The curve of a range test as a picture. */
public final class RatePlot {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 450;

  /** From so many times the first loss on, a linear axis would press the rest of the curve flat. */
  private static final double FAR = 3;

  private static final double LOG_MARGIN = 1.1;

  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
  private static final BasicStroke DASHES = new BasicStroke(
      1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 4}, 0);

  private static final Color GRID = new Color(0xE2E5EA);
  private static final Color LOSS = new Color(0xB0B7C3);
  private static final Color SMOOTHED = new Color(0x2F6FB5);
  private static final Color STEEPEST = new Color(0xC2410C);
  private static final Color CAREFUL = new Color(0x15803D);

  private RatePlot() {}

  /** Whether this can draw into a file of this name. */
  public static boolean draws(Path file) {
    return isSvg(file) || FileName.endsWith(file, ".png");
  }

  public static void write(Result result, String title, Path file) {
    List<JFreeChart> chart = List.of(chart(result, title));
    try {
      if (isSvg(file)) {
        ChartFile.writeSvg(file, WIDTH, HEIGHT, chart);
      } else {
        ChartFile.writePng(file, WIDTH, HEIGHT, chart);
      }
    } catch (IOException e) {
      throw CommandException.unwritable(file, e);
    }
  }

  private static JFreeChart chart(Result result, String title) {
    DefaultXYDataset curves = new DefaultXYDataset();
    curves.addSeries("loss", series(result.rates(), result.losses()));
    curves.addSeries("smoothed", series(result.rates(), result.smoothedLosses()));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setSeriesPaint(0, LOSS);
    renderer.setSeriesPaint(1, SMOOTHED);
    renderer.setSeriesStroke(1, new BasicStroke(2));

    LogAxis rates = new LogAxis("learning rate");
    rates.setNumberFormatOverride(
        new DecimalFormat("0E0", DecimalFormatSymbols.getInstance(Locale.ROOT)));
    ValueAxis losses = lossAxis(result);
    XYPlot plot = new XYPlot(curves, rates, losses, renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    mark(plot, "steepest", result.steepestDescent(), STEEPEST, RectangleAnchor.TOP_RIGHT);
    mark(
        plot,
        "a tenth of the lowest",
        result.tenthOfMinimum(),
        CAREFUL,
        RectangleAnchor.BOTTOM_RIGHT);
    JFreeChart chart = new JFreeChart(title, TITLE, plot, true);
    chart.setBackgroundPaint(Color.WHITE);
    return chart;
  }

  /** All losses have their place: those of an explosion far above the others on a logarithmic axis. */
  private static ValueAxis lossAxis(Result result) {
    double lowest = Collections.min(result.losses());
    double highest = Collections.max(result.losses());
    if (lowest > 0 && highest > FAR * result.losses().get(0)) {
      LogAxis axis = new LogAxis("loss");
      axis.setNumberFormatOverride(
          new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
      axis.setRange(lowest / LOG_MARGIN, highest * LOG_MARGIN);
      return axis;
    }
    NumberAxis axis = new NumberAxis("loss");
    double margin = 0.05 * (highest - lowest);
    axis.setRange(lowest - margin, highest + margin);
    return axis;
  }

  private static void mark(
      XYPlot plot, String what, OptionalDouble rate, Color color, RectangleAnchor place) {
    if (rate.isPresent()) {
      ValueMarker marker = new ValueMarker(rate.getAsDouble(), color, DASHES);
      marker.setLabel(String.format(Locale.ROOT, "%s: %.2g", what, rate.getAsDouble()));
      marker.setLabelPaint(color);
      marker.setLabelBackgroundColor(Color.WHITE);
      marker.setLabelAnchor(place);
      boolean top = place == RectangleAnchor.TOP_RIGHT;
      marker.setLabelTextAnchor(top ? TextAnchor.TOP_LEFT : TextAnchor.BOTTOM_LEFT);
      plot.addDomainMarker(marker);
    }
  }

  private static double[][] series(List<Double> x, List<Double> y) {
    return new double[][] {
      x.stream().mapToDouble(Double::doubleValue).toArray(),
      y.stream().mapToDouble(Double::doubleValue).toArray()
    };
  }

  private static boolean isSvg(Path file) {
    return FileName.endsWith(file, ".svg");
  }
}
