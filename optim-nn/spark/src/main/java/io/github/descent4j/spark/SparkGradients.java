package io.github.descent4j.spark;

import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Objective;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A sum of losses over an RDD, and its gradient, for a model of one's own: what the batch methods minimize, and what any optimizer takes steps with.
 *
 * <pre>{@code
 * JavaRDD<double[]> rows = spark.parallelize(data, 8).cache();
 * try (SparkGradients<double[]> loss = SparkGradients.of(rows, squares).times(1.0 / data.size())) { // squares: PartitionGradient
 *   new LBfgs().minimize(loss, parameters);
 * }
 * }</pre>
 *
 * <pre>{@code
 * for (int i = 0; i < 100; i++) {
 *   double value = loss.evaluate(parameters); // leaves the gradients in their arrays
 *   optimizer.step(parameters);
 * }
 * }</pre>
 *
 * <p>The value is the factor times the sum over the partitions, added in double in a binary tree over their numbers; gradients likewise, rounded to their
 * type once. So the bits follow from the partitions of the RDD, and from nothing else of the cluster. Executors tell in the first evaluation what they compute
 * with: kernels, OpenBLAS's core, and the bits of a matrix product. One that differs from most, then or later, is refused. The RDD is read at every
 * evaluation: cache it.
 *
 * <p>Used by one thread at a time.
 *
 * @param <T> type of the elements
 */
public final class SparkGradients<T> implements Objective, AutoCloseable {
  private final JavaSparkContext spark;
  private final JavaRDD<T> elements;
  private final PartitionGradient<T> function;
  private final double factor;
  private final Fingerprint.Source arithmetic;
  private Broadcast<GradientJob<T>> job;
  private ParameterLayout sharedLayout;

  /** What every executor computes with; null until one has said it. */
  private Fingerprint expected;

  SparkGradients(
      JavaRDD<T> elements,
      PartitionGradient<T> function,
      double factor,
      Fingerprint.Source arithmetic) {
    spark = JavaSparkContext.fromSparkContext(elements.context());
    this.elements = elements;
    this.function = function;
    this.factor = factor;
    this.arithmetic = arithmetic;
  }

  /**
   * The sum over an RDD.
   *
   * @param elements what the function sums over
   * @param function the loss of a partition and its gradient
   */
  public static <T> SparkGradients<T> of(JavaRDD<T> elements, PartitionGradient<T> function) {
    return new SparkGradients<>(
        Objects.requireNonNull(elements, "elements"),
        Objects.requireNonNull(function, "function"),
        1,
        Fingerprint::ofArithmetic);
  }

  /**
   * This function times a number, such as one over the number of elements: a function of its own, to be closed by itself.
   *
   * @param factor finite, as is its product with the factor of this function
   * @throws IllegalArgumentException if one is not
   */
  public SparkGradients<T> times(double factor) {
    if (!Double.isFinite(factor)) {
      throw new IllegalArgumentException("factor is " + factor + ", expected a finite number");
    }
    double product = this.factor * factor;
    if (!Double.isFinite(product)) {
      throw new IllegalArgumentException("factor is " + factor + ", expected a finite product with "
          + this.factor + ", the factor of this function");
    }
    return new SparkGradients<>(elements, function, product, arithmetic);
  }

  /**
   * The value at the parameters' present values; leaves the gradient of every parameter in its gradient array.
   *
   * @throws IllegalStateException if Spark gives up a partition: the message has the exception of the function; or if an executor computes with other kernels
   *     than most: the message names it. The gradient arrays are as they were
   */
  @Override
  public double evaluate(Parameters parameters) {
    ParameterLayout layout = ParameterLayout.of(parameters);
    Flat values = Flat.like(Flat.values(parameters)).read(Flat.values(parameters));
    ByteBuffer bytes = ByteBuffer.allocate(values.bytes());
    values.put(bytes);
    if (job == null || !layout.equals(sharedLayout)) {
      close();
      sharedLayout = layout;
      job = spark.broadcast(new GradientJob<>(layout, function, arithmetic));
    }
    Broadcast<GradientJob<T>> shared = job;
    Broadcast<byte[]> sent = spark.broadcast(bytes.array());
    Fingerprint known = expected;
    ShardTree<Part> sum = new ShardTree<>(Part::plus);
    Cluster.run(() -> {
      try {
        JavaRDD<Evaluated> replies = elements.mapPartitions(partition ->
            List.of(shared.value().evaluate(sent.value(), partition, known)).iterator());
        List<Evaluated> all = Cluster.collect("an evaluation", replies);
        compare(all);
        for (Evaluated one : all) {
          Part part =
              Reply.read(one.reply(), Flat.of(values.wide(), values.length()), null, expected);
          sum.add(part == null ? null : new Part(part.gradient().widened(), part.loss(), 0));
        }
      } finally {
        sent.destroy();
      }
    });
    Part all = sum.sum();
    Flat gradient =
        all == null ? Flat.of(true, values.length()) : all.gradient().times(factor);
    gradient.write(Flat.gradients(parameters));
    return all == null ? 0 : all.loss() * factor;
  }

  private void compare(List<Evaluated> all) {
    List<Fingerprint> others =
        all.stream().map(Evaluated::other).filter(Objects::nonNull).toList();
    if (expected == null) {
      expected = Fingerprint.commonest(others);
    }
    others.forEach(one -> expected.require(one));
  }

  /** Gives up what executors hold for this function, until it is evaluated again. */
  @Override
  public void close() {
    if (job != null) {
      job.destroy();
      job = null;
    }
  }
}
