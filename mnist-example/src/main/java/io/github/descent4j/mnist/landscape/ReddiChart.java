package io.github.descent4j.mnist.landscape;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.DefaultXYDataset;

/** The chart of Reddi's example: where each player is over time. */
final class ReddiChart {
  private static final BasicStroke DASHES =
      new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0);

  /** Of Adam and Yogi as in the other pictures. */
  private static final int[] COLORS = {6, 4, 7};

  private ReddiChart() {}

  static JFreeChart of(Map<String, double[]> points) {
    DefaultXYDataset dataset = new DefaultXYDataset();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setDefaultLegendTextFont(Style.TABLE);
    int longest = 0;
    int series = 0;
    for (Map.Entry<String, double[]> player : points.entrySet()) {
      double[] positions = player.getValue();
      double[] steps = new double[positions.length];
      for (int t = 0; t < steps.length; t++) {
        steps[t] = t;
      }
      dataset.addSeries(player.getKey(), new double[][] {steps, positions});
      renderer.setSeriesPaint(series, Style.series(COLORS[series]));
      renderer.setSeriesStroke(series, Style.stroke(0, 1.6f));
      series++;
      longest = Math.max(longest, steps.length - 1);
    }

    XYPlot plot = new XYPlot(
        dataset, axis("step t", 0, longest), axis("x after step t", -1.15, 1.15), renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinesVisible(false);
    plot.setOutlinePaint(Style.CONTOUR_LINE);
    plot.addRangeMarker(line(1, "the worst point", TextAnchor.BOTTOM_RIGHT));
    plot.addRangeMarker(line(-1, "the best point", TextAnchor.TOP_RIGHT));

    JFreeChart chart =
        new JFreeChart("Reddi's example: Adam goes to the worst point", Style.TITLE, plot, false);
    chart.addSubtitle(new TextTitle(
        "loss 3x at every third step, -x at the others; x in [-1, 1]; learning rate 0.3 / sqrt(t)",
        Style.TEXT));
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(8, 4, 4, 14));
    LegendTitle legend = new LegendTitle(plot);
    legend.setPosition(RectangleEdge.BOTTOM);
    chart.addLegend(legend);
    return chart;
  }

  private static NumberAxis axis(String label, double from, double to) {
    NumberAxis axis = new NumberAxis(label);
    axis.setRange(from, to);
    axis.setLabelFont(Style.TEXT);
    axis.setTickLabelFont(Style.TEXT);
    axis.setLabelPaint(Style.INK);
    axis.setTickLabelPaint(Style.INK);
    return axis;
  }

  private static ValueMarker line(double value, String label, TextAnchor anchor) {
    ValueMarker marker = new ValueMarker(value, Style.CONTOUR_LINE, DASHES);
    marker.setLabel(label);
    marker.setLabelFont(Style.TEXT);
    marker.setLabelPaint(Style.INK);
    marker.setLabelBackgroundColor(Style.TRANSPARENT);
    marker.setLabelAnchor(value > 0 ? RectangleAnchor.TOP_RIGHT : RectangleAnchor.BOTTOM_RIGHT);
    marker.setLabelTextAnchor(anchor);
    return marker;
  }
}
