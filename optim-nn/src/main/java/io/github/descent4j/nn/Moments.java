package io.github.descent4j.nn;

import java.util.Arrays;

/**
 * Number, mean and sum of squared deviations from the mean, of each of some channels.
 *
 * <p>Parts are joined without a difference of large sums, so a mean far from 0 costs the variance no digits: T. F. Chan, G. H.
 * Golub, R. J. LeVeque: Algorithms for computing the sample variance. The American Statistician 37(3), 1983, equation 2.1.
 */
final class Moments {
  final double[] mean;
  final double[] squares;
  private long count;

  Moments(int channels) {
    mean = new double[channels];
    squares = new double[channels];
  }

  long count() {
    return count;
  }

  void clear() {
    count = 0;
    Arrays.fill(mean, 0);
    Arrays.fill(squares, 0);
  }

  /** Joins {@code count} elements of each channel, whose mean and squares begin at index {@code from}. */
  void add(long count, double[] mean, double[] squares, int from) {
    long total = this.count + count;
    double part = (double) count / total;
    double product = this.count * part;
    for (int c = 0; c < this.mean.length; c++) {
      double difference = mean[from + c] - this.mean[c];
      this.mean[c] += difference * part;
      this.squares[c] += squares[from + c] + difference * difference * product;
    }
    this.count = total;
  }

  /** Joins the elements of the other one. */
  void add(Moments other) {
    add(other.count, other.mean, other.squares, 0);
  }

  /** Becomes what the other one is. */
  void assign(Moments other) {
    count = other.count;
    System.arraycopy(other.mean, 0, mean, 0, mean.length);
    System.arraycopy(other.squares, 0, squares, 0, squares.length);
  }
}
