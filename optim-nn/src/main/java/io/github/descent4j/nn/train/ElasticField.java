package io.github.descent4j.nn.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random fields that are smooth: noise of variance 1/3, as numbers uniform in [-1, 1) have, convolved with a Gaussian. Beyond the border the noise
 * repeats from the other side; zeros there would make a field weaker at the border.
 *
 * <p>A field is drawn by its frequencies. In the orthonormal basis of sines and cosines noise is noise again, and the convolution multiplies each
 * coefficient by a number, which is next to nothing for all but the lowest frequencies: 81 coefficients are drawn for 28 x 28 pixels and a
 * deviation of 4, and none of the 784 numbers is convolved. Fields are computed together, so that loops are long.
 */
final class ElasticField {
  /** Frequencies that the Gaussian leaves less of than this are left out. */
  private static final double LEAST = 1e-3;

  private final int width;
  private final int fields;
  private final float[][] wavesDown;
  private final float[][] wavesAcross;

  /** By frequency along a row: a coefficient for each frequency along a column and each field. */
  private final float[][] coefficients;

  /** By pixel of a row: the same, summed over the frequencies along it. */
  private final float[][] summedAcross;

  /** By frequency along a column: the same for each field and pixel of its rows. */
  private final float[][] byWaveDown;

  private final float[][] values;

  /**
   * @param fields how many are computed together
   */
  ElasticField(int height, int width, double sigma, int fields) {
    this.width = width;
    this.fields = fields;
    wavesDown = floats(basis(height, sigma));
    wavesAcross = floats(basis(width, sigma));
    coefficients = new float[wavesAcross.length][wavesDown.length * fields];
    summedAcross = new float[width][wavesDown.length * fields];
    byWaveDown = new float[wavesDown.length][fields * width];
    values = new float[height][fields * width];
  }

  /** The Gaussian at whole distances up to {@code radius}, of sum 1. */
  static double[] kernel(int radius, double sigma) {
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double distance = (i - radius) / sigma;
      weights[i] = StrictMath.exp(-distance * distance / 2);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /** The waves that fit in a length, each of norm 1 times what the Gaussian leaves of it. */
  static double[][] basis(int length, double sigma) {
    int radius = (int) Math.ceil(5 * sigma);
    double[] kernel = kernel(radius, sigma);
    double[][] waves = new double[length][];
    int count = 0;
    for (int frequency = 0; frequency <= length / 2; frequency++) {
      double angle = 2 * Math.PI * frequency / length;
      double left = 0;
      for (int i = 0; i < kernel.length; i++) {
        left += kernel[i] * StrictMath.cos(angle * (i - radius));
      }
      if (left < LEAST) {
        break;
      }
      // These two have no sine.
      boolean alone = 2 * frequency % length == 0;
      double factor = left * Math.sqrt((alone ? 1.0 : 2.0) / length);
      double[] cosines = new double[length];
      double[] sines = new double[length];
      for (int i = 0; i < length; i++) {
        cosines[i] = factor * StrictMath.cos(angle * i);
        sines[i] = factor * StrictMath.sin(angle * i);
      }
      waves[count++] = cosines;
      if (!alone) {
        waves[count++] = sines;
      }
    }
    return Arrays.copyOf(waves, count);
  }

  private static float[][] floats(double[][] waves) {
    float[][] result = new float[waves.length][waves[0].length];
    for (int i = 0; i < result.length; i++) {
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] = (float) waves[i][j];
      }
    }
    return result;
  }

  /** Draws the coefficients of one field: sums of four uniform numbers, close to normal as a convolved field is. */
  void draw(int field, SplittableRandom random) {
    for (float[] alongRow : coefficients) {
      for (int i = field; i < alongRow.length; i += fields) {
        long bits = random.nextLong();
        int sum = (short) bits + (short) (bits >> 16) + (short) (bits >> 32) + (short) (bits >> 48);
        // Each is half a unit below 0 on average; a quarter of the sum's variance is 1/3 of 2^30.
        alongRow[i] = (sum + 2) * 0x1p-16f;
      }
    }
  }

  /** Computes all fields from their coefficients. */
  void compute() {
    multiply(wavesAcross, coefficients, summedAcross);
    for (int frequency = 0; frequency < byWaveDown.length; frequency++) {
      float[] row = byWaveDown[frequency];
      for (int x = 0; x < width; x++) {
        float[] column = summedAcross[x];
        for (int field = 0; field < fields; field++) {
          row[field * width + x] = column[frequency * fields + field];
        }
      }
    }
    multiply(wavesDown, byWaveDown, values);
  }

  /** {@code result[i] = sum of waves[k][i] terms[k]}. */
  private static void multiply(float[][] waves, float[][] terms, float[][] result) {
    for (int i = 0; i < result.length; i++) {
      Arrays.fill(result[i], 0);
      int k = 0;
      for (; k + 3 <= waves.length; k += 3) {
        addMultiples(
            result[i],
            terms[k],
            waves[k][i],
            terms[k + 1],
            waves[k + 1][i],
            terms[k + 2],
            waves[k + 2][i]);
      }
      for (; k < waves.length; k++) {
        addMultiple(result[i], terms[k], waves[k][i]);
      }
    }
  }

  /** Adds three multiples in order, so that the sum is loaded and stored once. */
  private static void addMultiples(
      float[] sum, float[] a, float ofA, float[] b, float ofB, float[] c, float ofC) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = sum[i] + ofA * a[i] + ofB * b[i] + ofC * c[i];
    }
  }

  private static void addMultiple(float[] sum, float[] a, float factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * a[i];
    }
  }

  /** A row of all fields, one behind the other. */
  float[] row(int y) {
    return values[y];
  }

  /** Where a field's row begins in that. */
  int begin(int field) {
    return field * width;
  }
}
