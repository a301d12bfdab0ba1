package io.github.descent4j.mnist.settings;

import io.github.descent4j.Optimizer;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.Rules.Rule;
import java.util.Locale;

/**
 * The optimizers of {@code --optimizer}, each with the learning rate that {@code train} picks when none is given. All
 * other hyperparameters are the library's defaults.
 */
public enum OptimizerChoice {
  SGD(0.2),
  MOMENTUM(0.05),
  NESTEROV(0.05),
  ADAGRAD(0.01),
  RMSPROP(0.001),
  ADADELTA(1.0),
  ADAM(0.002),
  ADAMW(0.002),
  AMSGRAD(0.002),
  YOGI(0.005),
  RADAM(0.005),
  NADAM(0.002),
  ADAMAX(0.005);

  public final double defaultLearningRate;

  OptimizerChoice(double defaultLearningRate) {
    this.defaultLearningRate = defaultLearningRate;
  }

  /** The weight decay where none is given. */
  public double defaultWeightDecay() {
    return this == ADAMW ? 0.01 : 0;
  }

  private Rule<?> rule() {
    for (Rule<?> rule : Rules.all()) {
      if (rule.id().equalsIgnoreCase(name())) {
        return rule;
      }
    }
    throw new IllegalStateException("no update rule is called " + this);
  }

  public Optimizer build(double learningRate, WeightDecay weightDecay) {
    return rule().make(b -> b.learningRate(learningRate).weightDecay(weightDecay));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
