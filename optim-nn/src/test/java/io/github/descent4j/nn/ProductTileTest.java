package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.memory.Memory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

/** Products that are computed rectangle by rectangle. */
class ProductTileTest {

  @ParameterizedTest(name = "{0} x {1} x {2}: {3} x {4}")
  @CsvSource({
    // Of the mlp: the gradients of weights and inputs.
    "256, 784, 128, 128, 32",
    "64, 784, 128, 64, 32",
    "128, 256, 128, 128, 32",
    "10, 128, 128, 10, 128",
    // Few rows, or a sum so long that not even one element is left.
    "8, 4096, 256, 8, 32",
    "7, 4096, 256, 7, 4096",
    "64, 32, 1000001, 64, 32",
    "128, 128, 10, 128, 128",
    // Of the cnn: a kernel's row, and the gradient of the filters of one channel.
    "64, 32, 80, 64, 32",
    "26, 16, 2304, 26, 16",
    "26, 16, 2404, 16, 16",
    "512, 32, 400, 64, 32",
    // The longest sum for which 8 rows of 32 columns are 10^6 multiplications, and one more.
    "64, 64, 3906, 8, 32",
    "64, 64, 3907, 64, 64",
    // 2^26 multiplications, and more.
    "1024, 1024, 64, 128, 32",
    "1024, 1024, 65, 1024, 1024"
  })
  void aProductOfRowsAndColumns(int rows, int columns, int depth, int height, int width) {
    ProductTile expected = new ProductTile(height, width);
    assertThat(ProductTile.of(rows, columns, depth, false)).isEqualTo(expected);
    assertThat((long) expected.rows() * expected.columns() * depth)
        .matches(n -> n <= 1_000_000 || expected.equals(new ProductTile(rows, columns)));
  }

  @ParameterizedTest(name = "{0} x {1} x {2}: {3} x {4}")
  @CsvSource({
    "128, 64, 784, 8, 64",
    "128, 64, 256, 16, 64",
    "128, 10, 128, 64, 10",
    "32, 64, 128, 16, 64",
    "8, 128, 512, 8, 128",
    // 1200 dot products are taken at once, and one more are not.
    "40, 30, 128, 40, 30",
    "1201, 1, 64, 128, 1",
    // Short sums, and rows of which eight do not fit the cache.
    "512, 400, 64, 16, 64",
    "512, 400, 63, 512, 400",
    "64, 64, 1024, 8, 64",
    "64, 64, 1025, 64, 64"
  })
  void aProductOfRows(int rows, int columns, int depth, int height, int width) {
    assertThat(ProductTile.of(rows, columns, depth, true))
        .isEqualTo(new ProductTile(height, width));
  }

  @Test
  void onlyWhatIsReadInPlaceIsCut() {
    ProductTile whole = new ProductTile(256, 784);
    assertThat(ProductTile.of(256, 784, 128, false, false, false)).isEqualTo(whole);
    assertThat(ProductTile.of(256, 784, 128, false, true, false)).isEqualTo(whole);
    ProductTile tile = new ProductTile(128, 32);
    assertThat(ProductTile.of(256, 784, 128, false, false, true)).isEqualTo(tile);
    assertThat(ProductTile.of(256, 784, 128, true, false, true)).isEqualTo(tile);
    assertThat(ProductTile.of(256, 784, 128, true, true, true)).isEqualTo(tile);
    assertThat(ProductTile.of(256, 784, 128, false, true, true)).isEqualTo(new ProductTile(16, 64));
  }

  /** By several threads OpenBLAS shares a product out, and copies it. */
  @Test
  void oneThreadAloneReadsInPlace() {
    int threads = Nd4j.factory().blas().getMaxThreads();
    try {
      Nd4j.factory().blas().setMaxThreads(1);
      boolean skylakeX =
          OpenBlasCore.coreType().filter("SKYLAKEX"::equalsIgnoreCase).isPresent();
      assertThat(ProductTile.readsInPlace(1L << 26)).isEqualTo(skylakeX);
      assertThat(ProductTile.readsInPlace((1L << 26) + 1)).isFalse();
      Nd4j.factory().blas().setMaxThreads(2);
      assertThat(ProductTile.readsInPlace(1)).isFalse();
    } finally {
      Nd4j.factory().blas().setMaxThreads(threads);
    }
  }

  private static Matrix random(Random random, int rows, int columns, int stride) {
    Memory memory = Memory.of(Nd4j.zeros(3 + (rows - 1) * stride + columns));
    for (int i = 0; i < memory.length(); i++) {
      memory.put(i, new float[] {random.nextInt(19) - 9}, 0, 1);
    }
    return new Matrix(memory, 3, rows, columns, stride);
  }

  private static int at(Matrix matrix, boolean transpose, int row, int column) {
    float[] element = new float[1];
    int index = transpose ? column * matrix.stride() + row : row * matrix.stride() + column;
    matrix.memory().get(matrix.from() + index, element, 0, 1);
    return (int) element[0];
  }

  /** Whole numbers, whose products and sums are exact in any order. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "4, 7", "7, 4", "5, 9", "100, 100"})
  void rectanglesTogetherAreTheProduct(int height, int width) {
    for (int choice = 0; choice < 8; choice++) {
      boolean transposeA = (choice & 1) > 0;
      boolean transposeB = (choice & 2) > 0;
      boolean add = (choice & 4) > 0;
      Random random = new Random(choice);
      Matrix a = transposeA ? random(random, 4, 7, 11) : random(random, 7, 4, 6);
      Matrix b = transposeB ? random(random, 9, 4, 5) : random(random, 4, 9, 13);
      Matrix product = random(random, 7, 9, 10);
      int[] expected = new int[7 * 10];
      for (int row = 0; row < 7; row++) {
        for (int column = 0; column < 10 && row * 10 + column < 69; column++) {
          int sum = add || column == 9 ? at(product, false, row, column) : 0;
          for (int k = 0; k < 4 && column < 9; k++) {
            sum += at(a, transposeA, row, k) * at(b, transposeB, k, column);
          }
          expected[row * 10 + column] = sum;
        }
      }
      product.multiplyByTiles(a, transposeA, b, transposeB, add, new ProductTile(height, width));
      for (int i = 0; i < 69; i++) {
        assertThat(at(product, false, 0, i)).isEqualTo(expected[i]);
      }
    }
  }
}
