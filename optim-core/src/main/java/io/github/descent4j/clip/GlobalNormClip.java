package io.github.descent4j.clip;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.decorator.StepContext;

record GlobalNormClip(double maxNorm, Norm norm, double epsilon) implements GradientClip {

  GlobalNormClip {
    requirePositive(maxNorm);
    requireNonNull(norm, "norm is null, expected L1, L2 or MAX");
    if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon is " + epsilon + ", expected a finite number >= 0");
    }
  }

  @Override
  public double apply(StepContext step) {
    return step.limitGlobalNorm(maxNorm, norm, epsilon);
  }

  static void requirePositive(double maxNorm) {
    if (!(maxNorm > 0 && maxNorm < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "maxNorm is " + maxNorm + ", expected a finite number > 0");
    }
  }
}
