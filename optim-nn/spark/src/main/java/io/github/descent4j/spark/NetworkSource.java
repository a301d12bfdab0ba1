package io.github.descent4j.spark;

import io.github.descent4j.nn.Sequential;
import java.io.Serializable;

/**
 * Makes a network, on the driver and on every executor. Each gets its values from the driver before it computes, so only the names,
 * shapes and types of the parameters have to be the same everywhere; those are compared.
 *
 * <pre>{@code
 * NetworkSource mlp = () -> Sequential.builder(DataType.FLOAT, 42).input(784).dense("fc1", 128).relu().dense("fc2", 10).build();
 * }</pre>
 */
@FunctionalInterface
public interface NetworkSource extends Serializable {

  /**
   * Makes a new network: an executor has one for every task slot.
   *
   * @throws Exception if it cannot: training ends, and the message names the executor
   */
  Sequential build() throws Exception;
}
