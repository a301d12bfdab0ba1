package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.internal.Check;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;

/**
 * An optimizer whose learning rate can be set while training: what {@link Optimizer#adjustable}
 * returns.
 *
 * <pre>{@code
 * AdjustableOptimizer optimizer = new AdaDelta().adjustable();
 * optimizer.step(parameters); // with AdaDelta's own rate of 1
 * optimizer.learningRate(0.5);
 * optimizer.step(parameters); // with 0.5
 * double rate = optimizer.learningRate();
 * }</pre>
 *
 * <p>Until a rate is set, and after {@link #resetLearningRate}, the rate is that of the optimizer inside,
 * its schedule included. A rate that is set replaces both, as the outermost schedule does; for the same
 * reason a schedule <i>outside</i> replaces the rate set here: make the outermost decorator adjustable.
 *
 * <p><b>State.</b> The rate that has been set is part of the {@linkplain OptimizerState#save state file}.
 */
public final class AdjustableOptimizer extends Decorator {
  private static final String LEARNING_RATE = "learningRate";

  /** The rate that has been set, NaN if none is. */
  private double adjustedRate = Double.NaN;

  /**
   * What {@link Optimizer#adjustable} returns.
   *
   * @throws NullPointerException if the optimizer is null
   */
  public AdjustableOptimizer(Optimizer inner) {
    super(inner);
  }

  /**
   * Sets the rate of the steps from the next one on.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public void learningRate(double learningRate) {
    adjustedRate = Check.atLeastZero("learningRate", learningRate);
  }

  /** Goes back to the rate of the optimizer inside. */
  public void resetLearningRate() {
    adjustedRate = Double.NaN;
  }

  boolean isAdjusted() {
    return !Double.isNaN(adjustedRate);
  }

  double adjustedRate() {
    return adjustedRate;
  }

  /** The learning rate that the next step will use, unless a schedule outside gives another. */
  @Override
  public double learningRate() {
    return isAdjusted() ? learningRateFrom(adjustedRate) : super.learningRate();
  }

  @Override
  protected void check(StepContext context) {
    if (!context.hasLearningRate() && isAdjusted()) {
      context.learningRate(adjustedRate);
    }
    beginInner(context);
  }

  @Override
  protected String savedAs() {
    return "adjustable";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    out.put(LEARNING_RATE, adjustedRate);
  }

  @Override
  protected void loadOwn(StateReader in) {
    double loaded = in.number(LEARNING_RATE);
    if (loaded < 0 || Double.isInfinite(loaded)) {
      throw in.bad(LEARNING_RATE, "a finite number >= 0, or NaN where none has been set");
    }
    in.whenAllIsWell(() -> adjustedRate = loaded);
  }

  @Override
  public String toString() {
    return inner + ".adjustable()";
  }
}
