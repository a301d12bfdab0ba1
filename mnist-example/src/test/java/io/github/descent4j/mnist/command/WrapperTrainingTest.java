package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no update rule by {@code --optimizer}: lookahead, SAM and schedule-free learning, as a user runs them. */
@Tag("slow")
class WrapperTrainingTest extends CheckpointRuns {

  private static List<String> settings(String optimizer, String... others) {
    List<String> settings =
        new ArrayList<>(List.of("--optimizer=" + optimizer, "--batch-size=20", "--epochs=3"));
    settings.addAll(List.of(others));
    return settings;
  }

  /** What a wrapper changes is seen in the numbers. */
  @ParameterizedTest
  @CsvSource({"lookahead, adam", "sam, momentum"})
  void isNotTheRuleInside(String wrapper, String rule) {
    CommandLineRun wrapped = train(settings(wrapper));
    CommandLineRun plain = train(settings(rule));
    assertThat(wrapped.err()).isEmpty();
    assertThat(epochs(wrapped)).hasSize(4).isNotEqualTo(epochs(plain));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lookahead", "sam", "schedulefree-sgd", "schedulefree-adamw"})
  void goesOnFromAnEarlierEpochToTheSameBits(String optimizer) throws IOException {
    CommandLineRun whole = train(settings(optimizer), "--checkpoint=" + runs, "--keep=9");
    assertThat(whole.err()).isEmpty();
    assertThat(checkpoints()).hasSize(3);
    Path last = runs.resolve(step(3));
    byte[] network = Files.readAllBytes(last.resolve(Checkpoint.NETWORK));
    byte[] state = Files.readAllBytes(last.resolve(Checkpoint.OPTIMIZER));
    delete(runs.resolve(step(2)));
    delete(last);

    CommandLineRun rest = CommandLineRun.of("train", "--resume=" + runs);
    assertThat(rest.err()).isEmpty();
    assertThat(epochs(rest)).isEqualTo(epochs(whole).subList(1, 4));
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.NETWORK))).isEqualTo(network);
    assertThat(Files.readAllBytes(last.resolve(Checkpoint.OPTIMIZER))).isEqualTo(state);
    assertThat(evaluate(last).lastLine()).isEqualTo(whole.lastLine());
  }

  /** The weights of a checkpoint are the average, whose slot is x; those that are trained are beside them. */
  @ParameterizedTest
  @ValueSource(strings = {"schedulefree-sgd", "schedulefree-adamw"})
  void scheduleFreeSavesTheAverageAsTheWeights(String optimizer) throws IOException {
    train(settings(optimizer), "--checkpoint=" + runs);
    Path last = runs.resolve(step(3));
    for (String parameter : List.of("fc1.weight", "fc1.bias", "fc3.weight")) {
      byte[] used = array(last.resolve(Checkpoint.NETWORK), parameter + "/value");
      byte[] trained = array(last.resolve(Checkpoint.TRAINING), parameter + "/value");
      assertThat(used)
          .isEqualTo(array(last.resolve(Checkpoint.OPTIMIZER), parameter + "/x"))
          .isNotEqualTo(trained);
    }
  }

  @Test
  void otherOptimizersHaveOneFileOfWeights() {
    train(settings("adam"), "--checkpoint=" + runs);
    assertThat(runs.resolve(step(3)).resolve(Checkpoint.NETWORK)).exists();
    assertThat(runs.resolve(step(3)).resolve(Checkpoint.TRAINING)).doesNotExist();
  }

  @Test
  void scheduleFreeStopsEarlyOnItsAverage() throws IOException {
    CommandLineRun run = train(
        settings("schedulefree-adamw"),
        "--early-stopping=9",
        "--validation=200",
        "--checkpoint=" + runs,
        "--keep=9");
    assertThat(run.err()).isEmpty();
    int best = Integer.parseInt(run.outLines().stream()
        .filter(line -> line.startsWith("best "))
        .findFirst()
        .orElseThrow()
        .replaceFirst("best +epoch (\\d+),.*", "$1"));
    String folder = checkpoints().get(best - 1);
    byte[] weights =
        array(runs.resolve(checkpoints().get(2)).resolve(Checkpoint.BEST), "fc1.weight/value");
    assertThat(weights)
        .isEqualTo(array(runs.resolve(folder).resolve(Checkpoint.NETWORK), "fc1.weight/value"));
    assertThat(evaluate(runs.resolve(folder)).lastLine()).isEqualTo(run.lastLine());
  }

  @Test
  void scheduleFreeHasAConstantRateAndTakesAWarmup() {
    CommandLineRun run = train(settings("schedulefree-sgd", "--warmup=10"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("optimizer  schedulefree-sgd, learning rate ")
        .contains("constant schedule after 10 steps of warmup");
    assertThat(epochs(run)).isNotEqualTo(epochs(train(settings("schedulefree-sgd"))));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      schedulefree-sgd   | --schedule=cosine           | --schedule is cosine, expected none with --optimizer schedulefree-sgd, whose average stands in place of a schedule
      schedulefree-adamw | --set=beta2=0.9             | --set: hyperparameter is 'beta2', expected none for schedulefree-adamw, which is no update rule
      sam                | --set=rho=0.9               | --set: hyperparameter is 'rho', expected dampening, momentum or rateInsideVelocity of Momentum
      """)
  void refusesWhatItCannotHonour(String optimizer, String option, String message) {
    CommandLineRun run = train(List.of("--optimizer=" + optimizer), option);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0)).startsWith("error: " + message);
  }

  @Test
  void scheduleFreeDecaysDecoupledAlone() {
    CommandLineRun coupled = train(
        List.of("--optimizer=schedulefree-sgd"),
        "--weight-decay=0.1",
        "--weight-decay-mode=coupled");
    assertThat(coupled.exitCode()).isEqualTo(2);
    assertThat(coupled.errLines().get(0))
        .isEqualTo("error: --weight-decay-mode is coupled, expected decoupled for --optimizer"
            + " schedulefree-sgd");
    CommandLineRun decayed = train(settings("schedulefree-sgd"), "--weight-decay=0.1");
    assertThat(decayed.err()).isEmpty();
    assertThat(epochs(decayed)).isNotEqualTo(epochs(train(settings("schedulefree-sgd"))));
  }

  @Test
  void theRangeTestRefusesSam() {
    CommandLineRun run = CommandLineRun.of("find-lr", "--optimizer=sam");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0))
        .isEqualTo("error: --optimizer is sam, expected one that takes one gradient in a step");
  }

  /** The lines of epochs and the last one, without times. */
  private static List<String> epochs(CommandLineRun run) {
    return run.outLines().stream()
        .filter(line -> line.startsWith("epoch ") || line.startsWith("test accuracy "))
        .map(line -> line.replaceAll("  \\S+ s  \\S+ images/s", ""))
        .toList();
  }

  private static byte[] array(Path file, String name) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(name + ".npy");
      assertThat(entry).as("%s in %s", name, file).isNotNull();
      return zip.getInputStream(entry).readAllBytes();
    }
  }
}
