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
    known().save(own.inside());
  }

  @Override
  final void load(StateReader in) {
    StateReader own = savedAs() == null ? null : in.decorator(savedAs());
    if (own == null) {
      known().load(in);
      return;
    }
    loadOwn(own);
    known().load(own.inside());
  }

  @Override
  void alone(Runnable action) {
    super.alone(() -> known().alone(action));
  }

  private AbstractOptimizer known() {
    if (inner instanceof AbstractOptimizer known) {
      return known;
    }
    throw new UnsupportedOperationException(
        "optimizer is " + inner + ", expected one of this library to save or load its state");
  }

  /** By default a decorator changes nothing on the way inwards. */
  @Override
  void check(StepContext context) {
    beginInner(context);
  }

  @Override
  void commit(StepContext context) {
    finishInner(context);
  }

  @Override
  void release() {
    if (inner instanceof AbstractOptimizer known) {
      known.abandon();
    }
  }

  @Override
  boolean checksAhead() {
    return inner instanceof AbstractOptimizer known && known.checksAhead();
  }

  /** An optimizer of a user's own has one half only, the second. */
  final void beginInner(StepContext context) {
    if (inner instanceof AbstractOptimizer known) {
      known.begin(context);
    }
  }

  final void finishInner(StepContext context) {
    if (inner instanceof AbstractOptimizer known) {
      known.finish(context);
    } else {
      inner.step(context);
    }
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
