package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.Hyperparameters;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The hyperparameters of an update rule, by their names. */
public final class HyperparameterOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      split = ",",
      description =
          "Hyperparameters of the optimizer, as beta2=0.99, in place of its defaults (docs/formulas.md lists them). Several by commas, or by the option again.")
  private List<String> given;

  /** Fails as a wrong command line if the optimizer has none of a name, or a value is out of range. */
  public void validate(OptimizerChoice optimizer) {
    try {
      of(optimizer);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--set: " + e.getMessage(), e);
    }
  }

  /** By name, in the form of {@link Hyperparameters#of}. */
  public Map<String, String> of(OptimizerChoice optimizer) {
    return given == null || !optimizer.hasLearningRate()
        ? Map.of()
        : Hyperparameters.of(optimizer, given);
  }
}
