package io.github.descent4j.mnist.landscape;

import io.github.descent4j.mnist.chart.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.JFreeChart;

/** Charts side by side, as a file. */
public final class Picture {
  private static final int PANEL_WIDTH = 430;
  private static final int PANEL_HEIGHT = 470;
  private static final int LEGEND_LINE = 18;

  /** What a picture can be stored as. */
  public enum Format {
    /** Of lines and text, sharp at any size. */
    SVG,
    /** Of pixels. */
    PNG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final int width;
  private final int height;
  private final List<JFreeChart> charts;

  private Picture(String name, int width, int height, List<JFreeChart> charts) {
    this.name = name;
    this.width = width;
    this.height = height;
    this.charts = charts;
  }

  /** A chart for each pace. */
  public static Picture of(Study study) {
    List<JFreeChart> charts = Arrays.stream(Pace.values())
        .map(pace -> LandscapeChart.of(study.function(), pace, study.trials(pace)))
        .toList();
    int legendLines = study.trials(Pace.GOOD).size() + 2;
    return new Picture(
        study.function().toString(),
        PANEL_WIDTH * charts.size(),
        PANEL_HEIGHT + LEGEND_LINE * legendLines,
        charts);
  }

  /** The batch methods beside the optimizers at their good rates. */
  public static Picture ofDescents(TestFunction function, List<Descent> descents) {
    int methods = BatchMethod.values().length;
    List<Descent> optimizers = descents.subList(methods, descents.size());
    return new Picture(
        function + "-batch",
        2 * PANEL_WIDTH,
        PANEL_HEIGHT + LEGEND_LINE * (Math.max(methods, optimizers.size()) + 2),
        List.of(
            LandscapeChart.of(function, "batch methods", descents.subList(0, methods)),
            LandscapeChart.of(function, "good learning rates", optimizers)));
  }

  /** Where the players of Reddi's example are over time. */
  public static Picture ofReddiExample(Map<String, double[]> points) {
    return new Picture("reddi", 2 * PANEL_WIDTH, PANEL_HEIGHT, List.of(ReddiChart.of(points)));
  }

  /**
   * Writes the picture into a folder, and returns the file.
   *
   * @throws IOException if it cannot be written
   */
  public Path write(Path folder, Format format) throws IOException {
    Path file = folder.resolve(name + "." + format);
    switch (format) {
      case SVG -> ChartFile.writeSvg(file, width, height, charts);
      case PNG -> ChartFile.writePng(file, width, height, charts);
    }
    return file;
  }
}
