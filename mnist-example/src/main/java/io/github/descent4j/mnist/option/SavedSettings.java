package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.RunState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options of a command line as a checkpoint keeps them, and back. */
public final class SavedSettings {
  /** Options that say where things are and what to show, on which no number of the run depends. */
  private static final Set<String> NOT_SAVED =
      Set.of("--checkpoint", "--resume", "--keep", "--report", "--metrics", "--help", "--version");

  /** Options that every version has saved where they mean something; what later ones added may be missing, and has its default then. */
  private static final List<String> ALWAYS_SAVED =
      List.of("--model", "--batch-size", "--optimizer", "--schedule", "--epochs", "--seed");

  private static final String DATA = "--data";

  private SavedSettings() {}

  /** The value of each option that has one, by the option's name. */
  public static Map<String, String> of(CommandSpec command) {
    Map<String, String> settings = new LinkedHashMap<>();
    Set<String> unused = LineSearchOptions.unused(command);
    for (OptionSpec option : command.options()) {
      Object value = option.getValue();
      String name = option.longestName();
      if (!NOT_SAVED.contains(name)
          && !unused.contains(name)
          && value != null
          && value != Boolean.FALSE) {
        settings.put(name, value.toString());
      }
    }
    return settings;
  }

  /**
   * Gives a command the settings of a checkpoint.
   *
   * @param validate what a command line has to pass; it is asked about the settings, too
   * @throws CommandException if the command line says otherwise, or the checkpoint has no settings of this command
   */
  public static void adopt(CommandSpec command, Checkpoint checkpoint, Runnable validate) {
    Map<String, String> saved = checkpoint.state().settings();
    Map<String, String> given = of(command);
    List<String> args = new ArrayList<>();
    List<OptionSpec> matched = command.commandLine().getParseResult().matchedOptions();
    for (OptionSpec option : matched) {
      String name = option.longestName();
      if (NOT_SAVED.contains(name) || name.equals(DATA)) {
        option.originalStringValues().forEach(value -> args.add(name + "=" + value));
      } else if (!given.getOrDefault(name, "").equals(saved.getOrDefault(name, ""))) {
        throw new CommandException(String.format(
            Locale.ROOT,
            "%s is %s, expected %s as in %s",
            name,
            given.getOrDefault(name, "not given"),
            CommandException.quoted(saved.getOrDefault(name, "no such option")),
            checkpoint.folder()));
      }
    }
    boolean otherData = matched.stream().anyMatch(option -> option.longestName().equals(DATA));
    check(command, checkpoint, () -> {
      saved.forEach((name, value) -> {
        if (!(otherData && name.equals(DATA))) {
          args.add(argument(command, name, value));
        }
      });
      command.commandLine().parseArgs(args.toArray(String[]::new));
      Set<String> unused = LineSearchOptions.unused(command);
      for (String name : ALWAYS_SAVED) {
        if (!saved.containsKey(name) && !unused.contains(name)) {
          throw new ParameterException(command.commandLine(), name + " is missing");
        }
      }
      validate.run();
    });
  }

  /**
   * Does what fails as a wrong command line where settings are wrong.
   *
   * @param checkpoint that the settings come from, null where they do come from the command line
   * @throws CommandException if they come from a checkpoint, and are wrong
   */
  public static void check(CommandSpec command, Checkpoint checkpoint, Runnable validate) {
    try {
      validate.run();
    } catch (ParameterException e) {
      if (checkpoint == null) {
        throw e;
      }
      throw CommandException.mismatch(
          checkpoint.folder().resolve(Checkpoint.RUN).toString(),
          "settings of " + command.name(),
          "that " + e.getMessage(),
          e);
    }
  }

  /** A setting as it stands on a command line. */
  private static String argument(CommandSpec command, String name, String value) {
    OptionSpec option = command.findOption(name);
    if (option == null || NOT_SAVED.contains(name)) {
      throw new ParameterException(command.commandLine(), "there is a setting '" + name + "'");
    }
    boolean flag = option.arity().max() == 0;
    if (flag && !value.equals("true")) {
      throw new ParameterException(
          command.commandLine(), name + " is '" + value + "', expected true");
    }
    return flag ? name : name + "=" + value;
  }

  /** Fails unless the images are those that a checkpoint's run was trained on. */
  public static void requireSameData(Checkpoint checkpoint, MnistData images, String dataName) {
    if (!images.fingerprint().equals(checkpoint.state().dataFingerprint())) {
      throw CommandException.mismatch(
          dataName, "the images that " + checkpoint.folder() + " was trained on", "other images");
    }
    RunState state = checkpoint.state();
    if (state.rows() != images.train().rows()
        || state.columns() != images.train().columns()
        || state.classes() != images.train().classes()) {
      throw CommandException.mismatch(
          checkpoint.folder().resolve(Checkpoint.RUN).toString(),
          "images of "
              + size(
                  images.train().rows(),
                  images.train().columns(),
                  images.train().classes()) + " as they are",
          size(state.rows(), state.columns(), state.classes()));
    }
  }

  private static String size(int rows, int columns, int classes) {
    return rows + " x " + columns + " and " + classes + " classes";
  }
}
