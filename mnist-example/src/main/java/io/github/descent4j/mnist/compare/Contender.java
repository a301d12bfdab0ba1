package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.settings.Choice;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.TrainingSettings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * An optimizer in a comparison, with its warmup: {@code adam}, {@code adam:warmup=500}.
 *
 * @param warmup steps in which the rate rises from 0, before the schedule
 */
public record Contender(OptimizerChoice optimizer, long warmup) {
  private static final Pattern FORM = Pattern.compile("([^:]+)(?::warmup=(\\d{1,9}))?");

  public static Contender of(TrainingSettings settings) {
    return new Contender(settings.optimizer().optimizer(), settings.optimizer().warmup());
  }

  public static Contender parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "expected a name, as 'adam', or with warmup steps, as 'adam:warmup=500', but was '" + text
              + "'");
    }
    String steps = matcher.group(2);
    return new Contender(
        Choice.of(OptimizerChoice.values(), matcher.group(1)),
        steps == null ? 0 : Long.parseLong(steps));
  }

  @Override
  public String toString() {
    return warmup == 0 ? optimizer.toString() : optimizer + ":warmup=" + warmup;
  }
}
