package io.github.descent4j.clip;

import io.github.descent4j.decorator.StepContext;

record ValueClip(double min, double max) implements GradientClip {

  ValueClip {
    if (Double.isNaN(min)) {
      throw new IllegalArgumentException("min is NaN, expected a number <= max = " + max);
    }
    if (!(max >= min)) {
      throw new IllegalArgumentException("max is " + max + ", expected a number >= min = " + min);
    }
  }

  @Override
  public double apply(StepContext step) {
    for (int i = 0; i < step.parameters().size(); i++) {
      step.clamp(i, min, max);
    }
    return Double.NaN;
  }
}
