package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.TrainingSettings;
import java.util.Map;

/**
 * An optimizer in a comparison, with its hyperparameters and its warmup: {@code adam}, {@code adam:beta2=0.99:warmup=500}.
 *
 * @param hyperparameters of the rule, where they are not its defaults
 * @param warmup steps in which the rate rises from 0, before the schedule
 */
public record Contender(
    OptimizerChoice optimizer, Map<String, String> hyperparameters, long warmup) {

  public static Contender of(TrainingSettings settings) {
    return new Contender(
        settings.optimizer().optimizer(),
        settings.optimizer().hyperparameters(),
        settings.optimizer().warmup());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(optimizer.toString());
    hyperparameters.forEach((name, value) -> text.append(part(name, value)));
    return warmup == 0
        ? text.toString()
        : text.append(part(Entry.WARMUP, Long.toString(warmup))).toString();
  }

  private static String part(String name, String value) {
    return ":" + name + "=" + value;
  }
}
