package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Computes what the trainer's Javadoc says, shard after shard, with operations of ND4J and nothing of the module's own. */
final class OneMachine {
  final Sequential network;
  final List<Double> losses = new ArrayList<>();
  private final Optimizer optimizer;
  private final Dataset data;
  private final int shards;
  private final int batchSize;
  private final TrainingSeeds seeds;
  private final Loss loss;
  private long step;

  OneMachine(
      Sequential network, Optimizer optimizer, Dataset data, int shards, int batchSize, long seed) {
    this(network, new SoftmaxCrossEntropy(), optimizer, data, shards, batchSize, seed);
  }

  OneMachine(
      Sequential network,
      Loss loss,
      Optimizer optimizer,
      Dataset data,
      int shards,
      int batchSize,
      long seed) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
    this.data = data;
    this.shards = shards;
    this.batchSize = batchSize;
    seeds = new TrainingSeeds(seed);
  }

  OneMachine fit(int epochs) {
    return fit(epochs, 1, null);
  }

  OneMachine fit(int epochs, int localSteps, OptimizerSource inner) {
    int threads = Nd4j.factory().blas().getMaxThreads();
    Nd4j.factory().blas().setMaxThreads(1);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      int[] order = seeds.order(epoch, data.size());
      List<int[]> batches = new ArrayList<>();
      for (int from = 0; from < order.length; from += batchSize) {
        batches.add(Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length)));
      }
      for (int first = 0; first < batches.size(); first += localSteps) {
        List<int[]> round = batches.subList(first, Math.min(first + localSteps, batches.size()));
        round(round, inner);
        step += round.size();
      }
    }
    Nd4j.factory().blas().setMaxThreads(threads);
    return this;
  }

  private void round(List<int[]> batches, OptimizerSource inner) {
    Map<String, INDArray> start = copy(values());
    Map<String, INDArray> buffers = copy(network.buffers());
    Map<String, INDArray> buffersOfShard0 = buffers;
    List<Map<String, INDArray>> terms = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    double all = batches.stream().mapToInt(batch -> batch.length).sum();
    for (int shard = 0; shard < shards; shard++) {
      assign(values(), start);
      assign(network.buffers(), buffers);
      Optimizer own = inner == null ? null : inner.create();
      int examples = 0;
      double lossSum = 0;
      double mean = 0;
      for (int i = 0; i < batches.size(); i++) {
        int[] batch = batches.get(i);
        int[] part = Arrays.copyOfRange(
            batch, batch.length * shard / shards, batch.length * (shard + 1) / shards);
        if (part.length == 0) {
          continue;
        }
        mean = run(part, step + i, shard);
        examples += part.length;
        lossSum += part.length * mean;
        if (own != null) {
          own.step(network.parameters());
        }
      }
      if (shard == 0) {
        buffersOfShard0 = copy(network.buffers());
      }
      if (examples == 0) {
        terms.add(null);
        shares.add(null);
        continue;
      }
      Map<String, INDArray> term = new LinkedHashMap<>();
      for (Parameter parameter : network.parameters()) {
        INDArray moved =
            own == null ? parameter.gradient() : start.get(parameter.name()).sub(parameter.value());
        term.put(parameter.name(), moved.mul(examples / all));
      }
      terms.add(term);
      shares.add(own == null ? mean * (examples / all) : lossSum / all);
    }
    assign(values(), start);
    assign(network.buffers(), buffersOfShard0);
    Map<String, INDArray> sum = add(terms);
    network.parameters().forEach(p -> p.gradient().assign(sum.get(p.name())));
    optimizer.step(network.parameters());
    losses.add(addNumbers(shares));
  }

  private double run(int[] examples, long step, int shard) {
    INDArray features = Nd4j.create(network.dataType(), examples.length, data.exampleShape()[0]);
    int[] labels = new int[examples.length];
    data.read(examples, 0, examples.length, features, labels);
    long seed = seeds.ofStep(step);
    network.reseed(
        shard == 0 ? seed : new SplittableRandom(seed).longs(shard).toArray()[shard - 1]);
    Targets targets = Targets.labels(labels);
    if (data.targetShape().length > 0) {
      INDArray values = Nd4j.create(network.dataType(), examples.length, data.targetShape()[0]);
      data.readTargets(examples, 0, examples.length, values);
      targets = Targets.values(values);
    }
    double mean = loss.forward(network.forward(features, Mode.TRAINING), targets);
    network.backward(loss.backward());
    return mean;
  }

  /** Neighbours first. */
  private static Map<String, INDArray> add(List<Map<String, INDArray>> terms) {
    if (terms.size() == 1) {
      return terms.get(0);
    }
    List<Map<String, INDArray>> pairs = new ArrayList<>();
    for (int i = 0; i < terms.size(); i += 2) {
      Map<String, INDArray> left = terms.get(i);
      Map<String, INDArray> right = i + 1 < terms.size() ? terms.get(i + 1) : null;
      if (left == null || right == null) {
        pairs.add(left == null ? right : left);
      } else {
        Map<String, INDArray> sum = new LinkedHashMap<>();
        left.forEach((name, term) -> sum.put(name, term.add(right.get(name))));
        pairs.add(sum);
      }
    }
    return add(pairs);
  }

  private static double addNumbers(List<Double> terms) {
    if (terms.size() == 1) {
      return terms.get(0);
    }
    List<Double> pairs = new ArrayList<>();
    for (int i = 0; i < terms.size(); i += 2) {
      Double left = terms.get(i);
      Double right = i + 1 < terms.size() ? terms.get(i + 1) : null;
      pairs.add(left == null ? right : right == null ? left : Double.valueOf(left + right));
    }
    return addNumbers(pairs);
  }

  private Map<String, INDArray> values() {
    Map<String, INDArray> values = new LinkedHashMap<>();
    network.parameters().forEach(parameter -> values.put(parameter.name(), parameter.value()));
    return values;
  }

  private static Map<String, INDArray> copy(Map<String, INDArray> arrays) {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    arrays.forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  private static void assign(Map<String, INDArray> arrays, Map<String, INDArray> values) {
    arrays.forEach((name, array) -> array.assign(values.get(name)));
  }

  /** Every parameter and buffer has the same bits. */
  static void assertSameBits(Sequential actual, Sequential expected) {
    expected
        .parameters()
        .forEach(parameter -> assertSameBits(
            parameter.name(),
            actual.parameters().get(parameter.name()).value(),
            parameter.value()));
    expected
        .buffers()
        .forEach((name, buffer) -> assertSameBits(name, actual.buffers().get(name), buffer));
  }

  private static void assertSameBits(String name, INDArray actual, INDArray expected) {
    double[] found = actual.dup('c').data().asDouble();
    double[] wanted = expected.dup('c').data().asDouble();
    assertThat(found).as(name).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(Double.doubleToRawLongBits(found[i]))
          .as("%s[%d]: %s and %s", name, i, found[i], wanted[i])
          .isEqualTo(Double.doubleToRawLongBits(wanted[i]));
    }
  }
}
