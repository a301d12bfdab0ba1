package io.github.descent4j.nn.train;

import java.util.SplittableRandom;

/**
 * What a training draws from its seed: the order of the examples in each epoch, and the seed of the masks in each step. Both are functions of
 * their numbers alone, so that a training that is resumed, or whose parts run on several machines, draws the same.
 *
 * <pre>{@code
 * TrainingSeeds seeds = new TrainingSeeds(42);
 * int[] order = seeds.order(1, 60_000); // the first mini-batch has the examples order[0], order[1] ...
 * }</pre>
 *
 * @param seed that of {@link Trainer.Builder#seed}
 */
public record TrainingSeeds(long seed) {

  /**
   * The order of an epoch's examples, by the shuffle of Fisher and Yates.
   *
   * @param epoch number of the epoch, from 1
   * @param size number of examples, at least 1
   * @return the indices 0 to {@code size - 1}, shuffled: a new array
   * @throws IllegalArgumentException if a number is below 1
   */
  public int[] order(int epoch, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size is " + size + ", expected at least 1");
    }
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    shuffle(order, ofEpoch(epoch));
    return order;
  }

  /** Shuffles by a seed. */
  static void shuffle(int[] order, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  /**
   * The seed of an epoch's order: the seeds of the epochs are the numbers that follow from the training's, in order.
   *
   * @param epoch number of the epoch, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public long ofEpoch(int epoch) {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch is " + epoch + ", expected at least 1");
    }
    return new SplittableRandom(seed).longs(epoch).skip(epoch - 1L).findFirst().getAsLong();
  }

  /**
   * What {@link io.github.descent4j.nn.Layer#reseed} gets before a step.
   *
   * @param step number of steps before it
   */
  public long ofStep(long step) {
    return new SplittableRandom(seed).split().nextLong() + step;
  }
}
