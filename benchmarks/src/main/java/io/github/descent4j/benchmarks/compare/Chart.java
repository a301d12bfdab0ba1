package io.github.descent4j.benchmarks.compare;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

/** Bars of the step times of every optimizer at one size. */
final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final Color GRID = new Color(0xE2E5EA);
  private static final Map<String, Color> COLORS = Map.of(
      Plan.ND4J, new Color(0xB0B7C3),
      Plan.PYTORCH, new Color(0xE8A33D),
      Plan.OURS, new Color(0x2F6FB5));

  private Chart() {}

  /** Writes a PNG file. */
  static void write(Measurements measurements, List<String> optimizers, String size, Path file)
      throws IOException {
    DefaultCategoryDataset times = new DefaultCategoryDataset();
    for (String implementation : List.of(Plan.ND4J, Plan.PYTORCH, Plan.OURS)) {
      for (String optimizer : optimizers) {
        OptionalDouble time = measurements.median(implementation, optimizer, size);
        times.addValue(time.isPresent() ? time.getAsDouble() : null, implementation, optimizer);
      }
    }
    JFreeChart chart = ChartFactory.createBarChart(
        "One step of " + size + " float32 parameters", null, "microseconds, less is better", times);
    chart.setBackgroundPaint(Color.WHITE);
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(GRID);
    plot.setOutlineVisible(false);
    ((NumberAxis) plot.getRangeAxis())
        .setNumberFormatOverride(NumberFormat.getInstance(Locale.ROOT));
    BarRenderer bars = (BarRenderer) plot.getRenderer();
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0);
    for (Map.Entry<String, Color> color : COLORS.entrySet()) {
      bars.setSeriesPaint(times.getRowIndex(color.getKey()), color.getValue());
    }
    ChartUtils.saveChartAsPNG(file.toFile(), chart, WIDTH, HEIGHT);
  }
}
