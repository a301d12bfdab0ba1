package io.github.descent4j.batch;

/** Is told of every iteration of a {@link Minimizer}, the start included. */
@FunctionalInterface
public interface IterationListener {

  /**
   * Called when parameters and gradients are those of the iteration, which must stay as they are.
   *
   * @return whether to go on
   */
  boolean onIteration(Iteration iteration);
}
