package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that begins with the weights of another one. */
@Tag("slow")
class WarmStartTest extends CheckpointRuns {
  /** So small a rate that no weight changes. */
  private static final List<String> STANDING = List.of("--epochs=1", "--learning-rate=1e-30");

  @ParameterizedTest
  @EnumSource(
      value = ModelChoice.class,
      names = {"MLP", "CNN"})
  void beginsWithTheWeightsOfARun(ModelChoice model) throws IOException {
    CommandLineRun first = train(shortRun(), "--model=" + model, "--checkpoint=" + runs);
    Path file = runs.resolve(step(2)).resolve(Checkpoint.NETWORK);
    Path copy = Files.copy(file, folder.resolve("weights.npz"));
    for (String[] from : new String[][] {
      {"--from=" + runs},
      {"--from=" + runs.resolve(step(2))},
      {"--from=" + file},
      {"--from=" + copy, "--model=" + model}
    }) {
      CommandLineRun run = train(STANDING, from);
      assertThat(run.err()).isEmpty();
      assertThat(run.outLines().get(1)).startsWith("model      " + model + ", ");
      assertThat(run.outLines().get(3)).startsWith("from       ").endsWith(".npz");
      assertThat(run.lastLine()).isEqualTo(first.lastLine());
    }
  }

  @Test
  void takesStatisticsOfBatchNormalizationToo() {
    CommandLineRun first = train(shortRun(), "--model=convnet", "--checkpoint=" + runs);
    Path again = folder.resolve("again");
    train(
        STANDING, "--from=" + runs.resolve(step(2)), "--checkpoint=" + again, "--batch-size=1000");
    Sequential trained = network(ModelChoice.CONVNET, runs.resolve(step(2)), 10);
    Sequential stood = network(ModelChoice.CONVNET, again.resolve("step-00000001"), 10);
    assertThat(first.exitCode()).isZero();
    trained
        .parameters()
        .forEach(
            parameter -> assertThat(stood.parameters().get(parameter.name()).value())
                .isEqualTo(parameter.value()));
    // One step leaves nine tenths of them; from 1, where they start without a word, they would be
    // far.
    trained.buffers().forEach((name, buffer) -> {
      if (name.endsWith("runningVariance")) {
        assertThat(buffer.distance2(stood.buffers().get(name)))
            .as(name)
            .isLessThan(0.2 * buffer.norm2Number().doubleValue());
      }
    });
  }

  /** Gates that both runs have are taken; those of one begin anew, or are left out. */
  @Test
  void copiesByNameWhateverHasGates() {
    Path gated = folder.resolve("gated");
    Path plain = folder.resolve("plain");
    List<String> few = List.of("--batch-size", "100", "--epochs", "1");
    CommandLineRun gates = train(few, "--l0=1e-3", "--checkpoint=" + gated);
    CommandLineRun none = train(few, "--drop-connect=0.2", "--checkpoint=" + plain);
    assertThat(gates.err()).isEmpty();
    assertThat(none.err()).isEmpty();
    Path gatedFile = gated.resolve("step-00000010").resolve(Checkpoint.NETWORK);
    Path plainFile = plain.resolve("step-00000010").resolve(Checkpoint.NETWORK);

    CommandLineRun both = train(STANDING, "--l0=1e-3", "--from=" + gated);
    assertThat(both.err()).isEmpty();
    assertThat(both.outLines().get(3)).isEqualTo("from       " + gatedFile);
    assertThat(both.lastLine()).isEqualTo(gates.lastLine());

    CommandLineRun left = train(STANDING, "--from=" + gated);
    assertThat(left.err()).isEmpty();
    assertThat(left.outLines().get(3))
        .isEqualTo(
            "from       " + gatedFile + ", without fc1.gates.logAlpha and fc2.gates.logAlpha");

    Path again = folder.resolve("again");
    CommandLineRun anew = train(STANDING, "--l0=0", "--from=" + plain, "--checkpoint=" + again);
    assertThat(anew.err()).isEmpty();
    assertThat(anew.outLines().get(3))
        .isEqualTo(
            "from       " + plainFile + ", with a new fc1.gates.logAlpha and fc2.gates.logAlpha");
    Sequential trained = network(ModelChoice.MLP, plain.resolve("step-00000010"), 10);
    HiddenSettings hidden = new HiddenSettings(0, false, false, 0.0, false);
    Sequential stood = ModelChoice.MLP.build(16, 16, 10, hidden, 0, 0);
    stood.load(again.resolve("step-00000008").resolve(Checkpoint.NETWORK));
    for (Parameter parameter : trained.parameters()) {
      assertThat(stood.parameters().get(parameter.name()).value())
          .as(parameter.name())
          .isEqualTo(parameter.value());
    }
  }

  /** What does not go with a model is refused with the model of a checkpoint, too. */
  @Test
  void checksTheOptionsWithTheModelOfTheWeights() {
    train(shortRun(), "--model=convnet", "--checkpoint=" + runs);
    CommandLineRun run = train(STANDING, "--from=" + runs, "--input-gradient-penalty=1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("error: --model is convnet, expected one without batch normalization with "
            + "--input-gradient-penalty, which");
  }

  @Test
  void otherClassesGetANewHead(@TempDir Path other) {
    train(shortRun(), "--checkpoint=" + runs);
    IdxBytes.writeDataSet(other, 1000, 200, 16, 16, 13);
    Path again = folder.resolve("again");
    CommandLineRun run = CommandLineRun.of(
        "train",
        "--data=" + other,
        "--from=" + runs.resolve(step(2)),
        "--epochs=1",
        "--learning-rate=1e-30",
        "--checkpoint=" + again);
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(3))
        .isEqualTo("from       " + runs.resolve(step(2)).resolve(Checkpoint.NETWORK)
            + ", but for a new fc3.weight and fc3.bias: 10 classes there, 13 here");
    Sequential trained = network(ModelChoice.MLP, runs.resolve(step(2)), 10);
    Sequential kept = network(ModelChoice.MLP, again.resolve("step-00000008"), 13);
    for (String name : List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")) {
      assertThat(kept.parameters().get(name).value())
          .as(name)
          .isEqualTo(trained.parameters().get(name).value());
    }
    CommandLineRun tuned = CommandLineRun.of(
        "train", "--data=" + other, "--from=" + runs, "--batch-size=20", "--epochs=3");
    assertThat(tuned.correct()).isGreaterThanOrEqualTo(190);
  }

  @Test
  void aRunThatBeganSoIsResumedWithoutTheOther() throws IOException {
    train(shortRun(), "--checkpoint=" + runs);
    Path again = folder.resolve("again");
    CommandLineRun run = train(shortRun(), "--from=" + runs, "--checkpoint=" + again, "--seed=5");
    delete(again.resolve(step(2)));
    delete(runs.resolve(step(1)));
    delete(runs.resolve(step(2)));
    CommandLineRun rest = CommandLineRun.of("train", "--resume=" + again);
    assertThat(rest.err()).isEmpty();
    assertThat(rest.lastLine()).isEqualTo(run.lastLine());
  }

  @Test
  void refusesWhatDoesNotFit(@TempDir Path other) throws IOException {
    train(shortRun(), "--checkpoint=" + runs);
    Path file = runs.resolve(step(2)).resolve(Checkpoint.NETWORK);
    IdxBytes.writeDataSet(other, 1000, 200, 16, 20);
    fails(
        "state file " + file
            + " has parameter 'fc1.weight' as FLOAT[256, 256], expected FLOAT[256, 320]"
            + " as in the model: the weights are to be those of --model mlp for images of 16 x 20",
        "--data=" + other,
        "--from=" + file);
    fails("--model is cnn, expected mlp as in " + file, "--model=cnn", "--from=" + file);
    Path copy = Files.copy(file, folder.resolve("weights.npz"));
    fails(
        copy + ": expected weights of --model convnet, found those of --model mlp",
        "--data=" + data,
        "--model=convnet",
        "--from=" + copy);
    Path convnet = folder.resolve("convnet");
    train(shortRun(), "--model=convnet", "--checkpoint=" + convnet);
    Path deep = Files.copy(
        convnet.resolve(step(2)).resolve(Checkpoint.NETWORK), folder.resolve("other.npz"));
    fails(
        deep + ": expected weights of --model mlp, found those of --model convnet",
        "--data=" + data,
        "--from=" + deep);
    fails(
        folder.resolve("none")
            + ": expected weights, or a folder with checkpoints, found no such file or folder",
        "--from=" + folder.resolve("none"));
    Path text = Files.writeString(folder.resolve("text.npz"), "weights");
    fails("state file " + text + " ", "--data=" + data, "--from=" + text);
    fails(
        folder
            + ": expected a folder with checkpoints, as train --checkpoint writes them, found none in it",
        "--from=" + folder);
  }

  private static Sequential network(ModelChoice model, Path checkpoint, int classes) {
    Sequential network = model.build(16, 16, classes, 0, 0);
    network.load(checkpoint.resolve(Checkpoint.NETWORK));
    return network;
  }
}
