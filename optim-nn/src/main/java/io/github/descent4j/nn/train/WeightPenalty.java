package io.github.descent4j.nn.train;

import io.github.descent4j.Parameters;
import java.util.Objects;

/**
 * A function of a network's parameters that is made small with its loss. {@link Trainer} adds its gradient to that of the loss before the
 * optimizer's step, and reports losses without it.
 *
 * <pre>{@code
 * WeightPenalty both = ElasticNet.of(1e-5, 0).and(L0Penalty.of(network, 1e-6));
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).penalty(both).build();
 * }</pre>
 */
public interface WeightPenalty {

  /**
   * The penalty.
   *
   * @param parameters of the network, FLOAT or DOUBLE
   */
  double value(Parameters parameters);

  /**
   * Adds the penalty's gradient to the gradients.
   *
   * @param parameters of the network, FLOAT or DOUBLE, in 'c' order without gaps
   */
  void addGradient(Parameters parameters);

  /** The sum of this penalty and another one. */
  default WeightPenalty and(WeightPenalty other) {
    Objects.requireNonNull(other, "other");
    WeightPenalty first = this;
    return new WeightPenalty() {
      @Override
      public double value(Parameters parameters) {
        return first.value(parameters) + other.value(parameters);
      }

      @Override
      public void addGradient(Parameters parameters) {
        first.addGradient(parameters);
        other.addGradient(parameters);
      }

      @Override
      public String toString() {
        return first + ", " + other;
      }
    };
  }
}
