package io.github.descent4j.nn;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fills a new weight array with starting values. {@link Initializers} has the usual ones.
 *
 * <pre>{@code
 * INDArray weight = Nd4j.create(DataType.FLOAT, 256, 784);
 * Initializers.heNormal().initialize(weight, new SplittableRandom(42));
 * }</pre>
 */
@FunctionalInterface
public interface Initializer {

  /**
   * Overwrites every element of a weight array. Numbers are drawn in 'c' order of the elements, so that the same random
   * state gives the same bits.
   *
   * @param weight array {@code [outputs, inputs]} of a dense layer or {@code [outputChannels, inputChannels, height,
   *     width]} of a convolution, FLOAT or DOUBLE
   * @param random source of the numbers
   */
  void initialize(INDArray weight, SplittableRandom random);
}
