package io.github.descent4j.mnist.landscape;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;

/**
 * The regions where a function is below a level, by marching squares over a grid of samples.
 *
 * <p>Around the samples of the domain lies one more ring that counts as above every level, so that each region is
 * bounded by closed rings. Those parts of a ring lie outside the domain.
 */
public final class Contour {
  private static final int CELLS = 100;

  /** Samples of a row or column, with the ring. */
  private static final int SIDE = CELLS + 3;

  private final Domain domain;
  private final double[] samples = new double[SIDE * SIDE];

  /** The function on a grid over the domain. */
  public Contour(DoubleBinaryOperator function, Domain domain) {
    this.domain = domain;
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        boolean ring = row == 0 || column == 0 || row == SIDE - 1 || column == SIDE - 1;
        samples[row * SIDE + column] =
            ring ? Double.POSITIVE_INFINITY : function.applyAsDouble(x(column), y(row));
      }
    }
  }

  /** The closed rings around all points whose value is at most {@code level}, to be filled by the even-odd rule. */
  Path2D below(double level) {
    Map<Integer, Integer> next = segments(level);
    Path2D path = new Path2D.Double(Path2D.WIND_EVEN_ODD);
    while (!next.isEmpty()) {
      int edge = next.keySet().iterator().next();
      Point2D crossing = crossing(edge, level);
      path.moveTo(crossing.getX(), crossing.getY());
      for (Integer following = next.remove(edge); following != null; ) {
        crossing = crossing(following, level);
        Integer afterwards = next.remove(following);
        if (afterwards == null) {
          path.closePath();
        } else {
          path.lineTo(crossing.getX(), crossing.getY());
        }
        following = afterwards;
      }
    }
    return path;
  }

  /**
   * The same rings as points to be joined by lines, with NaN where a line ends: where the region goes beyond the domain, and between two
   * rings.
   *
   * @return the x and the y of the points
   */
  public double[][] line(double level) {
    DoubleStream.Builder xs = DoubleStream.builder();
    DoubleStream.Builder ys = DoubleStream.builder();
    double[] first = new double[2];
    double[] point = new double[2];
    for (PathIterator at = below(level).getPathIterator(null); !at.isDone(); at.next()) {
      int kind = at.currentSegment(point);
      if (kind == PathIterator.SEG_MOVETO) {
        first = point.clone();
      }
      double[] shown = kind == PathIterator.SEG_CLOSE ? first : point;
      boolean inside = domain.contains(new Point(shown[0], shown[1]));
      xs.add(inside ? shown[0] : Double.NaN);
      ys.add(inside ? shown[1] : Double.NaN);
      if (kind == PathIterator.SEG_CLOSE) {
        xs.add(Double.NaN);
        ys.add(Double.NaN);
      }
    }
    return new double[][] {xs.build().toArray(), ys.build().toArray()};
  }

  /**
   * For each edge of the grid where a segment of the boundary begins, the edge where it ends. With the low side always on
   * its left, a segment goes through a cell from an edge that, counter-clockwise, leads out of the region to one that leads
   * into it; the next segment begins where it ends.
   */
  private Map<Integer, Integer> segments(double level) {
    Map<Integer, Integer> next = new LinkedHashMap<>();
    for (int row = 0; row < SIDE - 1; row++) {
      for (int column = 0; column < SIDE - 1; column++) {
        int corner = row * SIDE + column;
        int[] corners = {corner, corner + 1, corner + SIDE + 1, corner + SIDE};
        for (int edge = 0; edge < 4; edge++) {
          if (isBelow(corners[edge], level) && !isBelow(corners[(edge + 1) % 4], level)) {
            // Of four crossings, those are joined that leave the cell's centre on its own side.
            int turn = meanIsBelow(corners, level) ? 1 : 3;
            int end = (edge + turn) % 4;
            while (isBelow(corners[end], level) || !isBelow(corners[(end + 1) % 4], level)) {
              end = (end + turn) % 4;
            }
            next.put(edgeOf(corner, edge), edgeOf(corner, end));
          }
        }
      }
    }
    return next;
  }

  private boolean isBelow(int sample, double level) {
    return samples[sample] <= level;
  }

  private boolean meanIsBelow(int[] corners, double level) {
    double sum = 0;
    for (int corner : corners) {
      sum += samples[corner];
    }
    return sum / 4 <= level;
  }

  /** The number of a cell's edge, the same in both cells that share it: twice its first sample, plus 1 if it goes up. */
  private static int edgeOf(int corner, int edge) {
    return switch (edge) {
      case 0 -> 2 * corner;
      case 1 -> 2 * (corner + 1) + 1;
      case 2 -> 2 * (corner + SIDE);
      default -> 2 * corner + 1;
    };
  }

  /** Where a line between two samples crosses the level. */
  private Point2D crossing(int edge, double level) {
    int from = edge / 2;
    boolean up = edge % 2 == 1;
    int to = up ? from + SIDE : from + 1;
    double part = Double.isInfinite(samples[from]) || Double.isInfinite(samples[to])
        ? 0.5
        : (level - samples[from]) / (samples[to] - samples[from]);
    int column = from % SIDE;
    int row = from / SIDE;
    return up
        ? new Point2D.Double(x(column), y(row + part))
        : new Point2D.Double(x(column + part), y(row));
  }

  private double x(double column) {
    return domain.xMin() + (column - 1) / CELLS * domain.width();
  }

  private double y(double row) {
    return domain.yMin() + (row - 1) / CELLS * domain.height();
  }
}
