package io.github.descent4j.internal.gradient;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import java.util.Arrays;

/**
 * Clips gradients unit by unit, by the norms of the parameter's units: what adaptive gradient clipping
 * needs, in two reads of the gradient and one of the parameter.
 *
 * <p>Use: {@link #clear}, {@link #add} for each parameter, {@link #run}, {@link #clippedUnits}. A parameter
 * is the work of one thread, in logical 'c' order and with sums in double, so that neither threads nor
 * memory order change the bits.
 */
public final class UnitClip {
  private static final int BLOCK = 512;

  private final double clipping;
  private final double epsilon;
  private final ParallelRunner workforce = new ParallelRunner(this::clip);
  private final Scratch[] scratch = new Scratch[workforce.threads()];

  private int count;
  private long elements;
  private ArrayMemory[] values = {};
  private ArrayMemory[] gradients = {};
  private GradientTransform[] transforms = {};
  private ArrayMemory[] into = {};
  private boolean[] unitsFirst = {};

  // Of each parameter and unit: the sum of squares of value and gradient, then in place of the
  // latter
  // the factor.
  private double[][] valueSums = {};
  private double[][] factors = {};
  private long[] clipped = {};

  /**
   * With a ratio and the least norm of a parameter.
   *
   * @param clipping of the norms of gradient and parameter
   * @param epsilon in place of a smaller norm of a parameter
   */
  public UnitClip(double clipping, double epsilon) {
    this.clipping = clipping;
    this.epsilon = epsilon;
  }

  /** Starts anew. */
  public void clear() {
    count = 0;
    elements = 0;
  }

  /**
   * Adds a parameter.
   *
   * @param units how many units it has: a divisor of its length, unless that is 0
   * @param first whether a unit's elements lie together in 'c' order, or every {@code units}-th is one's
   * @param transform what happens to the gradient first
   * @param into receives the clipped gradient
   */
  public void add(
      ArrayMemory value,
      ArrayMemory gradient,
      GradientTransform transform,
      ArrayMemory into,
      int units,
      boolean first) {
    if (count == values.length) {
      int room = Math.max(8, 2 * count);
      values = Arrays.copyOf(values, room);
      gradients = Arrays.copyOf(gradients, room);
      transforms = Arrays.copyOf(transforms, room);
      this.into = Arrays.copyOf(this.into, room);
      unitsFirst = Arrays.copyOf(unitsFirst, room);
      valueSums = Arrays.copyOf(valueSums, room);
      factors = Arrays.copyOf(factors, room);
      clipped = Arrays.copyOf(clipped, room);
    }
    values[count] = value;
    gradients[count] = gradient;
    transforms[count] = transform;
    this.into[count] = into;
    unitsFirst[count] = first;
    if (factors[count] == null || factors[count].length != units) {
      valueSums[count] = new double[units];
      factors[count] = new double[units];
    }
    elements += value.length();
    count++;
  }

  /** Clips all of them. */
  public void run() {
    workforce.run(count, elements >= WorkList.PARALLEL);
    Arrays.fill(values, 0, count, null);
    Arrays.fill(gradients, 0, count, null);
    Arrays.fill(transforms, 0, count, null);
    Arrays.fill(into, 0, count, null);
  }

  /** How many units have been scaled down. */
  public long clippedUnits() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += clipped[i];
    }
    return sum;
  }

  private void clip(int i, int worker) {
    if (scratch[worker] == null) {
      scratch[worker] = new Scratch();
    }
    Scratch s = scratch[worker];
    double[] w = valueSums[i];
    double[] f = factors[i];
    long length = values[i].length();
    long run = unitsFirst[i] ? Math.max(1, length / f.length) : 1;
    Arrays.fill(w, 0);
    Arrays.fill(f, 0);
    for (long at = 0; at < length; at += BLOCK) {
      int n = (int) Math.min(BLOCK, length - at);
      s.load(values[i], at, n, null);
      addSquares(w, s.x64, at, n, run);
      s.load(gradients[i], at, n, transforms[i]);
      addSquares(f, s.x64, at, n, run);
    }
    clipped[i] = 0;
    for (int u = 0; u < f.length; u++) {
      double most = clipping * Math.max(Math.sqrt(w[u]), epsilon);
      double norm = Math.sqrt(f[u]);
      // A norm that is NaN makes its unit NaN.
      f[u] = norm <= most ? 1 : most / norm;
      clipped[i] += norm > most ? 1 : 0;
    }
    for (long at = 0; at < length; at += BLOCK) {
      int n = (int) Math.min(BLOCK, length - at);
      s.load(gradients[i], at, n, transforms[i]);
      scale(s.x64, f, at, n, run);
      s.store(into[i], at, n);
    }
  }

  private static void addSquares(double[] sums, double[] x, long at, int n, long run) {
    if (run == 1) {
      addSquaresInTurn(sums, x, at, n);
      return;
    }
    for (int k = 0; k < n; ) {
      int unit = (int) ((at + k) / run % sums.length);
      int end = (int) Math.min(n, k + run - (at + k) % run);
      double sum = 0;
      for (; k < end; k++) {
        sum += x[k] * x[k];
      }
      sums[unit] += sum;
    }
  }

  private static void scale(double[] x, double[] factors, long at, int n, long run) {
    if (run == 1) {
      scaleInTurn(x, factors, at, n);
      return;
    }
    for (int k = 0; k < n; ) {
      double factor = factors[(int) ((at + k) / run % factors.length)];
      int end = (int) Math.min(n, k + run - (at + k) % run);
      for (; k < end; k++) {
        x[k] *= factor;
      }
    }
  }

  /** With a run of 1 every element is of another unit than its neighbours. */
  private static void addSquaresInTurn(double[] sums, double[] x, long at, int n) {
    int unit = (int) (at % sums.length);
    for (int k = 0; k < n; k++) {
      sums[unit] += x[k] * x[k];
      unit = unit + 1 == sums.length ? 0 : unit + 1;
    }
  }

  private static void scaleInTurn(double[] x, double[] factors, long at, int n) {
    int unit = (int) (at % factors.length);
    for (int k = 0; k < n; k++) {
      x[k] *= factors[unit];
      unit = unit + 1 == factors.length ? 0 : unit + 1;
    }
  }

  /** The heap arrays of one worker. */
  private static final class Scratch {
    private final long[] offsets = new long[BLOCK];
    private final float[] x32 = new float[BLOCK];
    private final double[] x64 = new double[BLOCK];

    void load(ArrayMemory from, long at, int n, GradientTransform transform) {
      if (from.isDouble()) {
        from.load('c', at, n, x64, offsets);
        if (transform != null) {
          transform.apply(x64, n);
        }
        return;
      }
      from.load('c', at, n, x32, offsets);
      if (transform != null) {
        transform.apply(x32, n);
      }
      BlockLoops.widen(x64, x32, n);
    }

    void store(ArrayMemory into, long at, int n) {
      if (into.isDouble()) {
        into.store('c', at, n, x64, offsets);
        return;
      }
      for (int k = 0; k < n; k++) {
        x32[k] = (float) x64[k];
      }
      into.store('c', at, n, x32, offsets);
    }
  }
}
