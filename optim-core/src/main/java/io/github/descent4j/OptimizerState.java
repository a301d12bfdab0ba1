package io.github.descent4j;

import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an optimizer remembers: a live view of the slots of every parameter it has stepped.
 *
 * <p>A slot has the shape of its parameter; it is DOUBLE for a DOUBLE parameter and FLOAT for any
 * other. The names of an optimizer's slots are in its Javadoc. Read it between steps.
 *
 * <pre>{@code
 * INDArray firstMoment = optimizer.state().slot("w", "m");
 * }</pre>
 */
public interface OptimizerState {

  /** The names of the parameters seen so far, in the order of their first step. */
  Set<String> parameters();

  /**
   * The names of a parameter's slots, in the order of the optimizer's Javadoc.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   */
  Set<String> slots(String parameterName);

  /**
   * A slot: the array itself, which the next step changes in place.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped, or there is no such slot
   */
  INDArray slot(String parameterName, String slotName);

  /**
   * The steps that a parameter has taken part in, fewer than {@link Optimizer#steps()} for one that
   * joined late.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   */
  long steps(String parameterName);
}
