package io.github.descent4j.mnist.report;

import java.util.List;

/**
 * Curves in one coordinate system.
 *
 * @param title what is shown
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series the curves
 */
public record Chart(String title, Axis x, Axis y, List<Series> series) {

  /**
   * An axis.
   *
   * @param label the quantity
   * @param logarithmic whether equal factors are equal lengths; values that are not above 0 are then left out
   * @param whole whether only whole numbers are marked
   */
  public record Axis(String label, boolean logarithmic, boolean whole) {

    /** A linear axis. */
    public static Axis linear(String label) {
      return new Axis(label, false, false);
    }

    /** A logarithmic axis. */
    public static Axis logarithmic(String label) {
      return new Axis(label, true, false);
    }

    /** A linear axis of counts. */
    public static Axis whole(String label) {
      return new Axis(label, false, true);
    }
  }

  /**
   * A curve. Where y is not finite, it has a gap.
   *
   * @param name in the legend
   * @param x increasing
   * @param y as many values
   * @param spread the lowest and the highest value at each x, drawn as bars; or null
   * @param style how it is drawn
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares curves.
  public record Series(String name, double[] x, double[] y, Spread spread, Style style) {

    /** A curve. */
    public static Series of(String name, double[] x, double[] y) {
      return new Series(name, x, y, null, Style.USUAL);
    }

    /** The same with bars from the lowest to the highest value at each x. */
    public Series between(double[] lowest, double[] highest) {
      return new Series(name, x, y, new Spread(lowest, highest), style);
    }

    /** The same as the background of others. */
    public Series faint() {
      return new Series(name, x, y, spread, Style.FAINT);
    }

    /** The same as the one to look at. */
    public Series strong() {
      return new Series(name, x, y, spread, Style.STRONG);
    }
  }

  /** How far values are apart at each x. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares curves.
  public record Spread(double[] lowest, double[] highest) {}

  /** How a curve is drawn. */
  public enum Style {
    /** The background of others. */
    FAINT,
    /** In a colour of its own. */
    USUAL,
    /** Likewise, and bold. */
    STRONG
  }
}
