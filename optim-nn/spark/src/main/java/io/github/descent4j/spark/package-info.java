/**
 * Training on a cluster, on Apache Spark.
 *
 * <p>{@link io.github.descent4j.spark.SparkTrainer} trains a network of {@code optim-nn} from the gradients of shards of each batch; {@link
 * io.github.descent4j.spark.SparkGradients} is a loss over an RDD as a function to minimize, for models of one's own.
 *
 * <p>The guide is {@code docs/spark.md}.
 */
package io.github.descent4j.spark;
