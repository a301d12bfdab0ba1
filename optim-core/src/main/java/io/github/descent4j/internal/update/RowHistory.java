package io.github.descent4j.internal.update;

import io.github.descent4j.internal.program.ProgramLoops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The steps of a parameter since all of its rows were last up to date, and how many of them each row has taken. */
public final class RowHistory {

  /**
   * What it takes to replay a step with a gradient of 0.
   *
   * @param loops of the step, over blocks
   * @param numbers of the step, which do not change any more
   */
  public record PastStep(ProgramLoops loops, UpdateNumbers numbers) {}

  private final List<PastStep> steps = new ArrayList<>();
  private final int[] taken;

  /** Of so many rows, all up to date. */
  public RowHistory(long rows) {
    taken = new int[Math.toIntExact(rows)];
  }

  /** Adds a step that some rows have taken, and all that were before. */
  public void add(PastStep step, long[] rows) {
    steps.add(step);
    for (long row : rows) {
      taken[(int) row] = steps.size();
    }
  }

  /** How many steps there are. */
  int size() {
    return steps.size();
  }

  /** A step, from 0. */
  PastStep step(int index) {
    return steps.get(index);
  }

  /** How many of the steps a row has taken. */
  int taken(long row) {
    return taken[(int) row];
  }

  /** Whether a row has not taken all steps. */
  public boolean isBehind() {
    for (int i = 0; i < taken.length && !steps.isEmpty(); i++) {
      if (taken[i] < steps.size()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Rows have taken all steps; if it is all of them, the steps are forgotten.
   *
   * @param rows null for all
   */
  public void caughtUp(long[] rows) {
    if (rows == null) {
      steps.clear();
      Arrays.fill(taken, 0);
    } else {
      for (long row : rows) {
        taken[(int) row] = steps.size();
      }
    }
  }
}
