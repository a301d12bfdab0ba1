package io.github.descent4j.mnist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Any command line, an argument a line: done, or refused with a line that begins with {@code error: } and the exit status of the
 * kind of failure. No data are found, so that nothing is trained, and all paths are below a scratch folder.
 */
public final class CommandLineTarget {
  private static final Path FOLDER = Scratch.folder();
  private static final String NO_DATA = "--data=" + FOLDER.resolve("no-data");
  private static final Set<String> PATHS = paths();

  private CommandLineTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<String> args = new ArrayList<>();
    for (String arg : new String(input, UTF_8).split("\n", -1)) {
      String harmless = harmless(arg);
      if (harmless != null) {
        args.add(harmless);
      }
    }
    // Where none is given, its files go into the folder that the process is in.
    if (args.contains("tour") && args.stream().noneMatch(arg -> arg.startsWith("--out="))) {
      args.add("--out=" + FOLDER.resolve("tour"));
    }
    // The commands that have no such option refuse it.
    args.add(NO_DATA);
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isBetween(0, 2);
    if (run.exitCode() == 0) {
      assertThat(run.err()).isEmpty();
    } else {
      // A failure that nobody has thought of begins with the name of its exception.
      assertThat(run.errLines().get(0))
          .startsWith("error: ")
          .doesNotMatch("error: (\\w+(Exception|Error)\\b|out of memory).*");
      assertThat(run.errLines().size()).isLessThanOrEqualTo(run.exitCode() == 1 ? 1 : 8);
    }
    Scratch.delete(FOLDER);
  }

  /** An argument as it can be tried, or null for one that reads or writes elsewhere, or finds data. */
  private static String harmless(String arg) {
    String name = arg.contains("=") ? arg.substring(0, arg.indexOf('=')) : arg;
    if (arg.startsWith("@") || arg.equals("--") || name.equals("--data")) {
      return null;
    }
    if (!PATHS.contains(name)) {
      return arg.contains("/") ? null : arg;
    }
    String value = arg.substring(Math.min(arg.length(), name.length() + 1));
    boolean outside = value.isEmpty() || value.contains("/") || value.contains("..");
    return outside ? null : name + "=" + FOLDER + "/" + value;
  }

  /** The names of all options that take a file or a folder. */
  private static Set<String> paths() {
    return Arrays.stream(Main.class.getAnnotation(Command.class).subcommands())
        .flatMap(command -> new CommandLine(command).getCommandSpec().options().stream())
        .filter(option -> option.type() == Path.class || option.auxiliaryTypes()[0] == Path.class)
        .flatMap(option -> Arrays.stream(option.names()))
        .collect(Collectors.toSet());
  }
}
