package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.chart.ChartFile;
import io.github.descent4j.mnist.chart.RatePlot;
import io.github.descent4j.mnist.data.FileName;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.LongStream;
import org.jfree.chart.JFreeChart;

/** The rate of a schedule by step, as a picture. */
public final class SchedulePicture {
  private static final int WIDTH = 430;
  private static final int HEIGHT = 240;

  /** More steps are shown by so many of them. */
  private static final int POINTS = 2000;

  private static final long GALLERY_STEPS = 1000;

  private SchedulePicture() {}

  /** Each of the methods of {@link Schedules} that makes a schedule, and two compositions, by names for files. */
  public static Map<String, String> gallery() {
    Map<String, String> gallery = new LinkedHashMap<>();
    for (String expression : List.of(
        "constant(0.1)",
        "piecewiseConstant([300, 700], 0.1, 0.05, 0.01)",
        "exponentialDecay(0.1, 0.005)",
        "polynomialDecay(0.1, 0.1, 0.5)",
        "factor(0.1, 0.995, 0.01)",
        "step(0.1, 250, 0.5)",
        "multiStep(0.1, 0.3, 400, 800)",
        "linear(0.1, 0.02, 800)",
        "linearWarmup(200, 0.1)",
        "polynomial(0.1, 0, 900, 2)",
        "cosine(0.1, 900)",
        "cosineWarmRestarts(0.1, 0, 150, 2)",
        "oneCycle(0.1, 900)",
        "triangular(0.02, 0.1, 125, 125)",
        "triangular2(0.02, 0.1, 125, 125)")) {
      gallery.put(expression.substring(0, expression.indexOf('(')), expression);
    }
    gallery.put("warmup-cosine", "linearWarmup(100, 0.1).then(cosine(0.1, 800))");
    gallery.put(
        "constant-decay",
        "constant(0.1).then(500, cosineWarmRestarts(0.1, 0.02, 100, 1).scaled(0.5))");
    return gallery;
  }

  /**
   * Writes an SVG file of each picture of the gallery.
   *
   * @throws IOException if one cannot be written
   */
  public static void writeGallery(Path folder) throws IOException {
    for (Entry<String, String> entry : gallery().entrySet()) {
      write(
          Schedules.parse(entry.getValue()),
          entry.getValue(),
          GALLERY_STEPS,
          folder.resolve(entry.getKey() + ".svg"));
    }
  }

  /** Whether this can draw into a file of this name. */
  public static boolean draws(Path file) {
    return RatePlot.draws(file);
  }

  /**
   * Draws the rates of the first steps.
   *
   * @param steps at least 1
   * @param file of a name that it {@link #draws}
   * @throws IOException if it cannot be written
   */
  public static void write(Schedule schedule, String title, long steps, Path file)
      throws IOException {
    List<JFreeChart> charts = List.of(Curves.withoutLegend(chart(schedule, title, steps)));
    if (FileName.endsWith(file, ".svg")) {
      ChartFile.writeSvg(file, WIDTH, HEIGHT, charts);
    } else {
      ChartFile.writePng(file, WIDTH, HEIGHT, charts);
    }
  }

  static Chart chart(Schedule schedule, String title, long steps) {
    long[] shown = steps <= POINTS
        ? LongStream.range(0, steps).toArray()
        : LongStream.range(0, POINTS)
            .map(i -> Math.round((steps - 1) * ((double) i / (POINTS - 1))))
            .toArray();
    double[] x = LongStream.of(shown).asDoubleStream().toArray();
    double[] y = LongStream.of(shown).mapToDouble(schedule::at).toArray();
    return new Chart(
        title,
        Axis.linear("step"),
        Axis.linear("learning rate"),
        List.of(Series.of("learning rate", x, y)));
  }
}
