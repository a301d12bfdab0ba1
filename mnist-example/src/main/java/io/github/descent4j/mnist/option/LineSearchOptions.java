package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** What does not go with an optimizer that searches along a line, or has an average in place of a schedule. */
final class LineSearchOptions {
  private static final String STEP = "whose line search chooses the step";
  private static final String DECAY = "which takes --l2: a part of what it minimizes";

  private static final String LOSS = "whose line search evaluates the loss alone";

  private static final Map<String, String> REASONS = Map.of(
      "--learning-rate", STEP,
      "--set", "which is no update rule with hyperparameters of that kind",
      "--schedule", STEP,
      "--warmup", STEP,
      "--clip-norm", "whose line search needs the gradient as it is",
      "--weight-decay", DECAY,
      "--weight-decay-mode", DECAY,
      "--l1", "which minimizes smooth functions",
      "--adversarial", LOSS,
      "--input-gradient-penalty", LOSS);

  private static final Map<String, String> SCHEDULE_FREE =
      Map.of("--schedule", "whose average stands in place of a schedule");

  private LineSearchOptions() {}

  /** Options of a command that its optimizer has no use for. */
  static Set<String> unused(CommandSpec command) {
    OptionSpec optimizer = command.findOption("--optimizer");
    return optimizer != null && optimizer.getValue() instanceof OptimizerChoice choice
        ? reasons(choice).keySet()
        : Set.of();
  }

  private static Map<String, String> reasons(OptimizerChoice optimizer) {
    if (!optimizer.hasLearningRate()) {
      return REASONS;
    }
    return optimizer.takesSchedule() ? Map.of() : SCHEDULE_FREE;
  }

  /** Fails as a wrong command line if one of them was given, or the network has no loss to search along. */
  static void validate(CommandSpec command, OptimizerChoice optimizer) {
    Map<String, String> reasons = reasons(optimizer);
    ParseResult given = command.commandLine().getParseResult();
    for (OptionSpec option : given.matchedOptions()) {
      String reason = reasons.get(option.longestName());
      Check.option(
          command,
          reason == null,
          option.longestName(),
          option.getValue(),
          "none with --optimizer " + optimizer + ", " + reason);
    }
    if (optimizer.hasLearningRate()) {
      return;
    }
    Check.option(
        command,
        command.findOption("--model").getValue() != ModelChoice.CONVNET,
        "--model",
        ModelChoice.CONVNET,
        "one without batch normalization with --optimizer " + optimizer
            + ", which needs a function of the weights alone");
  }
}
