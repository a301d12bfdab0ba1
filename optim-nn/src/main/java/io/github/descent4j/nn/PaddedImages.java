package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A group of images {@code [height, width, channels]} in one line of pixels, with zeros after each row and each image: those after a row are
 * also before the next one. So the pixels at a distance from others, in any direction, are as far apart everywhere, and the rows of
 * receptive fields are matrices in place.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class PaddedImages<A> {
  private final Loops<A> loops;
  private final int height;
  private final int width;
  private final int channels;

  /** Pixels from a row to the next one, and rows from an image to the next one. */
  private final int pitch;

  private final int rows;

  /** Pixels before the first image. */
  private final int before;

  private final Memory memory;
  private final A image;

  /**
   * Zeros everywhere.
   *
   * @param pitch pixels from a row to the next one, zeros included
   * @param rows from an image to the next one, rows of zeros included
   * @param border rows of zeros before the first image, and as many pixels
   * @param group most images at a time
   */
  PaddedImages(
      Loops<A> loops,
      DataType type,
      int height,
      int width,
      int channels,
      int pitch,
      int rows,
      int border,
      int group) {
    this.loops = loops;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.pitch = pitch;
    this.rows = rows;
    before = border * (pitch + 1);
    long pixels = before + (long) group * rows * pitch;
    memory = Memory.of(Nd4j.create(type, pixels * channels));
    image = loops.allocate(height * width * channels);
  }

  /** Copies images here. */
  void load(Memory images, int from, int n) {
    int length = height * width * channels;
    for (int i = 0; i < n; i++) {
      loops.get(images, (from + i) * length, image, 0, length);
      for (int y = 0; y < height; y++) {
        loops.put(memory, place(i, y), image, y * width * channels, width * channels);
      }
    }
  }

  /** Copies images from here. */
  void store(Memory images, int from, int n) {
    int length = height * width * channels;
    for (int i = 0; i < n; i++) {
      for (int y = 0; y < height; y++) {
        loops.get(memory, place(i, y), image, y * width * channels, width * channels);
      }
      loops.put(images, (from + i) * length, image, 0, length);
    }
  }

  /** Makes every row of the images the same. */
  void fill(A row, int n) {
    for (int i = 0; i < n; i++) {
      for (int y = 0; y < height; y++) {
        loops.put(memory, place(i, y), row, 0, width * channels);
      }
    }
  }

  private int place(int image, int row) {
    return (before + (image * rows + row) * pitch) * channels;
  }

  /** Pixels from the first one of the first of n images to the last one of the last. */
  int pixels(int n) {
    return ((n - 1) * rows + height - 1) * pitch + width;
  }

  /**
   * Runs of pixels as rows of a matrix.
   *
   * @param first the first pixel of the first run, counted from that of the first image; may be below 0
   * @param count how many runs
   * @param run pixels of each
   * @param step pixels from one to the next, at least as many
   */
  Matrix runs(int first, int count, int run, int step) {
    return new Matrix(memory, (before + first) * channels, count, run * channels, step * channels);
  }
}
