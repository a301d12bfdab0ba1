package io.github.descent4j.internal.update;

import io.github.descent4j.internal.gradient.BlockLoops;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.MemoryLoop;
import io.github.descent4j.internal.program.Program;
import io.github.descent4j.internal.program.ProgramLoops;
import java.util.Arrays;

/**
 * Takes a stretch of a parameter through the loop of a program: with vectors straight over memory, or block by block
 * in heap arrays that all use the same index, which is what C2 needs to vectorize a loop.
 *
 * <p>One of these serves one thread and is reused for every parameter of every step.
 */
public final class StretchUpdater {

  /**
   * Elements in a block at the most: all arrays of an optimizer fit the first-level cache. Blocks of a page or more
   * would make page-aligned arrays collide there.
   */
  public static final int BLOCK = 512;

  // Sizes, with a header of 16 bytes, that are multiples of 64: arrays allocated one after another
  // begin alike within a cache line, so that a loop that aligns one of them has aligned all. And
  // they are far apart within a page: no load waits for a store that only looks like its own.
  static final int FLOATS = (41 * 64 - 16) / Float.BYTES;
  static final int DOUBLES = (75 * 64 - 16) / Double.BYTES;

  private static final Object NO_BLOCKS = null;

  // By the arrays' places, with room for what a program has beyond a parameter's arrays.
  private float[][] floats = {};
  private double[][] doubles = {};

  // The blocks of terms whose norms are wanted, the same arrays as above.
  private float[][] floatTerms = {};
  private double[][] doubleTerms = {};

  /** Element i of every block is added to lane i of its term. */
  private double[][] lanes = {};

  private final float[] shown = new float[BLOCK];
  private final long[] offsets = new long[BLOCK];

  /**
   * Updates a stretch.
   *
   * @param from first element, in the logical order of the arrays
   * @param to behind the last element, not beyond the window of {@code from}
   * @param block elements in a block, where blocks are used
   */
  public void update(
      ProgramLoops loops,
      UpdateArrays arrays,
      UpdateNumbers numbers,
      long from,
      long to,
      int block) {
    boolean wide = arrays.isWide();
    MemoryLoop vectors = loops.inMemory(wide);
    if (vectors != null && arrays.isDense()) {
      runInMemory(vectors, arrays, numbers, from, (int) (to - from), NO_BLOCKS);
      return;
    }
    if (wide) {
      makeRoomForDoubles(loops.blocks());
    } else {
      makeRoomForFloats(loops.blocks());
    }
    char order = arrays.order();
    for (long at = from; at < to; at += block) {
      int n = (int) Math.min(block, to - at);
      if (wide) {
        updateDoubles(loops, arrays, order, numbers, at, n);
      } else {
        updateFloats(loops, arrays, order, numbers, at, n);
      }
    }
  }

  /**
   * Adds up the terms whose sums a rule wants, and the squares of those whose norms it wants, and writes nothing.
   *
   * <p>Elements are taken in 'c' order whatever the layout, so that the layout does not change a sum.
   *
   * @param description says which it is
   * @param from first element, in 'c' order
   * @param to behind the last element, not beyond the window of {@code from}
   * @param sums receives the sum of each term, or of its squares
   * @param firstSum where in it
   */
  public void measure(
      Description description,
      ProgramLoops loops,
      UpdateArrays arrays,
      UpdateNumbers numbers,
      long from,
      long to,
      double[] sums,
      int firstSum) {
    Program program = loops.program();
    int first = program.parameterArrays();
    int terms = program.arrays() - first;
    boolean wide = arrays.isWide();
    if (wide) {
      makeRoomForDoubles(loops.blocks());
      takeDoubleTerms(first, terms);
    } else {
      makeRoomForFloats(loops.blocks());
      takeFloatTerms(first, terms);
    }
    clearLanes(terms);
    MemoryLoop vectors = arrays.isDenseInC() ? loops.inMemory(wide) : null;
    for (long at = from; at < to; at += BLOCK) {
      int n = (int) Math.min(BLOCK, to - at);
      if (vectors != null) {
        runInMemory(vectors, arrays, numbers, at, n, wide ? doubleTerms : floatTerms);
      } else if (wide) {
        updateDoubles(loops, arrays, 'c', numbers, at, n);
      } else {
        updateFloats(loops, arrays, 'c', numbers, at, n);
      }
      for (int term = 0; term < terms; term++) {
        addTerm(description.isSum(term), wide, term, n);
      }
    }
    for (int term = 0; term < terms; term++) {
      double sum = 0;
      for (double lane : lanes[term]) {
        sum += lane;
      }
      sums[firstSum + term] = sum;
    }
  }

  private void addTerm(boolean sum, boolean wide, int term, int n) {
    if (wide && sum) {
      BlockLoops.add(lanes[term], doubleTerms[term], n);
    } else if (wide) {
      BlockLoops.addSquares(lanes[term], doubleTerms[term], n);
    } else if (sum) {
      BlockLoops.add(lanes[term], floatTerms[term], n);
    } else {
      BlockLoops.addSquares(lanes[term], floatTerms[term], n);
    }
  }

  private static void runInMemory(
      MemoryLoop vectors,
      UpdateArrays arrays,
      UpdateNumbers numbers,
      long from,
      int n,
      Object blocks) {
    boolean wide = arrays.isWide();
    vectors.run(
        arrays.loopMemory(ArrayMemory.window(from)),
        (wide ? Double.BYTES : Float.BYTES) * ArrayMemory.offsetInWindow(from),
        n,
        numbers.of(wide),
        blocks);
  }

  private void updateFloats(
      ProgramLoops loops, UpdateArrays arrays, char order, UpdateNumbers numbers, long at, int n) {
    boolean plain = arrays.isPlain();
    for (int a : loops.reads()) {
      if (plain) {
        arrays.get(a).load(order, at, n, floats[a], offsets);
      } else {
        loadFloats(arrays, a, order, at, n);
      }
    }
    loops.floats().run(floats, n, numbers.rounded());
    for (int a : loops.writes()) {
      if (plain) {
        arrays.get(a).store(order, at, n, floats[a], offsets);
      } else {
        storeFloats(arrays, a, order, at, n);
      }
    }
  }

  private void loadFloats(UpdateArrays arrays, int a, char order, long at, int n) {
    float[] block = floats[a];
    ArrayMemory memory = arrays.get(a);
    if (memory == null) {
      Arrays.fill(block, 0, n, 0);
      return;
    }
    memory.load(order, at, n, block, offsets);
    if (a == Description.VALUE && arrays.master() != null) {
      // The master holds unless the value has been changed from outside.
      arrays.master().load(order, at, n, shown, offsets);
      for (int i = 0; i < n; i++) {
        block[i] = memory.rounded(shown[i]) == block[i] ? shown[i] : block[i];
      }
    }
  }

  private void storeFloats(UpdateArrays arrays, int a, char order, long at, int n) {
    float[] block = floats[a];
    ArrayMemory memory = arrays.get(a);
    if (memory == null) {
      // Subtracts from 0, which keeps the sign of 0 positive.
      for (int i = 0; i < n; i++) {
        block[i] = 0 - block[i];
      }
      memory = arrays.get(Description.GRADIENT);
    } else if (a == Description.VALUE && arrays.master() != null) {
      arrays.master().store(order, at, n, block, offsets);
    }
    memory.store(order, at, n, block, offsets);
  }

  private void updateDoubles(
      ProgramLoops loops, UpdateArrays arrays, char order, UpdateNumbers numbers, long at, int n) {
    for (int a : loops.reads()) {
      ArrayMemory memory = arrays.get(a);
      if (memory == null) {
        Arrays.fill(doubles[a], 0, n, 0);
      } else {
        memory.load(order, at, n, doubles[a], offsets);
      }
    }
    loops.doubles().run(doubles, n, numbers.wide());
    for (int a : loops.writes()) {
      ArrayMemory memory = arrays.get(a);
      if (memory == null) {
        for (int i = 0; i < n; i++) {
          doubles[a][i] = 0 - doubles[a][i];
        }
        memory = arrays.get(Description.GRADIENT);
      }
      memory.store(order, at, n, doubles[a], offsets);
    }
  }

  private void makeRoomForFloats(int blocks) {
    int had = floats.length;
    if (had < blocks) {
      floats = Arrays.copyOf(floats, blocks);
      for (int b = had; b < blocks; b++) {
        floats[b] = new float[FLOATS];
      }
    }
  }

  private void makeRoomForDoubles(int blocks) {
    int had = doubles.length;
    if (had < blocks) {
      doubles = Arrays.copyOf(doubles, blocks);
      for (int b = had; b < blocks; b++) {
        doubles[b] = new double[DOUBLES];
      }
    }
  }

  private void takeFloatTerms(int first, int terms) {
    if (floatTerms.length < terms) {
      floatTerms = new float[terms][];
    }
    System.arraycopy(floats, first, floatTerms, 0, terms);
  }

  private void takeDoubleTerms(int first, int terms) {
    if (doubleTerms.length < terms) {
      doubleTerms = new double[terms][];
    }
    System.arraycopy(doubles, first, doubleTerms, 0, terms);
  }

  private void clearLanes(int terms) {
    if (lanes.length < terms) {
      lanes = new double[terms][BLOCK];
    }
    for (int term = 0; term < terms; term++) {
      Arrays.fill(lanes[term], 0);
    }
  }
}
