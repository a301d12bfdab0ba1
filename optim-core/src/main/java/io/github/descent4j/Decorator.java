package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.clip.Norm;

/** An optimizer around another: everything that a decorator does not change comes from inside. */
abstract class Decorator extends AbstractOptimizer {
  final Optimizer inner;

  Decorator(Optimizer inner) {
    this.inner = requireNonNull(inner, "optimizer is null, expected the optimizer to decorate");
  }

  @Override
  public long steps() {
    return inner.steps();
  }

  @Override
  public double learningRate() {
    return inner.learningRate();
  }

  @Override
  public OptimizerState state() {
    return inner.state();
  }

  @Override
  double learningRateFrom(double handedIn) {
    return inner instanceof AbstractOptimizer known ? known.learningRateFrom(handedIn) : handedIn;
  }

  @Override
  Norm wantedNorm() {
    return inner instanceof AbstractOptimizer known ? known.wantedNorm() : null;
  }
}
