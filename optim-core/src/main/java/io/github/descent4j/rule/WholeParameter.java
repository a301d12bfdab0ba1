package io.github.descent4j.rule;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A parameter in the hands of an update rule that is written in ND4J's arithmetic: see {@link
 * Formula#wholeParameter}.
 *
 * <pre>{@code
 * f.wholeParameter(w -> {
 *   INDArray v = w.slot("v", w.value().shape());
 *   v.muli(0.9).addi(w.gradient());
 *   w.value().subi(v.mul(w.learningRate()));
 * });
 * }</pre>
 *
 * <p>All arrays are copies, to be changed in place: what they hold at the end takes the place of parameter and slots
 * when the updates of all parameters have succeeded. They are DOUBLE for a DOUBLE parameter, FLOAT for any other, and
 * in 'c' order. Weight decay and clips are in them already. They are freed after the step: what is to be remembered belongs into a slot.
 * Arrays that an update makes for itself are outside of the heap, too; {@link INDArray#close} frees those that are large, long before
 * the garbage collector does.
 */
public interface WholeParameter {

  /** The parameter's name. */
  String name();

  /** The value before the step, to become the one after it. */
  INDArray value();

  /** The gradient, as clips and coupled weight decay have left it. */
  INDArray gradient();

  /**
   * A slot, to become what it is after the step; zeros at the first call.
   *
   * @param slotName what it is called in state files: letters and digits
   * @param shape any, the same at every step
   * @throws IllegalArgumentException if the name is not such, or it had another shape before
   */
  INDArray slot(String slotName, long... shape);

  /** The parameter's step, counted from 1. */
  long t();

  /** The learning rate of this step. */
  double learningRate();
}
