package io.github.descent4j.spark;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Rprop;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.ElasticNet;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Progress;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains a network on a Spark cluster, data-parallel: executors compute the gradients of the shards of a batch, the driver takes the step.
 *
 * <pre>{@code
 * SparkTrainer trainer = SparkTrainer.builder(spark, network, data, new RAdam(1e-3).clipped(GradientClip.byGlobalNorm(1.0)))
 *     .shards(8)
 *     .batchSize(1024)
 *     .seed(42)
 *     .build();
 * List<EpochMetrics> epochs = trainer.fit(5);
 * trainer.network().save(Path.of("network.npz"));
 * }</pre>
 *
 * <p><b>Synchronous steps.</b> Of the n examples of a batch, in the order of {@link io.github.descent4j.nn.train.Trainer}, shard s of S has those from {@code
 * n s / S} to {@code n (s + 1) / S}:
 *
 * <pre>
 * g = sum over s of (n_s / n) g_s,   g_s the mean gradient of shard s,
 * </pre>
 *
 * <p>added in a binary tree over the shards' numbers. The driver adds the penalty, takes one step with the optimizer, whatever decorates it, and sends the new
 * values. With one shard that is {@code Trainer}, bit for bit.
 *
 * <p><b>Local steps</b> ({@link Builder#localSteps}). Each shard takes k steps by itself on its parts of k batches, from the driver's values w and with
 * an optimizer of its own, to w_s; the driver's optimizer gets the mean of {@code w - w_s}, by the number of examples, for a gradient. {@code new
 * Sgd(1.0)} makes that the average of the shards (McMahan et al. 2017), Nesterov's momentum with a rate of 0.7 is DiLoCo (Douillard et
 * al. 2023; there the inner optimizers keep their state, here they begin anew in every round). Rounds end with the epoch.
 *
 * <p><b>Bits.</b> They follow from seed, data, batch size and the number of shards: not from the number of executors, nor from who computes what, in which
 * order, or for the second time. A task whose executor dies is computed elsewhere. Executors that compute with other kernels, that have
 * a network of other parameters or another loss, or that have another number of examples, another shape of them or other classes, are refused; the values of the examples
 * are not compared.
 *
 * <p><b>Batch normalization</b> takes the statistics of a shard, not of the batch, and its running statistics are those of shard 0, as with PyTorch's
 * DistributedDataParallel. Masks of dropout follow from seed, step and shard.
 *
 * <p>Used by one thread at a time.
 */
public final class SparkTrainer implements AutoCloseable {
  static final Progress START = new Progress(0, 0, 0, 0, 0, 0, 0);

  private final Sequential network;
  private final Optimizer optimizer;
  private final ElasticNet penalty;

  /** Who are told the loss ahead of every step. */
  private final List<Rprop> informed;

  /** What the loss says of itself. */
  private final String loss;

  private final Builder settings;
  private final Cluster cluster;
  private Progress progress = START;

  private SparkTrainer(Builder builder, Sequential network, String loss, Cluster cluster) {
    this.loss = loss;
    settings = builder;
    optimizer = builder.optimizer;
    penalty = builder.penalty;
    informed = Rprop.needingLoss(optimizer);
    this.network = network;
    this.cluster = cluster;
  }

  /**
   * Starts a trainer whose executors all have the whole training set.
   *
   * @param spark where to compute
   * @param network makes the network, here and on the executors
   * @param data opens the training set on the executors
   * @param optimizer takes the steps, on the driver
   * @throws IllegalArgumentException if it is an {@link LBfgsOptimizer}, which evaluates a batch more than once: {@link SparkGradients}
   */
  public static Builder builder(
      JavaSparkContext spark, NetworkSource network, DatasetSource data, Optimizer optimizer) {
    return new Builder(spark, network, Objects.requireNonNull(data, "data"), null, optimizer);
  }

  /**
   * Starts a trainer whose shards have examples of their own.
   *
   * @param spark where to compute
   * @param network makes the network, here and on the executors
   * @param data the training set
   * @param optimizer takes the steps, on the driver
   * @throws IllegalArgumentException if it is an {@link LBfgsOptimizer}, which evaluates a batch more than once: {@link SparkGradients}
   */
  public static Builder builder(
      JavaSparkContext spark,
      NetworkSource network,
      DistributedExamples data,
      Optimizer optimizer) {
    return new Builder(spark, network, null, Objects.requireNonNull(data, "data"), optimizer);
  }

  /** The driver's network, which is trained: evaluate or save it between two calls of {@link #fit}, or in a listener. */
  public Sequential network() {
    return network;
  }

  /**
   * How far training has come.
   *
   * @return the progress after the last step
   */
  public Progress progress() {
    return progress;
  }

  /**
   * Goes on from the last checkpoint of the folder, if there is one, with the bits that the run would have had.
   *
   * <pre>{@code
   * trainer.resume();
   * if (trainer.progress().epochs() < 5) {
   *   trainer.fit(5 - trainer.progress().epochs());
   * }
   * }</pre>
   *
   * @return whether there is one
   * @throws IllegalStateException if this trainer has no {@link Builder#checkpoints}, or has taken a step, or if another run that is open has the folder
   * @throws io.github.descent4j.state.StateFileException if the checkpoint is damaged, or of a run with other settings; network and
   *     optimizer are as they were
   * @throws java.io.UncheckedIOException if the folder cannot be made or read
   */
  public boolean resume() {
    if (settings.checkpoints == null) {
      throw new IllegalStateException("checkpoints are not set, expected a folder to resume from");
    }
    if (progress.steps() > 0) {
      throw new IllegalStateException(
          "this trainer has taken " + progress.steps() + " steps, expected none");
    }
    settings.checkpoints.reserve();
    Optional<Path> last = settings.checkpoints.last();
    last.ifPresent(checkpoint -> {
      RunFile run = Checkpoints.run(checkpoint);
      run.require(checkpoint, settingsOfRun());
      Checkpoints.restore(checkpoint, network, optimizer);
      progress = run.progress();
    });
    return last.isPresent();
  }

  /**
   * Trains for some epochs. Another call goes on where this one ended: the rest of an epoch that was stopped on the way counts as the
   * first.
   *
   * @param epochs number of epochs, at least 1
   * @return the metrics of the epochs that were completed, in order
   * @throws IllegalArgumentException if the number of epochs is below 1, or there are fewer examples than shards
   * @throws DivergedException if a loss is NaN or infinite, or a guarded optimizer found a gradient that is; network and optimizer are
   *     as the step before left them
   * @throws IllegalStateException if an executor cannot open its data, has other parameters, another number, shape or classes of examples or
   *     other kernels than the others, if Spark gives up a task, or if the folder of checkpoints has one of a later step, from which {@link #resume} goes
   *     on, or belongs to another run that is open
   * @throws java.io.UncheckedIOException if a checkpoint cannot be written; the checkpoints before it are whole
   */
  public List<EpochMetrics> fit(int epochs) {
    requirePositive("epochs", epochs);
    requireNoLaterCheckpoint();
    List<EpochMetrics> metrics = new ArrayList<>();
    Cluster.run(() -> {
      cluster.prepare(network, loss);
      for (int i = 0; i < epochs; i++) {
        if (!trainEpoch()) {
          return;
        }
        metrics.add(endEpoch());
      }
    });
    return metrics;
  }

  /** Gives up what executors hold for this trainer, and the folder of its checkpoints. Networks of executors are given up with the Spark context at the latest. */
  @Override
  public void close() {
    try {
      cluster.close();
    } finally {
      if (settings.checkpoints != null) {
        settings.checkpoints.close();
      }
    }
  }

  private void requireNoLaterCheckpoint() {
    if (settings.checkpoints == null) {
      return;
    }
    settings.checkpoints.reserve();
    Optional<Path> last = settings.checkpoints.last();
    if (last.isPresent() && Checkpoints.steps(last.get()) > progress.steps()) {
      throw new IllegalStateException(last.get() + " is a checkpoint of a later step than "
          + progress.steps() + ", expected a folder without: resume() goes on from it");
    }
  }

  /** Trains to the end of the epoch; false if it was stopped before. */
  private boolean trainEpoch() {
    Batches batches = cluster.batches();
    long start = System.nanoTime();
    double secondsBefore = progress.seconds();
    while (progress.batches() < batches.count()) {
      if (settings.stop.getAsBoolean()) {
        return false;
      }
      int first = progress.batches();
      int count = Math.min(settings.localSteps, batches.count() - first);
      double rate = optimizer.learningRate();
      Part part = step(first, count);
      int examples = 0;
      for (int batch = first; batch < first + count; batch++) {
        examples += batches.size(batch);
      }
      long before = progress.steps();
      progress = new Progress(
          before + count,
          progress.epochs(),
          first + count,
          progress.examples() + examples,
          progress.lossSum() + part.loss() * examples,
          progress.correct() + part.correct(),
          secondsBefore + (System.nanoTime() - start) / 1e9);
      if (settings.checkpoints != null && settings.checkpoints.due(before, progress.steps())) {
        settings.checkpoints.save(network, optimizer, new RunFile(settingsOfRun(), progress));
      }
      StepMetrics metrics = new StepMetrics(
          progress.steps(),
          progress.epochs() + 1,
          progress.batches(),
          batches.count(),
          part.loss(),
          rate);
      settings.listeners.forEach(listener -> listener.onStep(metrics));
    }
    return true;
  }

  private EpochMetrics endEpoch() {
    EpochMetrics metrics = new EpochMetrics(
        progress.epochs() + 1,
        progress.lossSum() / progress.examples(),
        (double) progress.correct() / progress.examples(),
        progress.seconds(),
        progress.examples() / progress.seconds());
    progress = new Progress(progress.steps(), progress.epochs() + 1, 0, 0, 0, 0, 0);
    settings.listeners.forEach(listener -> listener.onEpoch(metrics));
    return metrics;
  }

  private Part step(int first, int count) {
    Flat buffers = Flat.like(network.buffers().values()).read(network.buffers().values());
    Part part = cluster.compute(network, buffers, progress, first, count);
    if (!Double.isFinite(part.loss())) {
      throw diverged("the loss is " + part.loss() + ", expected a finite number", null);
    }
    part.gradient().write(Flat.gradients(network.parameters()));
    penalty.addGradient(network.parameters());
    if (!informed.isEmpty()) {
      double value = part.loss() + penalty.value(network.parameters());
      informed.forEach(rule -> rule.loss(value));
    }
    try {
      optimizer.step(network.parameters());
    } catch (NonFiniteGradientException e) {
      throw diverged(e.getMessage(), e);
    }
    buffers.write(network.buffers().values());
    return part;
  }

  private DivergedException diverged(String found, NonFiniteGradientException cause) {
    String parameter = cause != null ? cause.parameterName() : firstNonFinite();
    return new DivergedException(progress.steps() + 1, parameter, found, cause);
  }

  /** The first parameter whose value is not finite, or null: the gradients have stayed with the executors. */
  private String firstNonFinite() {
    for (Parameter parameter : network.parameters()) {
      List<INDArray> value = List.of(parameter.value());
      if (!Flat.like(value).read(value).isFinite()) {
        return parameter.name();
      }
    }
    return null;
  }

  /** What a checkpoint has to have in common with the run that goes on from it. */
  private Map<String, String> settingsOfRun() {
    Map<String, String> run = new TreeMap<>();
    run.put("shards", "" + settings.shards);
    run.put("batchSize", "" + settings.batchSize);
    run.put("seed", "" + settings.seed);
    run.put("loss", loss);
    run.put("penalty", penalty.toString());
    run.put("data", settings.examples == null ? "whole" : "distributed");
    run.put("localSteps", "" + settings.localSteps);
    if (settings.inner != null) {
      run.put("innerOptimizer", Job.describe(settings.inner.create()));
    }
    return run;
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
    }
    return value;
  }

  /** Builds a {@link SparkTrainer}. */
  public static final class Builder {
    private final JavaSparkContext spark;
    private final NetworkSource network;
    private final DatasetSource data;
    private final DistributedExamples examples;
    private final Optimizer optimizer;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private int shards = 8;
    private int batchSize = 1024;
    private int localSteps = 1;
    private OptimizerSource inner;
    private LossSource loss = SoftmaxCrossEntropy::new;
    private ElasticNet penalty = ElasticNet.of(0, 0);
    private boolean penalized;
    private long seed;
    private BooleanSupplier stop = () -> false;
    private Checkpoints checkpoints;

    private Builder(
        JavaSparkContext spark,
        NetworkSource network,
        DatasetSource data,
        DistributedExamples examples,
        Optimizer optimizer) {
      this.spark = Objects.requireNonNull(spark, "spark");
      this.network = Objects.requireNonNull(network, "network");
      this.data = data;
      this.examples = examples;
      this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
      if (optimizer.find(LBfgsOptimizer.class).isPresent()) {
        throw new IllegalArgumentException(
            "optimizer is an LBfgsOptimizer, expected one that takes a step from one gradient;"
                + " SparkGradients is an objective for L-BFGS");
      }
    }

    /** What a trainer keeps, whatever becomes of the builder. */
    private Builder(Builder other) {
      spark = other.spark;
      network = other.network;
      data = other.data;
      examples = other.examples;
      optimizer = other.optimizer;
      listeners.addAll(other.listeners);
      shards = other.shards;
      batchSize = other.batchSize;
      localSteps = other.localSteps;
      inner = other.inner;
      loss = other.loss;
      penalty = other.penalty;
      penalized = other.penalized;
      seed = other.seed;
      stop = other.stop;
      checkpoints = other.checkpoints == null ? null : other.checkpoints.unreserved();
    }

    /**
     * Sets S, the number of shards of a batch. It belongs to the run, not to the cluster: another one makes other bits, while S shards may be computed by any
     * number of executors, at best by a divisor of S. Default: 8.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder shards(int shards) {
      this.shards = requirePositive("shards", shards);
      return this;
    }

    /**
     * Sets the number of examples of a batch, that of all shards together. Default: 1024.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder batchSize(int batchSize) {
      this.batchSize = requirePositive("batchSize", batchSize);
      return this;
    }

    /**
     * Lets each shard take steps by itself before the driver's optimizer takes one from what they have moved on the average. Default: the
     * gradients of every batch are added.
     *
     * @param steps how many, at least 1
     * @param inner makes the shards' optimizers
     * @throws IllegalArgumentException if the number is below 1
     */
    public Builder localSteps(int steps, OptimizerSource inner) {
      localSteps = requirePositive("localSteps", steps);
      this.inner = Objects.requireNonNull(inner, "inner");
      return this;
    }

    /**
     * Sets the loss; of {@code new SoftmaxCrossEntropy(0.1)}, {@code MeanSquaredError}, {@code Huber} or {@code BinaryCrossEntropy}, or one of your own.
     * Those of values take examples that have values: a {@link io.github.descent4j.nn.train.ValueDataset}, or {@link DistributedExamples#ofValues}. Default:
     * {@link SoftmaxCrossEntropy} without label smoothing.
     *
     * <pre>{@code
     * builder.loss(() -> new Huber(0.5));
     * }</pre>
     */
    public Builder loss(LossSource loss) {
      this.loss = Objects.requireNonNull(loss, "loss");
      return this;
    }

    /** Sets a penalty on large weights, on which the reported losses do not depend. Default: none. */
    public Builder penalty(ElasticNet penalty) {
      this.penalty = Objects.requireNonNull(penalty, "penalty");
      penalized = true;
      return this;
    }

    /** Sets the seed of the shuffling and of the masks of dropout. Default: 0. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Saves the driver's network, optimizer and progress in a folder for {@link SparkTrainer#resume}; the last two checkpoints are kept. Default: none.
     * The first {@link SparkTrainer#fit} or {@code resume} reserves the folder for this trainer, by its file {@code lock}, until it is closed.
     *
     * @param folder of a file system of the driver's machine; made if need be
     * @param every number of steps from one to the next, at least 1
     * @throws IllegalArgumentException if the number is below 1
     */
    public Builder checkpoints(Path folder, int every) {
      Objects.requireNonNull(folder, "folder");
      checkpoints = new Checkpoints(folder, requirePositive("every", every));
      return this;
    }

    /**
     * Sets a condition that ends {@link SparkTrainer#fit} before the next step, possibly in the middle of an epoch. Default: never.
     */
    public Builder stopWhen(BooleanSupplier stop) {
      this.stop = Objects.requireNonNull(stop, "stop");
      return this;
    }

    /** Adds a listener, which is called on the driver. With local steps it is told of a round as of its last step, with the mean loss of the round. */
    public Builder listener(TrainingListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * The trainer, which keeps to these settings: later changes of the builder are for the next one.
     *
     * @throws IllegalArgumentException if there are more shards than examples in a batch, or local steps together with a penalty, whose gradient would
     *     be missing in them, or with an {@link Rprop} of the variant IRPROP_PLUS, here or in the shards: no step is told a loss there
     * @throws IllegalStateException if network or loss cannot be made
     */
    public SparkTrainer build() {
      if (shards > batchSize) {
        throw new IllegalArgumentException("shards is " + shards + ", expected at most " + batchSize
            + ", the examples of a batch");
      }
      if (penalized && inner != null) {
        throw new IllegalArgumentException(
            "penalty is " + penalty
                + ", expected none with local steps; weight decay of the inner optimizer takes its place");
      }
      if (inner != null) {
        requireNoNeedOfLoss(optimizer);
        requireNoNeedOfLoss(inner.create());
      }
      Sequential own;
      try {
        own = network.build();
      } catch (Exception e) {
        throw new IllegalStateException("the network cannot be made on the driver: " + e, e);
      }
      String ownLoss;
      try {
        ownLoss = Job.describe(loss.create());
      } catch (Exception e) {
        throw new IllegalStateException("the loss cannot be made on the driver: " + e, e);
      }
      Job job = new Job(network, data, loss, seed, batchSize, shards, inner);
      return new SparkTrainer(new Builder(this), own, ownLoss, new Cluster(spark, job, examples));
    }

    private static void requireNoNeedOfLoss(Optimizer optimizer) {
      if (!Rprop.needingLoss(optimizer).isEmpty()) {
        throw new IllegalArgumentException(
            "optimizer is " + optimizer
                + ", expected one that needs no loss with local steps: another variant than IRPROP_PLUS");
      }
    }
  }
}
