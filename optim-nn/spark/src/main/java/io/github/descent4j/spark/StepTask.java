package io.github.descent4j.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * What a task of a step does.
 *
 * @param job the training
 * @param values parameters and buffers of the driver's network, as {@link Flat} puts them
 * @param batches which examples are whose
 * @param epoch number of the epoch, from 1
 * @param batch number of the first batch in the epoch, from 0
 * @param count how many batches, one after another
 * @param step number of the steps before this one
 * @param shards how many of them a task computes
 * @param expected what every executor is like
 */
record StepTask(
    Broadcast<Job> job,
    Broadcast<byte[]> values,
    Batches batches,
    int epoch,
    int batch,
    int count,
    long step,
    int shards,
    Fingerprint expected)
    implements Serializable {

  /** Computes the shards of a block from the executor's training set. */
  byte[] block(int number) {
    return compute(number * shards, null);
  }

  /** Computes one shard from its own examples. */
  byte[] shard(int shard, ShardExamples examples) {
    return compute(shard, examples);
  }

  private byte[] compute(int first, ShardExamples given) {
    Job here = job.value();
    Replica replica;
    try {
      replica = here.borrow();
    } catch (SourceException e) {
      return Reply.problem(TaskPlace.name() + ": " + e.getMessage());
    }
    if (!here.fingerprint().agrees(expected)) {
      here.back(replica);
      return Reply.stranger(here.fingerprint());
    }
    replica.receive(values.value());
    ShardExamples data = given == null ? here.dataset() : given;
    byte[][] reply = new byte[1][];
    TaskPlace.onItsThreads(() -> reply[0] = sum(replica, data, first));
    here.back(replica); // Not after a failure: who knows what it has left.
    return reply[0];
  }

  private byte[] sum(Replica replica, ShardExamples data, int first) {
    ShardTree<Part> sum = new ShardTree<>(Part::plus);
    Flat buffers = null;
    int end = (int) Math.min((long) first + shards, job.value().shards);
    for (int shard = first; shard < end; shard++) {
      sum.add(replica.part(this, data, shard));
      if (shard == 0) {
        buffers = replica.buffers();
      }
    }
    return Reply.part(sum.sum(), buffers);
  }
}
