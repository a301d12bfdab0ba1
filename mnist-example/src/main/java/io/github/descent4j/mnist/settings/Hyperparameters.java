package io.github.descent4j.mnist.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hyperparameters of an optimizer as a user gives them. */
public final class Hyperparameters {
  /** What other options are for. */
  private static final Map<String, String> ELSEWHERE = Map.of(
      "learningRate", "--learning-rate", "weightDecay", "--weight-decay", "warmup", "--warmup");

  private Hyperparameters() {}

  /**
   * Those of texts {@code name=value}, by name, in the form of {@link OptimizerChoice#hyperparameters}.
   *
   * @throws IllegalArgumentException if one is none of the optimizer, or out of its range, or there twice
   */
  public static Map<String, String> of(OptimizerChoice optimizer, List<String> texts) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "hyperparameter is '" + text + "', expected a name and a value, as beta2=0.99");
      }
      String name = text.substring(0, equals).strip();
      String elsewhere = ELSEWHERE.get(name);
      if (elsewhere != null) {
        throw new IllegalArgumentException(
            "hyperparameter is '" + name + "', expected " + elsewhere + " for it");
      }
      if (named.put(name, text.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException(name + " is there twice, expected each name once");
      }
    }
    return optimizer.hyperparameters(named);
  }
}
