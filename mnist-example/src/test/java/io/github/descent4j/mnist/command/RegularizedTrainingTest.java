package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DropConnect, gates, attacks and ensembles through the commands. */
@Tag("slow")
class RegularizedTrainingTest extends CheckpointRuns {
  private static final Pattern PRUNED = Pattern.compile("pruned     (\\d+) of (\\d+) weights left");

  @Test
  void saysWhatRegularizes() {
    CommandLineRun run = train(
        List.of("--batch-size", "100", "--epochs", "1"),
        "--drop-connect=0.3",
        "--drop-connect-paper",
        "--l0=1e-6",
        "--adversarial=fgsm",
        "--epsilon=0.05");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(2))
        .contains(", DropConnect 0.3 as in the paper, l0 1.0E-6, fgsm 0.05 of weight 0.5, batch ");
  }

  /** A strong penalty closes gates; what is left of the network does the same. */
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "convnet"})
  void prunesClosedUnits(String model) {
    CommandLineRun run = train(
        List.of("--batch-size", "50", "--epochs", "12"),
        "--model=" + model,
        "--optimizer=adam", // RAdam's first steps are too short for gates to close.
        "--l0=2e-4",
        "--learning-rate=0.05",
        "--l0-inputs",
        "--checkpoint=" + runs);
    assertThat(run.err()).isEmpty();
    List<String> lines = run.outLines();
    int gates = model.equals("mlp") ? 3 : 2;
    assertThat(lines.subList(lines.size() - 2 - gates, lines.size() - 2))
        .allMatch(line -> line.matches(
            "gates {6}\\d+ of \\d+ open in (inputs|fc\\d), \\d+\\.\\d expected in training"));
    Matcher pruned = PRUNED.matcher(lines.get(lines.size() - 2));
    assertThat(pruned.matches()).isTrue();
    int first = open(lines, "fc1");
    assertThat(first).isPositive().isLessThan(model.equals("mlp") ? 256 : 128);
    // Images of 16 x 16. Gates of inputs take nothing away: images do not become smaller.
    int left = switch (model) {
      case "mlp" ->
        dense(256, first) + dense(first, open(lines, "fc2")) + dense(open(lines, "fc2"), 10);
      case "cnn" ->
        convolution(5, 1, 16) + convolution(5, 16, 32) + dense(32, first) + dense(first, 10);
      default ->
        convolution(3, 1, 16)
            + convolution(3, 16, 16)
            + convolution(3, 16, 32)
            + convolution(3, 32, 32)
            + dense(512, first)
            + dense(first, 10);
    };
    assertThat(pruned.group(1)).isEqualTo("" + left);
    int all = switch (model) {
      case "mlp" -> dense(256, 256) + dense(256, 128) + dense(128, 10);
      case "cnn" -> left + dense(32, 128 - first) + 10 * (128 - first);
      default -> left + dense(512, 128 - first) + 10 * (128 - first);
    };
    assertThat(pruned.group(2)).isEqualTo("" + all);
    CommandLineRun evaluation = evaluate(runs.resolve("step-00000240"));
    assertThat(evaluation.err()).isEmpty();
    assertThat(evaluation.lastLine()).isEqualTo(run.lastLine());
  }

  /** How many gates of a layer are open. */
  private static int open(List<String> lines, String layer) {
    Pattern gates = Pattern.compile("gates {6}(\\d+) of \\d+ open in " + layer + ", .*");
    return lines.stream()
        .map(gates::matcher)
        .filter(Matcher::matches)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst()
        .orElseThrow();
  }

  /** The weights and biases of a layer. */
  private static int dense(int inputs, int outputs) {
    return (inputs + 1) * outputs;
  }

  private static int convolution(int kernel, int inputs, int outputs) {
    return (kernel * kernel * inputs + 1) * outputs;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--drop-connect=0.3",
        "--drop-connect=0.3 --drop-connect-paper",
        "--l0=1e-5 --l0-inputs",
        "--adversarial=pgd --epsilon=0.05 --dropout=0.2",
        "--input-gradient-penalty=0.1 --dropout=0.2",
      })
  void goesOnWithTheSameBitsAndEvaluatesAsItTrained(String options) throws IOException {
    String[] with = (options + " --keep=9 --checkpoint=" + runs).split(" ");
    CommandLineRun whole = train(shortRun(), with);
    assertThat(whole.err()).isEmpty();
    assertThat(evaluate(runs).lastLine()).contains("test accuracy");
    assertThat(evaluate(runs.resolve(step(2))).lastLine()).isEqualTo(whole.lastLine());
    delete(runs.resolve(step(2)));
    CommandLineRun resumed = train(List.of(), "--resume=" + runs);
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.lastLine()).isEqualTo(whole.lastLine());
    assertThat(withoutTimes(resumed.outLines().get(4)))
        .isEqualTo(withoutTimes(whole.outLines().get(4)));
  }

  private static String withoutTimes(String line) {
    return line.replaceFirst("  [\\d.]+ s  .*", "");
  }

  @Test
  void evaluatesUnderAttack() throws IOException {
    Path report = folder.resolve("attack.html");
    for (String model : List.of("mlp", "convnet")) {
      Path checkpoints = folder.resolve(model);
      assertThat(train(shortRun(), "--model=" + model, "--checkpoint=" + checkpoints)
              .err())
          .isEmpty();
      for (String attack : List.of("fgsm", "l2", "pgd")) {
        CommandLineRun run = CommandLineRun.of(
            "evaluate",
            "--data=" + data,
            "--checkpoint=" + checkpoints,
            "--attack=" + attack,
            "--epsilon=0,0.2,5",
            "--report=" + report);
        assertThat(run.err()).isEmpty();
        List<String> lines = run.outLines();
        int table = lines.indexOf("attack " + attack);
        assertThat(lines.get(table + 1)).isEqualTo("epsilon  accuracy");
        double none = accuracy(lines.get(table + 2), "    0.0    ");
        assertThat(run.lastLine())
            .startsWith(String.format(Locale.ROOT, "test accuracy %.4f ", none));
        double strong = accuracy(lines.get(table + 4), "    5.0    ");
        // It may be below the strong one, whose images are black and white: worse than a guess.
        assertThat(accuracy(lines.get(table + 3), "    0.2    ")).isLessThanOrEqualTo(none);
        assertThat(strong).isLessThan(none - 0.3);
        assertThat(report)
            .content()
            .contains(
                "<h2>Under attack</h2>",
                "The first test images after an attack of 5.",
                "<th scope=\"row\">attack</th><td>" + attack + " of 0.0, 0.2, 5.0</td>");
      }
    }
  }

  private static double accuracy(String line, String start) {
    assertThat(line).startsWith(start);
    return Double.parseDouble(line.substring(start.length()));
  }

  @Test
  void averagesNetworks() {
    List<String> folders = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      String checkpoints = folder.resolve("seed-" + seed).toString();
      folders.add(checkpoints);
      // Few steps, so that there are mistakes to make good.
      List<String> settings = List.of("--batch-size", "500", "--epochs", "3", "--seed", "" + seed);
      assertThat(train(settings, "--keep=9", "--checkpoint=" + checkpoints).err())
          .isEmpty();
    }
    CommandLineRun alone = evaluate(Path.of(folders.get(0)));
    CommandLineRun same = ensemble(folders.get(0), "--ensemble=" + folders.get(0));
    assertThat(same.lastLine()).isEqualTo(alone.lastLine());
    CommandLineRun three =
        ensemble(folders.get(0), "--ensemble=" + folders.get(1) + "," + folders.get(2));
    assertThat(three.err()).isEmpty();
    assertThat(three.outLines().get(0)).endsWith(", an ensemble of 3");
    int least = 200;
    for (String checkpoints : folders) {
      least = Math.min(least, evaluate(Path.of(checkpoints)).correct());
    }
    assertThat(three.correct()).isGreaterThanOrEqualTo(least);
    Path report = folder.resolve("snapshots.html");
    CommandLineRun snapshots =
        ensemble(folders.get(0), "--snapshots=2", "--attack=fgsm", "--report=" + report);
    assertThat(report)
        .content()
        .contains(
            "<th scope=\"row\">snapshots</th><td>2</td>",
            "<th scope=\"row\">attack</th><td>fgsm of 0.0, 0.05, 0.1, 0.2, 0.3</td>");
    CommandLineRun described = ensemble(
        folders.get(0),
        "--ensemble=" + folders.get(1) + "," + folders.get(2),
        "--json",
        "--report=" + report);
    String members = folders.get(1) + ", " + folders.get(2);
    assertThat(report)
        .content()
        .contains("<th scope=\"row\">ensemble</th><td>" + members + "</td>");
    assertThat(described.out()).contains("\"ensemble\" : \"" + members + "\"");
    assertThat(snapshots.outLines().get(0)).endsWith(", an ensemble of 2");
    assertThat(snapshots.out()).contains("attack fgsm");
    CommandLineRun one = ensemble(folders.get(0), "--snapshots=1");
    assertThat(one.outLines().get(0)).doesNotContain("ensemble");
    CommandLineRun tooMany = ensemble(folders.get(0), "--snapshots=4");
    assertThat(tooMany.exitCode()).isEqualTo(1);
    assertThat(tooMany.err())
        .isEqualTo("error: " + folders.get(0) + ": expected at least 4 checkpoints, found 3"
            + System.lineSeparator());
  }

  private static CommandLineRun ensemble(String checkpoint, String... options) {
    List<String> args = new ArrayList<>(
        List.of("evaluate", "--data", data.toString(), "--worst=0", "--checkpoint", checkpoint));
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @Test
  void refusesNetworksOfOtherImages(@TempDir Path other) throws IOException {
    IdxBytes.writeDataSet(other, 200, 100, 12, 16);
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    train(List.of("--epochs", "1"), "--checkpoint=" + first);
    CommandLineRun.of("train", "--data=" + other, "--epochs=1", "--checkpoint=" + second);
    assertThat(Files.isDirectory(second)).isTrue();
    CommandLineRun run = ensemble(first.toString(), "--ensemble=" + second);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("error: --ensemble: expected networks that were trained on the same images, "
            + "found one for 10 classes of 12 x 16 read by ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --drop-connect=1 | --drop-connect is 1.0, expected a value in [0, 1)
      --drop-connect-paper | --drop-connect-paper is true, expected --drop-connect with it
      --drop-connect-per-image | --drop-connect-per-image is true, expected --drop-connect with it
      --l0=-1 | --l0 is -1.0, expected a finite number of at least 0
      --l0-inputs | --l0-inputs is true, expected --l0 with it
      --epsilon=0.1 | --epsilon is 0.1, expected --adversarial with it
      --adversarial=fgsm --epsilon=-1 | --epsilon is -1.0, expected a value in [0, 100]
      --adversarial-weight=0.1 | --adversarial-weight is 0.1, expected --adversarial with it
      --adversarial=fgsm --adversarial-weight=2 | --adversarial-weight is 2.0, expected a value in [0, 1]
      --input-gradient-penalty=NaN | --input-gradient-penalty is NaN, expected a finite number of at least 0
      --input-gradient-penalty=1 --adversarial=l2 | --input-gradient-penalty is 1.0, expected no --adversarial
      --input-gradient-penalty=1 --model=convnet | --model is convnet, expected one without batch normalization with --input-gradient-penalty, which
      --input-gradient-penalty=1 --l0=1 | --l0 is given, expected none with --input-gradient-penalty, which
      --optimizer=lbfgs --adversarial=l2 | --adversarial is l2, expected none with --optimizer lbfgs, whose line search evaluates the loss alone
      """)
  void refuses(String options, String message) {
    CommandLineRun run = train(List.of(), options.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: " + message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --epsilon=0.1 | --epsilon is [0.1], expected --attack with it
      --attack=fgsm --epsilon=-1 | --epsilon is -1.0, expected values in [0, 100]
      --snapshots=0 | --snapshots is 0, expected at least 1
      """)
  void refusesToEvaluate(String options, String message) {
    CommandLineRun run = ensemble("nowhere", options.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: " + message);
  }
}
