package io.github.descent4j.rule;

/**
 * The step of a model under way, when its sums and norms are known: what numbers that a rule remembers are made of.
 *
 * <p>It is one object that moves on: a function that is given it reads it and does not keep it.
 *
 * <pre>{@code
 * f.renew(r -> r.set(largest, Math.max(r.before(largest), r.of(norm))));
 * }</pre>
 */
public final class Renewal {
  private final Formula formula;
  private double[] measures = {};
  private double learningRate;

  Renewal(Formula formula) {
    this.formula = formula;
  }

  void begin(double[] modelMeasures, double rate) {
    measures = modelMeasures;
    learningRate = rate;
  }

  /** A sum or norm of this step. */
  public double of(Measure measure) {
    requireOwn(measure.formula);
    return measures[measure.place];
  }

  /** The learning rate of this step: that of its first parameter, where they have taken different numbers of steps. */
  public double learningRate() {
    return learningRate;
  }

  /** What a number was before this step. */
  public double before(Remembered number) {
    return number.value();
  }

  /** What a number is after this step: as before it, unless it has been set. */
  public double after(Remembered number) {
    return number.next();
  }

  /** Says what a number is after this step. */
  public void set(Remembered number, double value) {
    requireOwn(number.formula);
    number.next(value);
  }

  private void requireOwn(Formula other) {
    if (other != formula) {
      throw new IllegalArgumentException("formula " + formula
          + ": renew: expected what is of this formula, found what is of " + other);
    }
  }
}
