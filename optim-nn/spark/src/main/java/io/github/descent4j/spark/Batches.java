package io.github.descent4j.spark;

import java.io.Serializable;

/**
 * Which examples of an epoch's order are whose, as anyone can work it out.
 *
 * <p>Replicated: batch t is the examples from {@code t batchSize} on of the order of all, n of them, and shard s has those from {@code n s / S}
 * to {@code n (s + 1) / S} in it. Partitioned: every shard has an order of its own examples, N<sub>s</sub> of them, and in batch t of T those from
 * {@code Ns t / T} to {@code Ns (t + 1) / T}.
 *
 * @param examples how many there are
 * @param batchSize examples of a batch
 * @param shards S
 * @param partitioned whether each shard has examples of its own
 */
record Batches(int examples, int batchSize, int shards, boolean partitioned)
    implements Serializable {

  /** How many batches an epoch has. */
  int count() {
    return (examples - 1) / batchSize + 1;
  }

  /** How many examples a batch has. */
  int size(int batch) {
    if (!partitioned) {
      return (int) Math.min(batchSize, examples - (long) batch * batchSize);
    }
    int size = 0;
    for (int shard = 0; shard < shards; shard++) {
      size += size(batch, shard);
    }
    return size;
  }

  /** How many of them a shard has. */
  int size(int batch, int shard) {
    return from(batch, shard, 1) - from(batch, shard, 0);
  }

  /** The place of the first of them in the order. */
  int from(int batch, int shard) {
    return from(batch, shard, 0);
  }

  /** How many examples a shard owns, where each owns some. */
  int owned(int shard) {
    return (int) (ownedFrom(shard + 1) - ownedFrom(shard));
  }

  /** The number of the first example that a shard owns. */
  long ownedFrom(int shard) {
    return (long) examples * shard / shards;
  }

  /** The shard that owns an example. */
  int owner(long example) {
    int shard = (int) (example * shards / examples);
    while (ownedFrom(shard + 1) <= example) {
      shard++;
    }
    return shard;
  }

  private int from(int batch, int shard, int next) {
    return partitioned
        ? (int) ((long) owned(shard) * (batch + next) / count())
        : (int) ((long) batch * batchSize + (long) size(batch) * (shard + next) / shards);
  }
}
