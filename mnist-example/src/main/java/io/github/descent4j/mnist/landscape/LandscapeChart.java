package io.github.descent4j.mnist.landscape;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.annotations.XYShapeAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.ColumnArrangement;
import org.jfree.chart.plot.SeriesRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.VerticalAlignment;
import org.jfree.data.xy.DefaultXYDataset;

/** A chart of trajectories over the contours of a function. */
final class LandscapeChart {
  /** After so many steps, and at its end, a trajectory has a mark, to show how fast it is. */
  private static final Set<Integer> MARKED_STEPS = Set.of(1, 2, 5, 10, 20, 50, 100, 200, 500);

  /** More of a trajectory that jumps to and fro would hide the others. */
  private static final int POINTS_OF_TOO_LARGE = 101;

  private LandscapeChart() {}

  /** The contours, the start and the minima alone. */
  static JFreeChart withoutTrajectories(TestFunction function) {
    JFreeChart chart = of(function, new DefaultXYDataset());
    chart.removeLegend();
    chart.setTitle(new TextTitle(function.title(), Style.TITLE));
    return chart;
  }

  static JFreeChart of(TestFunction function, Pace pace, List<Trial> trials) {
    JFreeChart chart = of(function, trajectories(trials));
    chart.setTitle(new TextTitle(function.title() + ": " + pace + " learning rates", Style.TITLE));
    chart.addSubtitle(new TextTitle(pace.explanation(), Style.TEXT));
    return chart;
  }

  /** Batch methods, or optimizers, by evaluations. */
  static JFreeChart of(TestFunction function, String title, List<Descent> descents) {
    DefaultXYDataset paths = new DefaultXYDataset();
    for (Descent descent : descents) {
      paths.addSeries(
          String.format(Locale.ROOT, "%-14s %s", descent.method(), descent.outcome()),
          coordinates(descent.trajectory().points()));
    }
    JFreeChart chart = of(function, paths);
    chart.setTitle(new TextTitle(function.title() + ": " + title, Style.TITLE));
    chart.addSubtitle(new TextTitle(
        "evaluations of value and gradient until the value stays at the minimum's", Style.TEXT));
    return chart;
  }

  private static JFreeChart of(TestFunction function, DefaultXYDataset paths) {
    Domain domain = function.domain();
    XYPlot plot = new XYPlot();
    plot.setDomainAxis(axis(domain.xMin(), domain.xMax()));
    plot.setRangeAxis(axis(domain.yMin(), domain.yMax()));
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinesVisible(false);
    plot.setOutlinePaint(Style.CONTOUR_LINE);
    plot.setSeriesRenderingOrder(SeriesRenderingOrder.FORWARD);
    plot.setDataset(0, paths);
    plot.setRenderer(0, trajectoryRenderer(paths.getSeriesCount()));
    plot.setDataset(1, landmarks(function));
    plot.setRenderer(1, landmarkRenderer());
    drawContours(plot, function);

    JFreeChart chart = new JFreeChart(null, null, plot, false);
    chart.setBackgroundPaint(Color.WHITE);
    chart.setPadding(new RectangleInsets(8, 4, 4, 14));
    chart.addLegend(legend(plot));
    return chart;
  }

  private static NumberAxis axis(double from, double to) {
    NumberAxis axis = new NumberAxis();
    axis.setRange(from, to);
    axis.setTickLabelFont(Style.TEXT);
    axis.setTickLabelPaint(Style.INK);
    axis.setAxisLineVisible(false);
    return axis;
  }

  private static void drawContours(XYPlot plot, TestFunction function) {
    Contour contour = new Contour(function::value, function.domain());
    double[] levels = function.levels();
    plot.setBackgroundPaint(Style.band(levels.length, levels.length + 1));
    for (int i = levels.length - 1; i >= 0; i--) {
      XYShapeAnnotation region = new XYShapeAnnotation(
          contour.below(levels[i]),
          Style.CONTOUR_STROKE,
          Style.CONTOUR_LINE,
          Style.band(i, levels.length + 1));
      plot.getRenderer(0).addAnnotation(region, Layer.BACKGROUND);
    }
  }

  private static DefaultXYDataset trajectories(List<Trial> trials) {
    DefaultXYDataset dataset = new DefaultXYDataset();
    for (Trial trial : trials) {
      List<Point> points = trial.trajectory().points();
      if (trial.pace() == Pace.TOO_LARGE) {
        points = points.subList(0, Math.min(points.size(), POINTS_OF_TOO_LARGE));
      }
      dataset.addSeries(label(trial), coordinates(points));
    }
    return dataset;
  }

  private static double[][] coordinates(List<Point> points) {
    return new double[][] {
      points.stream().mapToDouble(Point::x).toArray(),
      points.stream().mapToDouble(Point::y).toArray()
    };
  }

  private static String label(Trial trial) {
    return String.format(
        Locale.ROOT, "%-9s %-7s %s", trial.optimizer(), trial.rateText(), trial.outcome());
  }

  private static DefaultXYDataset landmarks(TestFunction function) {
    DefaultXYDataset dataset = new DefaultXYDataset();
    dataset.addSeries("start", coordinates(List.of(function.start())));
    if (!function.minima().isEmpty()) {
      dataset.addSeries("minimum", coordinates(function.minima()));
    }
    return dataset;
  }

  private static XYLineAndShapeRenderer trajectoryRenderer(int series) {
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer() {
      private static final long serialVersionUID = 1L;

      @Override
      public boolean getItemShapeVisible(int row, int item) {
        int last = getPlot().getDataset(0).getItemCount(row) - 1;
        return MARKED_STEPS.contains(item) || item == last;
      }

      @Override
      public LegendItem getLegendItem(int dataset, int row) {
        LegendItem item = super.getLegendItem(dataset, row);
        item.setShapeVisible(true);
        return item;
      }
    };
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setDefaultLegendTextFont(Style.TABLE);
    for (int i = 0; i < series; i++) {
      renderer.setSeriesPaint(i, Style.series(i));
      renderer.setSeriesStroke(i, Style.stroke(i, 1.6f));
      renderer.setSeriesShape(i, Style.mark(i));
    }
    outlineMarks(renderer);
    return renderer;
  }

  private static XYLineAndShapeRenderer landmarkRenderer() {
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
    renderer.setDefaultLegendTextFont(Style.TABLE);
    Shape[] shapes = {Style.START, Style.MINIMUM};
    for (int i = 0; i < shapes.length; i++) {
      renderer.setSeriesShape(i, shapes[i]);
      renderer.setSeriesPaint(i, Color.WHITE);
      renderer.setSeriesOutlinePaint(i, Style.INK);
      renderer.setSeriesOutlineStroke(i, new BasicStroke(1.6f));
    }
    renderer.setUseOutlinePaint(true);
    return renderer;
  }

  private static void outlineMarks(XYLineAndShapeRenderer renderer) {
    renderer.setUseOutlinePaint(true);
    renderer.setDefaultOutlinePaint(Color.WHITE);
    renderer.setDefaultOutlineStroke(new BasicStroke(0.7f));
    renderer.setAutoPopulateSeriesOutlinePaint(false);
    renderer.setAutoPopulateSeriesOutlineStroke(false);
  }

  private static LegendTitle legend(XYPlot plot) {
    LegendTitle legend = new LegendTitle(
        plot,
        new ColumnArrangement(HorizontalAlignment.LEFT, VerticalAlignment.TOP, 0, 0),
        new ColumnArrangement(HorizontalAlignment.LEFT, VerticalAlignment.TOP, 0, 0));
    legend.setPosition(RectangleEdge.BOTTOM);
    legend.setHorizontalAlignment(HorizontalAlignment.CENTER);
    legend.setMargin(4, 30, 0, 0);
    return legend;
  }
}
