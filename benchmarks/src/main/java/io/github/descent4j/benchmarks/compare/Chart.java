package io.github.descent4j.benchmarks.compare;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Bars of the step times of every optimizer at one size. */
final class Chart {
  private static final Map<String, Color> COLORS = Map.of(
      Plan.ND4J, new Color(0xB0B7C3),
      Plan.PYTORCH, new Color(0xE8A33D),
      Plan.OURS, new Color(0x2F6FB5));

  private Chart() {}

  /** Writes a PNG file. */
  static void write(Measurements measurements, List<String> optimizers, String size, Path file)
      throws IOException {
    CategoryChart chart = new CategoryChartBuilder()
        .width(900)
        .height(420)
        .title("One step of " + size + " float32 parameters")
        .yAxisTitle("microseconds, less is better")
        .theme(ChartTheme.GGPlot2)
        .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesColor(new Color(0xE2E5EA));
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setAvailableSpaceFill(0.8);
    for (String implementation : List.of(Plan.ND4J, Plan.PYTORCH, Plan.OURS)) {
      List<Double> times = new ArrayList<>();
      for (String optimizer : optimizers) {
        OptionalDouble time = measurements.median(implementation, optimizer, size);
        times.add(time.isPresent() ? time.getAsDouble() : null);
      }
      if (times.stream().anyMatch(time -> time != null)) {
        chart.addSeries(implementation, optimizers, times).setFillColor(COLORS.get(implementation));
      }
    }
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }
}
