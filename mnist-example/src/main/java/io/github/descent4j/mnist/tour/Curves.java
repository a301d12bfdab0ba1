package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.landscape.Style;
import io.github.descent4j.mnist.landscape.Trial;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Axis;
import io.github.descent4j.mnist.report.Chart.Series;
import java.awt.Color;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYLineAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.DefaultXYDataset;

/** Draws a {@link Chart} with JFreeChart. */
final class Curves {
  private static final Color GRID = new Color(0xE2E5EA);

  /** How many points a curve has at most to show each by a mark. */
  private static final int MARKED = 30;

  private Curves() {}

  /** Where one curve needs no name. */
  static JFreeChart withoutLegend(Chart chart) {
    JFreeChart drawn = of(chart);
    drawn.removeLegend();
    return drawn;
  }

  static JFreeChart of(Chart chart) {
    DefaultXYDataset dataset = new DefaultXYDataset();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setDefaultLegendTextFont(Style.TEXT);
    for (int i = 0; i < chart.series().size(); i++) {
      Series series = chart.series().get(i);
      double[][] points = drawable(chart, series);
      boolean faint = series.style() == Chart.Style.FAINT;
      dataset.addSeries(series.name(), points);
      renderer.setSeriesPaint(i, faint ? Style.CONTOUR_LINE : Style.series(i));
      renderer.setSeriesStroke(i, Style.stroke(faint ? 1 : 0, 1.6f));
      renderer.setSeriesShape(i, Style.mark(i));
      renderer.setSeriesShapesVisible(i, !faint && points[0].length <= MARKED);
    }
    DefaultXYDataset spreads = new DefaultXYDataset();
    for (int i = 0; i < chart.series().size(); i++) {
      addSpread(spreads, renderer, chart.series().get(i), i);
    }
    XYPlot plot = new XYPlot(
        dataset, axis(chart, chart.x(), Series::x), axis(chart, chart.y(), Series::y), renderer);
    // Annotations do not widen the axes; these points, which are not drawn, do.
    plot.setDataset(1, spreads);
    XYLineAndShapeRenderer nothing = new XYLineAndShapeRenderer(false, false);
    nothing.setDefaultSeriesVisibleInLegend(false);
    plot.setRenderer(1, nothing);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(GRID);
    plot.setRangeGridlinePaint(GRID);
    plot.setOutlinePaint(Style.CONTOUR_LINE);
    JFreeChart drawn = new JFreeChart(chart.title(), Style.TITLE, plot, false);
    drawn.setBackgroundPaint(Color.WHITE);
    drawn.setPadding(new RectangleInsets(8, 4, 4, 14));
    LegendTitle legend = new LegendTitle(plot);
    legend.setPosition(RectangleEdge.BOTTOM);
    drawn.addLegend(legend);
    return drawn;
  }

  /** A bar from the lowest to the highest value at each x, of a series that has them. */
  private static void addSpread(
      DefaultXYDataset spreads, XYLineAndShapeRenderer renderer, Series series, int index) {
    if (series.spread() == null) {
      return;
    }
    double[] lowest = series.spread().lowest();
    double[] highest = series.spread().highest();
    for (int i = 0; i < lowest.length; i++) {
      double x = series.x()[i];
      renderer.addAnnotation(
          new XYLineAnnotation(
              x, lowest[i], x, highest[i], Style.stroke(0, 1.6f), Style.series(index)),
          Layer.FOREGROUND);
    }
    spreads.addSeries(series.name() + ", lowest", new double[][] {series.x(), lowest});
    spreads.addSeries(series.name() + ", highest", new double[][] {series.x(), highest});
  }

  /** A logarithmic axis has no place for numbers that are not above 0. */
  private static double[][] drawable(Chart chart, Series series) {
    int[] kept = IntStream.range(0, series.x().length)
        .filter(i -> !chart.x().logarithmic() || series.x()[i] > 0)
        .filter(i -> !chart.y().logarithmic() || series.y()[i] > 0)
        .toArray();
    return new double[][] {
      IntStream.of(kept).mapToDouble(i -> series.x()[i]).toArray(),
      IntStream.of(kept).mapToDouble(i -> series.y()[i]).toArray()
    };
  }

  private interface Coordinates {
    double[] of(Series series);
  }

  private static ValueAxis axis(Chart chart, Axis described, Coordinates coordinates) {
    NumberAxis linear = new NumberAxis(described.label());
    linear.setAutoRangeIncludesZero(false);
    ValueAxis axis = linear;
    if (described.logarithmic()) {
      LogAxis logarithmic = new LogAxis(described.label());
      logarithmic.setNumberFormatOverride(new TickFormat());
      double decades = decades(chart, coordinates);
      if (decades >= 2) {
        // Powers of ten; the axis' own choice has their roots, too.
        logarithmic.setTickUnit(new NumberTickUnit(decades > 8 ? 2 : 1), true, true);
      }
      axis = logarithmic;
    } else if (described.whole()) {
      linear.setStandardTickUnits(NumberAxis.createIntegerTickUnits(Locale.ROOT));
    }
    axis.setLabelFont(Style.TEXT);
    axis.setTickLabelFont(Style.TEXT);
    axis.setLabelPaint(Style.INK);
    axis.setTickLabelPaint(Style.INK);
    return axis;
  }

  /** How many powers of ten there are between the smallest and the largest of the drawable coordinates. */
  private static double decades(Chart chart, Coordinates coordinates) {
    DoubleSummaryStatistics values = chart.series().stream()
        .flatMapToDouble(series -> DoubleStream.of(coordinates.of(series)))
        .filter(value -> value > 0 && Double.isFinite(value))
        .summaryStatistics();
    return values.getCount() == 0 ? 0 : Math.log10(values.getMax() / values.getMin());
  }

  /** Two digits, which is enough for the roots of powers of ten. */
  private static final class TickFormat extends NumberFormat {
    private static final long serialVersionUID = 1;

    @Override
    public StringBuffer format(double number, StringBuffer text, FieldPosition position) {
      return text.append(Trial.rounded(number, 2));
    }

    @Override
    public StringBuffer format(long number, StringBuffer text, FieldPosition position) {
      return format((double) number, text, position);
    }

    @Override
    public Number parse(String source, ParsePosition position) {
      throw new UnsupportedOperationException("an axis parses nothing");
    }
  }
}
