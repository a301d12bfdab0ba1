package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs a batch as two halves, each through all layers on a thread of its own, and adds the two gradients. In training the halves
 * meet at each {@link BatchNorm}, whose statistics are those of the whole batch.
 *
 * <p>One hand-over for a whole pass costs less than the threads of the matrix products, which can share nothing between the
 * products. The batch is always cut in two, whatever the number of threads, so the sums and the bits are always the same. The
 * halves run at the same time only if a matrix product has one thread: two products with a spinning pool each would fight for
 * the cores.
 */
final class Halves {
  private final Chain[] chains;

  /** The layers before, between and after the batch normalizations, of each half. */
  private final List<Chain[]> sections = new ArrayList<>();

  private final List<BatchNorm[]> norms = new ArrayList<>();
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private final List<GradientSum<?>> sums = new ArrayList<>();
  private final Split input = new Split();
  private final Split gradient = new Split();
  private IntConsumer action;
  private final ParallelRunner runner = new ParallelRunner((half, worker) -> action.accept(half));
  private INDArray trained;

  Halves(Chain first, Chain second, Parameters parameters) {
    chains = new Chain[] {first, second};
    int from = 0;
    for (int i = 0; i < first.layers.size(); i++) {
      if (first.layers.get(i) instanceof BatchNorm norm) {
        norms.add(new BatchNorm[] {norm, (BatchNorm) second.layers.get(i)});
        addSection(from, i);
        from = i + 1;
      }
    }
    addSection(from, first.layers.size());
    for (Layer layer : second.layers) {
      for (Parameter parameter : layer.parameters()) {
        INDArray sum = parameters.get(parameter.name()).gradient();
        sums.add(new GradientSum<>(Loops.of(sum.dataType()), sum, parameter.gradient()));
      }
    }
  }

  private void addSection(int from, int to) {
    sections.add(new Chain[] {
      new Chain(chains[0].layers.subList(from, to)), new Chain(chains[1].layers.subList(from, to))
    });
  }

  /** Starts the random numbers of the second half anew; the first half's layers are the network's. */
  void reseed(SplittableRandom seeds) {
    chains[1].reseed(seeds);
  }

  INDArray forward(INDArray batch, Mode mode) {
    trained = null;
    input.cut(batch);
    INDArray[] results = input.halves.clone();
    if (mode == Mode.TRAINING) {
      train(results);
    } else {
      each(half -> results[half] = chains[half].forward(results[half], mode));
    }
    INDArray y = join(results, output);
    trained = mode == Mode.TRAINING ? y : null;
    return y;
  }

  /** Replaces the inputs of the halves by their outputs. */
  private void train(INDArray[] results) {
    for (int i = 0; i < sections.size(); i++) {
      int section = i;
      each(half -> {
        INDArray x = section == 0 ? results[half] : norms.get(section - 1)[half].normalize();
        results[half] = sections.get(section)[half].forward(x, Mode.TRAINING);
        if (section < norms.size()) {
          norms.get(section)[half].gather(results[half]);
        }
      });
      if (section < norms.size()) {
        norms.get(section)[0].join(norms.get(section)[1]);
      }
    }
  }

  INDArray backward(INDArray outputGradient) {
    Checks.outputGradient("network", outputGradient, trained);
    backwardToFirstSection(outputGradient);
    INDArray[] results = new INDArray[2];
    each(half -> results[half] = sections.get(0)[half].backward(gradientAfter(0, half)));
    addGradients();
    return join(results, inputGradient);
  }

  void backwardParameters(INDArray outputGradient) {
    Checks.outputGradient("network", outputGradient, trained);
    backwardToFirstSection(outputGradient);
    each(half -> sections.get(0)[half].backwardParameters(gradientAfter(0, half)));
    addGradients();
  }

  private void backwardToFirstSection(INDArray outputGradient) {
    gradient.cut(outputGradient);
    for (int i = norms.size(); i > 0; i--) {
      int section = i;
      BatchNorm[] before = norms.get(i - 1);
      each(half -> before[half].gatherGradient(
          sections.get(section)[half].backward(gradientAfter(section, half))));
      before[0].joinGradient(before[1]);
    }
  }

  /** The gradient at the end of a section. */
  private INDArray gradientAfter(int section, int half) {
    return section == norms.size()
        ? gradient.halves[half]
        : norms.get(section)[half].inputGradient();
  }

  private void addGradients() {
    each(half -> sums.forEach(sum -> sum.add(half)));
  }

  /** Does something for each half. */
  private void each(IntConsumer action) {
    this.action = action;
    runner.run(2, Nd4j.factory().blas().getMaxThreads() == 1);
  }

  private static INDArray join(INDArray[] halves, ReusableArray target) {
    long[] shape = halves[0].shape().clone();
    shape[0] += halves[1].size(0);
    Memory whole = target.shaped(halves[0].dataType(), shape);
    Memory first = Memory.of(halves[0]);
    Memory second = Memory.of(halves[1]);
    whole.put(0, first, 0, first.length());
    whole.put(first.length(), second, 0, second.length());
    return whole.array();
  }

  /** Views of the two halves of an array's rows. */
  private static final class Split {
    private Memory whole;
    private final INDArray[] halves = new INDArray[2];

    void cut(INDArray array) {
      Memory memory = Memory.of(array, whole);
      if (memory == whole) {
        return;
      }
      whole = memory;
      long rows = array.size(0);
      long middle = (rows + 1) / 2;
      halves[0] = rows(0, middle);
      halves[1] = rows(middle, rows);
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

  /** Adds the second half's gradient of one parameter to the first half's; two threads share the elements. */
  private static final class GradientSum<A> {
    private static final int BLOCK = 1024;

    private final Loops<A> loops;
    private final Memory sum;
    private final Memory other;
    private final List<A> sumBlocks;
    private final List<A> otherBlocks;

    GradientSum(Loops<A> loops, INDArray sum, INDArray other) {
      this.loops = loops;
      this.sum = Memory.of(sum);
      this.other = Memory.of(other);
      sumBlocks = List.of(loops.allocate(BLOCK), loops.allocate(BLOCK));
      otherBlocks = List.of(loops.allocate(BLOCK), loops.allocate(BLOCK));
    }

    void add(int half) {
      A a = sumBlocks.get(half);
      A b = otherBlocks.get(half);
      int middle = sum.length() / 2;
      int end = half == 0 ? middle : sum.length();
      for (int from = half == 0 ? 0 : middle; from < end; from += BLOCK) {
        int n = Math.min(BLOCK, end - from);
        loops.get(sum, from, a, 0, n);
        loops.get(other, from, b, 0, n);
        loops.add(a, b, n);
        loops.put(sum, from, a, 0, n);
      }
    }
  }
}
