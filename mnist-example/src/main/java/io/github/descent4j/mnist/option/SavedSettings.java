package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a command line as a checkpoint keeps them, and back. */
public final class SavedSettings {
  /** Options that say where things are and what to show, on which no number of the run depends. */
  private static final Set<String> NOT_SAVED =
      Set.of("--checkpoint", "--resume", "--keep", "--report", "--metrics", "--help", "--version");

  private static final String DATA = "--data";

  private SavedSettings() {}

  /** The value of each option that has one, by the option's name. */
  public static Map<String, String> of(CommandSpec command) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      Object value = option.getValue();
      if (!NOT_SAVED.contains(option.longestName()) && value != null && value != Boolean.FALSE) {
        settings.put(option.longestName(), value.toString());
      }
    }
    return settings;
  }

  /**
   * Gives a command the settings of a checkpoint.
   *
   * @throws CommandException if its command line says otherwise
   */
  public static void adopt(CommandSpec command, Checkpoint checkpoint) {
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
            "%s is %s, expected %s as in %s",
            name,
            given.getOrDefault(name, "not given"),
            saved.getOrDefault(name, "no such option"),
            checkpoint.folder()));
      }
    }
    boolean otherData = matched.stream().anyMatch(option -> option.longestName().equals(DATA));
    saved.forEach((name, value) -> {
      if (!(otherData && name.equals(DATA))) {
        args.add(value.equals("true") ? name : name + "=" + value);
      }
    });
    command.commandLine().parseArgs(args.toArray(String[]::new));
  }

  /** Fails unless the images are those that a checkpoint's run was trained on. */
  public static void requireSameData(Checkpoint checkpoint, MnistData images, String dataName) {
    if (!images.fingerprint().equals(checkpoint.state().dataFingerprint())) {
      throw CommandException.mismatch(
          dataName, "the images that " + checkpoint.folder() + " was trained on", "other images");
    }
  }
}
