package io.github.descent4j.nn;

import io.github.descent4j.Parameters;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs a batch as several shards, each through all layers on whatever thread is free, and adds their gradients. In training the shards
 * meet at each {@link BatchNorm}, whose statistics are those of the whole batch; between, none waits for another.
 *
 * <p>One hand-over for a whole pass costs less than the threads of the matrix products, which can share nothing between the
 * products. How a batch is cut never depends on threads, so the sums and the bits are always the same. The shards run at the same time only
 * if a matrix product has one thread: products with a spinning pool each would fight for the cores.
 *
 * <p>Dense layers behind convolutions run over the whole batch, and divide their products.
 *
 * <p>Shards are made when a batch first needs them, and kept.
 */
final class Shards {
  private final List<Chain> chains = new ArrayList<>();

  /** For each shard the layers before, between and after the batch normalizations, and these. */
  private final List<List<Chain>> sections = new ArrayList<>();

  private final List<List<BatchNorm>> norms = new ArrayList<>();
  private final GradientTree<?> sum;

  /** From the first dense layer behind the convolutions on: run over the whole batch. Null where there is none. */
  private final Chain tail;

  private final Joined output = new Joined();
  private final Joined inputGradient = new Joined();
  private final Rows input = new Rows();
  private final Rows gradient = new Rows();
  private IntConsumer action;
  private final ParallelRunner runner = new ParallelRunner((shard, worker) -> action.accept(shard));
  private SplittableRandom seeds;
  private int count;
  private INDArray trained;

  /** Shards of which the layers of a chain are the first; a second one is made now, so that a layer that cannot be split is found. */
  Shards(Chain first, Loops<?> loops) {
    int end = head(first.layers);
    Chain head = new Chain(first.layers.subList(0, end));
    tail = end < first.layers.size()
        ? new Chain(first.layers.subList(end, first.layers.size()))
        : null;
    sum = new GradientTree<>(loops, head.parameters());
    addChain(head);
    add();
  }

  /**
   * How many layers are cut. A dense layer behind convolutions has most of the weights, and uses each once for an example: for a shard of few
   * examples the weights and their gradients are more to move than to compute.
   */
  private static int head(List<Layer> layers) {
    int convolutions = layers.size();
    while (convolutions > 0 && !(layers.get(convolutions - 1) instanceof Conv2d)) {
      convolutions--;
    }
    for (int i = convolutions; convolutions > 0 && i < layers.size(); i++) {
      if (layers.get(i) instanceof Dense) {
        return i;
      }
    }
    return layers.size();
  }

  /** The parameters whose gradients each shard has for itself. */
  Parameters copied() {
    return chains.get(0).parameters();
  }

  private void add() {
    Chain next = chains.get(0).split();
    if (seeds != null) {
      next.reseed(seeds);
    }
    addChain(next);
    sum.add(next.parameters());
  }

  private void addChain(Chain chain) {
    chains.add(chain);
    List<Chain> parts = new ArrayList<>();
    List<BatchNorm> between = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < chain.layers.size(); i++) {
      if (chain.layers.get(i) instanceof BatchNorm norm) {
        between.add(norm);
        parts.add(new Chain(chain.layers.subList(from, i)));
        from = i + 1;
      }
    }
    parts.add(new Chain(chain.layers.subList(from, chain.layers.size())));
    sections.add(parts);
    norms.add(between);
  }

  /** Starts the random numbers of all shards anew, also of those that are made later. */
  void reseed(SplittableRandom seeds) {
    this.seeds = seeds;
    if (tail != null) {
      // Before those whose number depends on what has been computed before.
      tail.reseed(seeds);
    }
    chains.forEach(chain -> chain.reseed(seeds));
  }

  INDArray forward(INDArray batch, int count, Mode mode) {
    trained = null;
    while (chains.size() < count) {
      add();
    }
    this.count = count;
    input.cut(batch, count);
    INDArray[] results = input.parts.clone();
    if (mode == Mode.TRAINING) {
      train(results);
    } else {
      each(shard -> results[shard] = chains.get(shard).forward(results[shard], mode));
    }
    INDArray y = join(results, output);
    if (tail != null) {
      tail.divide(true);
      y = tail.forward(y, mode);
    }
    trained = mode == Mode.TRAINING ? y : null;
    return y;
  }

  /** Replaces the inputs of the shards by their outputs. */
  private void train(INDArray[] results) {
    int meetings = norms.get(0).size();
    for (int i = 0; i <= meetings; i++) {
      int section = i;
      each(shard -> {
        INDArray x =
            section == 0 ? results[shard] : norms.get(shard).get(section - 1).normalize();
        results[shard] = sections.get(shard).get(section).forward(x, Mode.TRAINING);
        if (section < meetings) {
          norms.get(shard).get(section).gather(results[shard]);
        }
      });
      if (section < meetings) {
        BatchNorm.join(normsOf(section));
      }
    }
  }

  private List<BatchNorm> normsOf(int section) {
    List<BatchNorm> all = new ArrayList<>();
    for (int shard = 0; shard < count; shard++) {
      all.add(norms.get(shard).get(section));
    }
    return all;
  }

  INDArray backward(INDArray outputGradient) {
    Checks.outputGradient("network", outputGradient, trained);
    backwardToFirstSection(headGradient(outputGradient));
    INDArray[] results = new INDArray[count];
    each(shard -> results[shard] = sections.get(shard).get(0).backward(gradientAfter(0, shard)));
    sum.sum(count);
    return join(results, inputGradient);
  }

  void backwardParameters(INDArray outputGradient) {
    Checks.outputGradient("network", outputGradient, trained);
    backwardToFirstSection(headGradient(outputGradient));
    each(shard -> sections.get(shard).get(0).backwardParameters(gradientAfter(0, shard)));
    sum.sum(count);
  }

  private INDArray headGradient(INDArray outputGradient) {
    return tail == null ? outputGradient : tail.backward(outputGradient);
  }

  private void backwardToFirstSection(INDArray outputGradient) {
    gradient.cut(outputGradient, count);
    for (int i = norms.get(0).size(); i > 0; i--) {
      int section = i;
      each(shard -> norms
          .get(shard)
          .get(section - 1)
          .gatherGradient(
              sections.get(shard).get(section).backward(gradientAfter(section, shard))));
      BatchNorm.joinGradients(normsOf(section - 1));
    }
  }

  /** The gradient at the end of a section. */
  private INDArray gradientAfter(int section, int shard) {
    return section == norms.get(shard).size()
        ? gradient.parts[shard]
        : norms.get(shard).get(section).inputGradient();
  }

  /** Does something for each shard. */
  private void each(IntConsumer action) {
    this.action = action;
    runner.run(count, Nd4j.factory().blas().getMaxThreads() == 1);
  }

  private INDArray join(INDArray[] parts, Joined target) {
    long[] shape = parts[0].shape().clone();
    int rowLength = (int) (parts[0].length() / shape[0]);
    shape[0] = 0;
    int[] from = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      from[i] = (int) shape[0] * rowLength;
      shape[0] += parts[i].size(0);
    }
    Memory whole = target.array.shaped(parts[0].dataType(), shape);
    target.parts = Arrays.copyOf(target.parts, Math.max(target.parts.length, parts.length));
    IntConsumer copy = shard -> {
      Memory part = Memory.of(parts[shard], target.parts[shard]);
      target.parts[shard] = part;
      whole.put(from[shard], part, 0, part.length());
    };
    if (whole.length() >= WorkList.PARALLEL) {
      each(copy);
    } else {
      for (int shard = 0; shard < parts.length; shard++) {
        copy.accept(shard);
      }
    }
    return whole.array();
  }

  /** An array that the shards' results are copied to, and where these were. */
  private static final class Joined {
    private final ReusableArray array = new ReusableArray();
    private Memory[] parts = {};
  }

  /** Views of the shards' rows of an array, whose numbers differ by one at most. */
  private static final class Rows {
    private Memory whole;
    private INDArray[] parts = {};

    /** Those of the array before, where two take turns. */
    private Memory wholeBefore;

    private INDArray[] partsBefore = {};

    void cut(INDArray array, int count) {
      Memory memory = Memory.of(array, whole);
      if (memory == whole && parts.length == count) {
        // As in Memory: an array that takes turns with no other is not to hold that one.
        wholeBefore = null;
        partsBefore = new INDArray[0];
        return;
      }
      Memory otherWhole = wholeBefore;
      INDArray[] otherParts = partsBefore;
      wholeBefore = whole;
      partsBefore = parts;
      whole = memory;
      if (memory == otherWhole && otherParts.length == count) {
        parts = otherParts;
        return;
      }
      parts = new INDArray[count];
      long rows = array.size(0);
      for (int i = 0; i < count; i++) {
        parts[i] = rows(rows * i / count, rows * (i + 1) / count);
      }
    }

    private INDArray rows(long from, long to) {
      long[] shape = whole.array().shape().clone();
      long rowLength = whole.length() / shape[0];
      shape[0] = to - from;
      return whole
          .array()
          .reshape('c', new long[] {whole.length()})
          .get(NDArrayIndex.interval(from * rowLength, to * rowLength))
          .reshape('c', shape);
    }
  }
}
