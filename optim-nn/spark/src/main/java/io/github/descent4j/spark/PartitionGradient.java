package io.github.descent4j.spark;

import io.github.descent4j.Parameters;
import java.io.Serializable;
import java.util.Iterator;

/**
 * The loss of a partition of an RDD, and its gradient, for {@link SparkGradients}.
 *
 * <pre>{@code
 * PartitionGradient<double[]> squares = (parameters, rows) -> { // of (a w - b)²
 *   INDArray w = parameters.get("w").value();
 *   INDArray gradient = parameters.get("w").gradient();
 *   double loss = 0;
 *   while (rows.hasNext()) {
 *     double[] row = rows.next();
 *     double error = row[0] * w.getDouble(0) - row[1];
 *     loss += error * error;
 *     gradient.addi(2 * error * row[0]);
 *   }
 *   return loss;
 * };
 * }</pre>
 *
 * @param <T> type of the elements
 */
@FunctionalInterface
public interface PartitionGradient<T> extends Serializable {

  /**
   * Computes a partition's part of the sum.
   *
   * @param parameters arrays of the executor: their values are those at the driver, their gradients are 0, and are left as the sum of the elements' gradients
   * @param elements those of the partition, at least one
   * @return the sum of the elements' losses
   * @throws Exception if it cannot: Spark tries again
   */
  double evaluate(Parameters parameters, Iterator<T> elements) throws Exception;
}
