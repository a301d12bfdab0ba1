package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.List;

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

  /** Of images of one channel: for each column of the kernel what it meets, and fields of one place of the kernel. */
  private final List<A> strips = new ArrayList<>();

  private final A column;

  Unfolding(Loops<A> loops, ConvolutionShape s) {
    this.loops = loops;
    this.s = s;
    run = loops.allocate(s.kernelWidth() * s.channels());
    sum = loops.allocate(s.kernelWidth() * s.channels());
    boolean columns = s.channels() == 1;
    for (int kx = 0; kx < s.kernelWidth() && columns; kx++) {
      strips.add(loops.allocate((s.height() + 2 * s.padding()) * s.outputWidth()));
    }
    column = loops.allocate(columns ? s.outputLength() : 0);
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
   * @param fields receives {@code [kernelHeight, kernelWidth, outputHeight, outputWidth]} from an element on, where what belongs to one place
   *     of the kernel is {@code rowLength} elements from what belongs to the next
   */
  void toColumns(A image, Memory fields, int start, int rowLength) {
    int outputWidth = s.outputWidth();
    int pixels = s.outputLength();
    for (int kx = 0; kx < s.kernelWidth(); kx++) {
      A strip = strips.get(kx);
      toStrip(image, kx, strip);
      for (int ky = 0; ky < s.kernelHeight(); ky++) {
        int to = start + (ky * s.kernelWidth() + kx) * rowLength;
        if (s.stride() == 1) {
          loops.put(fields, to, strip, ky * outputWidth, pixels);
        } else {
          int step = s.stride() * outputWidth;
          loops.gather(strip, ky * outputWidth, step, s.outputHeight(), outputWidth, column, 0);
          loops.put(fields, to, column, 0, pixels);
        }
      }
    }
  }

  /** The image as one column of the kernel meets it, with the padding above and below; what lies outside stays 0. */
  private void toStrip(A image, int kx, A strip) {
    int first = s.firstColumn(kx);
    int n = s.endColumn(kx) - first;
    for (int iy = 0; iy < s.height() && n > 0; iy++) {
      int from = iy * s.width() + first * s.stride() + kx - s.padding();
      int to = (iy + s.padding()) * s.outputWidth() + first;
      if (s.stride() == 1) {
        loops.copy(image, from, strip, to, n);
      } else {
        loops.gather(image, from, s.stride(), n, 1, strip, to);
      }
    }
  }
}
