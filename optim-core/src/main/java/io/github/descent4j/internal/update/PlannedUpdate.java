package io.github.descent4j.internal.update;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.ProgramLoops;

/** What is about to happen to one parameter. Reused from step to step. */
public final class PlannedUpdate {
  /** Its arrays. */
  public UpdateArrays arrays;

  /** The numbers of its step: shared with others at the same step, or {@link #own}. */
  public UpdateNumbers numbers;

  /** Room for numbers of its own, null until needed. */
  public UpdateNumbers own;

  /** The rows that it is about, null for all and where none has missed a step. */
  public PlannedRows rows;

  /** The loops that update it; null where rows only catch up. */
  public ProgramLoops update;

  /** The loops that measure its norms, null where the rule has none. */
  public ProgramLoops norms;

  /** What the numbers that it keeps become, null where the rule has none. */
  public double[] kept;

  /** Where its slots are, those numbers behind the arrays. */
  public ArrayMemory[] slots;
}
