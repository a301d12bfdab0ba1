package io.github.descent4j.nn;

/** A layer that two threads can work on, each with its own half of a batch. */
abstract class Shardable implements Layer {

  /** A layer with the same parameter values, and with gradients, scratch and randomness of its own. */
  abstract Layer shard();
}
