package io.github.descent4j.internal.gradient;

import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import java.util.Arrays;

/**
 * One read of gradients: the norm of each, and whether all of it is finite.
 *
 * <p>Elements are summed in logical 'c' order, over fixed pieces and lanes whose sums are added in
 * order, so that neither the memory order of an array nor the number of threads changes the bits of
 * the result. Floats are added in float within a lane of a piece, at most 32 of them, and from there
 * in double; a piece whose sum comes near an end of the range of float is summed anew in double.
 *
 * <p>Use: {@link #clear}, {@link #add} for each gradient, {@link #measure}, then read the results.
 */
public final class NormReader {
  private static final int BLOCK = 512;

  /** Squares below the range of float are lost in a sum; in one of at least this they do not show. */
  private static final double SMALLEST_SUM = 0x1p-90;

  private final WorkList pieces = new WorkList();
  private final ParallelRunner workforce = new ParallelRunner(this::measurePiece);
  private final Scratch[] scratch = new Scratch[workforce.threads()];

  private int count;
  private ArrayMemory[] gradients = {};
  private GradientTransform[] transforms = {};
  private double[] norms = {};
  private boolean[] finite = {};
  private Norm norm;

  // Of each piece: its sum or maximum, and 0 or NaN.
  private double[] parts = {};
  private double[] zeros = {};

  /** Starts anew. */
  public void clear() {
    pieces.clear();
    count = 0;
  }

  /** Adds a gradient, to be measured as it comes out of a transform. */
  public void add(ArrayMemory gradient, GradientTransform transform) {
    if (count == gradients.length) {
      int room = Math.max(8, 2 * count);
      gradients = Arrays.copyOf(gradients, room);
      transforms = Arrays.copyOf(transforms, room);
      norms = new double[room];
      finite = new boolean[room];
    }
    gradients[count] = gradient;
    transforms[count] = transform;
    pieces.add(count, gradient.length());
    count++;
  }

  /** Reads all gradients once. */
  public void measure(Norm norm) {
    this.norm = norm;
    if (parts.length < pieces.count()) {
      parts = new double[2 * pieces.count()];
      zeros = new double[2 * pieces.count()];
    }
    workforce.run(pieces.count(), pieces.elements() >= WorkList.PARALLEL);
    Arrays.fill(norms, 0, count, 0);
    Arrays.fill(finite, 0, count, true);
    for (int piece = 0; piece < pieces.count(); piece++) {
      int owner = pieces.owner(piece);
      norms[owner] = combine(norm, norms[owner], parts[piece]);
      finite[owner] &= zeros[piece] == 0;
    }
    for (int i = 0; i < count && norm == Norm.L2; i++) {
      // The squares of floats stay within the range of double, those of doubles may leave it.
      boolean left = norms[i] > Double.MAX_VALUE || norms[i] < 0x1p-900;
      boolean lost = left && finite[i] && gradients[i].isDouble();
      norms[i] = lost ? rescaled(gradients[i], transforms[i]) : Math.sqrt(norms[i]);
    }
    Arrays.fill(gradients, 0, count, null);
  }

  /** The norm of a gradient, by its place: NaN if an element is NaN, infinite if one is infinite. */
  public double norm(int index) {
    return norms[index];
  }

  /** Whether every element of a gradient is finite. */
  public boolean isFinite(int index) {
    return finite[index];
  }

  private void measurePiece(int piece, int worker) {
    if (scratch[worker] == null) {
      scratch[worker] = new Scratch();
    }
    Scratch s = scratch[worker];
    int owner = pieces.owner(piece);
    ArrayMemory gradient = gradients[owner];
    long from = pieces.from(piece);
    long to = pieces.to(piece);
    if (gradient.isDouble() || !s.accumulateInFloat(gradient, transforms[owner], norm, from, to)) {
      s.accumulate(gradient, transforms[owner], norm, from, to, 1);
    }
    parts[piece] = s.sum;
    zeros[piece] = s.zero;
  }

  /** The L2 norm where squares leave the range of double: elements are scaled by a power of two. */
  private double rescaled(ArrayMemory gradient, GradientTransform transform) {
    Scratch s = scratch[0] == null ? new Scratch() : scratch[0];
    s.accumulate(gradient, transform, Norm.MAX, 0, gradient.length(), 1);
    double max = s.sum;
    if (max == 0) {
      return 0;
    }
    int exponent = Math.max(Math.getExponent(max), Double.MIN_EXPONENT);
    double scale = Math.scalb(1d, -exponent);
    s.accumulate(gradient, transform, Norm.L2, 0, gradient.length(), scale);
    return Math.scalb(Math.sqrt(s.sum), exponent);
  }

  private static double combine(Norm norm, double a, double b) {
    return norm == Norm.MAX ? Math.max(a, b) : a + b;
  }

  /** The heap arrays of one worker. */
  private static final class Scratch {
    private final float[] g32 = new float[BLOCK];
    private final double[] g64 = new double[BLOCK];
    private final double[] lanes = new double[BLOCK];
    private final double[] zeroLanes = new double[BLOCK];
    private final long[] offsets = new long[BLOCK];
    private final NormBlock block = new NormBlock();

    /** The sum of absolute values or squares, or the maximum. */
    double sum;

    /** 0, or NaN if an element was not finite. */
    double zero;

    /** Whether it could be done in float: all is finite, and no square was lost. */
    boolean accumulateInFloat(
        ArrayMemory gradient, GradientTransform transform, Norm norm, long from, long to) {
      block.accumulate(norm, gradient, transform, from, to);
      sum = norm == Norm.MAX ? block.max() : block.sum();
      zero = 0;
      boolean lost = norm == Norm.L2 && sum < SMALLEST_SUM;
      if (lost) {
        block.accumulate(Norm.MAX, gradient, transform, from, to);
        lost = block.max() > 0;
      }
      return !lost && sum <= Float.MAX_VALUE;
    }

    void accumulate(
        ArrayMemory gradient,
        GradientTransform transform,
        Norm norm,
        long from,
        long to,
        double scale) {
      Arrays.fill(lanes, 0);
      Arrays.fill(zeroLanes, 0);
      for (long at = from; at < to; at += BLOCK) {
        int n = (int) Math.min(BLOCK, to - at);
        load(gradient, transform, at, n, scale);
        switch (norm) {
          case L1 -> BlockLoops.addAbsolute(lanes, g64, n);
          case L2 -> BlockLoops.addSquares(lanes, g64, n);
          case MAX -> BlockLoops.maxAbsolute(lanes, g64, n);
        }
        BlockLoops.addZeros(zeroLanes, g64, n);
      }
      sum = 0;
      zero = 0;
      for (int i = 0; i < BLOCK; i++) {
        sum = combine(norm, sum, lanes[i]);
        zero += zeroLanes[i];
      }
    }

    private void load(
        ArrayMemory gradient, GradientTransform transform, long at, int n, double scale) {
      if (gradient.isDouble()) {
        gradient.load('c', at, n, g64, offsets);
        transform.apply(g64, n);
      } else {
        gradient.load('c', at, n, g32, offsets);
        transform.apply(g32, n);
        BlockLoops.widen(g64, g32, n);
      }
      if (scale != 1) {
        BlockLoops.scale(g64, n, scale);
      }
    }
  }
}
