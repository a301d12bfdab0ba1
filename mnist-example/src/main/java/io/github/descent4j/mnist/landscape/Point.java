package io.github.descent4j.mnist.landscape;

/** A point of the plane, or a gradient there. */
public record Point(double x, double y) {

  double distanceTo(Point other) {
    return Math.hypot(x - other.x, y - other.y);
  }

  boolean isFinite() {
    return Double.isFinite(x) && Double.isFinite(y);
  }
}
