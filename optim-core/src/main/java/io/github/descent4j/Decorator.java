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
    return new SavedState(this, inner.state());
  }

  /**
   * The name under which {@link #saveOwn} saves, null where a decorator remembers nothing that the
   * next step needs.
   */
  String savedAs() {
    return null;
  }

  /** Puts what this decorator remembers itself into a state file. */
  void saveOwn(StateWriter out) {}

  /**
   * Reads what {@link #saveOwn} has put: checks it here, and takes it over in {@link
   * StateReader#whenAllIsWell}.
   */
  void loadOwn(StateReader in) {}

  @Override
  final void save(StateWriter out) {
    if (savedAs() == null) {
      known().save(out);
      return;
    }
    StateWriter own = out.decorator(savedAs());
    saveOwn(own);
    known().save(own.object(StateWriter.INSIDE));
  }

  @Override
  final void load(StateReader in) {
    StateReader own = savedAs() == null ? null : in.decorator(savedAs());
    if (own == null) {
      known().load(in);
      return;
    }
    loadOwn(own);
    known().load(own.object(StateWriter.INSIDE));
  }

  @Override
  final void alone(Runnable action) {
    super.alone(() -> known().alone(action));
  }

  private AbstractOptimizer known() {
    if (inner instanceof AbstractOptimizer known) {
      return known;
    }
    throw new UnsupportedOperationException(
        "optimizer is " + inner + ", expected one of this library to save or load its state");
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
