package io.github.descent4j;

import io.github.descent4j.internal.Check;

/**
 * Weight decay, by name: the two forms agree for {@link Sgd} only.
 *
 * <ul>
 *   <li>{@link #coupled}: {@code g += wd p} ahead of the update rule, the gradient of the L2 penalty
 *       {@code wd/2 |p|²}. Adaptive optimizers divide it by their root like any gradient.
 *   <li>{@link #decoupled}: {@code p -= lr wd p} ahead of the update, outside the rule (Loshchilov
 *       and Hutter 2019, Algorithm 2).
 * </ul>
 *
 * <pre>{@code
 * Optimizer optimizer = RAdam.builder().weightDecay(WeightDecay.decoupled(0.01)).build();
 * }</pre>
 */
public final class WeightDecay {
  private static final WeightDecay NONE = new WeightDecay(0, false);

  private final double coefficient;
  private final boolean decoupled;

  private WeightDecay(double coefficient, boolean decoupled) {
    this.coefficient = Check.atLeastZero("weightDecay", coefficient);
    this.decoupled = decoupled;
  }

  /** No decay: the default of every optimizer but {@link AdamW}. */
  public static WeightDecay none() {
    return NONE;
  }

  /**
   * {@code g += coefficient p}.
   *
   * @throws IllegalArgumentException if the coefficient is negative or not finite
   */
  public static WeightDecay coupled(double coefficient) {
    return new WeightDecay(coefficient, false);
  }

  /**
   * {@code p -= lr coefficient p}.
   *
   * @throws IllegalArgumentException if the coefficient is negative or not finite
   */
  public static WeightDecay decoupled(double coefficient) {
    return new WeightDecay(coefficient, true);
  }

  /** The coefficient, 0 for none. */
  public double coefficient() {
    return coefficient;
  }

  /** Whether the decay bypasses the update rule. */
  public boolean isDecoupled() {
    return decoupled;
  }

  @Override
  public String toString() {
    if (coefficient == 0) {
      return "none";
    }
    return (decoupled ? "decoupled(" : "coupled(") + coefficient + ")";
  }
}
