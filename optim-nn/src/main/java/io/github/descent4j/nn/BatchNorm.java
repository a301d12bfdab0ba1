package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import io.github.descent4j.nn.memory.ReusableImages;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch normalization: each channel is shifted and scaled to mean 0 and variance 1, then by learned numbers.
 *
 * <p>y = gamma (x - mean) / sqrt(variance + epsilon) + beta. Input and output are {@code [batch, channels, height, width]}, where a
 * channel's elements are those of all examples and pixels, or {@code [batch, channels]}.
 *
 * <p>In {@link Mode#TRAINING} mean and variance are those of the batch, the variance divided by the number n of elements. Running
 * statistics follow them: running = (1 - momentum) running + momentum new, where the new variance is divided by n - 1.
 * {@link Mode#EVALUATION} uses the running statistics and changes nothing.
 *
 * <p>The parameters are {@code name.weight} (gamma, from 1) and {@code name.bias} (beta, from 0), the buffers {@code name.runningMean}
 * (from 0) and {@code name.runningVariance} (from 1), each of shape {@code [channels]}. Momentum 0.1, which is the weight of
 * the new statistics, epsilon 1e-5 and the two divisors are PyTorch's conventions; Keras' momentum is 1 minus that.
 *
 * <p>S. Ioffe, C. Szegedy: Batch normalization: accelerating deep network training by reducing internal covariate shift. ICML
 * 2015, algorithms 1 and 2.
 *
 * <pre>{@code
 * BatchNorm norm = new BatchNorm("norm1", DataType.FLOAT, 16);
 * INDArray y = norm.forward(x, Mode.TRAINING); // [batch, 16, 28, 28]
 * INDArray mean = norm.buffers().get("norm1.runningMean");
 * }</pre>
 */
public final class BatchNorm implements Layer {
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;

  private final String name;
  private final double momentum;
  private final double epsilon;
  private final int channels;
  private final Parameters parameters;
  private final Memory weight;
  private final Memory bias;
  private final Memory weightGradient;
  private final Memory biasGradient;
  private final Memory runningMean;
  private final Memory runningVariance;
  private final Map<String, INDArray> buffers;
  private final Normalization<?> normalization;
  private final Moments moments;
  private final double[] mean;
  private final double[] variance;
  private final double[] inverseDeviation;
  private final double[] factor;
  private final ImageReader inputImages = new ImageReader();
  private final ImageReader gradientImages = new ImageReader();
  private final ReusableImages outputImages = new ReusableImages();
  private final ReusableImages inputGradientImages = new ReusableImages();
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private Memory input;
  private Memory gradient;
  private INDArray trained;
  private boolean images;

  /**
   * A layer in its initial state, with momentum 0.1 and epsilon 1e-5.
   *
   * @param name prefix of the parameters' and the buffers' names
   * @param type FLOAT or DOUBLE
   * @param channels number of channels, at least 1
   * @throws IllegalArgumentException if the type is another or there is no channel
   */
  public BatchNorm(String name, DataType type, int channels) {
    this(
        name,
        Nd4j.ones(Checks.networkType(type), Checks.atLeast(1, "channels", channels)),
        Nd4j.zeros(type, channels),
        Nd4j.zeros(type, channels),
        Nd4j.ones(type, channels),
        MOMENTUM,
        EPSILON);
  }

  /**
   * A layer over the given arrays, which it holds: an optimizer updates weight and bias in place, and each forward pass in
   * training mode the running statistics.
   *
   * @param name prefix of the parameters' and the buffers' names
   * @param weight gamma, {@code [channels]}, FLOAT or DOUBLE, in 'c' order without gaps, as the others
   * @param bias beta, of the same shape and type, as the others
   * @param runningMean what {@link Mode#EVALUATION} takes for the mean
   * @param runningVariance what {@link Mode#EVALUATION} takes for the variance
   * @param momentum weight of a batch's statistics in the running ones, in [0, 1]
   * @param epsilon added to the variance, finite and above 0
   * @throws IllegalArgumentException if a shape, type, memory order or value is not as stated
   */
  public BatchNorm(
      String name,
      INDArray weight,
      INDArray bias,
      INDArray runningMean,
      INDArray runningVariance,
      double momentum,
      double epsilon) {
    this.name = Objects.requireNonNull(name, "name");
    Checks.parameter(name + ".weight", weight, 1);
    Checks.bias(name + ".bias", bias, weight);
    Checks.bias(name + ".runningMean", runningMean, weight);
    Checks.bias(name + ".runningVariance", runningVariance, weight);
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "momentum is " + momentum + ", expected a value in [0, 1]");
    }
    if (!(epsilon > 0 && Double.isFinite(epsilon))) {
      throw new IllegalArgumentException(
          "epsilon is " + epsilon + ", expected a finite number above 0");
    }
    this.momentum = momentum;
    this.epsilon = epsilon;
    channels = (int) weight.length();
    Parameter gammas =
        Parameter.of(name + ".weight", weight, Nd4j.create(weight.dataType(), channels));
    Parameter betas = Parameter.of(name + ".bias", bias, Nd4j.create(weight.dataType(), channels));
    parameters = Parameters.of(gammas, betas);
    this.weight = Memory.of(weight);
    this.bias = Memory.of(bias);
    weightGradient = Memory.of(gammas.gradient());
    biasGradient = Memory.of(betas.gradient());
    this.runningMean = Memory.of(runningMean);
    this.runningVariance = Memory.of(runningVariance);
    Map<String, INDArray> named = new LinkedHashMap<>();
    named.put(name + ".runningMean", runningMean);
    named.put(name + ".runningVariance", runningVariance);
    buffers = Collections.unmodifiableMap(named);
    normalization = new Normalization<>(Loops.of(weight.dataType()), channels);
    moments = normalization.moments();
    mean = new double[channels];
    variance = new double[channels];
    inverseDeviation = new double[channels];
    factor = new double[channels];
  }

  /** What is added to the variance. */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    if (mode == Mode.TRAINING) {
      gather(input);
      follow();
      return normalize();
    }
    read(input);
    trained = null;
    runningMean.getDoubles(0, mean, channels);
    runningVariance.getDoubles(0, variance, channels);
    return apply();
  }

  /** The first part of a forward pass in training mode: finds the statistics of this part of a batch. */
  void gather(INDArray input) {
    read(input);
    trained = null;
    normalization.gather(this.input);
  }

  /** The second part, once for a batch: makes the statistics of all its parts those of the whole. */
  static void join(List<BatchNorm> parts) {
    BatchNorm first = parts.get(0);
    for (BatchNorm part : parts.subList(1, parts.size())) {
      first.moments.add(part.moments);
    }
    for (BatchNorm part : parts.subList(1, parts.size())) {
      part.moments.assign(first.moments);
    }
    first.follow();
  }

  /** The third part. */
  INDArray normalize() {
    System.arraycopy(moments.mean, 0, mean, 0, channels);
    for (int c = 0; c < channels; c++) {
      variance[c] = moments.squares[c] / moments.count();
    }
    trained = apply();
    return trained;
  }

  private void read(INDArray input) {
    Objects.requireNonNull(input, "input");
    if (input.rank() == 2) {
      Checks.batch(name, input, weight.dataType(), channels);
    } else {
      Checks.batch(name, input, weight.dataType(), channels, -1, -1);
    }
    images = input.rank() == 4;
    this.input = images ? inputImages.read(input) : Memory.of(input, this.input);
  }

  /** Lets the running statistics follow those of the batch. */
  private void follow() {
    long n = moments.count();
    if (n < 2) {
      throw new IllegalArgumentException(
          name + ": a channel has 1 element in this batch, expected at least 2 in training mode");
    }
    runningMean.getDoubles(0, mean, channels);
    runningVariance.getDoubles(0, variance, channels);
    for (int c = 0; c < channels; c++) {
      mean[c] += momentum * (moments.mean[c] - mean[c]);
      variance[c] += momentum * (moments.squares[c] / (n - 1) - variance[c]);
    }
    runningMean.putDoubles(0, mean, channels);
    runningVariance.putDoubles(0, variance, channels);
  }

  private INDArray apply() {
    double[] beta = new double[channels];
    bias.getDoubles(0, beta, channels);
    weight.getDoubles(0, factor, channels);
    for (int c = 0; c < channels; c++) {
      inverseDeviation[c] = 1 / Math.sqrt(variance[c] + epsilon);
      factor[c] *= inverseDeviation[c];
    }
    Memory y =
        images ? shaped(outputImages) : output.shaped(input.dataType(), input.size(0), channels);
    normalization.normalize(input, y, mean, factor, beta);
    return images ? outputImages.images() : y.array();
  }

  /** What evaluation multiplies each channel by. */
  double[] evaluatedScale() {
    double[] scale = new double[channels];
    double[] variances = new double[channels];
    weight.getDoubles(0, scale, channels);
    runningVariance.getDoubles(0, variances, channels);
    for (int c = 0; c < channels; c++) {
      scale[c] /= Math.sqrt(variances[c] + epsilon);
    }
    return scale;
  }

  /** What evaluation adds to each channel then. */
  double[] evaluatedShift() {
    double[] scale = evaluatedScale();
    double[] means = new double[channels];
    double[] shift = new double[channels];
    runningMean.getDoubles(0, means, channels);
    bias.getDoubles(0, shift, channels);
    for (int c = 0; c < channels; c++) {
      shift[c] -= means[c] * scale[c];
    }
    return shift;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    gatherGradient(outputGradient);
    return inputGradient();
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    gatherGradient(outputGradient);
  }

  /** The first part of a backward pass: the gradients of the parameters, for this part of a batch. */
  void gatherGradient(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    gradient = images ? gradientImages.read(outputGradient) : Memory.of(outputGradient, gradient);
    normalization.gatherGradient(input, gradient, mean);
    double[] products = normalization.productSums().clone();
    for (int c = 0; c < channels; c++) {
      products[c] *= inverseDeviation[c];
    }
    weightGradient.putDoubles(0, products, channels);
    biasGradient.putDoubles(0, normalization.sums(), channels);
  }

  /** The second part, once for a batch: makes the sums over its parts those over the whole. */
  static void joinGradients(List<BatchNorm> parts) {
    join(parts.stream().map(part -> part.normalization.sums()).toList());
    join(parts.stream().map(part -> part.normalization.productSums()).toList());
  }

  /** Overwrites all by their sum, in order. */
  private static void join(Collection<double[]> parts) {
    double[] sum = null;
    for (double[] part : parts) {
      if (sum == null) {
        sum = part.clone();
        continue;
      }
      for (int c = 0; c < sum.length; c++) {
        sum[c] += part[c];
      }
    }
    for (double[] part : parts) {
      System.arraycopy(sum, 0, part, 0, part.length);
    }
  }

  /**
   * The third part. With xhat = (x - mean) / deviation: dx = gamma / deviation (dy - mean(dy) - xhat mean(dy xhat)).
   */
  INDArray inputGradient() {
    long n = moments.count();
    double[] slope = new double[channels];
    double[] constant = new double[channels];
    for (int c = 0; c < channels; c++) {
      double square = inverseDeviation[c] * inverseDeviation[c];
      slope[c] = -factor[c] * square * normalization.productSums()[c] / n;
      constant[c] = -factor[c] * normalization.sums()[c] / n;
    }
    Memory dx = images
        ? shaped(inputGradientImages)
        : inputGradient.shaped(input.dataType(), input.size(0), channels);
    normalization.backward(input, gradient, dx, mean, factor, slope, constant);
    return images ? inputGradientImages.images() : dx.array();
  }

  /** Images like the input, whose memory is {@code [batch, height, width, channels]}. */
  private Memory shaped(ReusableImages images) {
    return images.shaped(input.dataType(), input.size(0), channels, input.size(1), input.size(2));
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Map<String, INDArray> buffers() {
    return buffers;
  }

  /** A layer for another part of the batches, which meets this one in {@link #join}. */
  BatchNorm split() {
    return new BatchNorm(
        name,
        weight.array(),
        bias.array(),
        runningMean.array(),
        runningVariance.array(),
        momentum,
        epsilon);
  }

  @Override
  public String toString() {
    return "BatchNorm " + name + " [" + channels + "]";
  }
}
