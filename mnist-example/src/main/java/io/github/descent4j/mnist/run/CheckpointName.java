package io.github.descent4j.mnist.run;

import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of checkpoints, {@code step-00000938}, and of what is not one yet or no longer, {@code .step-00000938}. The digits are 0 to 9;
 * those of other scripts, which once were written under locales that print them, are read too.
 */
final class CheckpointName {
  private static final Pattern NAME = Pattern.compile("(\\.?)step-(\\p{Nd}{8,19})");

  private CheckpointName() {}

  static String of(long steps) {
    return String.format(Locale.ROOT, "step-%08d", steps);
  }

  /** The name that is hidden until the checkpoint is whole. */
  static String hidden(long steps) {
    return "." + of(steps);
  }

  /** The steps of a checkpoint; nothing if the path is not named as one. */
  static OptionalLong steps(Path path) {
    return parse(path, "");
  }

  /** Whether a path is named as what a crash leaves. */
  static boolean isHidden(Path path) {
    return parse(path, ".").isPresent();
  }

  private static OptionalLong parse(Path path, String dot) {
    Matcher matcher = NAME.matcher(path.getFileName().toString());
    if (!matcher.matches() || !matcher.group(1).equals(dot)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(matcher.group(2)));
    } catch (NumberFormatException e) {
      // More steps than there are numbers: somebody else's.
      return OptionalLong.empty();
    }
  }
}
