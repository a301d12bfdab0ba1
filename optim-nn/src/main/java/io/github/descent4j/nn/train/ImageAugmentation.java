package io.github.descent4j.nn.train;

/**
 * How images are changed at random: {@link AugmentedDataset} does it.
 *
 * <p>An image is rotated and scaled about its centre, then shifted, and the result is bent by an elastic field:
 *
 * <ul>
 *   <li>shift: uniform in ±{@link Builder#shift} pixels, in each direction;
 *   <li>rotation: uniform in ±{@link Builder#rotation} degrees, clockwise as the image is seen where it is positive;
 *   <li>scale: a factor uniform in 1 ± {@link Builder#scale}, the same in both directions;
 *   <li>elastic: every pixel moves by alpha times a smooth random field: noise of variance 1/3, as of numbers uniform in ±1, smoothed by a Gaussian of
 *       deviation sigma pixels and drawn by its frequencies. A pixel's displacement in one direction has a standard deviation of about
 *       alpha / (2 sigma √(3 π)) pixels, the same at the border as inside. P. Y. Simard, D. Steinkraus, J. C. Platt: Best practices for convolutional neural networks applied to
 *       visual document analysis. ICDAR 2003, section 2 (alpha 34, sigma 4 for digits of 29 x 29).
 * </ul>
 *
 * <p>Pixels between pixels are interpolated bilinearly; outside the image all is {@link Builder#background}.
 *
 * <pre>{@code
 * ImageAugmentation augmentation =
 *     ImageAugmentation.builder().shift(2).rotation(10).scale(0.1).elastic(34, 4).build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class ImageAugmentation {
  final double shift;
  final double rotation;
  final double scale;
  final double alpha;
  final double sigma;
  final double background;

  private ImageAugmentation(Builder builder) {
    shift = builder.shift;
    rotation = builder.rotation;
    scale = builder.scale;
    alpha = builder.alpha;
    sigma = builder.sigma;
    background = builder.background;
  }

  /** Starts settings that change nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /** The settings, such as {@code shift 2.0, rotation 10.0, scale 0.1, elastic 34.0 (sigma 4.0)}. */
  @Override
  public String toString() {
    String text = "shift " + shift + ", rotation " + rotation + ", scale " + scale;
    return text + ", elastic " + alpha + " (sigma " + sigma + ")";
  }

  /** Builds an {@link ImageAugmentation}. */
  public static final class Builder {
    private double shift;
    private double rotation;
    private double scale;
    private double alpha;
    private double sigma = 4;
    private double background;

    private Builder() {}

    /**
     * Sets the largest shift. Default: 0.
     *
     * @param pixels at least 0 and finite
     * @throws IllegalArgumentException if it is not
     */
    public Builder shift(double pixels) {
      shift = require(
          pixels >= 0 && Double.isFinite(pixels), "shift", pixels, "a finite number of at least 0");
      return this;
    }

    /**
     * Sets the largest angle. Default: 0.
     *
     * @param degrees in [0, 180]
     * @throws IllegalArgumentException if it is not
     */
    public Builder rotation(double degrees) {
      rotation =
          require(degrees >= 0 && degrees <= 180, "rotation", degrees, "a value in [0, 180]");
      return this;
    }

    /**
     * Sets by how much the scale may differ from 1. Default: 0.
     *
     * @param part in [0, 1)
     * @throws IllegalArgumentException if it is not
     */
    public Builder scale(double part) {
      scale = require(part >= 0 && part < 1, "scale", part, "a value in [0, 1)");
      return this;
    }

    /**
     * Sets the elastic field. Default: an alpha of 0, no field.
     *
     * @param alpha factor of the smoothed field, at least 0 and finite
     * @param sigma standard deviation of the Gaussian in pixels, above 0 and at most 100
     * @throws IllegalArgumentException if a value is not as stated
     */
    public Builder elastic(double alpha, double sigma) {
      require(
          alpha >= 0 && Double.isFinite(alpha), "alpha", alpha, "a finite number of at least 0");
      require(sigma > 0 && sigma <= 100, "sigma", sigma, "a value in (0, 100]");
      this.alpha = alpha;
      this.sigma = sigma;
      return this;
    }

    /**
     * Sets the value outside the image, as the network reads it. Default: 0.
     *
     * @throws IllegalArgumentException if it is not finite, or beyond a float's range
     */
    public Builder background(double value) {
      require(Double.isFinite(value), "background", value, "a finite number");
      background = require(
          Float.isFinite((float) value), "background", value, "a number in a float's range");
      return this;
    }

    /** The settings. */
    public ImageAugmentation build() {
      return new ImageAugmentation(this);
    }

    private static double require(boolean valid, String name, double value, String expected) {
      if (!valid) {
        throw new IllegalArgumentException(name + " is " + value + ", expected " + expected);
      }
      return value;
    }
  }
}
