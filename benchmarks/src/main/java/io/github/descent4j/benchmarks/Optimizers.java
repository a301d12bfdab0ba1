package io.github.descent4j.benchmarks;

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
import io.github.descent4j.Yogi;

/** Ours, with the hyperparameters of {@link Formula}: the defaults, but for AmsGrad's beta2. */
final class Optimizers {
  private Optimizers() {}

  static Optimizer create(Formula formula) {
    return switch (formula) {
      case SGD -> new Sgd();
      case MOMENTUM -> new Momentum();
      case NESTEROV -> new Nesterov();
      case ADAGRAD -> new AdaGrad();
      case RMSPROP -> new RmsProp();
      case ADADELTA -> new AdaDelta();
      case ADAM -> new Adam();
      case ADAMW -> new AdamW();
      case AMSGRAD -> AmsGrad.builder().beta2(0.9).build();
      case YOGI -> new Yogi();
      case RADAM -> new RAdam();
      case NADAM -> new NAdam();
      case ADAMAX -> new AdaMax();
    };
  }
}
