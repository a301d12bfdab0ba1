package io.github.descent4j.batch;

import io.github.descent4j.internal.memory.FlatArray;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays as one flat vector: in their order, the elements of each in 'c' order. */
final class FlatArrays {
  private final List<INDArray> arrays;
  private final FlatArray[] parts;

  FlatArrays(List<INDArray> arrays) {
    this.arrays = arrays;
    parts = new FlatArray[arrays.size()];
    FlatArray.Scratch scratch = new FlatArray.Scratch();
    int from = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new FlatArray(arrays.get(i), from, scratch);
      from = parts[i].end();
    }
  }

  List<INDArray> arrays() {
    return arrays;
  }

  /** Whether these are the flat arrays of a list. */
  boolean isOf(List<INDArray> others) {
    return arrays == others;
  }

  /** How many elements all arrays have. */
  int size() {
    return parts.length == 0 ? 0 : end(parts.length - 1);
  }

  /** Where the stretch of an array ends. */
  int end(int index) {
    return parts[index].end();
  }

  void read(double[] to) {
    for (FlatArray part : parts) {
      part.read(to);
    }
  }

  /** Leaves in the vector what is in the arrays, rounded to their types. */
  void write(double[] from) {
    for (FlatArray part : parts) {
      part.write(from);
    }
  }
}
