package io.github.descent4j.rule;

/**
 * A number that a rule remembers from step to step, one for all its parameters together: see {@link Formula#remembered}.
 *
 * <p>It is saved with the rule's state, and as it was after a step that has failed.
 */
public final class Remembered {
  final Formula formula;
  private final String name;
  private final double initialValue;

  /** After the last step. */
  private double value;

  /** After the step under way. */
  private double next;

  Remembered(Formula formula, String name, double initialValue) {
    this.formula = formula;
    this.name = name;
    this.initialValue = initialValue;
    value = initialValue;
    next = initialValue;
  }

  /** What it is called in state files. */
  public String name() {
    return name;
  }

  /** What it is ahead of the rule's first step. */
  public double initialValue() {
    return initialValue;
  }

  double value() {
    return value;
  }

  double next() {
    return next;
  }

  void next(double becomes) {
    next = becomes;
  }

  /** Forgets what a step under way has made of it. */
  void begin() {
    next = value;
  }

  void keep() {
    value = next;
  }

  void load(double loaded) {
    value = loaded;
    next = loaded;
  }

  @Override
  public String toString() {
    return name;
  }
}
