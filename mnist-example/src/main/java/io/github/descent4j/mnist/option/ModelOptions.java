package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.ModelSettings;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that describe the network and what it is trained on in a step. */
public final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "mlp",
      description = {
        "mlp: inputs-256-128-10. cnn: conv 5x5x16, pool, conv 5x5x32, pool, dense 128, dense 10."
            + " convnet: two conv 3x3x16, pool, two conv 3x3x32, pool, dense 128, dense 10, with batch normalization."
            + " Default: ${DEFAULT-VALUE}."
      })
  private ModelChoice model;

  @Option(
      names = "--label-smoothing",
      paramLabel = "PART",
      defaultValue = "0",
      description =
          "Part of the target spread over all classes, in [0, 1). Default: ${DEFAULT-VALUE}.")
  private double labelSmoothing;

  @Option(
      names = "--dropout",
      paramLabel = "PART",
      defaultValue = "0",
      description =
          "Part of each hidden dense layer dropped in training, in [0, 1). Default: ${DEFAULT-VALUE}.")
  private double dropout;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Images per step. Default: ${DEFAULT-VALUE}; for lbfgs all of them.")
  private int batchSize;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    Check.option(
        command,
        labelSmoothing >= 0 && labelSmoothing < 1,
        "--label-smoothing",
        labelSmoothing,
        "a value in [0, 1)");
    Check.option(command, dropout >= 0 && dropout < 1, "--dropout", dropout, "a value in [0, 1)");
    Check.option(command, batchSize >= 1, "--batch-size", batchSize, "at least 1");
  }

  /**
   * Takes the model of trained weights.
   *
   * @param source where they are, for the message
   * @throws CommandException if the command line asks for another one
   */
  public void adopt(ModelChoice trained, Path source) {
    if (model != trained && command.commandLine().getParseResult().hasMatchedOption("--model")) {
      throw new CommandException(
          "--model is " + model + ", expected " + trained + " as in " + source);
    }
    model = trained;
  }

  /** Makes a step of all images, unless the command line says otherwise. */
  public void takeAllImages(int images) {
    if (!command.commandLine().getParseResult().hasMatchedOption("--batch-size")) {
      batchSize = images;
    }
  }

  public ModelSettings settings() {
    return new ModelSettings(model, labelSmoothing, dropout, batchSize);
  }

  /** Fails if the images are too small for the network. */
  public void requireFits(LabelledImages images, String dataName) {
    if (Math.min(images.rows(), images.columns()) < model.smallestImage) {
      throw new CommandException(String.format(
          Locale.ROOT,
          "%s: expected images of at least %d x %d for --model %s, found %d x %d",
          dataName,
          model.smallestImage,
          model.smallestImage,
          model,
          images.rows(),
          images.columns()));
    }
  }
}
