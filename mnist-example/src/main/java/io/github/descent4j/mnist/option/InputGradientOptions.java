package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.AttackChoice;
import io.github.descent4j.mnist.settings.InputGradientSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options that use the gradient of the loss by the images: adversarial training, double back-propagation. */
final class InputGradientOptions {
  private static final String ADVERSARIAL = "--adversarial";
  private static final String EPSILON = "--epsilon";
  private static final String WEIGHT = "--adversarial-weight";
  private static final String PENALTY = "--input-gradient-penalty";
  private static final double DEFAULT_EPSILON = 0.1;
  private static final double DEFAULT_WEIGHT = 0.5;

  @Option(
      names = ADVERSARIAL,
      paramLabel = "ATTACK",
      description =
          "Train on images after an attack, too: ${COMPLETION-CANDIDATES}. Default: no attack.")
  private AttackChoice attack;

  @Option(
      names = EPSILON,
      paramLabel = "SIZE",
      description =
          "Size of the attack in grey values from 0 to 1: of each pixel, or of all together for l2. Default: 0.1.")
  private Double epsilon;

  @Option(
      names = WEIGHT,
      paramLabel = "PART",
      description = "Weight of the images after the attack, in [0, 1]. Default: 0.5.")
  private Double weight;

  @Option(
      names = PENALTY,
      paramLabel = "RATE",
      description = {
        "Double back-propagation: adds rate / 2 x the squared norm of the gradient of an image's loss by the image, on average."
            + " Default: none."
      })
  private Double penalty;

  /** Fails as a wrong command line if a value is out of range, or one without the other that it is about. */
  void validate(CommandSpec command) {
    Check.option(
        command,
        epsilon == null || (epsilon >= 0 && epsilon <= 100),
        EPSILON,
        epsilon,
        "a value in [0, 100]");
    Check.option(
        command,
        weight == null || (weight >= 0 && weight <= 1),
        WEIGHT,
        weight,
        "a value in [0, 1]");
    Check.option(
        command,
        penalty == null || (penalty >= 0 && Double.isFinite(penalty)),
        PENALTY,
        penalty,
        "a finite number of at least 0");
    String attackToo = ADVERSARIAL + " with it";
    Check.option(command, epsilon == null || attack != null, EPSILON, epsilon, attackToo);
    Check.option(command, weight == null || attack != null, WEIGHT, weight, attackToo);
    Check.option(command, penalty == null || attack == null, PENALTY, penalty, "no " + ADVERSARIAL);
    OptionSpec model = command.findOption("--model");
    Check.option(
        command,
        penalty == null || model == null || model.getValue() != ModelChoice.CONVNET,
        "--model",
        ModelChoice.CONVNET,
        "one without batch normalization with " + PENALTY
            + ", which needs losses that do not depend on other images");
  }

  InputGradientSettings settings() {
    return new InputGradientSettings(
        attack,
        epsilon == null ? DEFAULT_EPSILON : epsilon,
        weight == null ? DEFAULT_WEIGHT : weight,
        penalty);
  }
}
