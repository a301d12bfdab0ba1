package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.nn.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Rectangles of matrices, which native code reads and writes without looking whether they are there. */
class MatrixTest {

  private static Memory memory(DataType type, double... values) {
    return Memory.of(Nd4j.createFromArray(values).castTo(type));
  }

  private static double[] values(Memory memory) {
    return Arrays.values(memory.array());
  }

  @ParameterizedTest
  @CsvSource({"0, 3, 4, 4", "1, 3, 3, 4", "2, 2, 5, 5", "0, 3, 2, 5", "11, 1, 1, 1", "0, 1, 12, 99"
  })
  void aRectangleMayReachTheEndOfItsMemory(int from, int rows, int columns, int stride) {
    Memory memory = Memory.of(Nd4j.zeros(DataType.FLOAT, 12));
    assertThat(new Matrix(memory, from, rows, columns, stride))
        .hasToString("[" + rows + ", " + columns + "] in FLOAT[12]");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, 4, 4",
    "2, 3, 3, 4",
    "3, 2, 5, 5",
    "0, 3, 3, 5",
    "12, 1, 1, 1",
    "0, 2, 5, 8",
    "0, 4, 4, 4",
    "0, 4, 1, 4",
    "-1, 3, 4, 4",
    "0, 2, 5, 4",
    "0, 1, 0, 4"
  })
  void aRectangleMustNotReachBeyondIt(int from, int rows, int columns, int stride) {
    Memory memory = Memory.of(Nd4j.zeros(DataType.FLOAT, 12));
    assertThatThrownBy(() -> new Matrix(memory, from, rows, columns, stride))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void rectanglesAreMultipliedInPlace(DataType type) {
    Memory all = memory(type, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    // 5 6 of 4 to 7, and 9 10 of 8 to 11
    Matrix a = Matrix.of(all, 4).rows(1, 3).columns(1, 3);
    Matrix b = Matrix.of(memory(type, 1, 2, 3, 4), 2);
    Memory result = memory(type, 1, 1, 1, 1, 1, 1, 1, 1);
    Matrix inside = Matrix.of(result, 4).columns(1, 3);
    inside.multiply(a, false, b, false, false);
    assertThat(values(result)).containsExactly(1, 23, 34, 1, 1, 39, 58, 1);
    inside.multiply(a, true, b, true, true);
    // plus 5 + 18, 15 + 36 and 6 + 20, 18 + 40
    assertThat(values(result)).containsExactly(1, 46, 85, 1, 1, 65, 116, 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aProductWithAVectorIsAdded(DataType type) {
    Matrix matrix = Matrix.of(memory(type, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 4)
        .rows(1, 3)
        .columns(1, 3);
    Memory vector = memory(type, 2, 3);
    Memory result = memory(type, 7, 100, 200, 7);
    matrix.addProduct(vector, result, 1);
    assertThat(values(result)).containsExactly(7, 128, 248, 7);
    assertThatThrownBy(() -> matrix.addProduct(vector, result, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> matrix.addProduct(memory(type, 2), result, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void productsHaveToFit() {
    Matrix a = Matrix.of(Memory.of(Nd4j.zeros(DataType.FLOAT, 2, 3)), 3);
    Matrix b = Matrix.of(Memory.of(Nd4j.zeros(DataType.FLOAT, 3, 5)), 5);
    Matrix product = Matrix.of(Memory.of(Nd4j.zeros(DataType.FLOAT, 2, 5)), 5);
    product.multiply(a, false, b, false, false);
    assertThatThrownBy(() -> product.multiply(b, false, a, false, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("product of [3, 5] in FLOAT[3, 5] and [2, 3] in FLOAT[2, 3]"
            + " is not [2, 5] in FLOAT[2, 5]");
    assertThatThrownBy(() -> product.multiply(a, true, b, false, false))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> product.multiply(a, false, b, true, false))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> product.rows(0, 1).multiply(a, false, b, false, false))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> product.columns(0, 4).multiply(a, false, b, false, false))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> product.multiply(a.columns(0, 2), false, b, false, false))
        .isInstanceOf(IllegalStateException.class);
  }
}
