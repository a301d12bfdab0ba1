package io.github.descent4j.spark;

import io.github.descent4j.Optimizer;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network of one task slot, and what it needs to compute a shard. */
final class Replica {
  private final Job job;
  private final Sequential network;
  private final Loss loss;
  private final TrainingSeeds seeds;
  private final List<INDArray> values;
  private final List<INDArray> gradients;

  /** What the driver has sent last. */
  private final Flat sent;

  private final Flat sentBuffers;

  /** Whether the network has these values: gradients leave them alone, local steps do not. */
  private boolean hasSent;

  /** By their number of examples, of which there are few. */
  private final Map<Integer, INDArray> features = new HashMap<>();

  /** The same of their values, where they have values. */
  private final Map<Integer, INDArray> targets = new HashMap<>();

  private int[] labels = {};

  Replica(Job job, Sequential network, Loss loss) {
    this.job = job;
    this.network = network;
    this.loss = loss;
    seeds = new TrainingSeeds(job.seed);
    values = Flat.values(network.parameters());
    gradients = Flat.gradients(network.parameters());
    sent = Flat.like(values);
    sentBuffers = Flat.like(network.buffers().values());
  }

  Sequential network() {
    return network;
  }

  Loss loss() {
    return loss;
  }

  /** Takes the values and buffers of the driver's network. */
  void receive(byte[] bytes) {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    sent.get(source);
    sentBuffers.get(source);
    hasSent = false;
  }

  /** The buffers as they are now. */
  Flat buffers() {
    return Flat.like(network.buffers().values()).read(network.buffers().values());
  }

  /**
   * Computes what a shard adds to a step, from the values received.
   *
   * @return null if it has no example in it
   */
  Part part(StepTask step, ShardExamples data, int shard) {
    if (!hasSent) {
      sent.write(values);
    }
    hasSent = job.inner == null;
    sentBuffers.write(network.buffers().values());
    return job.inner == null ? gradient(step, data, shard) : difference(step, data, shard);
  }

  private Part gradient(StepTask step, ShardExamples data, int shard) {
    Batches batches = step.batches();
    int count = batches.size(step.batch(), shard);
    if (count == 0) {
      return null;
    }
    double share = (double) count / batches.size(step.batch());
    double mean = run(step, data, shard, 0);
    return new Part(
        Flat.like(gradients).read(gradients).times(share), mean * share, loss.correct());
  }

  /** The state of the shard's optimizer lasts for these steps, so that a task that is repeated begins as the first did. */
  private Part difference(StepTask step, ShardExamples data, int shard) {
    Batches batches = step.batches();
    Optimizer optimizer = job.inner.create();
    long all = 0;
    int own = 0;
    double lossSum = 0;
    int correct = 0;
    for (int i = 0; i < step.count(); i++) {
      all += batches.size(step.batch() + i);
      int count = batches.size(step.batch() + i, shard);
      if (count > 0) {
        lossSum += count * run(step, data, shard, i);
        correct += loss.correct();
        own += count;
        try {
          optimizer.step(network.parameters());
        } catch (NonFiniteGradientException e) {
          lossSum = Double.NaN;
        }
      }
    }
    if (own == 0) {
      return null;
    }
    Flat moved = Flat.like(values).read(values).subtractedFrom(sent).times((double) own / all);
    return new Part(moved, lossSum / all, correct);
  }

  /** Runs forward and backward over a shard's part of a batch; returns its mean loss. */
  private double run(StepTask step, ShardExamples data, int shard, int offset) {
    int batch = step.batch() + offset;
    int count = step.batches().size(batch, shard);
    int from = step.batches().from(batch, shard);
    if (labels.length < count) {
      labels = new int[count];
    }
    INDArray input = features.computeIfAbsent(count, n -> room(n, data.exampleShape()));
    long[] targetShape = data.targetShape();
    INDArray target =
        targetShape.length == 0 ? null : targets.computeIfAbsent(count, n -> room(n, targetShape));
    data.read(step.epoch(), shard, from, count, input, labels, target);
    network.reseed(seedOf(seeds.ofStep(step.step() + offset), shard));
    double mean = loss.forward(
        network.forward(input, Mode.TRAINING),
        target == null ? Targets.labels(labels) : Targets.values(target));
    network.backwardParameters(loss.backward());
    return mean;
  }

  private INDArray room(int count, long[] exampleShape) {
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = count;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    return Nd4j.create(network.dataType(), shape);
  }

  /** A seed for each shard; the first one has that of one machine. */
  static long seedOf(long seed, int shard) {
    return shard == 0
        ? seed
        : new SplittableRandom(seed).longs(shard).skip(shard - 1L).findFirst().getAsLong();
  }
}
