package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.RegularizationSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that describe penalties and early stopping. */
public final class RegularizationOptions {
  private static final int DEFAULT_VALIDATION = 5000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--l1",
      paramLabel = "RATE",
      defaultValue = "0",
      description =
          "Adds rate x sign(weight) to the gradient of each weight, but not of biases and normalizations. Default: ${DEFAULT-VALUE}.")
  private double l1;

  @Option(
      names = "--l2",
      paramLabel = "RATE",
      defaultValue = "0",
      description =
          "Adds rate x weight, likewise: with --l1 an elastic net. Default: ${DEFAULT-VALUE}.")
  private double l2;

  @Option(
      names = "--early-stopping",
      paramLabel = "EPOCHS",
      description = {
        "End when the accuracy on images held out of the training set has not risen for so many epochs, and take the weights of the"
            + " best epoch. Default: no."
      })
  private Integer patience;

  @Option(
      names = "--validation",
      paramLabel = "N",
      description =
          "How many of the last training images --early-stopping holds out. Default: 5000.")
  private Integer validation;

  @Mixin
  private HiddenOptions hidden;

  @Mixin
  private InputGradientOptions inputGradient;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    hidden.validate(command);
    inputGradient.validate(command);
    String other = hidden.settings().without();
    Check.option(
        command,
        other == null || inputGradient.settings().penalty() == null,
        other,
        "given",
        "none with --input-gradient-penalty, which knows no second derivatives of it");
    Check.option(command, isRate(l1), "--l1", l1, "a finite number of at least 0");
    Check.option(command, isRate(l2), "--l2", l2, "a finite number of at least 0");
    Check.option(
        command, patience == null || patience >= 1, "--early-stopping", patience, "at least 1");
    Check.option(
        command, validation == null || validation >= 1, "--validation", validation, "at least 1");
    Check.option(
        command,
        validation == null || patience != null,
        "--validation",
        validation,
        "--early-stopping with it");
  }

  /** Fails as a wrong command line if no image is left to train on. */
  public void validateImages(int trainingImages) {
    int heldOut = settings().validation();
    Check.option(
        command,
        heldOut < trainingImages,
        "--validation",
        heldOut,
        "fewer than the " + trainingImages + " training images");
  }

  public RegularizationSettings settings() {
    int heldOut = validation == null ? DEFAULT_VALIDATION : validation;
    return new RegularizationSettings(
        l1,
        l2,
        patience,
        patience == null ? 0 : heldOut,
        hidden.settings(),
        inputGradient.settings());
  }

  private static boolean isRate(double rate) {
    return rate >= 0 && Double.isFinite(rate);
  }
}
