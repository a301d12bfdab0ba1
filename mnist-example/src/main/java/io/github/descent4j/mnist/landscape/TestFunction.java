package io.github.descent4j.mnist.landscape;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Functions of two variables on which optimizers are compared, with their gradients in closed form. */
// Points and domains are records of numbers, and List.of cannot be changed.
@SuppressWarnings("ImmutableEnumChecker")
public enum TestFunction {
  /**
   * {@code (1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²}: steep walls around a curved, nearly flat valley
   * (Beale 1958, "On an iterative method for finding a local minimum of a function of more than one variable").
   */
  BEALE(
      "Beale",
      Levels.LOGARITHMIC,
      new Domain(-0.5, 4, -1.5, 2),
      new Point(1, 1.5),
      new Point(3, 0.5)) {
    @Override
    public double value(double x, double y) {
      double first = 1.5 - x + x * y;
      double second = 2.25 - x + x * y * y;
      double third = 2.625 - x + x * y * y * y;
      return first * first + second * second + third * third;
    }

    @Override
    public Point gradient(double x, double y) {
      double first = 1.5 - x + x * y;
      double second = 2.25 - x + x * y * y;
      double third = 2.625 - x + x * y * y * y;
      return new Point(
          2 * (first * (y - 1) + second * (y * y - 1) + third * (y * y * y - 1)),
          2 * x * (first + 2 * second * y + 3 * third * y * y));
    }

    @Override
    public Curvature curvature(double x, double y) {
      double[] targets = {1.5, 2.25, 2.625};
      double xx = 0;
      double xy = 0;
      double yy = 0;
      for (int i = 1; i <= targets.length; i++) {
        double residual = targets[i - 1] - x + x * Math.pow(y, i);
        double alongX = Math.pow(y, i) - 1;
        double alongY = i * x * Math.pow(y, i - 1);
        xx += 2 * alongX * alongX;
        xy += 2 * (alongX * alongY + residual * i * Math.pow(y, i - 1));
        double bend = i == 1 ? 0 : i * (i - 1) * x * Math.pow(y, i - 2);
        yy += 2 * (alongY * alongY + residual * bend);
      }
      return new Curvature(xx, xy, yy);
    }
  },

  /**
   * {@code (1 - x)² + 100 (y - x²)²}: the bottom of a narrow curved valley falls slowly to the minimum (Rosenbrock
   * 1960, "An automatic method for finding the greatest or least value of a function").
   */
  ROSENBROCK(
      "Rosenbrock",
      Levels.LOGARITHMIC,
      new Domain(-2, 2, -1, 3),
      new Point(-1.2, 1),
      new Point(1, 1)) {
    @Override
    public double value(double x, double y) {
      double across = y - x * x;
      return (1 - x) * (1 - x) + 100 * across * across;
    }

    @Override
    public Point gradient(double x, double y) {
      double across = y - x * x;
      return new Point(-2 * (1 - x) - 400 * x * across, 200 * across);
    }

    @Override
    public Curvature curvature(double x, double y) {
      return new Curvature(2 - 400 * (y - 3 * x * x), -400 * x, 200);
    }
  },

  /**
   * {@code (x² + y - 11)² + (x + y² - 7)²}: four minima of value 0 around a hill (Himmelblau 1972, "Applied nonlinear
   * programming").
   */
  HIMMELBLAU(
      "Himmelblau",
      Levels.LOGARITHMIC,
      new Domain(-5, 5, -5, 5),
      new Point(0, 0),
      new Point(3, 2),
      new Point(-2.805118086952745, 3.131312518250573),
      new Point(-3.779310253377747, -3.283185991286170),
      new Point(3.584428340330492, -1.848126526964404)) {
    @Override
    public double value(double x, double y) {
      double first = x * x + y - 11;
      double second = x + y * y - 7;
      return first * first + second * second;
    }

    @Override
    public Point gradient(double x, double y) {
      double first = x * x + y - 11;
      double second = x + y * y - 7;
      return new Point(4 * x * first + 2 * second, 2 * first + 4 * y * second);
    }

    @Override
    public Curvature curvature(double x, double y) {
      return new Curvature(12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26);
    }
  },

  /**
   * {@code 20 + x² - 10 cos(2 pi x) + y² - 10 cos(2 pi y)}: a bowl full of local minima, one in each unit square
   * (Rastrigin 1974, "Systems of extremal control").
   */
  RASTRIGIN(
      "Rastrigin",
      Levels.LINEAR,
      new Domain(-2.5, 2.5, -2.5, 2.5),
      new Point(-2, 1.5),
      new Point(0, 0)) {
    @Override
    public double value(double x, double y) {
      return 20 + x * x - 10 * Math.cos(2 * Math.PI * x) + y * y - 10 * Math.cos(2 * Math.PI * y);
    }

    @Override
    public Point gradient(double x, double y) {
      return new Point(
          2 * x + 20 * Math.PI * Math.sin(2 * Math.PI * x),
          2 * y + 20 * Math.PI * Math.sin(2 * Math.PI * y));
    }

    @Override
    public Curvature curvature(double x, double y) {
      double bend = 40 * Math.PI * Math.PI;
      return new Curvature(
          2 + bend * Math.cos(2 * Math.PI * x), 0, 2 + bend * Math.cos(2 * Math.PI * y));
    }
  },

  /**
   * {@code x² - y²}: no minimum. The start is beside the ridge, where hardly anything points away from the saddle point
   * (as in the pictures of Ruder 2016, "An overview of gradient descent optimization algorithms").
   */
  SADDLE("Saddle", Levels.LINEAR, new Domain(-1.5, 1.5, -1.5, 1.5), new Point(-1.2, 0.001)) {
    @Override
    public double value(double x, double y) {
      return x * x - y * y;
    }

    @Override
    public Point gradient(double x, double y) {
      return new Point(2 * x, -2 * y);
    }

    @Override
    public Curvature curvature(double x, double y) {
      return new Curvature(2, 0, -2);
    }
  },

  /** {@code (x² + 80 y²) / 2}: a bowl of condition number 80, the gradient across it eighty times that along it. */
  QUADRATIC(
      "Quadratic",
      Levels.LOGARITHMIC,
      new Domain(-5, 2, -2, 2),
      new Point(-4, 1),
      new Point(0, 0)) {
    @Override
    public double value(double x, double y) {
      return (x * x + 80 * y * y) / 2;
    }

    @Override
    public Point gradient(double x, double y) {
      return new Point(x, 80 * y);
    }

    @Override
    public Curvature curvature(double x, double y) {
      return new Curvature(1, 0, 80);
    }
  };

  /** How near the value must come to the minimum. */
  static final double TOLERANCE = 1e-3;

  /** Where there is no minimum: a value well below that of the saddle point, 0. */
  private static final double WELL_BELOW = -1;

  private enum Levels {
    LINEAR,
    LOGARITHMIC
  }

  /** The lowest of logarithmic levels, as a part of the highest value. */
  private static final double LOWEST_LEVEL = 2e-4;

  private static final int LEVELS = 10;
  private static final int SAMPLES = 100;

  private final String title;
  private final Levels levels;
  private final Domain domain;
  private final Point start;
  private final List<Point> minima;

  TestFunction(String title, Levels levels, Domain domain, Point start, Point... minima) {
    this.title = title;
    this.levels = levels;
    this.domain = domain;
    this.start = start;
    this.minima = List.of(minima);
  }

  /** The function's value. */
  public abstract double value(double x, double y);

  /** The vector of the two partial derivatives. */
  public abstract Point gradient(double x, double y);

  /** The second partial derivatives. */
  public abstract Curvature curvature(double x, double y);

  double value(Point point) {
    return value(point.x(), point.y());
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The part of the plane that is drawn. */
  public Domain domain() {
    return domain;
  }

  /** Where the optimizers start. */
  public Point start() {
    return start;
  }

  /** Where the gradient is zero and the value lowest; empty where there is no lowest value. */
  public List<Point> minima() {
    return minima;
  }

  /** Whether a point of this value counts as the end of the search. */
  boolean arrived(double value) {
    return minima.isEmpty() ? value <= WELL_BELOW : value - value(minima.get(0)) <= TOLERANCE;
  }

  /** How far it is to the nearest minimum. */
  public Optional<Double> distanceToMinimum(Point point) {
    return minima.stream().map(point::distanceTo).min(Comparator.naturalOrder());
  }

  /** The values of the contour lines, from the lowest. */
  public double[] levels() {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= SAMPLES; i++) {
      for (int j = 0; j <= SAMPLES; j++) {
        double value = value(
            domain.xMin() + domain.width() * i / SAMPLES,
            domain.yMin() + domain.height() * j / SAMPLES);
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
    }
    double[] values = new double[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      values[i] = levels == Levels.LINEAR
          ? lowest + (highest - lowest) * (i + 1) / (LEVELS + 1)
          : highest * Math.pow(LOWEST_LEVEL, 1 - (double) i / LEVELS);
    }
    return values;
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
