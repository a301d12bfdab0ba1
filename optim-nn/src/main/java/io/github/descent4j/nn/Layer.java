package io.github.descent4j.nn;

import io.github.descent4j.Parameters;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A differentiable function of a batch, with its parameters and their gradients.
 *
 * <p>The first dimension of every array is the batch: {@code [batch, features]} or {@code [batch, channels, height,
 * width]}. A layer works in the type of its input, FLOAT or DOUBLE, which has to be the type of its parameters.
 *
 * <p>Arrays may have any memory order. The layers for images return channels last: the strides of {@code [batch, height, width,
 * channels]}.
 *
 * <p><b>Arrays are reused.</b> The array that {@link #forward} or {@link #backward} returns belongs to the layer and is
 * valid until the next call of the same method; {@code dup()} keeps its numbers. The input of {@link #forward} must stay
 * unchanged until {@link #backward} is done. A layer is used by one thread at a time.
 *
 * <pre>{@code
 * INDArray y = layer.forward(x, Mode.TRAINING);
 * INDArray gradientOfX = layer.backward(gradientOfY); // and the parameters' gradients are written
 * optimizer.step(layer.parameters());
 * }</pre>
 */
public interface Layer {

  /**
   * Computes the layer's output.
   *
   * @param input a batch in any memory order; 'c' order without gaps is used in place, by the layers for images channels last;
   *     any other is copied first
   * @param mode training or evaluation
   * @return the output, valid until the next call of this method
   * @throws IllegalArgumentException if the input's shape or type does not fit the layer
   */
  INDArray forward(INDArray input, Mode mode);

  /**
   * Overwrites the gradient of every parameter of this layer, and computes the gradient of its input, for the batch of
   * the last {@link #forward} in training mode.
   *
   * @param outputGradient gradient of the loss with respect to the last output, in that output's shape
   * @return the gradient with respect to the last input, valid until the next call of this method
   * @throws IllegalStateException if there was no {@link #forward} in training mode before
   * @throws IllegalArgumentException if the gradient's shape or type is not the last output's
   */
  INDArray backward(INDArray outputGradient);

  /**
   * As {@link #backward}, for a caller that does not need the gradient of the input: a layer may leave it out. The layers of
   * this package do.
   *
   * @param outputGradient gradient of the loss with respect to the last output, in that output's shape
   * @throws IllegalStateException if there was no {@link #forward} in training mode before
   * @throws IllegalArgumentException if the gradient's shape or type is not the last output's
   */
  default void backwardParameters(INDArray outputGradient) {
    backward(outputGradient);
  }

  /**
   * The trainable parameters, the same objects at every call.
   *
   * @return the parameters; none by default
   */
  default Parameters parameters() {
    return Parameters.of();
  }

  /**
   * Starts the random numbers of a layer that draws some, such as {@link Dropout}, anew. What it draws from then on follows from
   * this seed, and not from what it drew before. Other layers do nothing.
   *
   * @param seed any number
   */
  default void reseed(long seed) {}

  /**
   * The arrays that belong to the state of this layer, besides its parameters, but are not trained, such as the running
   * statistics of a batch normalization: a training that is to go on later with the same bits keeps these, too.
   *
   * <p>The arrays are the layer's own. Writing to them changes what it computes.
   *
   * @return the arrays by name, in a fixed order and the same at every call; none by default
   */
  default Map<String, INDArray> buffers() {
    return Map.of();
  }
}
