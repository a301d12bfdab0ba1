package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Division by a diagonal: of flat vectors, which allocates nothing, and of arrays for whoever calls it from a preconditioner of their own. */
final class Diagonal implements Preconditioner {
  private final List<INDArray> copies;
  private final double[] elements;

  Diagonal(INDArray... diagonal) {
    List<INDArray> all = new ArrayList<>();
    for (INDArray array : diagonal) {
      requireNonNull(array, "diagonal has a null, expected an array for each parameter");
      all.add(array.isEmpty() ? array : array.dup('c'));
    }
    copies = List.copyOf(all);
    FlatArrays flat = new FlatArrays(copies);
    elements = new double[flat.size()];
    flat.read(elements);
    int from = 0;
    for (int i = 0; i < diagonal.length; i++) {
      double least = from < flat.end(i) ? elements[from] : 1;
      double greatest = least;
      for (; from < flat.end(i); from++) {
        // Both keep a NaN.
        least = Math.min(least, elements[from]);
        greatest = Math.max(greatest, elements[from]);
      }
      if (!(least > 0 && greatest < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("diagonal " + i + " has elements from " + least + " to "
            + greatest + ", expected finite numbers > 0");
      }
    }
  }

  /** Refuses parameters of other shapes. */
  void requireFit(Layout layout) {
    layout.requireShapes(copies, "diagonal");
  }

  /** result = vector / diagonal. */
  void divide(double[] vector, double[] result) {
    for (int i = 0; i < elements.length; i++) {
      result[i] = vector[i] / elements[i];
    }
  }

  @Override
  public void apply(List<INDArray> vector, List<INDArray> result) {
    FlatArrays from = new FlatArrays(vector);
    if (from.size() != elements.length) {
      throw new IllegalArgumentException("vector has " + from.size() + " elements, expected "
          + elements.length + " as the diagonal");
    }
    double[] quotient = new double[elements.length];
    from.read(quotient);
    divide(quotient, quotient);
    new FlatArrays(result).write(quotient);
  }
}
