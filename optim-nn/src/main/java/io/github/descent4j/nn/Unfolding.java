package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;

/**
 * Copies between one image {@code [height, width, channels]} and its receptive fields, in runs as long as there are.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Unfolding<A> {
  private final Loops<A> loops;
  private final ConvolutionShape s;

  /** A run of a field, and what it is added to: a loop over arrays at different offsets is not vectorized by C2 of JDK 17. */
  private final A run;

  private final A sum;

  Unfolding(Loops<A> loops, ConvolutionShape s) {
    this.loops = loops;
    this.s = s;
    run = loops.allocate(s.kernelWidth() * s.channels());
    sum = loops.allocate(s.kernelWidth() * s.channels());
  }

  /**
   * One field a row.
   *
   * @param fields receives {@code [outputHeight, outputWidth, rowLength]} from an element on, where a row starts with {@code
   *     [kernelHeight, kernelWidth, channels]}; what lies outside the image, and the rest of a row, is left as it is
   */
  void toRows(A image, Memory fields, int start, int rowLength) {
    int channels = s.channels();
    int at = start;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at += rowLength) {
        int left = ox * s.stride() - s.padding();
        int first = Math.max(0, -left);
        int n = (Math.min(s.kernelWidth(), s.width() - left) - first) * channels;
        for (int ky = 0; ky < s.kernelHeight() && n > 0; ky++) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy >= 0 && iy < s.height()) {
            int from = (iy * s.width() + left + first) * channels;
            loops.put(fields, at + (ky * s.kernelWidth() + first) * channels, image, from, n);
          }
        }
      }
    }
  }

  /**
   * The adjoint of {@link #toRows}: adds each element of the fields to the pixel that it would be copied from.
   *
   * @param fields {@code [outputHeight, outputWidth, rowLength]} from an element on
   */
  void addRows(Memory fields, int start, int rowLength, A image) {
    int channels = s.channels();
    int at = start;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at += rowLength) {
        int left = ox * s.stride() - s.padding();
        int first = Math.max(0, -left);
        int n = (Math.min(s.kernelWidth(), s.width() - left) - first) * channels;
        for (int ky = 0; ky < s.kernelHeight() && n > 0; ky++) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy >= 0 && iy < s.height()) {
            int to = (iy * s.width() + left + first) * channels;
            loops.get(fields, at + (ky * s.kernelWidth() + first) * channels, run, 0, n);
            loops.copy(image, to, sum, 0, n);
            loops.add(sum, run, n);
            loops.copy(sum, 0, image, to, n);
          }
        }
      }
    }
  }

  /**
   * One field a column, of an image of one channel: longer runs than {@link #toRows} has there.
   *
   * @param fields receives {@code [kernelHeight, kernelWidth, outputHeight, outputWidth]}; what lies outside the image is
   *     left as it is
   */
  void toColumns(A image, A fields) {
    int at = 0;
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int first = s.firstColumn(kx);
        int n = s.endColumn(kx) - first;
        for (int oy = 0; oy < s.outputHeight(); oy++, at += s.outputWidth()) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy < 0 || iy >= s.height() || n <= 0) {
            continue;
          }
          int from = iy * s.width() + first * s.stride() + kx - s.padding();
          if (s.stride() == 1) {
            loops.copy(image, from, fields, at + first, n);
          } else {
            loops.gather(image, from, s.stride(), n, 1, fields, at + first);
          }
        }
      }
    }
  }
}
