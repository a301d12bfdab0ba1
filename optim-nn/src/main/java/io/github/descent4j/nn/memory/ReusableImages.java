package io.github.descent4j.nn.memory;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images that are kept from step to step, channels last: the shape is {@code [batch, channels, height, width]}, while in
 * memory the channels of a pixel lie next to each other.
 */
public final class ReusableImages {
  private final ReusableArray room = new ReusableArray();
  private Memory memory;
  private INDArray images;

  /**
   * The kept images in a shape; their elements are whatever they were.
   *
   * @param type FLOAT or DOUBLE
   * @return their memory, as {@code [batch, height, width, channels]}; the same object as long as type and shape stay the
   *     same
   */
  public Memory shaped(DataType type, long batch, long channels, long height, long width) {
    Memory shaped = room.shaped(type, batch, height, width, channels);
    if (shaped != memory) {
      memory = shaped;
      images = shaped.array().permute(0, 3, 1, 2);
    }
    return shaped;
  }

  /** The images that {@link #shaped} returned the memory of, {@code [batch, channels, height, width]}. */
  public INDArray images() {
    return images;
  }
}
