package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.AugmentationSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that describe how training images are changed at random. */
public final class AugmentationOptions {
  /** What {@code --augment} stands for. */
  private static final AugmentationSettings DEFAULTS = new AugmentationSettings(2, 10, 0.1, 20);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--augment",
      description = {
        "Change the training images at random, in each epoch anew: shift 2, rotation 10, scale 0.1, elastic 20,"
            + " where the options below do not say otherwise."
      })
  private boolean augment;

  @Option(
      names = "--augment-shift",
      paramLabel = "PIXELS",
      description = "Largest shift in each direction. Default: 0.")
  private Double shift;

  @Option(
      names = "--augment-rotation",
      paramLabel = "DEGREES",
      description = "Largest rotation. Default: 0.")
  private Double rotation;

  @Option(
      names = "--augment-scale",
      paramLabel = "PART",
      description = "How far the scale is from 1 at most, in [0, 1). Default: 0.")
  private Double scale;

  @Option(
      names = "--augment-elastic",
      paramLabel = "ALPHA",
      description =
          "Strength of elastic distortion; 34 moves pixels by a standard deviation of 1.4. Default: 0.")
  private Double elastic;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    AugmentationSettings all = settings();
    check(isFinite(all.shift()), "--augment-shift", all.shift(), "a finite number of at least 0");
    check(
        all.rotation() >= 0 && all.rotation() <= 180,
        "--augment-rotation",
        all.rotation(),
        "a value in [0, 180]");
    check(all.scale() >= 0 && all.scale() < 1, "--augment-scale", all.scale(), "a value in [0, 1)");
    check(
        isFinite(all.elastic()),
        "--augment-elastic",
        all.elastic(),
        "a finite number of at least 0");
  }

  public AugmentationSettings settings() {
    AugmentationSettings otherwise = augment ? DEFAULTS : AugmentationSettings.NONE;
    return new AugmentationSettings(
        shift == null ? otherwise.shift() : shift,
        rotation == null ? otherwise.rotation() : rotation,
        scale == null ? otherwise.scale() : scale,
        elastic == null ? otherwise.elastic() : elastic);
  }

  private void check(boolean valid, String option, double value, String expected) {
    Check.option(command, valid, option, value, expected);
  }

  private static boolean isFinite(double value) {
    return value >= 0 && Double.isFinite(value);
  }
}
