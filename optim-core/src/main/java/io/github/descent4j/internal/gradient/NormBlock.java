package io.github.descent4j.internal.gradient;

import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Expression;
import io.github.descent4j.internal.program.MemoryLoop;
import io.github.descent4j.internal.program.Program.Pass;
import io.github.descent4j.internal.program.ProgramLoops;
import io.github.descent4j.internal.program.RuleLoops;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * One stretch of one gradient on its way into a norm, in float.
 *
 * <p>Element i of every block goes to lane i, so that loops over blocks vectorize and the order of
 * the additions is fixed. One of these serves one thread.
 */
final class NormBlock {

  /** Lanes, and elements in a block: a multiple of any vector and a divisor of a memory's window. */
  private static final int LANES = 512;

  private final Map<Norm, RuleLoops> loops = new EnumMap<>(Norm.class);

  /** What has been added up so far. */
  private final float[] lanes = new float[LANES];

  private final float[] g = new float[LANES];

  /** By the places of a program's arrays: no value, the gradient, the lanes. */
  private final float[][] blocks = {null, g, lanes};

  private final float[][] onHeap = {lanes};
  private final Object[] memory = new Object[Description.SLOTS];
  private final long[] offsets = new long[LANES];
  private double[] wideNumbers = {};
  private float[] numbers = {};

  /** {@code lane += |g|}, {@code lane += g²} or {@code lane = max(lane, |g|)}: NaN if an element is. */
  private static RuleLoops loops(Norm norm) {
    Description description = new Description("Norm_" + norm);
    Expression gradient = description.input(Description.GRADIENT);
    Expression lane = description.input(description.arrays());
    description.set(
        description.arrays(),
        switch (norm) {
          case L1 -> description.add(lane, description.absolute(gradient));
          case L2 -> description.add(lane, description.multiply(gradient, gradient));
          case MAX -> description.maximum(lane, description.absolute(gradient));
        });
    description.complete();
    return new RuleLoops(description);
  }

  /**
   * Adds up a stretch, from lanes of 0.
   *
   * @param gradient of an arithmetic in float
   * @param transform what happens to each element first
   * @param from first element in 'c' order, a multiple of {@link #LANES}
   * @param to behind the last element, not beyond the window of {@code from}
   */
  void accumulate(
      Norm norm, ArrayMemory gradient, GradientTransform transform, long from, long to) {
    RuleLoops ofNorm = loops.get(norm);
    if (ofNorm == null) {
      ofNorm = loops(norm);
      loops.put(norm, ofNorm);
    }
    boolean dense = gradient.isDenseInOwnType('c');
    ProgramLoops made = ofNorm.of(Pass.UPDATE, 0, transform.preparation(false), false, dense);
    if (numbers.length == 0) {
      wideNumbers = new double[made.program().numberCount()];
      numbers = new float[wideNumbers.length];
    }
    transform.putNumbers(false, wideNumbers, numbers, 0);
    Arrays.fill(lanes, 0);
    MemoryLoop vectors = made.inMemory(false);
    if (vectors != null && dense) {
      memory[Description.GRADIENT] = gradient.loopMemory(ArrayMemory.window(from));
      long offset = Float.BYTES * ArrayMemory.offsetInWindow(from);
      for (long at = from; at < to; at += LANES, offset += Float.BYTES * LANES) {
        vectors.run(memory, offset, (int) Math.min(LANES, to - at), numbers, onHeap);
      }
      return;
    }
    for (long at = from; at < to; at += LANES) {
      int n = (int) Math.min(LANES, to - at);
      gradient.load('c', at, n, g, offsets);
      made.floats().run(blocks, n, numbers);
    }
  }

  /** The sum of the lanes, in double and in a fixed order. */
  double sum() {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < LANES; i += 4) {
      a += lanes[i];
      b += lanes[i + 1];
      c += lanes[i + 2];
      d += lanes[i + 3];
    }
    return (a + b) + (c + d);
  }

  /** The greatest lane, NaN if one is NaN. */
  double max() {
    float max = 0;
    for (int i = 0; i < LANES; i++) {
      max = Math.max(max, lanes[i]);
    }
    return max;
  }
}
