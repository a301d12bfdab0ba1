package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.settings.Choice;
import io.github.descent4j.mnist.settings.Hyperparameters;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.TypeConversionException;

/**
 * An optimizer as it stands on the command line: a name, and what is to be said of it, each after a colon. {@code
 * adam:beta2=0.99:rate=0.001/0.003:warmup=500}.
 *
 * @param contender who takes part
 * @param rates learning rates of its own, none for those of all
 */
public record Entry(Contender contender, List<Rate> rates) {
  static final String WARMUP = "warmup";
  private static final String RATE = "rate";

  public static Entry parse(String text) {
    String[] parts = text.split(":", -1);
    OptimizerChoice optimizer = Choice.of(OptimizerChoice.values(), parts[0]);
    long warmup = 0;
    List<Rate> rates = new ArrayList<>();
    List<String> hyperparameters = new ArrayList<>();
    for (String part : List.of(parts).subList(1, parts.length)) {
      String value = part.substring(part.indexOf('=') + 1);
      if (part.startsWith(WARMUP + "=")) {
        warmup = steps(text, value);
      } else if (part.startsWith(RATE + "=")) {
        for (String rate : value.split("/", -1)) {
          rates.add(Rate.parse(rate));
        }
      } else {
        hyperparameters.add(part);
      }
    }
    Map<String, String> checked = Map.of();
    if (!hyperparameters.isEmpty() && optimizer.hasLearningRate()) {
      try {
        checked = Hyperparameters.of(optimizer, hyperparameters);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage() + " in '" + text + "'");
      }
    }
    return new Entry(new Contender(optimizer, checked, warmup), List.copyOf(rates));
  }

  private static long steps(String text, String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new TypeConversionException(
          "expected a name, as 'adam', or with warmup steps, as 'adam:warmup=500', but was '" + text
              + "'");
    }
    return Long.parseLong(value);
  }
}
