package io.github.descent4j.benchmarks.compare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the scripts make of their arguments, before they build anything: here a build notes that it was begun, and fails. */
@DisabledOnOs(OS.WINDOWS)
class ScriptsTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final int BUILT = 99;

  @TempDir
  Path folder;

  private Path begun;

  @BeforeEach
  void replaceMaven() throws IOException {
    begun = folder.resolve("begun");
    Path mvn = Files.writeString(
        Files.createDirectory(folder.resolve("bin")).resolve("mvn"),
        "#!/usr/bin/env bash\necho \"$@\" > '" + begun + "'\nexit " + BUILT + "\n");
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Exit code, standard output, standard error. */
  private record Run(int exitCode, String out, String err) {}

  private Run run(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(
        List.of("bash", PROJECT.resolve("benchmarks").resolve(script).toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out.toFile())
        .redirectError(err.toFile());
    builder
        .environment()
        .merge(
            "PATH",
            folder.resolve("bin").toString(),
            (path, bin) -> bin + File.pathSeparator + path);
    builder.environment().keySet().removeAll(List.of("ROUNDS", "ONLY", "JAVA_25_HOME"));
    int exitCode = builder.start().waitFor();
    return new Run(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      compare.sh  | --foo                   | --foo is not an option
      compare.sh  | name                    | name is not an option
      compare.sh  | --rounds                | --rounds has no value
      compare.sh  | --rounds 0              | --rounds is '0', expected a whole number of at least 1
      compare.sh  | --rounds=two            | --rounds is 'two', expected a whole number of at least 1
      compare.sh  | --warmup -1             | --warmup is '-1', expected a whole number of at least 1
      compare.sh  | --milliseconds 1.5      | --milliseconds is '1.5', expected a whole number of at least 1
      compare.sh  | --size 0                | --size is '0', expected numbers of elements, as 1000000,200x1000
      compare.sh  | --size 10,              | --size is '10,', expected numbers of elements, as 1000000,200x1000
      compare.sh  | --size 2x               | --size is '2x', expected numbers of elements, as 1000000,200x1000
      compare.sh  | --name a/b              | --name is 'a/b', expected letters, digits, '.', '_' and '-'
      compare.sh  | --out err               | --out is 'err', expected a folder
      compare.sh  | --against missing.jar   | --against is 'missing.jar', expected the benchmarks.jar of another version
      compare.sh  | --full=yes              | --full is not an option
      training.sh |                         | no network is named, expected mlp, cnn or convnet
      training.sh | --no-build              | no network is named, expected mlp, cnn or convnet
      training.sh | vgg                     | network is 'vgg', expected mlp, cnn or convnet
      training.sh | mlp --foo               | --foo is not an option
      training.sh | mlp --rounds 0          | --rounds is '0', expected a whole number of at least 1
      training.sh | mlp --size medium       | --size is 'medium', expected small or full
      training.sh | mlp --out               | --out has no value
      training.sh | mlp --out=err           | --out is 'err', expected a folder
      """)
  void whatCannotBeDoneIsSaidBeforeTheBuild(String script, String arguments, String message)
      throws IOException, InterruptedException {
    Run run = run(script, arguments == null ? new String[0] : arguments.split(" "));
    assertThat(run.err()).isEqualTo(script + ": " + message + "; --help lists the options\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(begun).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"compare.sh", "training.sh"})
  void helpBuildsNothing(String script) throws IOException, InterruptedException {
    for (String help : List.of("--help", "-h")) {
      Run run = run(script, "--no-build", help, "--foo");
      assertThat(run.exitCode()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .startsWith("Usage: benchmarks/" + script + " ")
          .contains("--size ", "--out DIR", "--rounds N", "--no-build");
      assertThat(run.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(130));
    }
    assertThat(begun).doesNotExist();
  }

  @Test
  void eachOptionOfTheProgramIsOneOfTheScript() throws IOException, InterruptedException {
    String help = run("compare.sh", "--help").out();
    CommandLine program = new CommandLine(new Compare());
    assertThat(program.getCommandSpec().options()).hasSizeGreaterThan(10);
    program.getCommandSpec().options().forEach(option -> {
      if (!option.versionHelp()) {
        assertThat(help).contains(option.longestName());
      }
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      compare.sh  | --name a --out results --full --vector --size 10,3x4 --rounds=2 --warmup 1 --milliseconds 1 --optimizers Adam,Sgd
      compare.sh  |
      training.sh | mlp cnn --size small --rounds 1 --only DL4J --out results
      training.sh | cnn convnet
      """)
  void whatCanBeDoneBeginsWithTheBuild(String script, String arguments)
      throws IOException, InterruptedException {
    Run run = run(script, arguments == null ? new String[0] : arguments.split(" "));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(BUILT);
    assertThat(begun).content().contains("package");
  }

  /** A wrong size that comes past the script, as in a call of the program itself. */
  @Test
  void theProgramRefusesASizeToo() {
    assertThat(new CommandLine(new Compare())
            .setErr(new PrintWriter(Writer.nullWriter()))
            .execute("--size", "1x"))
        .isEqualTo(CommandLine.ExitCode.USAGE);
  }
}
