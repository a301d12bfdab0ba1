package io.github.descent4j.batch;

/** The last m steps s and changes of gradient y, and the inverse Hessian that they make: N&amp;W Algorithm 7.4. */
final class PairHistory {

  private final int capacity;
  private final int size;
  private final double[][] steps;
  private final double[][] changes;
  private final double[] products;
  private final double[] factors;
  private int count;

  /** The place of the oldest pair. */
  private int first;

  PairHistory(int capacity, int size) {
    this.capacity = capacity;
    this.size = size;
    steps = new double[capacity][];
    changes = new double[capacity][];
    products = new double[capacity];
    factors = new double[capacity];
  }

  int count() {
    return count;
  }

  int size() {
    return size;
  }

  /** The step of a pair; 0 is the oldest. */
  double[] step(int pair) {
    return steps[place(pair)];
  }

  double[] change(int pair) {
    return changes[place(pair)];
  }

  void clear() {
    count = 0;
    first = 0;
  }

  /** Takes the pairs of another history, of the same capacity and size, in place of its own. */
  void copyFrom(PairHistory other) {
    first = 0;
    count = other.count;
    for (int i = 0; i < count; i++) {
      makeRoom(i);
      Vectors.copy(other.step(i), steps[i]);
      Vectors.copy(other.change(i), changes[i]);
      products[i] = other.products[other.place(i)];
    }
  }

  private void makeRoom(int place) {
    if (steps[place] == null) {
      steps[place] = new double[size];
      changes[place] = new double[size];
    }
  }

  /**
   * Adds a pair of positive curvature, in place of the oldest one if there is no room.
   *
   * @param noise how long the part of the change may be that is rounding of the gradients
   * @return false if its curvature is not positive: it is left out
   */
  boolean add(double[] step, double[] change, double noise) {
    double product = Vectors.dot(step, change);
    if (!isCurved(product, step, change, noise) || capacity == 0) {
      return false;
    }
    if (count == capacity) {
      first = (first + 1) % capacity;
    } else {
      count++;
    }
    int place = place(count - 1);
    makeRoom(place);
    Vectors.copy(step, steps[place]);
    Vectors.copy(change, changes[place]);
    products[place] = product;
    return true;
  }

  /** Whether s.y is positive, beyond what the rounding of it and of gradients can make of none. */
  static boolean isCurved(double product, double[] step, double[] change, double noise) {
    double least = Math.max(noise, 0x1p-52 * Vectors.twoNorm(change)) * Vectors.twoNorm(step);
    return product > 0 && product > least && product < Double.POSITIVE_INFINITY;
  }

  private int place(int pair) {
    return (first + pair) % capacity;
  }

  /**
   * v = H v.
   *
   * @param scaled whether H starts from gamma = s.y / y.P y of the newest pair, and not from 1
   * @param preconditioner P: H starts from gamma P
   * @param free the elements of a subspace, outside of which v is 0 and stays so; null for all
   */
  void multiply(double[] v, boolean scaled, FlatPreconditioner preconditioner, boolean[] free) {
    double gamma = 1;
    boolean found = false;
    for (int i = count - 1; i >= 0; i--) {
      int place = place(i);
      double[] s = steps[place];
      double[] y = changes[place];
      double sy = free == null ? products[place] : Vectors.dot(s, y, free);
      factors[place] = Double.NaN;
      if (free != null && !(sy > 0)) {
        continue;
      }
      if (!found) {
        found = true;
        gamma = scaled ? sy / weight(y, preconditioner, free) : 1;
      }
      factors[place] = Vectors.dot(s, v, free) / sy;
      add(v, -factors[place], y, free);
    }
    if (!preconditioner.isIdentity()) {
      Vectors.copy(preconditioner.apply(v), v);
    }
    if (gamma != 1) {
      Vectors.scale(v, gamma);
    }
    for (int i = 0; i < count; i++) {
      int place = place(i);
      if (Double.isNaN(factors[place])) {
        continue;
      }
      double[] s = steps[place];
      double[] y = changes[place];
      double sy = free == null ? products[place] : Vectors.dot(s, y, free);
      add(v, factors[place] - Vectors.dot(y, v, free) / sy, s, free);
    }
  }

  private static double weight(double[] y, FlatPreconditioner preconditioner, boolean[] free) {
    return Vectors.dot(y, preconditioner.isIdentity() ? y : preconditioner.apply(y), free);
  }

  private static void add(double[] v, double factor, double[] a, boolean[] free) {
    if (free == null) {
      Vectors.add(v, factor, a);
      return;
    }
    for (int i = 0; i < v.length; i++) {
      if (free[i]) {
        v[i] += factor * a[i];
      }
    }
  }
}
