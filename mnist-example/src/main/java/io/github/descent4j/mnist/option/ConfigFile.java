package io.github.descent4j.mnist.option;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.internal.Nearest;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.run.RunState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Settings in a JSON file: {@code run.json} of a checkpoint, whose {@code settings} are taken, or an object of the names of
 * options, with or without the hyphens, and values: text, numbers, true, or arrays of them for options that take several.
 */
final class ConfigFile {
  private static final String SETTINGS = "settings";
  private static final String VERSION = "formatVersion";
  private static final String OPTIMIZER = "--optimizer";

  /** What means something else, or nothing, for another optimizer. */
  private static final Set<String> OF_OPTIMIZER = Set.of("--learning-rate", "--set");

  private ConfigFile() {}

  /**
   * Gives a command the settings of a file. Options that the command line has are left as they are; with another optimizer than the file's, its
   * learning rate and hyperparameters are too.
   *
   * @throws CommandException if the file cannot be read, is of another version, or has a setting that the command does not have
   */
  static void adopt(CommandSpec command, Path file) {
    ObjectNode content = JsonFile.read(file, ObjectNode.class, "settings in JSON");
    requireVersion(file, content);
    JsonNode settings = content.has(SETTINGS) ? content.get(SETTINGS) : content;
    if (!settings.isObject()) {
      throw CommandException.mismatch(
          file.toString(), "an object " + SETTINGS, settings.toString());
    }
    List<String> args = new ArrayList<>();
    TreeSet<String> given = new TreeSet<>();
    for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
      given.add(option.longestName());
      args.addAll(SavedSettings.arguments(option));
    }
    if (given.contains(OPTIMIZER) && hasAnotherOptimizer(command, settings)) {
      given.addAll(OF_OPTIMIZER);
    }
    for (Map.Entry<String, JsonNode> setting : settings.properties()) {
      String name = option(command, file, setting.getKey());
      JsonNode value = setting.getValue();
      if (!given.contains(name) && !isOff(value)) {
        args.add(argument(command, file, name, text(file, setting.getKey(), value)));
      }
    }
    try {
      command.commandLine().parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      throw CommandException.mismatch(
          file.toString(), "settings of " + command.name(), "that " + e.getMessage(), e);
    }
  }

  /** Whether a file names an optimizer, and not that of the command line. */
  private static boolean hasAnotherOptimizer(CommandSpec command, JsonNode settings) {
    JsonNode optimizer =
        settings.has(OPTIMIZER) ? settings.get(OPTIMIZER) : settings.get(OPTIMIZER.substring(2));
    String given = command.findOption(OPTIMIZER).getValue().toString();
    return optimizer != null && !optimizer.asText().equalsIgnoreCase(given);
  }

  private static void requireVersion(Path file, ObjectNode content) {
    JsonNode version = content.get(VERSION);
    if (version != null && !version.asText().equals(Integer.toString(RunState.FORMAT_VERSION))) {
      throw CommandException.mismatch(
          file.toString(), "format version " + RunState.FORMAT_VERSION, version.toString());
    }
  }

  /** The option of a name in the file. */
  private static String option(CommandSpec command, Path file, String name) {
    String option = name.startsWith("--") ? name : "--" + name;
    TreeSet<String> names = command.options().stream()
        .map(OptionSpec::longestName)
        .filter(SavedSettings::isSaved)
        .collect(Collectors.toCollection(TreeSet::new));
    if (!names.contains(option)) {
      throw CommandException.mismatch(
          file.toString(),
          "settings of " + command.name(),
          "'" + name + "', expected " + Nearest.of(option, names));
    }
    return option;
  }

  private static String argument(CommandSpec command, Path file, String name, String text) {
    try {
      return SavedSettings.argument(command, name, text);
    } catch (ParameterException e) {
      throw CommandException.mismatch(
          file.toString(), "settings of " + command.name(), "that " + e.getMessage(), e);
    }
  }

  /** A switch that is off, or an option without a value, is as one that is not there. */
  private static boolean isOff(JsonNode value) {
    return value.isNull() || (value.isBoolean() && !value.asBoolean());
  }

  private static String text(Path file, String name, JsonNode value) {
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(element -> text(file, name, element))
          .collect(Collectors.joining(","));
    }
    if (!value.isValueNode()) {
      throw CommandException.mismatch(
          file.toString(), "text, a number or true for '" + name + "'", value.toString());
    }
    return value.asText();
  }
}
