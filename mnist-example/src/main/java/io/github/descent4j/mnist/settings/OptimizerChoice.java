package io.github.descent4j.mnist.settings;

import io.github.descent4j.AdaDelta;
import io.github.descent4j.AdaGrad;
import io.github.descent4j.AdaMax;
import io.github.descent4j.Adam;
import io.github.descent4j.AdamW;
import io.github.descent4j.AmsGrad;
import io.github.descent4j.Momentum;
import io.github.descent4j.NAdam;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.RAdam;
import io.github.descent4j.RmsProp;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.Yogi;
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

  public Optimizer build(double learningRate, WeightDecay weightDecay) {
    return switch (this) {
      case SGD ->
        Sgd.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case MOMENTUM ->
        Momentum.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case NESTEROV ->
        Nesterov.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case ADAGRAD ->
        AdaGrad.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case RMSPROP ->
        RmsProp.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case ADADELTA ->
        AdaDelta.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case ADAM ->
        Adam.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case ADAMW ->
        AdamW.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case AMSGRAD ->
        AmsGrad.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case YOGI ->
        Yogi.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case RADAM ->
        RAdam.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case NADAM ->
        NAdam.builder().learningRate(learningRate).weightDecay(weightDecay).build();
      case ADAMAX ->
        AdaMax.builder().learningRate(learningRate).weightDecay(weightDecay).build();
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
