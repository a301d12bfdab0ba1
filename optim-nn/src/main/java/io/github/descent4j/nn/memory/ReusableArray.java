package io.github.descent4j.nn.memory;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * An array that is kept from step to step. Off-heap memory is allocated only when more is asked for than ever before; a
 * smaller batch, such as the last of an epoch, gets a view of the beginning.
 */
public final class ReusableArray {
  private INDArray room;
  private Memory current;

  /**
   * The kept array in a shape; its elements are whatever they were.
   *
   * @param type FLOAT or DOUBLE
   * @param shape the wanted shape
   * @return an array in 'c' order; the same object as long as type and shape stay the same
   */
  public Memory shaped(DataType type, long... shape) {
    if (current != null
        && current.dataType() == type
        && Arrays.equals(current.array().shape(), shape)) {
      return current;
    }
    long length = 1;
    for (long dimension : shape) {
      length *= dimension;
    }
    if (room == null || room.dataType() != type || room.length() < length) {
      room = Nd4j.createUninitialized(type, length);
    }
    INDArray line = room.length() == length ? room : room.get(NDArrayIndex.interval(0, length));
    current = Memory.of(line.reshape('c', shape));
    return current;
  }
}
