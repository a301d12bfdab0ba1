package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A {@link Dense} layer that drops weights while training, where {@link Dropout} drops whole inputs: y = x (M * W)<sup>T</sup> / keep + b,
 * where M is 1 with probability keep = 1 - rate and 0 otherwise, anew at each {@link #forward}.
 *
 * <p>There are two {@linkplain Form forms}: {@link Form#SCALED}, the default, is the formula above, as most libraries have it; {@link
 * Form#PAPER} is that of the paper, which masks biases, too, does not scale while training, and scales in {@link Mode#EVALUATION}. In both,
 * evaluation uses the mean of what training computes. The paper then draws from a normal distribution with the {@linkplain #moments moments}
 * of that, and averages after the activation; this layer does not.
 *
 * <p>A mask is {@linkplain NoiseScope#BATCH that of a batch}, or, as in the paper, {@linkplain NoiseScope#EXAMPLE of each example}: this
 * computes a product for each example, twice in training, and is many times slower.
 *
 * <p>The gradient of a weight is that of the masked product, times mask and scale. The parameters are those of {@link Dense}: {@code
 * name.weight} of shape {@code [outputs, inputs]} and {@code name.bias} of shape {@code [outputs]}.
 *
 * <p>L. Wan, M. Zeiler, S. Zhang, Y. LeCun, R. Fergus: Regularization of neural networks using DropConnect. ICML 2013.
 *
 * <pre>{@code
 * Sequential network = Sequential.builder(DataType.FLOAT, 42)
 *     .input(784)
 *     .dropConnect("fc1", 256, 0.5).relu()
 *     .dense("fc2", 10)
 *     .build();
 * }</pre>
 */
public final class DropConnect implements Splittable {

  /** What is masked, and when the expected value is made up for. */
  public enum Form {
    /** Weights are masked and divided by the probability of being kept; biases are left alone. */
    SCALED,

    /** Weights and biases are masked and not scaled; in evaluation both are multiplied by the probability of being kept. */
    PAPER
  }

  /**
   * Mean and variance of an output over all masks.
   *
   * @param mean {@code [batch, outputs]}
   * @param variance {@code [batch, outputs]}
   */
  public record Moments(INDArray mean, INDArray variance) {}

  /** Where masks come from. */
  @FunctionalInterface
  interface Masks {
    /** The elements of one mask, those of the weights in row-major order first. */
    BooleanSupplier of(long seed, int example);
  }

  private final String name;
  private final double rate;
  private final Form form;
  private final NoiseScope scope;
  private final Masks masks;
  private final Dense whole;
  private final Dense masked;
  private final Masked<?> masking;
  private final boolean[] keepWeight;
  private final boolean[] keepBias;
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private SplittableRandom random;

  /** For the noise of other shards: how many there are changes nothing about that of this layer. */
  private SplittableRandom splits;

  private long seed;
  private Memory input;
  private INDArray trained;

  /**
   * A layer over the given arrays, scaled and with one mask for a batch.
   *
   * @param name prefix of the parameters' names
   * @param weight {@code [outputs, inputs]}, FLOAT or DOUBLE, in 'c' order without gaps; held
   * @param bias {@code [outputs]}, of the same type; held
   * @param rate probability of a weight to be dropped, in [0, 1)
   * @param random source of the masks, which the layer keeps and advances until {@link #reseed}
   * @throws IllegalArgumentException if a shape, type, memory order or value is not as stated
   */
  public DropConnect(
      String name, INDArray weight, INDArray bias, double rate, SplittableRandom random) {
    this(name, weight, bias, rate, Form.SCALED, NoiseScope.BATCH, random);
  }

  /**
   * A layer over the given arrays.
   *
   * @param name prefix of the parameters' names
   * @param weight {@code [outputs, inputs]}, FLOAT or DOUBLE, in 'c' order without gaps; held
   * @param bias {@code [outputs]}, of the same type; held
   * @param rate probability of a weight to be dropped, in [0, 1)
   * @param form scaled, or the paper's
   * @param scope whether each example has a mask of its own
   * @param random source of the masks, which the layer keeps and advances until {@link #reseed}
   * @throws IllegalArgumentException if a shape, type, memory order or value is not as stated
   */
  public DropConnect(
      String name,
      INDArray weight,
      INDArray bias,
      double rate,
      Form form,
      NoiseScope scope,
      SplittableRandom random) {
    this(name, weight, bias, rate, form, scope, random, (seed, example) -> {
      SplittableRandom draws = new SplittableRandom(seed + example);
      return () -> draws.nextDouble() >= rate;
    });
  }

  DropConnect(
      String name,
      INDArray weight,
      INDArray bias,
      double rate,
      Form form,
      NoiseScope scope,
      SplittableRandom random,
      Masks masks) {
    this.name = Objects.requireNonNull(name, "name");
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate is " + rate + ", expected a value in [0, 1)");
    }
    this.rate = rate;
    this.form = Objects.requireNonNull(form, "form");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.random = Objects.requireNonNull(random, "random");
    this.masks = masks;
    whole = new Dense(name, weight, bias);
    masked = new Dense(
        name,
        Nd4j.create(weight.dataType(), weight.shape()),
        Nd4j.create(bias.dataType(), bias.shape()));
    masking = Masked.of(weight.dataType());
    keepWeight = new boolean[Math.toIntExact(weight.length())];
    keepBias = new boolean[Math.toIntExact(bias.length())];
    Arrays.fill(keepBias, true);
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    INDArray weight = weight(whole).value();
    Checks.batch(name, input, weight.dataType(), weight.size(1));
    trained = null;
    if (mode == Mode.EVALUATION) {
      INDArray y = whole.forward(input, Mode.EVALUATION);
      return form == Form.PAPER ? y.muli(1 - rate) : y;
    }
    seed = random.nextLong();
    if (scope == NoiseScope.BATCH) {
      mask(0);
      trained = masked.forward(input, Mode.TRAINING);
      return trained;
    }
    this.input = Memory.of(input, this.input);
    INDArray y = output.shaped(weight.dataType(), input.size(0), weight.size(0)).array();
    for (int i = 0; i < input.size(0); i++) {
      mask(i);
      row(y, i).assign(masked.forward(row(this.input.array(), i), Mode.TRAINING));
    }
    trained = y;
    return y;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    if (scope == NoiseScope.BATCH) {
      INDArray dx = masked.backward(outputGradient);
      maskGradients();
      return dx;
    }
    INDArray dx =
        inputGradient.shaped(trained.dataType(), input.array().shape()).array();
    whole.parameters().forEach(parameter -> parameter.gradient().assign(0));
    for (int i = 0; i < trained.size(0); i++) {
      mask(i);
      masked.forward(row(input.array(), i), Mode.TRAINING);
      row(dx, i).assign(masked.backward(row(outputGradient, i)));
      addMaskedGradients();
    }
    return dx;
  }

  @Override
  public void backwardParameters(INDArray outputGradient) {
    if (scope == NoiseScope.EXAMPLE) {
      backward(outputGradient);
      return;
    }
    Checks.outputGradient(name, outputGradient, trained);
    masked.backwardParameters(outputGradient);
    maskGradients();
  }

  /**
   * Mean and variance of each output over all masks: what the paper's inference draws from (section 3.3).
   *
   * <p>With the pre-activation u = x W<sup>T</sup> + b they are keep u and keep (1 - keep) ((x * x) (W * W)<sup>T</sup> + b * b) in the
   * {@link Form#PAPER}, and u and (1 - keep) / keep (x * x) (W * W)<sup>T</sup> in the {@link Form#SCALED}.
   *
   * @param input {@code [batch, inputs]}
   * @return new arrays
   * @throws IllegalArgumentException if the input's shape or type does not fit the layer
   */
  public Moments moments(INDArray input) {
    INDArray mean = forward(input, Mode.EVALUATION).dup();
    INDArray weight = weight(whole).value();
    INDArray bias = bias(whole).value();
    INDArray variance = input.mul(input).mmul(weight.mul(weight).transpose());
    double keep = 1 - rate;
    if (form == Form.PAPER) {
      variance.addiRowVector(bias.mul(bias)).muli(keep * rate);
    } else {
      variance.muli(rate / keep);
    }
    return new Moments(mean, variance);
  }

  /** The layer that computes in evaluation mode what this one does, over copies of its arrays. */
  Dense evaluated() {
    double scale = form == Form.PAPER ? 1 - rate : 1;
    return new Dense(name, weight(whole).value().mul(scale), bias(whole).value().mul(scale));
  }

  @Override
  public Parameters parameters() {
    return whole.parameters();
  }

  @Override
  public void reseed(long seed) {
    random = new SplittableRandom(seed);
  }

  @Override
  public Splittable split() {
    if (splits == null) {
      splits = random.split();
    }
    return new DropConnect(
        name, weight(whole).value(), bias(whole).value(), rate, form, scope, splits.split(), masks);
  }

  @Override
  public String toString() {
    return "DropConnect " + name + " " + Arrays.toString(weight(whole).value().shape()) + " rate "
        + rate;
  }

  private double scale() {
    return form == Form.PAPER ? 1 : 1 / (1 - rate);
  }

  /** Draws a mask, the same one at every call between two forward passes, and masks the weights by it. */
  private void mask(int example) {
    BooleanSupplier draws = masks.of(seed, example);
    for (int i = 0; i < keepWeight.length; i++) {
      keepWeight[i] = draws.getAsBoolean();
    }
    if (form == Form.PAPER) {
      for (int i = 0; i < keepBias.length; i++) {
        keepBias[i] = draws.getAsBoolean();
      }
    }
    copyMasked(weight(whole).value(), weight(masked).value(), keepWeight, scale());
    copyMasked(bias(whole).value(), bias(masked).value(), keepBias, 1);
  }

  /** The gradients of a mask that holds for the whole batch. */
  private void maskGradients() {
    copyMasked(weight(masked).gradient(), weight(whole).gradient(), keepWeight, scale());
    copyMasked(bias(masked).gradient(), bias(whole).gradient(), keepBias, 1);
  }

  /** The gradients of one example's mask. */
  private void addMaskedGradients() {
    INDArray ofWeight = weight(masked).gradient();
    INDArray ofBias = bias(masked).gradient();
    copyMasked(ofWeight, ofWeight, keepWeight, scale());
    copyMasked(ofBias, ofBias, keepBias, 1);
    weight(whole).gradient().addi(ofWeight);
    bias(whole).gradient().addi(ofBias);
  }

  private void copyMasked(INDArray source, INDArray target, boolean[] keep, double scale) {
    masking.copy(Memory.of(source), Memory.of(target), keep, scale);
  }

  private static Parameter weight(Dense dense) {
    return dense.parameters().get(0);
  }

  private static Parameter bias(Dense dense) {
    return dense.parameters().get(1);
  }

  private static INDArray row(INDArray array, int i) {
    return array.get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all());
  }
}
