package io.github.descent4j.benchmarks;

import io.github.descent4j.AmsGrad;
import io.github.descent4j.Optimizer;
import io.github.descent4j.internal.Rules;

/** Ours, with the hyperparameters of {@link Formula}: the defaults, but for AmsGrad's beta2. */
final class Optimizers {
  private Optimizers() {}

  static Optimizer create(Formula formula) {
    if (formula == Formula.AMSGRAD) {
      return AmsGrad.builder().beta2(0.9).build();
    }
    return Rules.find(formula.label()).orElseThrow().make(defaults -> {});
  }
}
