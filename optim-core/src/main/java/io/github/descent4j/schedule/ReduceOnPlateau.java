package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A learning rate that falls when a metric stops improving.
 *
 * <pre>
 * better:                      best = metric, badEpochs = 0
 * otherwise:                   badEpochs = badEpochs + 1
 * remainingCooldown &gt; 0:       remainingCooldown = remainingCooldown - 1, badEpochs = 0
 * badEpochs &gt; patience:        new = max(factor learningRate, minimumRate)
 *                              learningRate = new if learningRate - new &gt; epsilon
 *                              remainingCooldown = cooldown, badEpochs = 0
 *
 *                     RELATIVE                             ABSOLUTE
 * better in MIN mode: metric &lt; best - threshold |best|     metric &lt; best - threshold
 * better in MAX mode: metric &gt; best + threshold |best|     metric &gt; best + threshold
 * </pre>
 *
 * <p>The rules and defaults are those of PyTorch's {@code ReduceLROnPlateau}. One thing differs:
 * PyTorch takes {@code threshold} of best where this class takes it of |best|, so that a negative
 * metric (a log-likelihood) is not called better when it is worse. For metrics that are not
 * negative the results are the same.
 *
 * <p>This is not a {@link Schedule}: the rate depends on the metrics seen so far, not on the step.
 * {@link #schedule} plugs it into an optimizer; call {@link #update} once after each evaluation:
 *
 * <pre>{@code
 * ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).patience(3).build();
 * Optimizer optimizer = new Sgd().scheduled(plateau.schedule());
 * for (int epoch = 0; epoch < epochs; epoch++) {
 *   trainOneEpoch(optimizer); // yours
 *   plateau.update(validationLoss()); // yours
 * }
 * }</pre>
 *
 * <p>Such an optimizer cannot be resumed from its step count alone. Its state file has {@link
 * #state()} too; loading it {@linkplain #restore restores} the object behind the schedule.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class ReduceOnPlateau {

  /** Whether a smaller or a larger metric is better. */
  public enum Mode {
    /** Smaller is better, as for a loss. */
    MIN,
    /** Larger is better, as for an accuracy. */
    MAX
  }

  /** What the threshold is measured in. */
  public enum ThresholdMode {
    /** A fraction of the best metric's magnitude. */
    RELATIVE,
    /** The metric's own unit. */
    ABSOLUTE
  }

  /**
   * All that changes while training: four numbers.
   *
   * @param learningRate the current rate, finite, at least 0
   * @param best the best metric, positive or negative infinity before the first one
   * @param badEpochs updates without improvement since the best one, at least 0
   * @param remainingCooldown updates for which bad epochs are still not counted, at least 0
   */
  public record State(double learningRate, double best, int badEpochs, int remainingCooldown) {

    /**
     * Checks the values.
     *
     * @param learningRate finite, at least 0
     * @param best not NaN
     * @param badEpochs at least 0
     * @param remainingCooldown at least 0
     * @throws IllegalArgumentException if a value is out of its range
     */
    public State {
      Check.atLeastZero("learningRate", learningRate);
      Check.require(!Double.isNaN(best), "best", best, "a number");
      Check.atLeastZero("badEpochs", badEpochs);
      Check.atLeastZero("remainingCooldown", remainingCooldown);
    }
  }

  private final Mode mode;
  private final double factor;
  private final int patience;
  private final double threshold;
  private final ThresholdMode thresholdMode;
  private final int cooldown;
  private final double minimumRate;
  private final double epsilon;

  private State state;

  private ReduceOnPlateau(Builder builder, double learningRate) {
    mode = builder.mode;
    factor = builder.factor;
    patience = builder.patience;
    threshold = builder.threshold;
    thresholdMode = builder.thresholdMode;
    cooldown = builder.cooldown;
    minimumRate = builder.minimumRate;
    epsilon = builder.epsilon;
    double worst = mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    state = new State(learningRate, worst, 0, 0);
  }

  /**
   * Returns a builder with PyTorch's defaults; only the learning rate has none.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Takes a new value of the metric, and lowers the rate if patience is exhausted.
   *
   * @param metric the metric of this epoch or evaluation, finite. A metric that is NaN or infinite
   *     comes from a run that has diverged, which no smaller rate repairs: it is an error, not a
   *     bad epoch
   * @return the rate from now on
   * @throws IllegalArgumentException if {@code metric} is not finite; nothing changes then
   */
  public double update(double metric) {
    Check.require(Double.isFinite(metric), "metric", metric, "a finite number");
    boolean better = isBetter(metric);
    int badEpochs = better ? 0 : state.badEpochs + 1;
    int remainingCooldown = state.remainingCooldown;
    if (remainingCooldown > 0) {
      remainingCooldown--;
      badEpochs = 0;
    }
    double learningRate = state.learningRate;
    if (badEpochs > patience) {
      learningRate = reduced(learningRate);
      remainingCooldown = cooldown;
      badEpochs = 0;
    }
    state = new State(learningRate, better ? metric : state.best, badEpochs, remainingCooldown);
    return learningRate;
  }

  private boolean isBetter(double metric) {
    double best = state.best;
    if (Double.isInfinite(best)) {
      return true;
    }
    if (thresholdMode == ThresholdMode.ABSOLUTE) {
      return mode == Mode.MIN ? metric < best - threshold : metric > best + threshold;
    }
    double fraction = best < 0 ? -threshold : threshold;
    return mode == Mode.MIN ? metric < best * (1 - fraction) : metric > best * (1 + fraction);
  }

  private double reduced(double rate) {
    double lower = Math.max(factor * rate, minimumRate);
    return rate - lower > epsilon ? lower : rate;
  }

  /**
   * Returns the current rate.
   *
   * @return the rate, finite and not negative
   */
  public double learningRate() {
    return state.learningRate;
  }

  /**
   * Returns a schedule that has the current rate at whatever step it is asked for, and whose memory
   * is the state of this object. A lambda that reads {@link #learningRate()} would have the rate,
   * and no place in the state file.
   *
   * @return the schedule, backed by this object
   */
  public Schedule schedule() {
    return new PlateauSchedule(this);
  }

  /**
   * Returns the best metric so far.
   *
   * @return the best metric; before the first one positive infinity in {@link Mode#MIN} and
   *     negative infinity in {@link Mode#MAX}
   */
  public double best() {
    return state.best;
  }

  /**
   * Returns the number of updates without improvement that count towards the patience.
   *
   * @return the number, at least 0
   */
  public int badEpochs() {
    return state.badEpochs;
  }

  /**
   * Returns for how many more updates bad epochs are not counted.
   *
   * @return the number, at least 0
   */
  public int remainingCooldown() {
    return state.remainingCooldown;
  }

  /**
   * Returns all that changes while training, to be saved.
   *
   * @return the state, immutable
   */
  public State state() {
    return state;
  }

  /**
   * Goes on from a saved state. The hyperparameters stay those of this object.
   *
   * @param state what {@link #state()} returned
   * @throws NullPointerException if {@code state} is null
   */
  public void restore(State state) {
    this.state = Objects.requireNonNull(state, "state is null, expected a saved state");
  }

  /** Collects the hyperparameters; {@link ReduceOnPlateau} has an example. */
  public static final class Builder {

    private OptionalDouble learningRate = OptionalDouble.empty();
    private Mode mode = Mode.MIN;
    private double factor = 0.1;
    private int patience = 10;
    private double threshold = 1e-4;
    private ThresholdMode thresholdMode = ThresholdMode.RELATIVE;
    private int cooldown;
    private double minimumRate;
    private double epsilon = 1e-8;

    private Builder() {}

    /**
     * Sets the rate to begin with. It has no default.
     *
     * @param learningRate finite, at least 0
     * @return this
     */
    public Builder learningRate(double learningRate) {
      this.learningRate = OptionalDouble.of(Check.atLeastZero("learningRate", learningRate));
      return this;
    }

    /**
     * Sets whether a smaller or a larger metric is better.
     *
     * @param mode the mode, default {@link Mode#MIN}
     * @return this
     */
    public Builder mode(Mode mode) {
      this.mode = Objects.requireNonNull(mode, "mode is null, expected MIN or MAX");
      return this;
    }

    /**
     * Sets what the rate is multiplied by at each reduction.
     *
     * @param factor in (0, 1), default 0.1
     * @return this
     */
    public Builder factor(double factor) {
      this.factor = Check.require(factor > 0 && factor < 1, "factor", factor, "a number in (0, 1)");
      return this;
    }

    /**
     * Sets how many bad epochs in a row are borne; the next one reduces the rate.
     *
     * @param patience at least 0, default 10
     * @return this
     */
    public Builder patience(int patience) {
      this.patience = Check.atLeastZero("patience", patience);
      return this;
    }

    /**
     * Sets by how much a metric must beat the best one to count as better.
     *
     * @param threshold finite, at least 0, default 1e-4
     * @return this
     */
    public Builder threshold(double threshold) {
      this.threshold = Check.atLeastZero("threshold", threshold);
      return this;
    }

    /**
     * Sets what the threshold is measured in.
     *
     * @param thresholdMode the mode, default {@link ThresholdMode#RELATIVE}
     * @return this
     */
    public Builder thresholdMode(ThresholdMode thresholdMode) {
      this.thresholdMode = Objects.requireNonNull(
          thresholdMode, "thresholdMode is null, expected RELATIVE or ABSOLUTE");
      return this;
    }

    /**
     * Sets for how many updates after a reduction bad epochs are not counted.
     *
     * @param cooldown at least 0, default 0
     * @return this
     */
    public Builder cooldown(int cooldown) {
      this.cooldown = Check.atLeastZero("cooldown", cooldown);
      return this;
    }

    /**
     * Sets the rate below which no reduction goes.
     *
     * @param minimumRate in [0, learningRate], default 0
     * @return this
     */
    public Builder minimumRate(double minimumRate) {
      this.minimumRate = Check.atLeastZero("minimumRate", minimumRate);
      return this;
    }

    /**
     * Sets the smallest change of rate that is carried out.
     *
     * @param epsilon finite, at least 0, default 1e-8
     * @return this
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = Check.atLeastZero("epsilon", epsilon);
      return this;
    }

    /**
     * Builds the object. All setters above throw {@link IllegalArgumentException} for a value out
     * of range and {@link NullPointerException} for null.
     *
     * @return a new object, before its first metric
     * @throws IllegalStateException if no learning rate was set
     * @throws IllegalArgumentException if the minimum rate exceeds the learning rate
     */
    public ReduceOnPlateau build() {
      double rate = learningRate.orElseThrow(() ->
          new IllegalStateException("learningRate is not set, expected a finite number >= 0"));
      Check.atMost("minimumRate", minimumRate, "learningRate", rate);
      return new ReduceOnPlateau(this, rate);
    }
  }
}
