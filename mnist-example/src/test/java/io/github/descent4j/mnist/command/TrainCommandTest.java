package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training through the command, on small generated data and on MNIST. */
@Tag("slow")
class TrainCommandTest {
  private static final String EPOCH_LINE =
      "epoch %d/%d  loss \\d+\\.\\d{4}  train [01]\\.\\d{4}  test [01]\\.\\d{4}"
          + "  \\d+\\.\\d{2} s  \\d+ images/s";

  private static final String[] SHORT_RUN = {"--batch-size", "20", "--epochs", "3"};

  @TempDir
  static Path small;

  private static List<String> shortRunWithDefaults;

  @BeforeAll
  static void writeSmallDataSet() {
    IdxBytes.writeDataSet(small, 1000, 200, 8, 10);
    shortRunWithDefaults = withoutTimes(train(SHORT_RUN));
  }

  @Test
  void printsALineForEachEpochAndTheResultLast() {
    CommandLineRun run = train("--epochs", "2");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    List<String> lines = run.outLines();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0))
        .isEqualTo("data       " + small + ": 1000 training and 200 test images of 8 x 10");
    // (80 + 1) x 256 + (256 + 1) x 128 + (128 + 1) x 10
    assertThat(lines.get(1)).isEqualTo("model      mlp, 54922 weights");
    assertThat(lines.get(2))
        .startsWith("optimizer  radam, learning rate ")
        .endsWith(", batch size 128, seed 42");
    assertThat(lines.get(3)).matches(String.format(Locale.ROOT, EPOCH_LINE, 1, 2));
    assertThat(lines.get(4)).matches(String.format(Locale.ROOT, EPOCH_LINE, 2, 2));
    assertThat(lines.subList(1, 6))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(lines.get(5)).matches("test accuracy [01]\\.\\d{4} \\(\\d+/200\\)");
    assertThat(lines.get(5))
        .startsWith(String.format(Locale.ROOT, "test accuracy %.4f (", run.correct() / 200.0));
  }

  @Test
  void quietPrintsTheResultAlone() {
    CommandLineRun run =
        train("--epochs", "2", "--early-stopping", "1", "--validation", "50", "-q");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).matches("test accuracy [01]\\.\\d{4} \\(\\d+/200\\)\\R");
  }

  @ParameterizedTest
  @EnumSource(value = OptimizerChoice.class, mode = EnumSource.Mode.EXCLUDE, names = "LBFGS")
  void eachOptimizerLearnsAtItsOwnRate(OptimizerChoice optimizer) {
    CommandLineRun run =
        train("--optimizer", optimizer.toString(), "--batch-size", "20", "--epochs", "3");
    assertThat(run.err()).isEmpty();
    assertThat(run.correct()).isGreaterThanOrEqualTo(190);
    assertThat(run.out())
        .contains(
            "optimizer  " + optimizer + ", learning rate " + optimizer.defaultLearningRate + ", ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--schedule constant",
        "--schedule linear",
        "--schedule step",
        "--schedule exponential",
        "--schedule polynomial",
        "--warmup 20",
        "--set beta2=0.9",
        "--optimizer muon --set newtonSchulzSteps=3 --set nesterov=false",
        "--clip-norm 0.5",
        "--weight-decay 0.1",
        "--weight-decay 0.1 --weight-decay-mode coupled",
        "--label-smoothing 0.1",
        "--dropout 0.3",
        "--l1 0.0001",
        "--l2 0.001",
        "--drop-connect 0.3",
        "--drop-connect 0.3 --drop-connect-paper",
        "--drop-connect 0.3 --drop-connect-per-image",
        "--l0 0.00001",
        "--l0 0.00001 --l0-inputs",
        "--adversarial fgsm",
        "--adversarial l2 --epsilon 0.5",
        "--adversarial pgd --adversarial-weight 0.3",
        "--input-gradient-penalty 0.1",
        "--schedule restarts",
        "--early-stopping 3 --validation 100",
        "--augment-shift 0.3",
        "--augment-rotation 5",
        "--augment-scale 0.05",
        "--augment-elastic 5",
        "--learning-rate 0.0025",
        "--batch-size 50 --epochs 5",
        "--batch-size 5000 --epochs 30 --learning-rate 0.01",
        "--seed 43"
      })
  void eachOptionHasAnEffectAndStillLearns(String options) {
    List<String> args = new ArrayList<>(List.of(options.split(" ")));
    if (!args.contains("--batch-size")) {
      args.addAll(List.of(SHORT_RUN));
    }
    CommandLineRun run = train(args.toArray(new String[0]));
    assertThat(run.err()).isEmpty();
    assertThat(run.correct()).isGreaterThanOrEqualTo(180);
    assertThat(withoutTimes(run)).isNotEqualTo(shortRunWithDefaults);
  }

  /** It has to be told the loss ahead of each step. */
  @Test
  void rpropThatGoesBackWhereTheLossHasRisenLearns() {
    CommandLineRun run = train(
        "--optimizer=rprop",
        "--learning-rate=1",
        "--set=variant=IRPROP_PLUS",
        "--batch-size=5000",
        "--epochs=30");
    assertThat(run.err()).isEmpty();
    assertThat(run.correct()).isGreaterThanOrEqualTo(180);
  }

  @Test
  void saysWhatRegularizes() {
    CommandLineRun run = train(
        "--epochs", "1", "--l1", "1e-5", "--l2", "0.001", "--augment", "--augment-elastic", "0");
    assertThat(run.outLines().get(2)).contains(", l1 1.0E-5, l2 0.001, batch size ");
    assertThat(run.outLines().get(3))
        .isEqualTo("augment    shift 2.0, rotation 10.0, scale 0.1, elastic 0.0");
  }

  @Test
  void saysWhichHyperparametersWereSet() {
    CommandLineRun run =
        train("--epochs", "1", "--set", "epsilon=1e-6,beta2=.990", "--set=beta1=0");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(2))
        .contains("cosine schedule, beta1 0.0, beta2 0.99, epsilon 1.0E-6, batch size");
  }

  /** A hyperparameter at its default changes nothing. */
  @Test
  void aDefaultThatIsSetChangesNothing() {
    List<String> args = new ArrayList<>(List.of(SHORT_RUN));
    args.addAll(List.of("--set", "beta2=0.999,belowThreshold=momentum-step"));
    assertThat(withoutTimes(train(args.toArray(new String[0])))).isEqualTo(shortRunWithDefaults);
  }

  @Test
  void stopsEarlyWithTheBestWeights() {
    CommandLineRun run = train(
        "--early-stopping", "2", "--validation", "300", "--epochs", "9", "--batch-size", "20");
    List<String> lines = run.outLines();
    assertThat(lines.get(0))
        .isEqualTo(
            "data       " + small + ": 700 training, 300 validation and 200 test images of 8 x 10");
    assertThat(lines.get(2)).contains(", early stopping after 2, batch size ");
    String best = lines.get(lines.size() - 2);
    assertThat(best).matches("best       epoch \\d, validation accuracy [01]\\.\\d{4}");
    int bestEpoch = Integer.parseInt(best.substring(17, 18));
    assertThat(lines).hasSize(3 + Math.min(9, bestEpoch + 2) + 2);
    String accuracy = lines.get(2 + bestEpoch).replaceFirst(".*test (\\S+) .*", "$1");
    assertThat(run.lastLine()).startsWith("test accuracy " + accuracy + " (");
  }

  @Test
  void adamWDecaysUnlessToldOtherwise() {
    assertThat(train("--optimizer", "adamw", "--epochs", "1").out())
        .contains("optimizer  adamw, ", ", decoupled weight decay 0.01, ");
    assertThat(train("--optimizer", "adamw", "--epochs", "1", "--weight-decay", "0")
            .out())
        .contains("optimizer  adamw, ")
        .doesNotContain("weight decay");
  }

  @Test
  void theSameSeedPrintsTheSame() {
    String[] args = {"--dropout", "0.2", "--epochs", "2", "--seed", "7"};
    assertThat(withoutTimes(train(args))).isEqualTo(withoutTimes(train(args)));
  }

  @Test
  void theConvolutionalNetworkTakesOtherImageSizes(@TempDir Path directory) {
    IdxBytes.writeDataSet(directory, 500, 100, 16, 21);
    CommandLineRun run = CommandLineRun.of(
        "train",
        "--data",
        directory.toString(),
        "--model",
        "cnn",
        "--batch-size",
        "10",
        "--epochs",
        "2");
    assertThat(run.err()).isEmpty();
    // conv 5x5x16 -> 12x17, pool -> 6x8, conv 5x5x32 -> 2x4, pool -> 1x2
    int weights = (25 + 1) * 16 + (25 * 16 + 1) * 32 + (32 * 2 + 1) * 128 + (128 + 1) * 10;
    assertThat(run.out()).contains("model      cnn, " + weights + " weights");
    assertThat(run.correct()).isGreaterThanOrEqualTo(90);
  }

  @Test
  void imagesTooSmallForTheConvolutionalNetwork() {
    fails(
        "error: " + small + ": expected images of at least 16 x 16 for --model cnn, found 8 x 10",
        "--model",
        "cnn");
  }

  @Test
  void badDataIsOneLine(@TempDir Path empty) {
    fails(
        "error: " + empty
            + "/train-images-idx3-ubyte: expected this file, or the same with .gz, found none",
        "--data",
        empty.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizerChoice.class,
      names = {"SGD", "MOMENTUM", "NESTEROV"})
  void divergenceNamesStepAndParameter(OptimizerChoice optimizer) {
    CommandLineRun run = train(
        "--optimizer", optimizer.toString(), "--learning-rate", "1e30", "--schedule", "constant");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err().strip())
        .matches("error: training diverged at step \\d+: .*'fc\\d\\.(weight|bias)'.*");
  }

  @Test
  void divergenceInTheLastStepIsNoResult() {
    CommandLineRun run = train(
        "--optimizer",
        "sgd",
        "--learning-rate",
        "1e38",
        "--schedule",
        "constant",
        "--batch-size",
        "1000",
        "--epochs",
        "1");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).startsWith("error: training diverged at step 1: ");
    assertThat(run.out()).doesNotContain("test accuracy");
  }

  @Test
  void oneEpochOnMnist() {
    CommandLineRun run = CommandLineRun.of("train", "--epochs", "1");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("data       MNIST: 60000 training and 10000 test images of 28 x 28");
    assertThat(run.lastLine()).matches("test accuracy 0\\.\\d{4} \\(\\d{4}/10000\\)");
    assertThat(run.correct()).isGreaterThanOrEqualTo(9500);
  }

  private static CommandLineRun train(String... options) {
    List<String> args = new ArrayList<>(List.of("train", "--data", small.toString()));
    args.addAll(List.of(options));
    return CommandLineRun.of(args.toArray(new String[0]));
  }

  private static void fails(String message, String... options) {
    List<String> args = new ArrayList<>(List.of("train"));
    args.addAll(List.of(options));
    if (!args.contains("--data")) {
      args.addAll(List.of("--data", small.toString()));
    }
    CommandLineRun run = CommandLineRun.of(args.toArray(new String[0]));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).containsExactly(message);
  }

  private static List<String> withoutTimes(CommandLineRun run) {
    return run.outLines().stream()
        .filter(line -> !line.startsWith("optimizer"))
        .map(line -> line.replaceAll("  \\S+ s  \\S+ images/s", ""))
        .toList();
  }
}
