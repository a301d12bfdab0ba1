package io.github.descent4j.mnist.terminal;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** A command line as a POSIX shell reads it. */
public final class CommandText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

  private CommandText() {}

  /** The command line that the user gave. */
  public static String of(CommandSpec command) {
    return "java -jar mnist-example.jar "
        + command.root().commandLine().getParseResult().originalArgs().stream()
            .map(CommandText::quoted)
            .collect(Collectors.joining(" "));
  }

  public static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
