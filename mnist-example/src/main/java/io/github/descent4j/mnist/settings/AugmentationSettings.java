package io.github.descent4j.mnist.settings;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.nn.train.AugmentedDataset;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.ImageAugmentation;

/**
 * How training images are changed at random.
 *
 * @param shift largest shift in pixels
 * @param rotation largest angle in degrees
 * @param scale largest difference of the scale from 1
 * @param elastic alpha of the elastic field
 */
public record AugmentationSettings(double shift, double rotation, double scale, double elastic) {
  /** Images as they are. */
  public static final AugmentationSettings NONE = new AugmentationSettings(0, 0, 0, 0);

  /** Simard et al. 2003. */
  private static final double SIGMA = 4;

  /** Whether images stay as they are. (A name with "is" would be a field of the results in JSON.) */
  public boolean changesNothing() {
    return shift == 0 && rotation == 0 && scale == 0 && elastic == 0;
  }

  /** The images changed anew in each epoch, or as they are. What comes in from outside is black. */
  public Dataset apply(Dataset images, GreyScale scale, long seed) {
    if (changesNothing()) {
      return images;
    }
    ImageAugmentation augmentation = ImageAugmentation.builder()
        .shift(shift)
        .rotation(rotation)
        .scale(this.scale)
        .elastic(elastic, SIGMA)
        .background(scale.inputs()[0])
        .build();
    return AugmentedDataset.of(images, augmentation, seed);
  }

  /** In words. */
  @Override
  public String toString() {
    return changesNothing()
        ? "none"
        : "shift " + shift + ", rotation " + rotation + ", scale " + scale + ", elastic " + elastic;
  }
}
