package io.github.descent4j.mnist.command;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.landscape.Animation;
import io.github.descent4j.mnist.landscape.Descent;
import io.github.descent4j.mnist.landscape.Entrant;
import io.github.descent4j.mnist.landscape.Picture;
import io.github.descent4j.mnist.landscape.Point;
import io.github.descent4j.mnist.landscape.ReddiExample;
import io.github.descent4j.mnist.landscape.Study;
import io.github.descent4j.mnist.landscape.TestFunction;
import io.github.descent4j.mnist.landscape.Trajectory;
import io.github.descent4j.mnist.landscape.Trial;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws how the optimizers go downhill on functions of two variables. */
@Command(
    name = "landscape",
    description = "Draws how the optimizers go downhill on functions of two variables.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Each optimizer goes at a good learning rate, which is searched, at a tenth of it and at ten"
          + " times as much. Standard output has a table for each function, and the names of the"
          + " files.",
      "",
      "Example:",
      "  mnist-example landscape --function rosenbrock --output pictures",
      "",
      "Exit status: 0 drawn; 1 files cannot be written; 2 wrong usage."
    })
public final class LandscapeCommand implements Callable<Integer> {
  private static final List<OptimizerChoice> OPTIMIZERS = List.of(
      OptimizerChoice.SGD,
      OptimizerChoice.MOMENTUM,
      OptimizerChoice.NESTEROV,
      OptimizerChoice.ADAGRAD,
      OptimizerChoice.RMSPROP,
      OptimizerChoice.ADADELTA,
      OptimizerChoice.ADAM,
      OptimizerChoice.YOGI,
      OptimizerChoice.RADAM);

  private static final int MOST_STEPS = 10_000;
  private static final int REDDI_STEPS = 1000;

  private static final String DESCENT = "%-16s  %8s  %8s  %11s%n";
  private static final String ROW = "%-10s  %-9s  %8s  %7s  %11s  %8s%n";

  @Spec
  private CommandSpec command;

  @Option(
      names = "--function",
      paramLabel = "NAME",
      arity = "1..*",
      split = ",",
      description =
          "${COMPLETION-CANDIDATES}. Default: all, and Reddi's example, on which Adam fails.")
  private List<TestFunction> functions;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      arity = "1..*",
      split = ",",
      description = "As of 'train', without lbfgs, which --batch draws. Default: the nine of the"
          + " lecture, sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, yogi and radam.")
  private List<OptimizerChoice> optimizers;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "500",
      description = "Steps of each optimizer. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "landscape",
      description = "Directory for the pictures, made if there is none. Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "svg",
      description = "svg, or png. Default: ${DEFAULT-VALUE}.")
  private Picture.Format format;

  @Option(
      names = "--batch",
      description =
          "Also draws Newton's method, BFGS, L-BFGS, conjugate gradients and gradient descent with a line"
              + " search beside the optimizers at their good rates, by evaluations of the gradient.")
  private boolean batch;

  @Option(
      names = "--animation",
      description = "Also draws all functions at the good rates into one animated GIF.")
  private boolean animation;

  @Override
  public Integer call() {
    Check.option(
        command, steps >= 1 && steps <= MOST_STEPS, "--steps", steps, "1 to " + MOST_STEPS);
    if (optimizers != null) {
      for (OptimizerChoice optimizer : optimizers) {
        Check.hasLearningRate(command, optimizer);
      }
    }
    // Nothing is shown, and a server has no screen.
    System.setProperty("java.awt.headless", "true");
    PrintWriter out = command.commandLine().getOut();
    try {
      Files.createDirectories(output);
    } catch (IOException e) {
      throw CommandException.mismatch(
          output.toString(), "a directory that can be written to", CommandException.reason(e), e);
    }
    try {
      draw(out);
    } catch (IOException e) {
      throw CommandException.unwritableIn(output, e);
    }
    return 0;
  }

  private void draw(PrintWriter out) throws IOException {
    List<Entrant> entrants = (optimizers == null ? OPTIMIZERS : optimizers)
        .stream().distinct().map(LandscapeCommand::entrant).toList();
    List<TestFunction> chosen = functions == null
        ? List.of(TestFunction.values())
        : functions.stream().distinct().toList();
    List<Study> studies = new ArrayList<>();
    for (TestFunction function : chosen) {
      Study study = Study.of(function, entrants, steps);
      studies.add(study);
      print(study, out);
      printFile(Picture.of(study).write(output, format), out);
      if (batch) {
        List<Descent> descents = study.descents();
        print(function, descents, out);
        printFile(Picture.ofDescents(function, descents).write(output, format), out);
      }
    }
    if (functions == null) {
      Map<String, double[]> points = ReddiExample.play(REDDI_STEPS);
      print(points, out);
      printFile(Picture.ofReddiExample(points).write(output, format), out);
    }
    if (animation) {
      printFile(Animation.write(studies, output), out);
    }
  }

  private static Entrant entrant(OptimizerChoice choice) {
    WeightDecay decay = WeightDecay.decoupled(choice.defaultWeightDecay());
    return new Entrant(choice.toString(), rate -> choice.build(rate, decay));
  }

  private static void print(Study study, PrintWriter out) {
    TestFunction function = study.function();
    out.printf(
        Locale.ROOT,
        "%s: %d steps from %s, %s%n",
        function,
        study.steps(),
        text(function.start()),
        function.minima().isEmpty()
            ? "no minimum"
            : "minimum at "
                + String.join(
                    ", ", function.minima().stream().map(LandscapeCommand::text).toList()));
    out.printf(Locale.ROOT, ROW, "optimizer", "", "rate", "arrival", "final value", "distance");
    for (Trial trial : study.trials()) {
      Trajectory trajectory = trial.trajectory();
      String arrival = trajectory.arrival().isPresent()
          ? Integer.toString(trajectory.arrival().getAsInt())
          : trajectory.diverged() ? "diverged" : "-";
      out.printf(
          Locale.ROOT,
          ROW,
          trial.optimizer(),
          trial.pace(),
          trial.rateText(),
          arrival,
          Trial.rounded(trajectory.finalValue(), 3),
          function
              .distanceToMinimum(trajectory.end())
              .map(distance -> Trial.rounded(distance, 3))
              .orElse("-"));
    }
  }

  private static void print(TestFunction function, List<Descent> descents, PrintWriter out) {
    out.printf(Locale.ROOT, "%s: by evaluations of value and gradient%n", function);
    out.printf(Locale.ROOT, DESCENT, "method", "arrival", "all", "final value");
    for (Descent descent : descents) {
      out.printf(
          Locale.ROOT,
          DESCENT,
          descent.method(),
          descent.arrival().isPresent() ? descent.arrival().getAsInt() + "" : "-",
          descent.evaluations().get(descent.evaluations().size() - 1),
          Trial.rounded(descent.trajectory().finalValue(), 3));
    }
  }

  private static void print(Map<String, double[]> points, PrintWriter out) {
    out.printf(
        Locale.ROOT, "reddi: %d steps from 0, the best point is -1, the worst is 1%n", REDDI_STEPS);
    out.printf(Locale.ROOT, "%-10s  %11s%n", "optimizer", "final point");
    points.forEach((optimizer, positions) -> out.printf(
        Locale.ROOT,
        "%-10s  %11s%n",
        optimizer,
        Trial.rounded(positions[positions.length - 1], 3)));
  }

  private static String text(Point point) {
    return "(" + Trial.rounded(point.x(), 3) + ", " + Trial.rounded(point.y(), 3) + ")";
  }

  private static void printFile(Path file, PrintWriter out) {
    out.println(file);
    out.println();
    out.flush();
  }
}
