package io.github.descent4j.nn;

/** What a forward pass is for. Only {@link Dropout} behaves differently in the two modes. */
public enum Mode {
  /** The pass is followed by {@link Layer#backward}. */
  TRAINING,
  /** The pass measures or predicts, and is the same for the same input. */
  EVALUATION
}
