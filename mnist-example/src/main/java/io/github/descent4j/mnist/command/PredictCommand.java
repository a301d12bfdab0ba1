package io.github.descent4j.mnist.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.DigitPicture;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.ModelSource;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.report.JsonText;
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
      "Standard output has a line for each picture: its class, and the probability of"
          + " each class; 'unsure' at its end where that is less than 0.9, or where there"
          + " is more than one digit.",
      "",
      "Examples:",
      "  mnist-example predict --checkpoint runs --show seven.png",
      "  mnist-example predict --checkpoint runs --json *.png",
      "",
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

  @Option(names = "--json", description = "Print one JSON document in place of the text.")
  private boolean json;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Pictures in PNG, JPEG, GIF, BMP or TIFF.")
  private List<Path> files;

  @Override
  public Integer call() {
    Check.option(command, !(json && show), "--show", show, "no pictures with --json");
    TrainedModel model = source.read();
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      ArrayNode predictions = JsonText.array();
      int exitCode = read(model, (file, digit, p) -> predictions.add(json(file, digit, p)));
      out.println(JsonText.pretty(predictions));
      return exitCode;
    }
    int nameWidth =
        files.stream().mapToInt(file -> file.toString().length()).max().orElseThrow();
    int width = Math.max(nameWidth, "picture".length());
    out.print(padded("picture", width) + "  class ");
    for (int k = 0; k < model.classes(); k++) {
      out.printf(Locale.ROOT, "%6d", k);
    }
    out.println();
    return read(model, (file, digit, probabilities) -> {
      out.printf(
          Locale.ROOT,
          "%s  %5d ",
          padded(CommandException.line(file.toString()), width),
          TestRun.greatest(probabilities));
      for (double probability : probabilities) {
        out.printf(Locale.ROOT, "%6.3f", probability);
      }
      if (!digit.alone()) {
        out.print("  unsure: more than one digit?");
      } else if (unsure(digit, probabilities)) {
        out.print("  unsure");
      }
      out.println();
      if (show) {
        out.println(TerminalPicture.of(List.of(digit.image())));
      }
      out.flush();
    });
  }

  /** Reads one picture after another, and says on standard error which cannot be read; returns the exit status. */
  private int read(TrainedModel model, Prediction each) {
    int exitCode = 0;
    for (Path file : files) {
      DigitPicture digit;
      try {
        digit = DigitPicture.read(file, model.rows(), model.columns());
      } catch (CommandException e) {
        command.commandLine().getErr().println("error: " + CommandException.line(e.getMessage()));
        exitCode = 1;
        continue;
      }
      each.take(file, digit, TestRun.probabilities(model, digit.image()));
    }
    return exitCode;
  }

  private static boolean unsure(DigitPicture digit, double[] probabilities) {
    return !digit.alone() || probabilities[TestRun.greatest(probabilities)] < SURE;
  }

  private static ObjectNode json(Path file, DigitPicture digit, double[] probabilities) {
    ObjectNode json = JsonText.object()
        .put("picture", file.toString())
        .put("class", TestRun.greatest(probabilities));
    ArrayNode each = json.putArray("probabilities");
    for (double probability : probabilities) {
      JsonText.add(each, probability);
    }
    return json.put("alone", digit.alone()).put("unsure", unsure(digit, probabilities));
  }

  /** Takes what the network makes of a picture. */
  private interface Prediction {
    void take(Path file, DigitPicture digit, double[] probabilities);
  }

  private static String padded(String name, int width) {
    return name + " ".repeat(Math.max(0, width - name.length()));
  }
}
