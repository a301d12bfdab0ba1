package io.github.descent4j.mnist;

import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a step that go with any optimizer and learning rate. */
final class UpdateOptions {
  /** Where the weight decay acts. */
  enum DecayMode {
    COUPLED,
    DECOUPLED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "cosine",
      description = {
        "How the rate goes on from there: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
        "At the end of the run, linear and cosine reach 0, exponential a hundredth and polynomial a tenth of the rate;"
            + " step halves it after each epoch."
      })
  private ScheduleChoice schedule;

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
  void validate(OptimizerChoice optimizer) {
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
    Check.option(
        command,
        optimizer != OptimizerChoice.ADAMW || weightDecayMode == DecayMode.DECOUPLED,
        "--weight-decay-mode",
        weightDecayMode,
        "decoupled for --optimizer adamw");
  }

  OptimizerSettings settings(OptimizerChoice optimizer, double learningRate, long warmup) {
    return new OptimizerSettings(
        optimizer,
        learningRate,
        schedule,
        warmup,
        clipNorm,
        weightDecayMode,
        weightDecay == null ? optimizer.defaultWeightDecay() : weightDecay);
  }
}
