package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;

/** Arrays of every shape and memory layout, and comparison by bits. */
public final class TestArrays {

  /** Ranks 0 to 5, dimensions of 1, lengths around the kernel's block, length 0. */
  public static final List<long[]> SHAPES = List.of(
      new long[] {},
      new long[] {0},
      new long[] {0, 3},
      new long[] {1},
      new long[] {7},
      new long[] {513},
      new long[] {1, 5},
      new long[] {5, 1},
      new long[] {3, 4},
      new long[] {31, 33},
      new long[] {2, 3, 4},
      new long[] {1, 3, 1, 5},
      new long[] {2, 1, 3, 2, 4});

  /** How an array lies in memory. */
  public enum Layout {
    C_ORDER,
    F_ORDER,
    /** Contiguous, but beginning inside a larger buffer. */
    OFFSET_VIEW,
    /** Every other element of the last dimension of a larger array. */
    STRIDED_VIEW,
    /** A transposed view of a larger 'c' array: neither order is dense. */
    TRANSPOSED_VIEW
  }

  private TestArrays() {}

  /** A copy of the elements in the asked layout. */
  public static INDArray lay(INDArray elements, Layout layout) {
    long[] shape = elements.shape();
    int rank = shape.length;
    if (rank == 0 || elements.isEmpty()) {
      return elements.dup();
    }
    return switch (layout) {
      case C_ORDER -> elements.dup('c');
      case F_ORDER -> elements.dup('f');
      case OFFSET_VIEW -> {
        long[] larger = shape.clone();
        larger[0] += 3;
        INDArrayIndex[] indices = all(rank, shape);
        indices[0] = interval(2, 2 + shape[0]);
        yield fill(larger, elements, indices);
      }
      case STRIDED_VIEW -> {
        long[] larger = shape.clone();
        larger[rank - 1] = 2 * shape[rank - 1] + 1;
        INDArrayIndex[] indices = all(rank, shape);
        indices[rank - 1] = interval(1, 2, 2 * shape[rank - 1] + 1);
        yield fill(larger, elements, indices);
      }
      case TRANSPOSED_VIEW -> {
        int[] reversed = new int[rank];
        long[] turned = new long[rank];
        for (int d = 0; d < rank; d++) {
          reversed[d] = rank - 1 - d;
          turned[d] = shape[rank - 1 - d];
        }
        long[] larger = turned.clone();
        larger[rank - 1] += 2;
        INDArrayIndex[] indices = all(rank, turned);
        indices[rank - 1] = interval(1, 1 + turned[rank - 1]);
        yield fill(larger, elements.permute(reversed), indices).permute(reversed);
      }
    };
  }

  private static INDArrayIndex[] all(int rank, long[] shape) {
    INDArrayIndex[] indices = new INDArrayIndex[rank];
    for (int d = 0; d < rank; d++) {
      indices[d] = interval(0, shape[d]);
    }
    return indices;
  }

  private static INDArray fill(long[] larger, INDArray elements, INDArrayIndex[] indices) {
    INDArray view = Nd4j.create(elements.dataType(), larger, 'c').get(indices);
    INDArray shaped = view.rank() == elements.rank() ? view : view.reshape(elements.shape());
    shaped.assign(elements);
    assertThat(Golden.numbers(shaped)).isEqualTo(Golden.numbers(elements));
    return shaped;
  }

  /** Ordinary gradients with zeros and extremes in between. */
  public static double[] gradients(SplittableRandom random, int n) {
    double[] g = new double[n];
    for (int i = 0; i < n; i++) {
      g[i] = switch (random.nextInt(8)) {
        case 0 -> 0;
        case 1 -> 1e-20;
        case 2 -> -1e8;
        default -> random.nextDouble(-1, 1);
      };
    }
    return g;
  }

  public static double[] uniform(SplittableRandom random, int n) {
    return random.doubles(n, -1, 1).toArray();
  }

  public static INDArray create(DataType type, long[] shape, double[] numbers) {
    if (shape.length == 0) {
      return Nd4j.scalar(type, numbers[0]);
    }
    return numbers.length == 0
        ? Nd4j.create(type, shape)
        : Nd4j.create(numbers, shape, 'c').castTo(type);
  }

  public static int length(long[] shape) {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** The same element bits at the same indices, whatever the memory order. */
  public static void assertSameBits(String what, INDArray actual, INDArray expected) {
    assertThat(actual.dataType()).as("%s: type", what).isEqualTo(expected.dataType());
    assertThat(actual.shape()).as("%s: shape", what).isEqualTo(expected.shape());
    assertThat(bits(actual)).as(what).isEqualTo(bits(expected));
  }

  /** The elements as bits, in 'c' order; NaN is one value. */
  public static long[] bits(INDArray array) {
    return Arrays.stream(Golden.numbers(array))
        .mapToLong(Double::doubleToLongBits)
        .toArray();
  }
}
