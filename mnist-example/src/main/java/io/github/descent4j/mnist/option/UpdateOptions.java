package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.OptimizerSettings;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a step that go with any optimizer and learning rate. */
public final class UpdateOptions {
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

  @Mixin
  private ClipAndDecayOptions clipAndDecay;

  /** Fails as a wrong command line if a value is out of range, or does not go with the optimizer. */
  public void validate(OptimizerChoice optimizer) {
    clipAndDecay.validate(optimizer);
  }

  public OptimizerSettings settings(
      OptimizerChoice optimizer,
      Map<String, String> hyperparameters,
      double learningRate,
      long warmup) {
    return clipAndDecay.settings(optimizer, hyperparameters, learningRate, schedule, warmup);
  }
}
