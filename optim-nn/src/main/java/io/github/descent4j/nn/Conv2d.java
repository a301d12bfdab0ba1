package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableImages;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A two-dimensional convolution, that is cross-correlation: the kernel is not flipped. {@code [batch, inputChannels, height,
 * width]} becomes {@code [batch, outputChannels, (height + 2 padding - kernelHeight) / stride + 1, ...]}, divisions rounded
 * down:
 *
 * <p>y[n, o, i, j] = b[o] + sum over c, k, l of W[o, c, k, l] x[n, c, i stride + k - padding, j stride + l - padding], where
 * x is 0 outside the image.
 *
 * <p>The parameters are {@code name.weight} of shape {@code [outputChannels, inputChannels, kernelHeight, kernelWidth]} and
 * {@code name.bias} of shape {@code [outputChannels]}.
 *
 * <pre>{@code
 * INDArray weight = Nd4j.create(DataType.FLOAT, 16, 1, 5, 5);
 * Initializers.heUniform().initialize(weight, new SplittableRandom(42));
 * Conv2d conv = new Conv2d("conv1", weight, Nd4j.create(DataType.FLOAT, 16), 1, 0);
 * INDArray y = conv.forward(images, Mode.EVALUATION); // [batch, 1, 28, 28] to [batch, 16, 24, 24]
 * }</pre>
 */
public final class Conv2d implements Splittable {
  private final String name;
  private final int stride;
  private final int padding;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameters parameters;

  /** Shared with the copies for other shards. */
  private final ConvolutionScratch.Pool scratch;

  private final ConvolutionScratch.Pool transposedScratch;
  private final ImageReader inputs = new ImageReader();
  private final ImageReader gradients = new ImageReader();
  private final ReusableImages output = new ReusableImages();
  private final ReusableImages inputGradient = new ReusableImages();
  private Memory input;
  private INDArray trained;
  private Convolution<?> convolution;

  /**
   * A layer over the given arrays, which it holds and an optimizer updates in place.
   *
   * @param name prefix of the parameters' names
   * @param weight {@code [outputChannels, inputChannels, kernelHeight, kernelWidth]}, FLOAT or DOUBLE, in 'c' order without
   *     gaps
   * @param bias {@code [outputChannels]}, of the same type
   * @param stride distance between receptive fields in both directions, at least 1
   * @param padding rows and columns of zeros on each side, at least 0
   * @throws IllegalArgumentException if a shape, type, memory order or value is not as stated
   */
  public Conv2d(String name, INDArray weight, INDArray bias, int stride, int padding) {
    this(
        name,
        weight,
        bias,
        stride,
        padding,
        new ConvolutionScratch.Pool(),
        new ConvolutionScratch.Pool());
  }

  private Conv2d(
      String name,
      INDArray weight,
      INDArray bias,
      int stride,
      int padding,
      ConvolutionScratch.Pool scratch,
      ConvolutionScratch.Pool transposedScratch) {
    this.scratch = scratch;
    this.transposedScratch = transposedScratch;
    this.name = Objects.requireNonNull(name, "name");
    Checks.parameter(name + ".weight", weight, 4);
    Checks.bias(name + ".bias", bias, weight);
    this.stride = Checks.atLeast(1, "stride", stride);
    this.padding = Checks.atLeast(0, "padding", padding);
    this.weight =
        Parameter.of(name + ".weight", weight, Nd4j.create(weight.dataType(), weight.shape()));
    this.bias = Parameter.of(name + ".bias", bias, Nd4j.create(bias.dataType(), bias.shape()));
    parameters = Parameters.of(this.weight, this.bias);
  }

  /** Distance between receptive fields in both directions. */
  public int stride() {
    return stride;
  }

  /** Rows and columns of zeros on each side. */
  public int padding() {
    return padding;
  }

  /** The shape of one example's output, for the shape of one example's input. */
  long[] outputShape(long[] exampleShape) {
    ConvolutionShape s = shape(exampleShape[1], exampleShape[2]);
    return new long[] {weight.value().size(0), s.outputHeight(), s.outputWidth()};
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    INDArray w = weight.value();
    Checks.batch(name, input, w.dataType(), w.size(1), -1, -1);
    ConvolutionShape s = shape(input.size(2), input.size(3));
    this.input = inputs.read(input);
    Memory y =
        output.shaped(w.dataType(), input.size(0), w.size(0), s.outputHeight(), s.outputWidth());
    if (convolution == null || !convolution.fits(s)) {
      convolution =
          new Convolution<>(Loops.of(w.dataType()), weight, bias, s, scratch, transposedScratch);
    }
    convolution.forward(this.input, y);
    trained = mode == Mode.TRAINING ? output.images() : null;
    return output.images();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    Memory dx = inputGradient.shaped(
        trained.dataType(), input.size(0), input.size(3), input.size(1), input.size(2));
    convolution.backward(input, gradients.read(outputGradient), dx);
    return inputGradient.images();
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    convolution.backward(input, gradients.read(outputGradient), null);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  /** The same linear map without the bias, with gradients of its own. */
  Conv2d withoutBias() {
    return with(weight.value(), bias.value().like());
  }

  /** A layer of other numbers. */
  Conv2d with(INDArray weight, INDArray bias) {
    return new Conv2d(name, weight, bias, stride, padding);
  }

  @Override
  public Splittable split() {
    return new Conv2d(
        name, weight.value(), bias.value(), stride, padding, scratch, transposedScratch);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Conv2d %s %s stride %d padding %d",
        name,
        Arrays.toString(weight.value().shape()),
        stride,
        padding);
  }

  private ConvolutionShape shape(long height, long width) {
    INDArray w = weight.value();
    Checks.windowFits(name, height + 2L * padding, width + 2L * padding, w.size(2), w.size(3));
    return new ConvolutionShape(
        (int) w.size(1),
        (int) height,
        (int) width,
        (int) w.size(2),
        (int) w.size(3),
        stride,
        padding);
  }
}
