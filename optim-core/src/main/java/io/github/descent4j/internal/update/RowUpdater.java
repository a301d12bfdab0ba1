package io.github.descent4j.internal.update;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.Description;
import java.util.Arrays;

/**
 * Takes rows of a parameter through the loops of a program: they are gathered in blocks on the heap, where first the
 * steps that they have missed are replayed with a gradient of 0, and go back to where they were.
 *
 * <p>One of these serves one thread and is reused for every parameter of every step.
 */
public final class RowUpdater {
  private static final int BLOCK = StretchUpdater.BLOCK;

  private float[][] floats = {};
  private double[][] doubles = {};
  private final float[] shown = new float[BLOCK];
  private final long[] offsets = new long[BLOCK];

  /**
   * Updates a stretch of rows, or lets it catch up only where there are no loops of a step.
   *
   * @param from first element, counted in the rows of the plan
   * @param to behind the last element
   */
  public void update(PlannedUpdate plan, long from, long to) {
    for (long at = from; at < to; ) {
      int n = plan.rows.alike(at, (int) Math.min(BLOCK, to - at));
      if (plan.update != null || plan.rows.firstMissed(at) < plan.rows.endOfMissed()) {
        if (plan.arrays.isWide()) {
          updateDoubles(plan, at, n);
        } else {
          updateFloats(plan, at, n);
        }
      }
      at += n;
    }
  }

  private void updateFloats(PlannedUpdate plan, long at, int n) {
    UpdateArrays arrays = plan.arrays;
    makeRoomForFloats(blocks(plan, at));
    for (int a = 0; a < arrays.count(); a++) {
      if (a != Description.GRADIENT) {
        moveFloats(plan.rows, arrays.get(a), false, floats[a], at, n, false);
      }
    }
    ArrayMemory value = arrays.get(Description.VALUE);
    float[] values = floats[Description.VALUE];
    if (arrays.master() != null) {
      // The master holds unless the value has been changed from outside.
      moveFloats(plan.rows, arrays.master(), false, shown, at, n, false);
      for (int i = 0; i < n; i++) {
        values[i] = value.rounded(shown[i]) == values[i] ? shown[i] : values[i];
      }
    }
    int end = plan.rows.endOfMissed();
    for (int s = plan.rows.firstMissed(at); s < end; s++) {
      RowHistory.PastStep step = plan.rows.history().step(s);
      Arrays.fill(floats[Description.GRADIENT], 0, n, 0);
      step.loops().floats().run(floats, n, step.numbers().rounded());
      if (value.isHalf() && arrays.master() == null) {
        // As each step would have left it.
        for (int i = 0; i < n; i++) {
          values[i] = value.rounded(values[i]);
        }
      }
    }
    if (plan.update != null) {
      moveFloats(
          plan.rows,
          arrays.get(Description.GRADIENT),
          true,
          floats[Description.GRADIENT],
          at,
          n,
          false);
      plan.update.floats().run(floats, n, plan.numbers.rounded());
    }
    if (arrays.master() != null) {
      moveFloats(plan.rows, arrays.master(), false, values, at, n, true);
    }
    for (int a = 0; a < arrays.count(); a++) {
      if (a != Description.GRADIENT) {
        moveFloats(plan.rows, arrays.get(a), false, floats[a], at, n, true);
      }
    }
  }

  private void updateDoubles(PlannedUpdate plan, long at, int n) {
    UpdateArrays arrays = plan.arrays;
    makeRoomForDoubles(blocks(plan, at));
    for (int a = 0; a < arrays.count(); a++) {
      if (a != Description.GRADIENT) {
        moveDoubles(plan.rows, arrays.get(a), false, doubles[a], at, n, false);
      }
    }
    int end = plan.rows.endOfMissed();
    for (int s = plan.rows.firstMissed(at); s < end; s++) {
      RowHistory.PastStep step = plan.rows.history().step(s);
      Arrays.fill(doubles[Description.GRADIENT], 0, n, 0);
      step.loops().doubles().run(doubles, n, step.numbers().wide());
    }
    if (plan.update != null) {
      moveDoubles(
          plan.rows,
          arrays.get(Description.GRADIENT),
          true,
          doubles[Description.GRADIENT],
          at,
          n,
          false);
      plan.update.doubles().run(doubles, n, plan.numbers.wide());
    }
    for (int a = 0; a < arrays.count(); a++) {
      if (a != Description.GRADIENT) {
        moveDoubles(plan.rows, arrays.get(a), false, doubles[a], at, n, true);
      }
    }
  }

  /** Between a block and the memory of rows, or of their gradients: to the memory or from it. */
  private void moveFloats(
      PlannedRows rows,
      ArrayMemory memory,
      boolean gradient,
      float[] block,
      long at,
      int n,
      boolean toMemory) {
    long width = rows.width();
    long row = at / width;
    long within = at % width;
    for (int done = 0; done < n; row++, within = 0) {
      int run = (int) Math.min(n - done, width - within);
      long place = (gradient ? rows.beginOfGradient(row) : rows.beginOfRow(row)) + within;
      if (toMemory) {
        memory.store('c', place, run, block, done, offsets);
      } else {
        memory.load('c', place, run, block, done, offsets);
      }
      done += run;
    }
  }

  private void moveDoubles(
      PlannedRows rows,
      ArrayMemory memory,
      boolean gradient,
      double[] block,
      long at,
      int n,
      boolean toMemory) {
    long width = rows.width();
    long row = at / width;
    long within = at % width;
    for (int done = 0; done < n; row++, within = 0) {
      int run = (int) Math.min(n - done, width - within);
      long place = (gradient ? rows.beginOfGradient(row) : rows.beginOfRow(row)) + within;
      if (toMemory) {
        memory.store('c', place, run, block, done, offsets);
      } else {
        memory.load('c', place, run, block, done, offsets);
      }
      done += run;
    }
  }

  /** How many blocks the loops over a stretch need. */
  private static int blocks(PlannedUpdate plan, long at) {
    int blocks = plan.update == null ? 0 : plan.update.blocks();
    int end = plan.rows.endOfMissed();
    for (int s = plan.rows.firstMissed(at); s < end; s++) {
      blocks = Math.max(blocks, plan.rows.history().step(s).loops().blocks());
    }
    return blocks;
  }

  private void makeRoomForFloats(int blocks) {
    int had = floats.length;
    if (had < blocks) {
      floats = Arrays.copyOf(floats, blocks);
      for (int b = had; b < blocks; b++) {
        floats[b] = new float[StretchUpdater.FLOATS];
      }
    }
  }

  private void makeRoomForDoubles(int blocks) {
    int had = doubles.length;
    if (had < blocks) {
      doubles = Arrays.copyOf(doubles, blocks);
      for (int b = had; b < blocks; b++) {
        doubles[b] = new double[StretchUpdater.DOUBLES];
      }
    }
  }
}
