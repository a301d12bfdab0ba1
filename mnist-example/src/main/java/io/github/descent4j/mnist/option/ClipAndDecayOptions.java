package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.DecayMode;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a step that go with any optimizer, learning rate and schedule. */
public final class ClipAndDecayOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--clip-norm",
      paramLabel = "NORM",
      description = "Scale all gradients down to this global L2 norm. Default: no clipping.")
  private Double clipNorm;

  @Option(
      names = "--weight-decay",
      paramLabel = "RATE",
      description = "Weight decay, at least 0. Default: 0, for adamw 0.01.")
  private Double weightDecay;

  @Option(
      names = "--weight-decay-mode",
      paramLabel = "MODE",
      defaultValue = "decoupled",
      description = {
        "coupled adds decay x weight to the gradient (L2 regularization); decoupled subtracts learning rate x decay x"
            + " weight from the weight (as AdamW). Default: ${DEFAULT-VALUE}."
      })
  private DecayMode weightDecayMode;

  /** Fails as a wrong command line if a value is out of range, or does not go with the optimizer. */
  public void validate(OptimizerChoice optimizer) {
    Check.option(
        command,
        clipNorm == null || Check.positive(clipNorm),
        "--clip-norm",
        clipNorm,
        "a finite number above 0");
    Check.option(
        command,
        weightDecay == null || (weightDecay >= 0 && Double.isFinite(weightDecay)),
        "--weight-decay",
        weightDecay,
        "a finite number of at least 0");
    if (optimizer.hasLearningRate()) {
      Check.option(
          command,
          optimizer.takes(weightDecayMode.of(decayRate(optimizer))),
          "--weight-decay-mode",
          weightDecayMode,
          weightDecayMode.other() + " for --optimizer " + optimizer);
    }
  }

  public OptimizerSettings settings(
      OptimizerChoice optimizer,
      Map<String, String> hyperparameters,
      double learningRate,
      ScheduleChoice schedule,
      long warmup) {
    return new OptimizerSettings(
        optimizer,
        hyperparameters,
        learningRate,
        schedule,
        warmup,
        clipNorm,
        weightDecayMode,
        decayRate(optimizer));
  }

  private double decayRate(OptimizerChoice optimizer) {
    return weightDecay == null ? optimizer.defaultWeightDecay() : weightDecay;
  }
}
