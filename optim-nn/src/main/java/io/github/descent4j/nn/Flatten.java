package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import io.github.descent4j.nn.memory.ReusableImages;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes one line of each example: {@code [batch, channels, height, width]} becomes {@code [batch, channels * height *
 * width]}, with the last dimension running fastest. The result is a view of the input, or a copy where the input is not in 'c'
 * order.
 *
 * <pre>{@code
 * INDArray y = new Flatten().forward(images, Mode.EVALUATION); // [batch, 1, 28, 28] to [batch, 784]
 * }</pre>
 */
public final class Flatten implements Splittable {
  private final ReusableArray planes = new ReusableArray();
  private final ReusableImages inputGradientImages = new ReusableImages();
  private Memory input;
  private Memory imagesRead;
  private Memory gradient;
  private INDArray output;

  /** Those of the array before, where two take turns. */
  private Memory inputBefore;

  private INDArray outputBefore;
  private INDArray inputGradient;
  private INDArray trained;
  private long[] shape;
  private boolean channelsLast;
  private ImageReader.Copier<?> copier;

  /** A layer without parameters. */
  public Flatten() {}

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.anyBatch(toString(), input);
    shape = input.shape();
    channelsLast = !Memory.isDense(input) && Memory.isChannelsLast(input);
    if (channelsLast) {
      input = toPlanes(input);
    }
    output = rows(input);
    trained = mode == Mode.TRAINING ? output : null;
    return output;
  }

  /** The input as rows, found once for an array that is seen again. */
  private INDArray rows(INDArray images) {
    Memory x = Memory.of(images, input);
    if (x == input) {
      // As in Memory: an array that takes turns with no other is not to hold that one.
      inputBefore = null;
      outputBefore = null;
      return output;
    }
    INDArray rows = x == inputBefore
        ? outputBefore
        : x.array().reshape('c', images.size(0), x.length() / images.size(0));
    inputBefore = input;
    outputBefore = output;
    input = x;
    return rows;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    Memory dy = Memory.of(outputGradient, gradient);
    if (channelsLast) {
      gradient = dy;
      // That of an earlier batch in the other order, which this gradient is not to be taken for.
      inputGradient = null;
      copier.toChannelsLast(
          dy, inputGradientImages.shaped(dy.dataType(), shape[0], shape[1], shape[2], shape[3]));
      return inputGradientImages.images();
    }
    if (dy != gradient || inputGradient == null || !Arrays.equals(inputGradient.shape(), shape)) {
      gradient = dy;
      inputGradient = dy.array().reshape('c', shape);
    }
    return inputGradient;
  }

  /** What the layers for images hand on, in 'c' order: the layer after this one counts on that order. */
  private INDArray toPlanes(INDArray images) {
    DataType type = images.dataType();
    int channels = (int) shape[1];
    int pixels = (int) (shape[2] * shape[3]);
    if (copier == null || !copier.fits(type, channels, pixels)) {
      copier = new ImageReader.Copier<>(Loops.of(type), type, channels, pixels);
    }
    imagesRead = Memory.ofChannelsLast(images, imagesRead);
    Memory target = planes.shaped(type, shape);
    copier.toPlanes(imagesRead, target);
    return target.array();
  }

  @Override
  public Splittable split() {
    return new Flatten();
  }

  @Override
  public String toString() {
    return "Flatten";
  }
}
