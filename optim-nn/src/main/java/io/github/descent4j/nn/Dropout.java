package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Objects;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sets each element to 0 with a given probability while training, and divides the others by the probability of being kept,
 * so that the expected value stays what it was. In {@link Mode#EVALUATION} it returns its input.
 *
 * <p>Srivastava et al. 2014, in the inverted form, which scales while training. {@link #backward} uses the mask of the last
 * {@link #forward}. Input and output are of any shape, the first dimension being the batch.
 *
 * <pre>{@code
 * Dropout dropout = new Dropout(0.5, new SplittableRandom(42));
 * INDArray y = dropout.forward(x, Mode.TRAINING); // half of the elements 0, the others doubled
 * }</pre>
 */
public final class Dropout implements Splittable {
  private final double rate;
  private SplittableRandom random;

  /** For the masks of other shards: how many there are changes nothing about those of this layer. */
  private SplittableRandom splits;

  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private Memory input;
  private Memory gradient;
  private INDArray trained;
  private boolean[] keep = new boolean[0];
  private Masked<?> masked;

  /**
   * A layer without parameters.
   *
   * @param rate probability of an element to be dropped, in [0, 1)
   * @param random source of the masks, which the layer keeps and advances until {@link #reseed}
   * @throws IllegalArgumentException if the rate is not in [0, 1)
   */
  public Dropout(double rate, SplittableRandom random) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate is " + rate + ", expected a value in [0, 1)");
    }
    this.rate = rate;
    this.random = Objects.requireNonNull(random, "random");
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.anyBatch(toString(), input);
    if (mode == Mode.EVALUATION) {
      trained = null;
      return input;
    }
    this.input = Memory.of(input, this.input);
    Memory y = output.shaped(input.dataType(), input.shape());
    draw(y.length());
    if (masked == null || masked.type() != input.dataType()) {
      masked = Masked.of(input.dataType());
    }
    masked.copy(this.input, y, keep, 1 / (1 - rate));
    trained = y.array();
    return trained;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(toString(), outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    Memory dx = inputGradient.shaped(trained.dataType(), trained.shape());
    masked.copy(gradient, dx, keep, 1 / (1 - rate));
    return dx.array();
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
    return new Dropout(rate, splits.split());
  }

  @Override
  public String toString() {
    return "Dropout " + rate;
  }

  private void draw(int n) {
    if (keep.length < n) {
      keep = new boolean[n];
    }
    for (int i = 0; i < n; i++) {
      keep[i] = random.nextDouble() >= rate;
    }
  }
}
