package io.github.descent4j.mnist.landscape;

/** The part of the plane that is drawn. */
public record Domain(double xMin, double xMax, double yMin, double yMax) {

  double width() {
    return xMax - xMin;
  }

  double height() {
    return yMax - yMin;
  }

  double diagonal() {
    return Math.hypot(width(), height());
  }

  Point center() {
    return new Point((xMin + xMax) / 2, (yMin + yMax) / 2);
  }

  boolean contains(Point point) {
    return point.x() >= xMin && point.x() <= xMax && point.y() >= yMin && point.y() <= yMax;
  }
}
