package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that describe how weights are updated. */
public final class OptimizerOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "radam",
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OptimizerChoice optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description =
          "The learning rate, above 0. Default: a rate picked for each optimizer (docs/mnist.md lists them).")
  private Double learningRate;

  @Mixin
  private HyperparameterOptions hyperparameters;

  @Mixin
  private UpdateOptions update;

  @Option(
      names = "--warmup",
      paramLabel = "STEPS",
      defaultValue = "0",
      description =
          "Steps in which the rate first rises from 0, before the schedule. Default: ${DEFAULT-VALUE}.")
  private long warmup;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    LineSearchOptions.validate(command, optimizer);
    Check.option(
        command,
        Check.positive(learningRate()),
        "--learning-rate",
        learningRate,
        "a finite number above 0");
    Check.option(command, warmup >= 0, "--warmup", warmup, "at least 0");
    hyperparameters.validate(optimizer);
    update.validate(optimizer);
  }

  public OptimizerSettings settings() {
    return update.settings(optimizer, hyperparameters.of(optimizer), learningRate(), warmup);
  }

  /** Fails as a wrong command line if the warmup takes the whole run. */
  public void validateSteps(long steps) {
    Check.option(
        command,
        warmup < steps,
        "--warmup",
        warmup,
        "fewer than the " + steps + " steps of this run");
  }

  /** Whether the step follows from a learning rate; a line search looks for it otherwise. */
  public boolean hasLearningRate() {
    return optimizer.hasLearningRate();
  }

  private double learningRate() {
    return learningRate == null ? optimizer.defaultLearningRate : learningRate;
  }
}
