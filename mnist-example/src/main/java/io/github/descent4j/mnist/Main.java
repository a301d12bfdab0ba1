package io.github.descent4j.mnist;

import io.github.descent4j.mnist.command.CompareCommand;
import io.github.descent4j.mnist.command.CompletionCommand;
import io.github.descent4j.mnist.command.EvaluateCommand;
import io.github.descent4j.mnist.command.ExportCommand;
import io.github.descent4j.mnist.command.FindLrCommand;
import io.github.descent4j.mnist.command.LandscapeCommand;
import io.github.descent4j.mnist.command.PredictCommand;
import io.github.descent4j.mnist.command.ScheduleCommand;
import io.github.descent4j.mnist.command.TourCommand;
import io.github.descent4j.mnist.command.TrainCommand;
import io.github.descent4j.mnist.compare.Entry;
import io.github.descent4j.mnist.compare.Rate;
import io.github.descent4j.mnist.compare.Seeds;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.landscape.Picture;
import io.github.descent4j.mnist.landscape.TestFunction;
import io.github.descent4j.mnist.option.OptionGroups;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.settings.AttackChoice;
import io.github.descent4j.mnist.settings.Choice;
import io.github.descent4j.mnist.settings.DecayMode;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.settings.ScheduleChoice;
import io.github.descent4j.mnist.tour.TourChapter;
import io.github.descent4j.nn.OpenBlasCore;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code mnist-example}: trains networks on MNIST with the optimizers of descent4j.
 *
 * <pre>
 * java -jar mnist-example.jar train --model cnn --epochs 3
 * </pre>
 *
 * <p>Exit status: 0 if all went well; 1 if it did not (data, diverged training), with one line on standard error; 2 for a
 * wrong command line, with the reason and the usage line on standard error.
 */
@Command(
    name = "mnist-example",
    description = "Trains networks on MNIST with the optimizers of descent4j.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  mnist-example train --report run.html --checkpoint runs",
      "  mnist-example evaluate --checkpoint runs",
      "",
      "'mnist-example COMMAND --help' tells more about a command."
    })
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS = List.of(
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ExportCommand.class,
      CompareCommand.class,
      FindLrCommand.class,
      LandscapeCommand.class,
      TourCommand.class,
      ScheduleCommand.class,
      CompletionCommand.class);

  private Main() {}

  /**
   * Runs the command and ends the JVM with its exit status.
   *
   * @param args the command line
   */
  public static void main(String... args) {
    // Our own numbers ask for no locale; those of the libraries that draw charts and bars would.
    Locale.setDefault(Locale.ROOT);
    // JNA, with which a variable of the environment is set, else starts a process to learn where
    // libraries are. Nothing is loaded from there.
    System.getProperties().putIfAbsent("jna.platform.library.path", "");
    OpenBlasCore.choose();
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    System.exit(run(out, err, args));
  }

  /** Runs the command, and returns the exit status. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    commands(args).forEach(commandLine::addSubcommand);
    commandLine
        .setOut(out)
        .setErr(err)
        .registerConverter(ModelChoice.class, Choice.converter(ModelChoice.class))
        .registerConverter(OptimizerChoice.class, Choice.converter(OptimizerChoice.class))
        .registerConverter(ScheduleChoice.class, Choice.converter(ScheduleChoice.class))
        .registerConverter(AttackChoice.class, Choice.converter(AttackChoice.class))
        .registerConverter(Entry.class, Entry::parse)
        .registerConverter(Rate.class, Rate::parse)
        .registerConverter(Seeds.class, Seeds::parse)
        .registerConverter(DecayMode.class, Choice.converter(DecayMode.class))
        .registerConverter(TestFunction.class, Choice.converter(TestFunction.class))
        .registerConverter(TourChapter.class, Choice.converter(TourChapter.class))
        .registerConverter(Picture.Format.class, Choice.converter(Picture.Format.class))
        .setParameterExceptionHandler(Main::wrongUsage)
        .setExecutionExceptionHandler(Main::failed);
    OptionGroups.install(commandLine);
    if (args.length == 0) {
      err.println("error: expected a command");
      err.println();
      commandLine.usage(err);
      return CommandLine.ExitCode.USAGE;
    }
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      outOfMemory(e, err);
    } catch (LinkageError e) {
      log.debug("linkage", e);
      err.println("error: " + NativeCode.problem(e));
    } catch (Throwable e) {
      unexpected(e, err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** The command that the line begins with, or all: the options of all take a tenth of a second to read. */
  private static List<Class<?>> commands(String... args) {
    for (Class<?> command : COMMANDS) {
      // The one that prints completions asks for the options of the others.
      if (command != CompletionCommand.class
          && args.length > 0
          && args[0].equals(command.getAnnotation(Command.class).name())) {
        return List.of(command);
      }
    }
    return COMMANDS;
  }

  static void outOfMemory(OutOfMemoryError e, PrintWriter err) {
    String advice = ", expected a larger heap, as by java -Xmx4g";
    String reason = "";
    try {
      reason = " (" + CommandException.quoted(e.getMessage() + "") + ")";
    } catch (OutOfMemoryError again) {
      // What another thread still holds leaves too little even for that: the reason is left out.
    }
    err.print("error: out of memory");
    err.print(reason);
    err.println(advice);
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("error: " + CommandException.line(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println(command.getUsageMessage().lines().findFirst().orElseThrow());
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof CommandException) {
      command.getErr().println("error: " + CommandException.line(e.getMessage()));
    } else {
      unexpected(e, command.getErr());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** A fault of this program, or of the machine: still one line. */
  private static void unexpected(Throwable e, PrintWriter err) {
    log.debug("unexpected", e);
    String message = e.getMessage() == null ? "" : ": " + CommandException.quoted(e.getMessage());
    err.println("error: " + e.getClass().getSimpleName() + message
        + "; DESCENT4J_LOG=DEBUG in the environment shows where");
  }
}
