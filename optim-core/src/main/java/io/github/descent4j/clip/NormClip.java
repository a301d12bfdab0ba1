package io.github.descent4j.clip;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.decorator.StepContext;

record NormClip(double maxNorm, Norm norm) implements GradientClip {

  NormClip {
    GlobalNormClip.requirePositive(maxNorm);
    requireNonNull(norm, "norm is null, expected L1, L2 or MAX");
  }

  @Override
  public double apply(StepContext step) {
    double total = step.globalNorm(norm);
    for (int i = 0; i < step.parameters().size(); i++) {
      step.limitNorm(i, maxNorm, norm);
    }
    return total;
  }
}
