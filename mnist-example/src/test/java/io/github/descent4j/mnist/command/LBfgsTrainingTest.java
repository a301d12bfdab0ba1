package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train --optimizer lbfgs} as a user runs it, on small generated data. */
@Tag("slow")
class LBfgsTrainingTest extends CheckpointRuns {
  private static final List<String> LBFGS = List.of("--optimizer=lbfgs", "--epochs=4");

  @Test
  void aStepIsOfAllImages() {
    CommandLineRun run = train(LBFGS);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().get(2)).isEqualTo("optimizer  lbfgs, batch size 1000, seed 42");
    assertThat(run.outLines()).hasSize(3 + 4 + 1);
    assertThat(run.correct()).isGreaterThanOrEqualTo(190);
  }

  @Test
  void imagesHeldOutAreNotOfTheBatch() {
    CommandLineRun run = train(LBFGS, "--early-stopping=9", "--validation=300");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(2))
        .isEqualTo("optimizer  lbfgs, early stopping after 9, batch size 700, seed 42");
    assertThat(run.correct()).isGreaterThanOrEqualTo(190);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--batch-size=250",
        "--batch-size=300 --model=cnn --epochs=6",
        "--l2=0.001",
        "--dropout=0.2",
        "--label-smoothing=0.1",
        "--augment-shift=0.3",
        "--seed=43"
      })
  void eachOptionHasAnEffectAndStillLearns(String options) {
    CommandLineRun run = train(settings(options));
    assertThat(run.err()).isEmpty();
    assertThat(run.correct()).isGreaterThanOrEqualTo(180);
    assertThat(epochs(run)).isNotEqualTo(epochs(train(LBFGS)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --learning-rate=0.1            | --learning-rate is 0.1, expected none with --optimizer lbfgs, whose line search chooses the step
      --schedule=constant            | --schedule is constant, expected none with --optimizer lbfgs, whose line search chooses the step
      --schedule=cosine              | --schedule is cosine, expected none with --optimizer lbfgs, whose line search chooses the step
      --warmup=3                     | --warmup is 3, expected none with --optimizer lbfgs, whose line search chooses the step
      --clip-norm=1                  | --clip-norm is 1.0, expected none with --optimizer lbfgs, whose line search needs the gradient as it is
      --weight-decay=0.1             | --weight-decay is 0.1, expected none with --optimizer lbfgs, which takes --l2: a part of what it minimizes
      --weight-decay-mode=coupled    | --weight-decay-mode is coupled, expected none with --optimizer lbfgs, which takes --l2: a part of what it minimizes
      --l1=0.1                       | --l1 is 0.1, expected none with --optimizer lbfgs, which minimizes smooth functions
      --model=convnet                | --model is convnet, expected one without batch normalization with --optimizer lbfgs, which needs a function of the weights alone
      """)
  void refusesWhatItCannotHonour(String option, String message) {
    CommandLineRun run = train(LBFGS, option);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines().get(0)).isEqualTo("error: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"find-lr", "compare", "landscape"})
  void commandsThatTryLearningRatesRefuseIt(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--optimizer=lbfgs");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0))
        .isEqualTo("error: --optimizer is lbfgs, expected one with a learning rate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--batch-size=300 --dropout=0.2 --augment-shift=0.3 --l2=0.001"})
  void goesOnFromAnEarlierEpochToTheSameBits(String options) throws IOException {
    List<String> settings = settings(options);
    CommandLineRun whole = train(settings, "--checkpoint=" + runs, "--keep=9");
    assertThat(whole.err()).isEmpty();
    List<String> checkpoints = checkpoints();
    assertThat(checkpoints).hasSize(4);
    Path last = runs.resolve(checkpoints.get(3));
    byte[] network = Files.readAllBytes(last.resolve(Checkpoint.NETWORK));
    byte[] optimizer = Files.readAllBytes(last.resolve(Checkpoint.OPTIMIZER));
    for (String later : checkpoints.subList(2, 4)) {
      delete(runs.resolve(later));
    }

    CommandLineRun rest = CommandLineRun.of("train", "--resume=" + runs);
    assertThat(rest.err()).isEmpty();
    assertThat(epochs(rest)).isEqualTo(epochs(whole).subList(2, 5));
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.NETWORK))).isEqualTo(network);
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.OPTIMIZER))).isEqualTo(optimizer);
    assertThat(evaluate(last).lastLine()).isEqualTo(whole.lastLine());
  }

  @Test
  void refusesOtherSettingsOfACheckpoint() {
    train(LBFGS, "--checkpoint=" + runs);
    Path last = runs.resolve(checkpoints().get(checkpoints().size() - 1));
    fails(
        "--batch-size is 128, expected 1000 as in " + last, "--resume=" + runs, "--batch-size=128");
    fails(
        "--schedule is linear, expected no such option as in " + last,
        "--resume=" + runs,
        "--schedule=linear");
    CommandLineRun same =
        CommandLineRun.of("train", "--resume=" + runs, "--batch-size=1000", "--optimizer=lbfgs");
    assertThat(same.err()).isEmpty();
    assertThat(same.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--schedule", "--l1"})
  void aCheckpointWithASettingThatItHasNoUseForIsNone(String option) throws IOException {
    train(LBFGS, "--checkpoint=" + runs);
    Path file = runs.resolve(checkpoints().get(0)).resolve(Checkpoint.RUN);
    for (String checkpoint : checkpoints()) {
      file = runs.resolve(checkpoint).resolve(Checkpoint.RUN);
      String text = Files.readString(file);
      assertThat(text).doesNotContain(option);
      Files.writeString(
          file,
          text.replaceFirst(",\\s+\"checksum\" : \"[0-9a-f]{8}\"", "")
              .replaceFirst(
                  "\"--seed\" : \"42\"",
                  "\"--seed\" : \"42\", \"" + option + "\" : \""
                      + (option.equals("--l1") ? "0.0" : "linear") + "\""));
    }
    CommandLineRun run = CommandLineRun.of("train", "--resume=" + runs);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: " + file).contains(option, "expected none with");
  }

  @Test
  void reportAndMetricsHaveLossAndAccuracy() throws IOException {
    Path report = folder.resolve("report.html");
    Path metrics = folder.resolve("metrics.csv");
    CommandLineRun run = train(
        LBFGS,
        "--report=" + report,
        "--metrics=" + metrics,
        "--checkpoint=" + runs,
        "--batch-size=500");
    assertThat(run.err()).isEmpty();
    assertThat(Files.readString(report))
        .contains("mlp with lbfgs", "Loss", "Accuracy", "--batch-size")
        .doesNotContain("--schedule", "Gradient norms");
    assertThat(Files.readAllLines(metrics)).hasSize(1 + 4);
    RunRecord record = RunRecord.load(
        runs.resolve(checkpoints().get(checkpoints().size() - 1)).resolve(Checkpoint.RECORD));
    assertThat(record.steps()).hasSize(8);
    double first = record.steps().get(0).loss();
    // Before the first step, a network knows nothing of ten classes.
    assertThat(first).isBetween(1.5, 4.0);
    assertThat(record.epochs().get(3).trainLoss()).isLessThan(first / 5);
  }

  private static List<String> settings(String options) {
    List<String> settings = new ArrayList<>(LBFGS);
    for (String option : options.isEmpty() ? new String[0] : options.split(" ")) {
      String name = option.replaceFirst("=.*", "=");
      settings.removeIf(other -> other.startsWith(name));
      settings.add(option);
    }
    return settings;
  }

  /** The lines of epochs and the last one, without times. */
  private static List<String> epochs(CommandLineRun run) {
    return run.outLines().stream()
        .filter(line -> line.startsWith("epoch ") || line.startsWith("test accuracy "))
        .map(line -> line.replaceAll("  \\S+ s  \\S+ images/s", ""))
        .toList();
  }
}
