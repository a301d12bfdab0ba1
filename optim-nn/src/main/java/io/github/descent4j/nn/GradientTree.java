package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adds the gradients of shards, in pairs, pairs of pairs and so on, to those of the first shard. The order follows from the number of shards
 * alone; threads share the elements.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class GradientTree<A> {
  private static final int BLOCK = 1024;

  private final Loops<A> loops;

  /** For each shard the gradients of all parameters. */
  private final List<List<ArrayMemory>> gradients = new ArrayList<>();

  private final WorkList work = new WorkList();
  private final ParallelRunner runner = new ParallelRunner(this::sum);
  private final List<Scratch<A>> scratch = new ArrayList<>();
  private int shards;

  GradientTree(Loops<A> loops, Parameters first) {
    this.loops = loops;
    add(first);
    for (int i = 0; i < first.size(); i++) {
      work.add(i, first.get(i).gradient().length());
    }
    for (int worker = 0; worker < runner.threads(); worker++) {
      scratch.add(new Scratch<>());
    }
  }

  /** Adds the parameters of the next shard, in the order of those of the first one. */
  void add(Parameters shard) {
    List<ArrayMemory> memories = new ArrayList<>();
    for (Parameter parameter : shard) {
      INDArray gradient = parameter.gradient();
      memories.add(ArrayMemory.of(gradient));
    }
    gradients.add(memories);
  }

  /** Sums over the first so many shards. */
  void sum(int shards) {
    this.shards = shards;
    runner.run(work.count(), work.elements() * shards >= WorkList.PARALLEL);
  }

  private void sum(int piece, int worker) {
    int parameter = work.owner(piece);
    for (long from = work.from(piece); from < work.to(piece); from += BLOCK) {
      int n = (int) Math.min(BLOCK, work.to(piece) - from);
      sum(parameter, from, n, scratch.get(worker));
    }
  }

  /** A shard is added to what is there as 1 is to a binary number: equal parts are joined first. */
  private void sum(int parameter, long from, int n, Scratch<A> scratch) {
    int depth = 0;
    for (int shard = 0; shard < shards; shard++) {
      loops.load(
          gradients.get(shard).get(parameter),
          from,
          scratch.level(loops, depth),
          n,
          scratch.offsets);
      depth++;
      for (int count = shard + 1; count % 2 == 0; count /= 2) {
        depth = join(scratch, depth, n);
      }
    }
    while (depth > 1) {
      depth = join(scratch, depth, n);
    }
    loops.store(gradients.get(0).get(parameter), from, scratch.levels.get(0), n, scratch.offsets);
  }

  private int join(Scratch<A> scratch, int depth, int n) {
    loops.add(scratch.levels.get(depth - 2), scratch.levels.get(depth - 1), n);
    return depth - 1;
  }

  /** What a worker needs: the sums that wait for an equal one, and places of elements. */
  private static final class Scratch<A> {
    private final List<A> levels = new ArrayList<>();
    private final long[] offsets = new long[BLOCK];

    A level(Loops<A> loops, int depth) {
      while (levels.size() <= depth) {
        levels.add(loops.allocate(BLOCK));
      }
      return levels.get(depth);
    }
  }
}
