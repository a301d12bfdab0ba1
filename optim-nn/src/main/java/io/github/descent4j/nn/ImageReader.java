package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableImages;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds images {@code [batch, channels, height, width]} in channels-last memory order, {@code [batch, height, width,
 * channels]}, or copies them to it.
 *
 * <p>In that order whatever is done to a pixel runs over its channels, side by side, and a row of a receptive field is one
 * run of memory. The layers of this package hand it on to each other.
 */
final class ImageReader {
  private final ReusableImages copy = new ReusableImages();
  private Memory inPlace;
  private Memory source;
  private Copier<?> copier;

  /** The memory of images in any order. */
  Memory read(INDArray images) {
    if (Memory.isChannelsLast(images)) {
      inPlace = Memory.ofChannelsLast(images, inPlace);
      return inPlace;
    }
    source = Memory.of(images, source);
    DataType type = images.dataType();
    int channels = source.size(1);
    int pixels = source.size(2) * source.size(3);
    Memory target = copy.shaped(type, images.size(0), channels, images.size(2), images.size(3));
    if (copier == null || !copier.fits(type, channels, pixels)) {
      copier = new Copier<>(Loops.of(type), type, channels, pixels);
    }
    copier.toChannelsLast(source, target);
    return target;
  }

  /** Transposes one image at a time. */
  static final class Copier<A> {
    private final Loops<A> loops;
    private final DataType type;
    private final int channels;
    private final int pixels;
    private final A planes;
    private final A image;

    Copier(Loops<A> loops, DataType type, int channels, int pixels) {
      this.loops = loops;
      this.type = type;
      this.channels = channels;
      this.pixels = pixels;
      planes = loops.allocate(channels * pixels);
      image = loops.allocate(channels * pixels);
    }

    boolean fits(DataType type, int channels, int pixels) {
      return this.type == type && this.channels == channels && this.pixels == pixels;
    }

    /** Copies {@code [batch, channels, pixels]} to {@code [batch, pixels, channels]}. */
    void toChannelsLast(Memory source, Memory target) {
      int length = channels * pixels;
      for (int from = 0; from < source.length(); from += length) {
        loops.get(source, from, planes, 0, length);
        loops.transpose(planes, channels, pixels, image);
        loops.put(target, from, image, 0, length);
      }
    }

    /** The inverse. */
    void toPlanes(Memory source, Memory target) {
      int length = channels * pixels;
      for (int from = 0; from < source.length(); from += length) {
        loops.get(source, from, image, 0, length);
        loops.transpose(image, pixels, channels, planes);
        loops.put(target, from, planes, 0, length);
      }
    }
  }
}
