package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Validation of option values. */
public final class Check {
  private Check() {}

  /** Fails as a wrong command line, with option, value and what was expected, unless {@code valid}. */
  public static void option(
      CommandSpec command, boolean valid, String option, Object value, String expected) {
    if (!valid) {
      throw new ParameterException(
          command.commandLine(), option + " is " + value + ", expected " + expected);
    }
  }

  /** Fails as a wrong command line if an optimizer is none that learning rates are tried on. */
  public static void hasLearningRate(CommandSpec command, OptimizerChoice optimizer) {
    option(
        command, optimizer.hasLearningRate(), "--optimizer", optimizer, "one with a learning rate");
  }

  public static boolean positive(double value) {
    return value > 0 && Double.isFinite(value);
  }

  /** Fails where a file could not be written, before a test has been run for it. */
  public static void folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CommandException(
          "cannot write " + file + ", expected an existing folder that may be written to");
    }
  }
}
