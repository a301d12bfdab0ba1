package io.github.descent4j.nn;

import org.nd4j.linalg.factory.Nd4j;

/**
 * A rectangle of a product of float matrices that OpenBLAS computes straight from where the matrices are.
 *
 * <p>Its kernels for AVX-512 have that for products of up to 10<sup>6</sup> multiplications (since 0.3.17,
 * {@code sgemm_small_kernel_permit_skylakex.c}); larger ones are copied into the order of another kernel first, which takes up to half of the time where the matrices
 * of a step are as small as those of MNIST's networks. Its other kernels copy always, so there a product stays whole.
 *
 * @param rows of the product, of each rectangle but the last ones
 * @param columns of the product, likewise
 */
record ProductTile(int rows, int columns) {
  /** Multiplications of a rectangle, at most. */
  private static final long MOST_MULTIPLICATIONS = 1_000_000;

  /** Elements of a rectangle of {@code a b^T}, at most. */
  private static final int MOST_DOT_PRODUCTS = 1200;

  /** Shorter dot products are slower by the small kernel. */
  private static final int LEAST_DOT_LENGTH = 64;

  /** Elements of the rows of a that are read again and again, so that they stay in the first-level cache. */
  private static final int MOST_ROW_ELEMENTS = 8192;

  /** Rows that a product and its rectangles must have to be worth it. */
  private static final int LEAST_ROWS = 8;

  /** More rows do not help. */
  private static final int MOST_ROWS = 128;

  private static final int COLUMNS = 32;
  private static final int DOT_COLUMNS = 64;

  /** Larger products leave the second-level cache, which copies in the order of use make up for. */
  private static final long MOST_PRODUCT = 1L << 26;

  /** Whether OpenBLAS computes with those kernels. It is loaded by the time that there is a matrix, and stays as it is. */
  private static final boolean SMALL_KERNELS =
      OpenBlasCore.coreType().filter("SKYLAKEX"::equalsIgnoreCase).isPresent();

  /**
   * Whether a product of floats, of so many multiplications, is computed from where the matrices are: by one thread. Several share a product out, and copy it.
   */
  static boolean readsInPlace(long multiplications) {
    return multiplications <= MOST_PRODUCT
        && SMALL_KERNELS
        && Nd4j.factory().blas().getMaxThreads() == 1;
  }

  /** The rectangles of any product: it is one itself where OpenBLAS copies in any case. */
  static ProductTile of(
      int rows,
      int columns,
      int depth,
      boolean transposeA,
      boolean transposeB,
      boolean readsInPlace) {
    return readsInPlace
        ? of(rows, columns, depth, transposeB && !transposeA)
        : new ProductTile(rows, columns);
  }

  /**
   * The best rectangles for a product with those kernels.
   *
   * @param depth elements of a row of a and of a column of b
   * @param dot whether b is transposed, and a is not: each element is a product of two rows
   */
  static ProductTile of(int rows, int columns, int depth, boolean dot) {
    ProductTile whole = new ProductTile(rows, columns);
    long product = (long) rows * columns * depth;
    if (product > MOST_PRODUCT || rows < LEAST_ROWS || (dot && depth < LEAST_DOT_LENGTH)) {
      return whole;
    }
    long elements = MOST_MULTIPLICATIONS / depth;
    int width = Math.min(columns, dot ? DOT_COLUMNS : COLUMNS);
    if (dot) {
      elements = Math.min(elements, MOST_DOT_PRODUCTS);
    }
    if ((long) rows * columns <= elements) {
      return whole;
    }
    long height = Math.min(elements / width, MOST_ROWS);
    if (dot) {
      height = Math.min(height, MOST_ROW_ELEMENTS / depth);
    }
    return height < LEAST_ROWS
        ? whole
        : new ProductTile((int) Math.min(rows, Long.highestOneBit(height)), width);
  }
}
