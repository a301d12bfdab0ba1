package io.github.descent4j.batch;

import io.github.descent4j.Parameters;

/**
 * Finds a local minimum of a function of all parameters, from where they are.
 *
 * <pre>{@code
 * Minimizer minimizer = LBfgs.builder().gradientTolerance(1e-8).build();
 * MinimizerResult result = minimizer.minimize(objective, parameters);
 * }</pre>
 *
 * <p><b>Where the parameters end.</b> At the point of the lowest value seen, whatever ends the search, exceptions of the objective
 * and of the listener included; of values that differ by rounding, the one with the smaller gradient, and for one that meets the gradient tolerance that is
 * up to 64 roundings of max(1, |value|). The gradients are those of that
 * point. In between, the values are wherever the function is evaluated.
 *
 * <p><b>Vectors.</b> Parameters of any type, order and stride; all arithmetic between them is in double. The point at which a
 * function is evaluated is rounded to the parameters' types, and so are the differences that a method learns from. DOUBLE is the
 * reference: with FLOAT parameters expect a gradient norm of about 1e-4 of the first one. The same function gives the same bits on
 * any number of cores.
 *
 * <p><b>Memory.</b> Besides what a method names, nine vectors of double, allocated once a run; an iteration allocates its row of the
 * history and the state of a line search. What an objective, a preconditioner or a projection allocates comes on top: of those of this
 * library only {@linkplain io.github.descent4j.constraint.Projection projections} do, two vectors or three of a parameter at a time.
 *
 * <p><b>Threads.</b> Minimizers are immutable; one may run in several threads at a time, on different parameters.
 */
public interface Minimizer {

  /**
   * Minimizes.
   *
   * @throws IllegalStateException if the value or a gradient is not finite where the parameters are, or an array has been closed
   * @throws IllegalArgumentException if the parameters have no element, or the objective lacks what the method needs
   */
  default MinimizerResult minimize(Objective objective, Parameters parameters) {
    return minimize(objective, parameters, iteration -> true);
  }

  /**
   * Minimizes and tells a listener, which may end it.
   *
   * @throws IllegalStateException if the value or a gradient is not finite where the parameters are, or an array has been closed
   * @throws IllegalArgumentException if the parameters have no element, or the objective lacks what the method needs
   */
  MinimizerResult minimize(Objective objective, Parameters parameters, IterationListener listener);
}
