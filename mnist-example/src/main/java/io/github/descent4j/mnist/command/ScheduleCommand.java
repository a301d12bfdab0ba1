package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.tour.SchedulePicture;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the learning rates of a schedule before anything is trained with it. */
@Command(
    name = "schedule",
    description = "Prints and draws the learning rates of a schedule.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  mnist-example schedule 'cosine(1e-3, 10000)'",
      "  mnist-example schedule 'oneCycle(0.1, 900)' --plot rates.svg",
      "",
      "Exit status: 0 done; 1 files cannot be written; 2 wrong usage."
    })
public final class ScheduleCommand implements Callable<Integer> {
  private static final long STEPS = 1000;
  private static final int LINES = 10;

  @Spec
  private CommandSpec command;

  @Parameters(
      paramLabel = "EXPRESSION",
      arity = "0..1",
      description = "The schedule, as Schedules.parse takes it.")
  private String expression;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "How many steps to show. Default: as many as the schedule is made for, or 1000.")
  private Long steps;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draws the rates, as *.svg or *.png.")
  private Path plot;

  @Option(
      names = "--gallery",
      paramLabel = "DIR",
      description =
          "Draws one of each kind, and two that are put together, into a directory, made if there is"
              + " none.")
  private Path gallery;

  @Override
  public Integer call() {
    Check.option(
        command,
        expression != null || gallery != null,
        "EXPRESSION",
        null,
        "a schedule, or --gallery in its place");
    Check.option(
        command,
        expression != null || (plot == null && steps == null),
        "--gallery",
        gallery,
        "neither --steps nor --plot with it, but where there is an EXPRESSION");
    Check.option(command, steps == null || steps >= 1, "--steps", steps, "at least 1");
    if (plot != null) {
      Check.option(command, SchedulePicture.draws(plot), "--plot", plot, "a file *.svg or *.png");
      Check.folderOf(plot);
    }
    if (expression != null) {
      show(schedule());
    }
    if (gallery != null) {
      try {
        Files.createDirectories(gallery);
        SchedulePicture.writeGallery(gallery);
      } catch (IOException e) {
        throw CommandException.mismatch(
            gallery.toString(), "a directory that can be written to", e.toString(), e);
      }
      SchedulePicture.gallery()
          .keySet()
          .forEach(name -> command.commandLine().getOut().println(gallery.resolve(name + ".svg")));
    }
    return 0;
  }

  private Schedule schedule() {
    try {
      return Schedules.parse(expression);
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private void show(Schedule schedule) {
    long shown = steps != null ? steps : Math.max(1, schedule.length().orElse(STEPS));
    PrintWriter out = command.commandLine().getOut();
    out.printf(Locale.ROOT, "%12s  %s%n", "step", "learning rate");
    long before = -1;
    for (int line = 0; line <= LINES; line++) {
      long step = Math.round((shown - 1) * ((double) line / LINES));
      if (step != before) {
        out.printf(Locale.ROOT, "%12d  %s%n", step, rounded(schedule.at(step)));
      }
      before = step;
    }
    if (plot != null) {
      try {
        SchedulePicture.write(schedule, expression, shown, plot);
      } catch (IOException e) {
        throw CommandException.unwritable(plot, e);
      }
      out.println(plot);
    }
  }

  private static String rounded(double rate) {
    return String.format(Locale.ROOT, "%.6g", rate);
  }
}
