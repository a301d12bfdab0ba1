package io.github.descent4j.nn.train;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Objective;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.internal.BlasThreads;
import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss of a network over a whole dataset, as a function to minimize: what the batch methods want.
 *
 * <pre>{@code
 * NetworkObjective objective = NetworkObjective.builder(network, train).penalty(ElasticNet.of(0, 1e-4)).build();
 * MinimizerResult result = new LBfgs().minimize(objective, network.parameters());
 * }</pre>
 *
 * <p>The value is the mean loss of all examples plus the penalty, in double; the gradients of pieces of the data are summed in double and
 * rounded once. Pieces have {@code pieceSize} examples, which bounds the memory of the activations and changes no more than the last
 * bits.
 *
 * <p>Every evaluation is of the same function: masks of dropout and changes of an {@link AugmentedDataset} are drawn once, from the seed
 * and as in one epoch. A network with {@linkplain Sequential#buffers() buffers} is refused: batch normalization in training depends on
 * the pieces, and changes its running statistics at every evaluation.
 *
 * <p>With FLOAT parameters a loss has about seven digits, and a search for its minimum ends where these are used up.
 *
 * <p>Used by one thread at a time.
 */
public final class NetworkObjective implements Objective {
  private final Sequential network;
  private final Dataset dataset;
  private final Loss loss;
  private final WeightPenalty penalty;
  private final int pieceSize;
  private final double[][] sums;
  private final double[] scratch;
  private final BatchReader batch;
  private int[] examples;
  private long seed;
  private int epoch;
  private double meanLoss = Double.NaN;
  private int correct;

  private NetworkObjective(Builder builder, int[] examples) {
    network = builder.network;
    dataset = builder.dataset;
    loss = builder.loss;
    penalty = builder.penalty;
    pieceSize = builder.pieceSize;
    seed = builder.seed;
    epoch = builder.epoch;
    this.examples = examples;
    sums = new double[network.parameters().size()][];
    int longest = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new double[(int) network.parameters().get(i).value().length()];
      longest = Math.max(longest, sums[i].length);
    }
    scratch = new double[longest];
    batch = new BatchReader(network.dataType());
  }

  /**
   * Starts an objective over all examples.
   *
   * @param network FLOAT or DOUBLE, without buffers
   * @param dataset its examples
   */
  public static Builder builder(Sequential network, Dataset dataset) {
    return new Builder(network, dataset);
  }

  /** How many examples. */
  public int size() {
    return examples.length;
  }

  /** Becomes the loss over other examples: another function, in the arrays of this one. */
  void moveTo(int[] examples, long seed, int epoch) {
    this.examples = examples;
    this.seed = seed;
    this.epoch = epoch;
  }

  /** The mean loss at the last evaluation, without the penalty. */
  double meanLoss() {
    return meanLoss;
  }

  /** How many examples the network had right at the last evaluation. */
  int correct() {
    return correct;
  }

  /**
   * Evaluates.
   *
   * @param parameters those of the network
   * @throws IllegalArgumentException if they are others
   */
  @Override
  public double evaluate(Parameters parameters) {
    Parameters own = network.parameters();
    boolean same = parameters.size() == own.size();
    for (int i = 0; same && i < own.size(); i++) {
      same = parameters.get(i).value() == own.get(i).value()
          && parameters.get(i).gradient() == own.get(i).gradient();
    }
    if (!same) {
      throw new IllegalArgumentException(
          "parameters are " + parameters + ", expected those of the network: " + own);
    }
    double[] value = new double[1];
    BlasThreads.single(() -> value[0] = evaluate());
    return value[0];
  }

  static void requireNoBuffers(Sequential network) {
    if (!network.buffers().isEmpty()) {
      throw new IllegalArgumentException(
          "network has buffers " + network.buffers().keySet()
              + ", expected none: batch normalization is no function of the parameters alone");
    }
  }

  private double evaluate() {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0);
    }
    dataset.startEpoch(epoch);
    double value = 0;
    correct = 0;
    int piece = 0;
    for (int from = 0; from < examples.length; from += pieceSize, piece++) {
      int count = Math.min(pieceSize, examples.length - from);
      double share = (double) count / examples.length;
      network.reseed(seed + piece);
      batch.read(dataset, examples, from, count);
      INDArray outputs = network.forward(batch.features(), Mode.TRAINING);
      value += share * loss.forward(outputs, batch.targets());
      correct += loss.correct();
      network.backwardParameters(loss.backward());
      for (int i = 0; i < sums.length; i++) {
        add(share, network.parameters().get(i), sums[i]);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      Memory.of(network.parameters().get(i).gradient()).putDoubles(0, sums[i], sums[i].length);
    }
    penalty.addGradient(network.parameters());
    meanLoss = value;
    return value + penalty.value(network.parameters());
  }

  private void add(double share, Parameter parameter, double[] sum) {
    Memory.of(parameter.gradient()).getDoubles(0, scratch, sum.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += share * scratch[i];
    }
  }

  /** Builds a {@link NetworkObjective}. */
  public static final class Builder {
    private final Sequential network;
    private final Dataset dataset;
    private Loss loss = new SoftmaxCrossEntropy();
    private WeightPenalty penalty = ElasticNet.of(0, 0);
    private int pieceSize = 1000;
    private long seed;
    private int epoch = 1;

    private Builder(Sequential network, Dataset dataset) {
      this.network = Objects.requireNonNull(network, "network");
      this.dataset = Objects.requireNonNull(dataset, "dataset");
      requireNoBuffers(network);
    }

    /** Sets the loss. Default: {@link SoftmaxCrossEntropy} without label smoothing. */
    public Builder loss(Loss loss) {
      this.loss = Objects.requireNonNull(loss, "loss");
      return this;
    }

    /** Sets a penalty on the parameters, which is part of the value. Default: none. */
    public Builder penalty(WeightPenalty penalty) {
      this.penalty = Objects.requireNonNull(penalty, "penalty");
      return this;
    }

    /**
     * Sets how many examples go through the network at a time. Default: 1000.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder pieceSize(int pieceSize) {
      if (pieceSize < 1) {
        throw new IllegalArgumentException("pieceSize is " + pieceSize + ", expected at least 1");
      }
      this.pieceSize = pieceSize;
      return this;
    }

    /** Sets the seed of the masks of dropout. Default: 0. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets the epoch whose changes of an {@link AugmentedDataset} are taken. Default: 1.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder epoch(int epoch) {
      if (epoch < 1) {
        throw new IllegalArgumentException("epoch is " + epoch + ", expected at least 1");
      }
      this.epoch = epoch;
      return this;
    }

    /** The objective over all examples. */
    public NetworkObjective build() {
      return new NetworkObjective(this, IntStream.range(0, dataset.size()).toArray());
    }

    /**
     * The objective over some of them: a batch.
     *
     * @param examples indices, at least one, each at least 0 and below the size of the dataset; copied
     * @throws IllegalArgumentException if there is none, or one is out of range
     */
    public NetworkObjective build(int... examples) {
      if (examples.length == 0) {
        throw new IllegalArgumentException("number of examples is 0, expected at least 1");
      }
      for (int example : examples) {
        if (example < 0 || example >= dataset.size()) {
          throw new IllegalArgumentException(
              "example is " + example + ", expected a value in [0, " + dataset.size() + ")");
        }
      }
      return new NetworkObjective(this, examples.clone());
    }
  }
}
