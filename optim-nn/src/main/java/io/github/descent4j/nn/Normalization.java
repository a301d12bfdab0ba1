package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/**
 * The passes of {@link BatchNorm} over memory of {@code [rows, channels]}.
 *
 * <p>Rows are read in tiles of several, since a loop over the few channels of one row is too short to be vectorized; what
 * belongs to a channel is repeated for each row of a tile. Sums run over at most {@link #GROUP} tiles in the type of the
 * network, then in double.
 */
final class Normalization<A> {
  private static final int TILE = 512;
  private static final int GROUP = 32;

  private final Loops<A> loops;
  private final int channels;
  private final int rows;
  private final int tile;
  private final A x;
  private final A dy;
  private final A center;
  private final A scale;
  private final A slope;
  private final A shift;
  private final A sum;
  private final A products;
  private final double[] first;
  private final double[] second;
  private final double[] rounded;
  private final double[] zeros;
  private final Moments lanes;
  private final Moments moments;
  private final double[] sums;
  private final double[] productSums;

  /** The means as the network's type has them: what is subtracted from an element without an error. */
  private final double[] centers;

  Normalization(Loops<A> loops, int channels) {
    this.loops = loops;
    this.channels = channels;
    rows = (TILE - 1) / channels + 1;
    tile = rows * channels;
    x = loops.allocate(tile);
    dy = loops.allocate(tile);
    center = loops.allocate(tile);
    scale = loops.allocate(tile);
    slope = loops.allocate(tile);
    shift = loops.allocate(tile);
    sum = loops.allocate(tile);
    products = loops.allocate(tile);
    first = new double[tile];
    second = new double[tile];
    rounded = new double[tile];
    zeros = new double[tile];
    lanes = new Moments(tile);
    moments = new Moments(channels);
    sums = new double[channels];
    productSums = new double[channels];
    centers = new double[channels];
  }

  /** The moments of the last {@link #gather}, or what they were joined to. */
  Moments moments() {
    return moments;
  }

  /** The sums of the output gradients, or what they were joined to. */
  double[] sums() {
    return sums;
  }

  /** The sums of output gradient times input minus mean, or what they were joined to. */
  double[] productSums() {
    return productSums;
  }

  /** Finds the moments of each channel, group by group: the mean, then the deviations from it. */
  void gather(Memory input) {
    lanes.clear();
    int whole = input.length() - input.length() % tile;
    for (int from = 0; from < whole; from += GROUP * tile) {
      int end = Math.min(whole, from + GROUP * tile);
      int tiles = (end - from) / tile;
      loops.zero(center, 0, tile);
      loops.zero(sum, 0, tile);
      loops.zero(products, 0, tile);
      for (int at = from; at < end; at += tile) {
        loops.get(input, at, x, 0, tile);
        loops.add(center, x, tile);
      }
      loops.multiply(center, 1.0 / tiles, tile);
      for (int at = from; at < end; at += tile) {
        loops.get(input, at, x, 0, tile);
        loops.addDeviations(x, center, sum, products, tile);
      }
      correct(tiles);
      lanes.add(tiles, first, second, 0);
    }
    moments.clear();
    if (lanes.count() > 0) {
      for (int lane = 0; lane < tile; lane += channels) {
        moments.add(lanes.count(), lanes.mean, lanes.squares, lane);
      }
    }
    int rest = input.length() - whole;
    loops.get(input, whole, x, 0, rest);
    loops.toDoubles(x, first, rest);
    for (int row = 0; row < rest; row += channels) {
      moments.add(1, first, zeros, row);
    }
  }

  /** Turns the sums of deviations from a rounded mean into the mean and the squared deviations from that. */
  private void correct(int tiles) {
    loops.toDoubles(sum, first, tile);
    loops.toDoubles(products, second, tile);
    loops.toDoubles(center, rounded, tile);
    for (int i = 0; i < tile; i++) {
      double error = first[i] / tiles;
      second[i] -= error * first[i];
      first[i] = rounded[i] + error;
    }
  }

  /** {@code y = (x - mean) factor + bias}, channel by channel. */
  void normalize(Memory input, Memory output, double[] mean, double[] factor, double[] bias) {
    for (int c = 0; c < channels; c++) {
      loops.fill(center, c, channels, rows, mean[c]);
    }
    loops.toDoubles(center, centers, channels);
    for (int c = 0; c < channels; c++) {
      loops.fill(scale, c, channels, rows, factor[c]);
      loops.fill(shift, c, channels, rows, bias[c] + (centers[c] - mean[c]) * factor[c]);
    }
    for (int from = 0; from < input.length(); from += tile) {
      int n = Math.min(tile, input.length() - from);
      loops.get(input, from, x, 0, n);
      loops.normalize(x, center, scale, shift, n);
      loops.put(output, from, x, 0, n);
    }
  }

  /** Sums the output gradients, and their products with the deviations of the inputs that were normalized last. */
  void gatherGradient(Memory input, Memory outputGradient, double[] mean) {
    Arrays.fill(sums, 0);
    Arrays.fill(productSums, 0);
    for (int from = 0; from < input.length(); from += GROUP * tile) {
      int end = Math.min(input.length(), from + GROUP * tile);
      loops.zero(sum, 0, tile);
      loops.zero(products, 0, tile);
      for (int at = from; at < end; at += tile) {
        int n = Math.min(tile, end - at);
        loops.get(input, at, x, 0, n);
        loops.get(outputGradient, at, dy, 0, n);
        loops.addProducts(dy, x, center, sum, products, n);
      }
      loops.toDoubles(sum, first, tile);
      loops.toDoubles(products, second, tile);
      for (int lane = 0; lane < tile; lane += channels) {
        for (int c = 0; c < channels; c++) {
          sums[c] += first[lane + c];
          productSums[c] += second[lane + c];
        }
      }
    }
    for (int c = 0; c < channels; c++) {
      productSums[c] += (centers[c] - mean[c]) * sums[c];
    }
  }

  /** {@code dx = dy factor + (x - mean) slopes + constants}, channel by channel. */
  void backward(
      Memory input,
      Memory outputGradient,
      Memory inputGradient,
      double[] mean,
      double[] factor,
      double[] slopes,
      double[] constants) {
    for (int c = 0; c < channels; c++) {
      loops.fill(scale, c, channels, rows, factor[c]);
      loops.fill(slope, c, channels, rows, slopes[c]);
      loops.fill(shift, c, channels, rows, constants[c] + (centers[c] - mean[c]) * slopes[c]);
    }
    for (int from = 0; from < input.length(); from += tile) {
      int n = Math.min(tile, input.length() - from);
      loops.get(input, from, x, 0, n);
      loops.get(outputGradient, from, dy, 0, n);
      loops.normalizeGradient(dy, x, center, scale, slope, shift, n);
      loops.put(inputGradient, from, dy, 0, n);
    }
  }
}
