package io.github.descent4j.nn.train;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Rprop;
import io.github.descent4j.Threads;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.BatchGradient.Measured;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.internal.BlasThreads;
import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a network on shuffled mini-batches.
 *
 * <p>Every epoch goes through all examples once, in an order that follows from the seed and the number of the epoch; the
 * last mini-batch is smaller where the batch size does not divide the number of examples. The same network, optimizer, data
 * and seed give the same bits on the same machine, on any number of threads.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).batchSize(128).seed(42).build();
 * trainer.fit(train, 5);
 * double accuracy = trainer.evaluate(test).accuracy();
 * }</pre>
 *
 * <p>With an {@link LBfgsOptimizer} a step is one call of its {@code step} on the {@link NetworkObjective} of the mini-batch, which is
 * evaluated in pieces, so that it may have all examples. Loss and accuracy that are reported are those before the step, as with other
 * optimizers; the penalty is part of what the line search sees; masks of dropout stay the same within a step. A network with {@linkplain
 * Sequential#buffers() buffers} is refused.
 *
 * <p>With a {@link Sam} anywhere in the optimizer, the gradients of each mini-batch are computed a second time, with the same masks of
 * dropout. Running statistics of batch normalization move twice.
 *
 * <p>An {@link Rprop} whose variant is IRPROP_PLUS, the first in the optimizer, is told the {@linkplain Rprop#loss loss} ahead of every step: that of
 * the mini-batch, with the penalty; of several that are accumulated that of the last.
 *
 * <p>Used by one thread at a time.
 */
public final class Trainer {
  private final Sequential network;
  private final Optimizer optimizer;
  private final Loss loss;
  private final BatchGradient gradient;
  private final WeightPenalty penalty;
  private final int batchSize;
  private final List<TrainingListener> listeners;
  private final TrainingSeeds seeds;
  private final BooleanSupplier stop;
  private final int threads;

  /** Whether each step takes gradients at a second point. */
  private final boolean sharpnessAware;

  /** Who are told the loss ahead of every step. */
  private final List<Rprop> informed;

  private final Batches training;
  private final Batches evaluation;
  private Progress progress = Progress.START;

  /** For an {@link LBfgsOptimizer}: the loss over the mini-batch, from one to the next in the same arrays. */
  private NetworkObjective objective;

  /** What its examples are of. */
  private Dataset objectiveOf;

  private Trainer(Builder builder) {
    network = builder.network;
    optimizer = builder.optimizer;
    loss = builder.loss;
    gradient = builder.gradient;
    penalty = builder.penalty;
    batchSize = builder.batchSize;
    listeners = List.copyOf(builder.listeners);
    seeds = new TrainingSeeds(builder.seed);
    stop = builder.stop;
    threads = builder.threads;
    sharpnessAware = optimizer.find(Sam.class).isPresent();
    informed = Rprop.needingLoss(optimizer);
    training = new Batches();
    evaluation = new Batches();
  }

  /**
   * Starts a trainer.
   *
   * @param network the network to train
   * @param optimizer what updates its parameters
   * @throws IllegalArgumentException if it is an {@link LBfgsOptimizer} and the network has buffers
   */
  public static Builder builder(Sequential network, Optimizer optimizer) {
    return new Builder(network, optimizer);
  }

  /**
   * Trains for some epochs. Another call goes on where this one ended: the rest of an epoch that was stopped on the way counts as the
   * first.
   *
   * @param dataset the training set
   * @param epochs number of epochs, at least 1
   * @return the metrics of the epochs that were completed, in order: fewer than asked for if training was {@linkplain
   *     Builder#stopWhen stopped}
   * @throws IllegalArgumentException if the number of epochs is below 1, or the examples do not fit the network
   * @throws DivergedException if a loss is NaN or infinite, or a guarded optimizer found a gradient that is
   */
  public List<EpochMetrics> fit(Dataset dataset, int epochs) {
    requirePositive("epochs", epochs);
    List<EpochMetrics> metrics = new ArrayList<>();
    limited(() -> {
      for (int i = 0; i < epochs; i++) {
        if (!trainEpoch(dataset)) {
          return;
        }
        metrics.add(endEpoch());
      }
    });
    return metrics;
  }

  /**
   * How far training has come. Together with the network, the optimizer's state and the settings of this trainer it is all that {@link
   * #resume} needs.
   *
   * @return the progress after the last step
   */
  public Progress progress() {
    return progress;
  }

  /**
   * Goes on from where another trainer was, with the bits that it would have had: if network and optimizer are as they were then, and
   * seed, batch size, loss and data the same.
   *
   * <pre>{@code
   * network.load(weights);
   * optimizer.state().load(state, network.parameters());
   * trainer.resume(progress);
   * trainer.fit(train, 5 - progress.epochs());
   * }</pre>
   *
   * @param progress that of the other trainer
   */
  public void resume(Progress progress) {
    this.progress = Objects.requireNonNull(progress, "progress");
  }

  /**
   * Runs the network over a dataset in evaluation mode. May be called from {@link TrainingListener#onEpoch}.
   *
   * @param dataset the examples to classify
   * @return the number of correct ones and the mean loss
   * @throws IllegalArgumentException if the examples do not fit the network
   */
  public Evaluation evaluate(Dataset dataset) {
    evaluation.start(dataset);
    Totals totals = new Totals();
    limited(() -> {
      while (evaluation.next()) {
        double meanLoss = evaluation.onceRead(() -> loss.forward(
            network.forward(evaluation.reader.features(), Mode.EVALUATION),
            evaluation.reader.targets()));
        totals.add(meanLoss, loss.correct(), evaluation.count);
      }
    });
    return new Evaluation(totals.correct, totals.examples, totals.lossSum / totals.examples);
  }

  /** Trains to the end of the epoch; false if it was stopped before. */
  private boolean trainEpoch(Dataset dataset) {
    training.start(dataset);
    dataset.startEpoch(progress.epochs() + 1);
    training.shuffle(seeds.ofEpoch(progress.epochs() + 1));
    training.skip(progress.batches());
    long start = System.nanoTime();
    double secondsBefore = progress.seconds();
    while (training.next()) {
      if (stop.getAsBoolean()) {
        return false;
      }
      double rate = optimizer.learningRate();
      long stepSeed = seeds.ofStep(progress.steps());
      Measured before = optimizer instanceof LBfgsOptimizer lbfgs
          ? search(lbfgs, stepSeed)
          : training.onceRead(() -> step(stepSeed));
      progress = progress.plus(
          before.meanLoss(),
          before.correct(),
          training.count,
          secondsBefore + (System.nanoTime() - start) / 1e9);
      StepMetrics metrics = new StepMetrics(
          progress.steps(),
          progress.epochs() + 1,
          progress.batches(),
          training.batches,
          before.meanLoss(),
          rate);
      listeners.forEach(listener -> listener.onStep(metrics));
    }
    return true;
  }

  private EpochMetrics endEpoch() {
    EpochMetrics metrics = progress.metrics();
    progress = progress.nextEpoch();
    listeners.forEach(listener -> listener.onEpoch(metrics));
    return metrics;
  }

  private Measured step(long stepSeed) {
    Measured before = computeGradients(stepSeed);
    try {
      if (sharpnessAware) {
        Sam.step(optimizer, network.parameters(), () -> computeGradients(stepSeed));
      } else {
        optimizer.step(network.parameters());
      }
    } catch (NonFiniteGradientException e) {
      throw diverged(e.getMessage(), e);
    }
    return before;
  }

  /** Those of the mini-batch that has been read, of loss and penalty. */
  private Measured computeGradients(long stepSeed) {
    Measured measured = gradient.compute(
        network, loss, training.reader.features(), training.reader.targets(), stepSeed);
    if (!Double.isFinite(measured.meanLoss())) {
      throw divergedLoss(measured.meanLoss());
    }
    penalty.addGradient(network.parameters());
    if (!informed.isEmpty()) {
      double value = measured.meanLoss() + penalty.value(network.parameters());
      informed.forEach(rule -> rule.loss(value));
    }
    return measured;
  }

  private Measured search(LBfgsOptimizer lbfgs, long stepSeed) {
    if (objectiveOf != training.dataset) {
      objectiveOf = training.dataset;
      objective = NetworkObjective.builder(network, objectiveOf)
          .loss(loss)
          .penalty(penalty)
          .build(0);
    }
    // Pieces take the seeds that follow, which are not to be those of the next step.
    long seed = new SplittableRandom(stepSeed).nextLong();
    objective.moveTo(training.examples(), seed, progress.epochs() + 1);
    if (firstNonFiniteValue() != null) {
      throw diverged("a value is NaN or infinite, expected finite numbers", null);
    }
    Measured[] before = new Measured[1];
    lbfgs.step(network.parameters(), parameters -> {
      double value = objective.evaluate(parameters);
      if (before[0] == null) {
        before[0] = new Measured(objective.meanLoss(), objective.correct());
        requireFiniteStart(value);
      }
      return value;
    });
    return before[0];
  }

  /** A point on the way that is not finite makes the line search step back; the first one is where it starts. */
  private void requireFiniteStart(double value) {
    if (!Double.isFinite(value)) {
      throw divergedLoss(value);
    }
    if (firstNonFinite() != null) {
      throw diverged("a gradient is NaN or infinite, expected finite numbers", null);
    }
  }

  private DivergedException divergedLoss(double loss) {
    return diverged("the loss is " + loss + ", expected a finite number", null);
  }

  private DivergedException diverged(String found, NonFiniteGradientException cause) {
    String parameter = cause != null ? cause.parameterName() : firstNonFinite();
    return new DivergedException(progress.steps() + 1, parameter, found, cause);
  }

  /** The first parameter whose value is not finite, else the first whose gradient is not, else null. */
  private String firstNonFinite() {
    String ofValue = firstNonFiniteValue();
    if (ofValue != null) {
      return ofValue;
    }
    for (Parameter parameter : network.parameters()) {
      if (!isFinite(parameter.gradient())) {
        return parameter.name();
      }
    }
    return null;
  }

  private String firstNonFiniteValue() {
    for (Parameter parameter : network.parameters()) {
      if (!isFinite(parameter.value())) {
        return parameter.name();
      }
    }
    return null;
  }

  private static boolean isFinite(INDArray array) {
    Memory memory = Memory.of(array);
    double[] values = new double[memory.length()];
    memory.getDoubles(0, values, values.length);
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** Within this trainer's threads, of which none belongs to a matrix product. */
  private void limited(Runnable action) {
    Threads.limited(threads, () -> BlasThreads.single(action));
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
    }
    return value;
  }

  /** Sums over mini-batches. */
  private static final class Totals {
    private double lossSum;
    private int correct;
    private int examples;

    void add(double meanLoss, int correct, int count) {
      lossSum += meanLoss * count;
      this.correct += correct;
      examples += count;
    }
  }

  /** The mini-batches of one pass over a dataset, in arrays that are kept from step to step. */
  private final class Batches {
    private final BatchReader reader = new BatchReader(network.dataType());
    private Dataset dataset;
    private int[] order = new int[0];
    private int batches;
    private int position;
    private int count;

    void start(Dataset dataset) {
      this.dataset = Objects.requireNonNull(dataset, "dataset");
      reader.forget();
      int size = requirePositive("size of the dataset", dataset.size());
      batches = (size - 1) / batchSize + 1;
      position = 0;
      if (order.length != size) {
        order = new int[size];
      }
      for (int i = 0; i < size; i++) {
        order[i] = i;
      }
    }

    void shuffle(long seed) {
      TrainingSeeds.shuffle(order, seed);
    }

    void skip(int batches) {
      position = (int) Math.min((long) batches * batchSize, order.length);
    }

    boolean next() {
      if (position == order.length) {
        return false;
      }
      count = Math.min(batchSize, order.length - position);
      position += count;
      return true;
    }

    /** Indices of the mini-batch. */
    int[] examples() {
      return Arrays.copyOfRange(order, position - count, position);
    }

    /**
     * Computes something of the mini-batch, while the next one is read where that can be. That has an end before this returns or throws: listeners may
     * use the dataset, and a training may stop.
     */
    <T> T onceRead(Supplier<T> computation) {
      reader.read(dataset, order, position - count, count);
      if (position < order.length) {
        reader.readAhead(dataset, order, position, Math.min(batchSize, order.length - position));
      }
      try {
        return computation.get();
      } finally {
        reader.endReadingAhead();
      }
    }
  }

  /** Builds a {@link Trainer}. */
  public static final class Builder {
    private final Sequential network;
    private final Optimizer optimizer;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private Loss loss = new SoftmaxCrossEntropy();
    private BatchGradient gradient = BatchGradient.backpropagation();
    private WeightPenalty penalty = ElasticNet.of(0, 0);
    private int batchSize = 128;
    private long seed;
    private BooleanSupplier stop = () -> false;
    private int threads = Integer.MAX_VALUE;

    private Builder(Sequential network, Optimizer optimizer) {
      this.network = Objects.requireNonNull(network, "network");
      this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
      if (optimizer instanceof LBfgsOptimizer) {
        NetworkObjective.requireNoBuffers(network);
      }
    }

    /** Sets the loss. Default: {@link SoftmaxCrossEntropy} without label smoothing. */
    public Builder loss(Loss loss) {
      this.loss = Objects.requireNonNull(loss, "loss");
      return this;
    }

    /**
     * Sets how the gradients of a mini-batch are computed. Default: {@link BatchGradient#backpropagation}.
     *
     * @throws IllegalArgumentException if it is another and the optimizer an {@link LBfgsOptimizer}, whose line search evaluates the loss alone
     */
    public Builder gradient(BatchGradient gradient) {
      Objects.requireNonNull(gradient, "gradient");
      boolean other = gradient != BatchGradient.backpropagation();
      if (other && optimizer instanceof LBfgsOptimizer) {
        throw new IllegalArgumentException(
            "gradient is " + gradient + ", expected backpropagation with an LBfgsOptimizer");
      }
      this.gradient = gradient;
      return this;
    }

    /** Sets a penalty on the parameters, on which the reported losses do not depend. Default: none. */
    public Builder penalty(WeightPenalty penalty) {
      this.penalty = Objects.requireNonNull(penalty, "penalty");
      return this;
    }

    /**
     * Sets the number of examples of a mini-batch. Default: 128.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder batchSize(int batchSize) {
      this.batchSize = requirePositive("batchSize", batchSize);
      return this;
    }

    /** Sets the seed of the shuffling and of the masks of dropout. Default: 0. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets a condition that ends {@link Trainer#fit} before the next step, possibly in the middle of an epoch. It is asked on the thread
     * that trains, before every step. Default: never.
     */
    public Builder stopWhen(BooleanSupplier stop) {
      this.stop = Objects.requireNonNull(stop, "stop");
      return this;
    }

    /**
     * Sets the most threads that may work at a time in {@link Trainer#fit} and {@link Trainer#evaluate}, the caller's included: network,
     * optimizer and data sets share them. The results have the same bits. With fewer than there are processors no batch is {@linkplain
     * Dataset#canReadAhead read ahead}. Default: as many as {@link Threads} says, which is also the limit.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder threads(int threads) {
      this.threads = requirePositive("threads", threads);
      return this;
    }

    /** Adds a listener. Listeners are called in the order in which they were added. */
    public Builder listener(TrainingListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /** The trainer. */
    public Trainer build() {
      return new Trainer(this);
    }
  }
}
