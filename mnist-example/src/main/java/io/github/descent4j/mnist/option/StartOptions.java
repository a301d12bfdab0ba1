package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.run.WarmStart;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** What a new run begins with: settings of another one, and weights of another one. */
public final class StartOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Settings from a JSON file: run.json of a checkpoint, or an object of options and values, as {\"optimizer\": \"adam\"}."
            + " Options of the command line come first."
      })
  private Path config;

  @Option(
      names = "--from",
      paramLabel = "FILE|DIR",
      description = {
        "Begin with trained weights, and nothing else of that run: network.npz, a checkpoint, or a folder of checkpoints, of which the"
            + " best is taken. The last layer begins anew if the number of classes is another."
      })
  private Path from;

  /** Gives the command the settings of the configuration file, if there is one. */
  public void configure() {
    if (config == null) {
      return;
    }
    ParseResult given = command.commandLine().getParseResult();
    Check.option(
        command,
        !given.hasMatchedOption("--resume"),
        "--config",
        config,
        "none with --resume, which has the settings of its run");
    ConfigFile.adopt(command, config);
  }

  /** The weights to begin with, if there are some. */
  public Optional<WarmStart> weights() {
    PrintWriter err = command.commandLine().getErr();
    return Optional.ofNullable(from)
        .map(path -> WarmStart.of(path, warning -> err.println("warning: " + warning)));
  }
}
