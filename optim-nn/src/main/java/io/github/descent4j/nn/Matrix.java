package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A matrix in 'c' order, or a rectangle of one, whose rows may lie apart: what BLAS multiplies in place. ND4J's {@code gemm} copies a
 * rectangle first.
 *
 * @param memory where it is
 * @param from its first element
 * @param stride elements from the beginning of a row to that of the next
 */
record Matrix(Memory memory, int from, int rows, int columns, int stride) {

  /** Checks that the memory has all elements: native code does not. */
  Matrix {
    Objects.checkIndex(columns - 1, stride);
    Objects.checkFromIndexSize(from, (rows - 1) * stride + columns, memory.length());
  }

  /** All of a memory, as rows of so many elements. */
  static Matrix of(Memory memory, int columns) {
    return new Matrix(memory, 0, memory.length() / columns, columns, columns);
  }

  /** Some of the rows. */
  Matrix rows(int first, int end) {
    return new Matrix(memory, from + first * stride, end - first, columns, stride);
  }

  /** Some of the columns. */
  Matrix columns(int first, int end) {
    return new Matrix(memory, from + first, rows, end - first, stride);
  }

  /**
   * This becomes a b, or that plus what it was.
   *
   * @param transposeA whether a stands for its transpose
   * @param transposeB whether b does
   * @param add whether the product is added to what is here
   */
  void multiply(Matrix a, boolean transposeA, Matrix b, boolean transposeB, boolean add) {
    int depth = transposeA ? a.rows : a.columns;
    boolean fits = rows == (transposeA ? a.columns : a.rows)
        && columns == (transposeB ? b.rows : b.columns)
        && depth == (transposeB ? b.columns : b.rows);
    if (!fits) {
      throw new IllegalStateException("product of " + a + " and " + b + " is not " + this);
    }
    if (memory.dataType() == DataType.DOUBLE) {
      multiplyDoubles(a, transposeA, b, transposeB, depth, add);
      return;
    }
    boolean readsInPlace = ProductTile.readsInPlace((long) rows * columns * depth);
    multiplyByTiles(
        a,
        transposeA,
        b,
        transposeB,
        add,
        ProductTile.of(rows, columns, depth, transposeA, transposeB, readsInPlace));
  }

  private void multiplyDoubles(
      Matrix a, boolean transposeA, Matrix b, boolean transposeB, int depth, boolean add) {
    openblas_nolapack.cblas_dgemm(
        openblas_nolapack.CblasRowMajor,
        transposition(transposeA),
        transposition(transposeB),
        rows,
        columns,
        depth,
        1,
        (DoublePointer) a.memory.pointer(a.from),
        a.stride,
        (DoublePointer) b.memory.pointer(b.from),
        b.stride,
        add ? 1 : 0,
        (DoublePointer) memory.pointer(from),
        stride);
  }

  /** The same for floats, rectangle by rectangle. */
  void multiplyByTiles(
      Matrix a, boolean transposeA, Matrix b, boolean transposeB, boolean add, ProductTile tile) {
    int depth = transposeA ? a.rows : a.columns;
    FloatPointer atA = (FloatPointer) a.memory.pointer(a.from);
    FloatPointer atB = (FloatPointer) b.memory.pointer(b.from);
    FloatPointer at = (FloatPointer) memory.pointer(from);
    for (int column = 0; column < columns; column += tile.columns()) {
      for (int row = 0; row < rows; row += tile.rows()) {
        openblas_nolapack.cblas_sgemm(
            openblas_nolapack.CblasRowMajor,
            transposition(transposeA),
            transposition(transposeB),
            Math.min(tile.rows(), rows - row),
            Math.min(tile.columns(), columns - column),
            depth,
            1,
            atA.position(row * (transposeA ? 1L : a.stride)),
            a.stride,
            atB.position(column * (transposeB ? b.stride : 1L)),
            b.stride,
            add ? 1 : 0,
            at.position((long) row * stride + column),
            stride);
      }
    }
  }

  /** {@code result[from + i] += row i of this times vector}; a product of matrices would pack this one first. */
  void addProduct(Memory vector, Memory result, int from) {
    Objects.checkFromIndexSize(from, rows, result.length());
    Objects.checkFromIndexSize(0, columns, vector.length());
    if (memory.pointer(this.from) instanceof FloatPointer matrix) {
      openblas_nolapack.cblas_sgemv(
          openblas_nolapack.CblasRowMajor,
          openblas_nolapack.CblasNoTrans,
          rows,
          columns,
          1,
          matrix,
          stride,
          (FloatPointer) vector.pointer(0),
          1,
          1,
          (FloatPointer) result.pointer(from),
          1);
    } else {
      openblas_nolapack.cblas_dgemv(
          openblas_nolapack.CblasRowMajor,
          openblas_nolapack.CblasNoTrans,
          rows,
          columns,
          1,
          (DoublePointer) memory.pointer(this.from),
          stride,
          (DoublePointer) vector.pointer(0),
          1,
          1,
          (DoublePointer) result.pointer(from),
          1);
    }
  }

  private static int transposition(boolean transpose) {
    return transpose ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
  }

  @Override
  public String toString() {
    return "[" + rows + ", " + columns + "] in " + memory;
  }
}
