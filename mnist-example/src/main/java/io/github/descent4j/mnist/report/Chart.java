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
   * @param faint whether it is the background of others
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares curves.
  public record Series(String name, double[] x, double[] y, boolean faint) {

    /** A curve. */
    public static Series of(String name, double[] x, double[] y) {
      return new Series(name, x, y, false);
    }
  }
}
