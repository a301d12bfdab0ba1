package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.DigitPicture;
import io.github.descent4j.mnist.option.ModelSource;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.run.TestRun;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.mnist.terminal.TerminalPicture;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which digit is in a picture. */
@Command(
    name = "predict",
    description =
        "Says which digit is in a picture: dark on bright or bright on dark, of any size, alone in the picture.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Standard output has a line for each picture: its class, and the probability",
      "of each class; 'unsure' at its end where that is less than 0.9, or where there is",
      "more than one digit.",
      "Exit status: 0 all read; 1 a file could not be read; 2 wrong usage."
    })
public final class PredictCommand implements Callable<Integer> {
  /** Below this probability, an answer is called unsure. */
  private static final double SURE = 0.9;

  @Spec
  private CommandSpec command;

  @Mixin
  private ModelSource source;

  @Option(names = "--show", description = "Show each picture as the network sees it.")
  private boolean show;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Pictures in PNG, JPEG, GIF, BMP or TIFF.")
  private List<Path> files;

  @Override
  public Integer call() {
    TrainedModel model = source.read();
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    int nameWidth =
        files.stream().mapToInt(file -> file.toString().length()).max().orElseThrow();
    nameWidth = Math.max(nameWidth, "picture".length());
    out.print(padded("picture", nameWidth) + "  class ");
    for (int k = 0; k < model.classes(); k++) {
      out.printf(Locale.ROOT, "%6d", k);
    }
    out.println();
    int exitCode = 0;
    for (Path file : files) {
      DigitPicture digit;
      try {
        digit = DigitPicture.read(file, model.rows(), model.columns());
      } catch (CommandException e) {
        err.println("error: " + CommandException.line(e.getMessage()));
        exitCode = 1;
        continue;
      }
      double[] probabilities = TestRun.probabilities(model, digit.image());
      int predicted = TestRun.greatest(probabilities);
      out.printf(
          Locale.ROOT,
          "%s  %5d ",
          padded(CommandException.line(file.toString()), nameWidth),
          predicted);
      for (double probability : probabilities) {
        out.printf(Locale.ROOT, "%6.3f", probability);
      }
      if (!digit.alone()) {
        out.print("  unsure: more than one digit?");
      } else if (probabilities[predicted] < SURE) {
        out.print("  unsure");
      }
      out.println();
      if (show) {
        out.println(TerminalPicture.of(List.of(digit.image())));
      }
      out.flush();
    }
    return exitCode;
  }

  private static String padded(String name, int width) {
    return name + " ".repeat(Math.max(0, width - name.length()));
  }
}
