package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.option.Version;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands, options and their values in a shell. */
@Command(
    name = "generate-completion",
    description = "Prints a script by which bash and zsh complete commands and options.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "The script completes the name mnist-example, which may be an alias:",
      "",
      "  alias mnist-example='java -jar /opt/mnist-example.jar'",
      "  source <(mnist-example generate-completion)"
    })
public final class CompletionCommand implements Runnable {
  @Spec
  private CommandSpec command;

  @Override
  public void run() {
    CommandSpec top = command.root();
    top.subcommands().values().forEach(CompletionCommand::makeLabelsDistinct);
    command.commandLine().getOut().print(AutoComplete.bash(top.name(), top.commandLine()));
    command.commandLine().getOut().flush();
  }

  /**
   * Picocli's script keeps the values of an option under its label, of which there are several NAME in a command: --model would be
   * completed by schedules.
   */
  private static void makeLabelsDistinct(CommandLine subcommand) {
    CommandSpec spec = subcommand.getCommandSpec();
    for (OptionSpec option : List.copyOf(spec.options())) {
      if (option.completionCandidates() != null) {
        spec.remove(option);
        spec.addOption(option.toBuilder()
            .paramLabel(option.longestName().replaceAll("\\W+", "_"))
            .build());
      }
    }
  }
}
