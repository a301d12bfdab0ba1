package io.github.descent4j.internal.program;

import java.nio.ByteOrder;

/** Runs a program with vectors straight over memory off the heap. */
@FunctionalInterface
public interface MemoryLoop {

  /** The order of bytes in memory. */
  ByteOrder ORDER = ByteOrder.nativeOrder();

  /**
   * Computes n elements.
   *
   * @param memory by the arrays' places: ByteBuffer on JDK 17 to 20, MemorySegment from 22
   * @param from bytes from the beginning of every array's memory to the first element
   * @param n how many elements
   * @param numbers of the step: float[] or double[], as the elements are
   * @param blocks arrays on the heap, float[][] or double[][], for those places that have no memory; indexed from
   *     0
   */
  void run(Object[] memory, long from, int n, Object numbers, Object blocks);
}
