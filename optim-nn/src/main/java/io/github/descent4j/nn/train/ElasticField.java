package io.github.descent4j.nn.train;

import java.util.SplittableRandom;

/**
 * Random fields that are smooth: noise of variance 1/3, as numbers uniform in [-1, 1) have, convolved with a Gaussian. Beyond the border the noise
 * repeats from the other side; zeros there would make a field weaker at the border.
 *
 * <p>A field is drawn by its frequencies. In the orthonormal basis of sines and cosines noise is noise again, and the convolution multiplies each
 * coefficient by a number, which is next to nothing for all but the lowest frequencies: 49 coefficients are drawn for 28 x 28 pixels and a
 * deviation of 4, and none of the 784 numbers is convolved. Fields of several images, of each one along the rows and one along the columns, are
 * computed together, so that loops are long.
 */
final class ElasticField {
  private static final long EVERY_SECOND_BYTE = 0x00FF_00FF_00FF_00FFL;
  private static final int LOWEST_16 = 0xFFFF;

  private final int width;
  private final int images;
  private final Waves down;
  private final Waves across;

  /** By wave along a row: a coefficient for each wave along a column, direction and image. */
  private final float[][] coefficients;

  /** By pixel of a row: the same, summed over the waves along it. */
  private final float[][] summedAcross;

  /** By wave along a column: the same for each direction, pixel of a row and image. */
  private final float[][] byWaveDown;

  private final float[][] values;

  /**
   * @param images of how many the fields are computed together
   */
  ElasticField(int height, int width, double sigma, int images) {
    this.width = width;
    this.images = images;
    down = new Waves(height, sigma);
    across = new Waves(width, sigma);
    coefficients = new float[across.count()][down.count() * 2 * images];
    summedAcross = new float[width][down.count() * 2 * images];
    byWaveDown = new float[down.count()][2 * width * images];
    values = new float[height][2 * width * images];
  }

  /**
   * Draws the coefficients of an image's two fields: sums of four uniform numbers, close to normal as a convolved field is. The numbers are bytes, so
   * that a long holds those of both.
   */
  void draw(int image, SplittableRandom random) {
    for (float[] alongRow : coefficients) {
      for (int i = image; i < alongRow.length; i += 2 * images) {
        long bits = random.nextLong();
        long pairs = (bits & EVERY_SECOND_BYTE) + (bits >>> 8 & EVERY_SECOND_BYTE);
        long sums = pairs + (pairs >>> 16);
        alongRow[i] = coefficient((int) sums & LOWEST_16);
        alongRow[i + images] = coefficient((int) (sums >>> 32) & LOWEST_16);
      }
    }
  }

  /** Of mean 0 and variance 1/3: a byte's variance is a third of 2^14, and there are four. */
  private static float coefficient(int fourBytes) {
    return (fourBytes - 510) * 0x1p-8f;
  }

  /** Computes all fields from their coefficients. */
  void compute() {
    across.sums(coefficients, summedAcross);
    for (int x = 0; x < width; x++) {
      float[] column = summedAcross[x];
      int at = 0;
      for (float[] rows : byWaveDown) {
        for (int to = x; to < rows.length; to += width) {
          rows[to] = column[at++];
        }
      }
    }
    down.sums(byWaveDown, values);
  }

  /** A row of all fields: of each pixel the images' values along the row, and behind them all those along the column. */
  float[] row(int y) {
    return values[y];
  }
}
