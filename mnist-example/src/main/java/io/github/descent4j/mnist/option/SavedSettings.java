package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.RunState;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options of a command line as a checkpoint keeps them, and back. */
public final class SavedSettings {
  /** Options that say where things are and what to show, on which no number of the run depends. */
  private static final Set<String> NOT_SAVED = Set.of(
      "--config",
      "--checkpoint",
      "--resume",
      "--keep",
      "--report",
      "--metrics",
      "--tensorboard",
      "--quiet",
      "--help",
      "--version");

  /** Options that every version has saved where they mean something; what later ones added may be missing, and has its default then. */
  private static final List<String> ALWAYS_SAVED =
      List.of("--model", "--batch-size", "--optimizer", "--schedule", "--epochs", "--seed");

  private static final String DATA = "--data";
  private static final String EPOCHS = "--epochs";

  private static final String LEARNING_RATE = "--learning-rate";

  private SavedSettings() {}

  /** Whether numbers of a run may depend on an option. */
  static boolean isSaved(String option) {
    return !NOT_SAVED.contains(option);
  }

  /** The value of each option that has one, by the option's name. */
  public static Map<String, String> of(CommandSpec command) {
    Map<String, String> settings = new LinkedHashMap<>();
    Set<String> unused = LineSearchOptions.unused(command);
    for (OptionSpec option : command.options()) {
      String name = option.longestName();
      Object value = name.equals(LEARNING_RATE) && option.getValue() == null
          ? defaultLearningRate(command)
          : option.getValue();
      if (!NOT_SAVED.contains(name)
          && !unused.contains(name)
          && value != null
          && value != Boolean.FALSE) {
        settings.put(name, text(value));
      }
    }
    return settings;
  }

  /** Of several, all in one, as the options that take several split them. */
  private static String text(Object value) {
    return value instanceof Collection<?> several
        ? several.stream().map(Object::toString).collect(Collectors.joining(","))
        : value.toString();
  }

  /** The rate that a command takes where none is given: another version may pick another one. */
  private static Double defaultLearningRate(CommandSpec command) {
    OptionSpec optimizer = command.findOption("--optimizer");
    return optimizer != null && optimizer.getValue() instanceof OptimizerChoice choice
        ? (Double) choice.defaultLearningRate
        : null;
  }

  /**
   * Gives a command the settings of a checkpoint. A run may go on for more epochs than it was to have.
   *
   * @param validate what a command line has to pass; it is asked about the settings, too
   * @throws CommandException if the command line says otherwise, or the checkpoint has no settings of this command
   */
  public static void adopt(CommandSpec command, Checkpoint checkpoint, Runnable validate) {
    Map<String, String> saved = checkpoint.state().settings();
    Map<String, String> given = of(command);
    Set<String> overridden = new HashSet<>();
    List<String> args = new ArrayList<>();
    List<OptionSpec> matched = command.commandLine().getParseResult().matchedOptions();
    for (OptionSpec option : matched) {
      String name = option.longestName();
      if (NOT_SAVED.contains(name)
          || name.equals(DATA)
          || (name.equals(EPOCHS) && isMore(given.get(name), saved.get(name)))) {
        overridden.add(name);
        args.addAll(arguments(option));
      } else if (!given.getOrDefault(name, "").equals(saved.getOrDefault(name, ""))) {
        throw new CommandException(String.format(
            Locale.ROOT,
            "%s is %s, expected %s%s as in %s",
            name,
            given.getOrDefault(name, "not given"),
            name.equals(EPOCHS) ? "at least " : "",
            CommandException.quoted(saved.getOrDefault(name, "no such option")),
            checkpoint.folder()));
      }
    }
    check(command, checkpoint, () -> {
      saved.forEach((name, value) -> {
        if (!overridden.contains(name)) {
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

  /** Whether a run is to have more epochs; of a setting that is no number something else complains. */
  private static boolean isMore(String epochs, String saved) {
    return saved != null
        && saved.matches("\\d{1,9}")
        && Integer.parseInt(epochs) > Integer.parseInt(saved);
  }

  /**
   * The epochs that a checkpoint's run was to have.
   *
   * @throws CommandException if there is no such number
   */
  public static int epochs(Checkpoint checkpoint) {
    String saved = checkpoint.state().settings().get(EPOCHS);
    if (saved == null || !saved.matches("\\d{1,9}")) {
      throw CommandException.mismatch(
          checkpoint.folder().resolve(Checkpoint.RUN).toString(),
          "a setting " + EPOCHS + " that is a number",
          String.valueOf(saved));
    }
    return Integer.parseInt(saved);
  }

  /** An option of the command line as it stood there. */
  static List<String> arguments(OptionSpec option) {
    return option.arity().max() == 0
        ? List.of(option.longestName())
        : option.originalStringValues().stream()
            .map(value -> option.longestName() + "=" + value)
            .toList();
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
  static String argument(CommandSpec command, String name, String value) {
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
