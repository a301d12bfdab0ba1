package io.github.descent4j.internal.gradient;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import java.util.Arrays;

/**
 * Sums and mixes whole arrays of any layout: what decorators keep of gradients and parameters.
 *
 * <p>Use: {@link #clear}, any of {@link #copy}, {@link #sum}, {@link #mix}, {@link #product} and {@link
 * #difference} for each array, then {@link #run}. Elements pair by index. The arithmetic is in double for DOUBLE arrays and in float for
 * others; an element's result does not depend on its place, so neither on threads.
 */
public final class Blend {
  private enum Operation {
    COPY,
    SUM,
    MIX,
    PRODUCT,
    DIFFERENCE
  }

  private static final int BLOCK = 512;
  private static final GradientTransform AS_GIVEN = new GradientTransform();

  private final WorkList pieces = new WorkList();
  private final ParallelRunner workforce = new ParallelRunner(this::runPiece);
  private final Scratch[] scratch = new Scratch[workforce.threads()];

  private int count;
  private Operation[] operations = {};
  private ArrayMemory[] into = {};
  private ArrayMemory[] base = {};
  private ArrayMemory[] from = {};
  private GradientTransform[] transforms = {};
  private double[] weights = {};

  /** Starts anew. */
  public void clear() {
    pieces.clear();
    count = 0;
  }

  /** {@code into = from}, rounded to the type of {@code into}. */
  public void copy(ArrayMemory into, ArrayMemory from) {
    copy(into, from, AS_GIVEN);
  }

  /** {@code into = transform(from)}. */
  public void copy(ArrayMemory into, ArrayMemory from, GradientTransform transform) {
    add(Operation.COPY, into, into, from, transform, 0);
  }

  /** {@code into = base + transform(from)}. */
  public void sum(
      ArrayMemory into, ArrayMemory base, ArrayMemory from, GradientTransform transform) {
    add(Operation.SUM, into, base, from, transform, 0);
  }

  /** {@code into += weight (from - into)}; with a weight of 1 exactly {@code from}. */
  public void mix(ArrayMemory into, ArrayMemory from, double weight) {
    add(weight == 1 ? Operation.COPY : Operation.MIX, into, into, from, AS_GIVEN, weight);
  }

  /** {@code into = into * from}. */
  public void product(ArrayMemory into, ArrayMemory from) {
    add(Operation.PRODUCT, into, into, from, AS_GIVEN, 0);
  }

  /** {@code into = from - into}. */
  public void difference(ArrayMemory into, ArrayMemory from) {
    add(Operation.DIFFERENCE, into, into, from, AS_GIVEN, 0);
  }

  /** Does all of it. */
  public void run() {
    workforce.run(pieces.count(), pieces.elements() >= WorkList.PARALLEL);
    Arrays.fill(into, 0, count, null);
    Arrays.fill(base, 0, count, null);
    Arrays.fill(from, 0, count, null);
    Arrays.fill(transforms, 0, count, null);
  }

  private void add(
      Operation operation,
      ArrayMemory into,
      ArrayMemory base,
      ArrayMemory from,
      GradientTransform transform,
      double weight) {
    if (count == this.into.length) {
      int room = Math.max(8, 2 * count);
      operations = Arrays.copyOf(operations, room);
      this.into = Arrays.copyOf(this.into, room);
      this.base = Arrays.copyOf(this.base, room);
      this.from = Arrays.copyOf(this.from, room);
      transforms = Arrays.copyOf(transforms, room);
      weights = Arrays.copyOf(weights, room);
    }
    operations[count] = operation;
    this.into[count] = into;
    this.base[count] = base;
    this.from[count] = from;
    transforms[count] = transform;
    weights[count] = weight;
    pieces.add(count, into.length());
    count++;
  }

  private void runPiece(int piece, int worker) {
    if (scratch[worker] == null) {
      scratch[worker] = new Scratch();
    }
    Scratch s = scratch[worker];
    int i = pieces.owner(piece);
    for (long at = pieces.from(piece); at < pieces.to(piece); at += BLOCK) {
      int n = (int) Math.min(BLOCK, pieces.to(piece) - at);
      if (into[i].isDouble()) {
        s.blend64(operations[i], into[i], base[i], from[i], transforms[i], weights[i], at, n);
      } else {
        s.blend32(operations[i], into[i], base[i], from[i], transforms[i], weights[i], at, n);
      }
    }
  }

  /** The heap arrays of one worker, those of either type from its first use on. */
  private static final class Scratch {
    private final long[] offsets = new long[BLOCK];
    private float[] a32;
    private float[] b32;
    private double[] a64;
    private double[] b64;

    void blend32(
        Operation operation,
        ArrayMemory into,
        ArrayMemory base,
        ArrayMemory from,
        GradientTransform transform,
        double weight,
        long at,
        int n) {
      if (a32 == null) {
        a32 = new float[BLOCK];
        b32 = new float[BLOCK];
      }
      char order = into.order();
      from.load(order, at, n, b32, offsets);
      transform.apply(b32, n);
      if (operation == Operation.COPY) {
        into.store(order, at, n, b32, offsets);
        return;
      }
      base.load(order, at, n, a32, offsets);
      switch (operation) {
        case SUM -> add(a32, b32, n);
        case MIX -> mix(a32, b32, n, (float) weight);
        case PRODUCT -> multiply(a32, b32, n);
        case DIFFERENCE -> subtract(a32, b32, n);
        case COPY -> throw new AssertionError(operation);
      }
      into.store(order, at, n, a32, offsets);
    }

    void blend64(
        Operation operation,
        ArrayMemory into,
        ArrayMemory base,
        ArrayMemory from,
        GradientTransform transform,
        double weight,
        long at,
        int n) {
      if (a64 == null) {
        a64 = new double[BLOCK];
        b64 = new double[BLOCK];
      }
      char order = into.order();
      from.load(order, at, n, b64, offsets);
      transform.apply(b64, n);
      if (operation == Operation.COPY) {
        into.store(order, at, n, b64, offsets);
        return;
      }
      base.load(order, at, n, a64, offsets);
      switch (operation) {
        case SUM -> add(a64, b64, n);
        case MIX -> mix(a64, b64, n, weight);
        case PRODUCT -> multiply(a64, b64, n);
        case DIFFERENCE -> subtract(a64, b64, n);
        case COPY -> throw new AssertionError(operation);
      }
      into.store(order, at, n, a64, offsets);
    }

    private static void add(float[] a, float[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] += b[i];
      }
    }

    private static void multiply(float[] a, float[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] *= b[i];
      }
    }

    private static void subtract(float[] a, float[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] = b[i] - a[i];
      }
    }

    private static void mix(float[] a, float[] b, int n, float weight) {
      for (int i = 0; i < n; i++) {
        a[i] += weight * (b[i] - a[i]);
      }
    }

    private static void add(double[] a, double[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] += b[i];
      }
    }

    private static void multiply(double[] a, double[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] *= b[i];
      }
    }

    private static void subtract(double[] a, double[] b, int n) {
      for (int i = 0; i < n; i++) {
        a[i] = b[i] - a[i];
      }
    }

    private static void mix(double[] a, double[] b, int n, double weight) {
      for (int i = 0; i < n; i++) {
        a[i] += weight * (b[i] - a[i]);
      }
    }
  }
}
