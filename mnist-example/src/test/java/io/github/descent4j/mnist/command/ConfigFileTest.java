package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.run.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings from files. */
class ConfigFileTest extends CheckpointRuns {

  @Test
  void theDescriptionOfARunStartsItAgain() throws IOException {
    List<String> settings = new ArrayList<>(shortRun());
    settings.addAll(List.of("--optimizer=adam", "--set=beta2=0.99,beta1=0.8", "--augment"));
    train(settings, "--checkpoint=" + runs, "--seed=9");
    Path again = folder.resolve("again");
    CommandLineRun run = CommandLineRun.of(
        "train",
        "--config=" + runs.resolve(step(1)).resolve(Checkpoint.RUN),
        "--checkpoint=" + again);
    assertThat(run.err()).isEmpty();
    assertThat(Files.readAllBytes(again.resolve(step(2)).resolve(Checkpoint.NETWORK)))
        .isEqualTo(Files.readAllBytes(runs.resolve(step(2)).resolve(Checkpoint.NETWORK)));
  }

  @Test
  void readsAnObjectOfOptionsBehindThoseOfTheCommandLine() throws IOException {
    Path config = Files.writeString(folder.resolve("settings.json"), """
        {
          "optimizer": "adam",
          "--learning-rate": 0.01,
          "set": ["beta1=0.8", "beta2=0.99"],
          "augment": true,
          "epochs": 7
        }
        """);
    CommandLineRun run =
        CommandLineRun.of("train", "--data=" + data, "--epochs=1", "--config=" + config);
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(2))
        .startsWith(
            "optimizer  adam, learning rate 0.01, cosine schedule, beta1 0.8, beta2 0.99, ");
    assertThat(run.outLines().get(3)).startsWith("augment    shift 2.0, ");
    assertThat(run.outLines().get(4)).startsWith("epoch 1/1  ");
  }

  /** A rate for momentum is none for adam, and momentum's hyperparameters are not adam's. */
  @Test
  void anotherOptimizerHasItsOwnLearningRateAndHyperparameters() throws IOException {
    Path config = Files.writeString(folder.resolve("settings.json"), """
        {"optimizer": "momentum", "learning-rate": 0.07, "set": "momentum=0.8", "epochs": 1}
        """);
    List<String> settings = List.of("--config=" + config);
    assertThat(train(settings).outLines().get(2))
        .startsWith("optimizer  momentum, learning rate 0.07, cosine schedule, momentum 0.8, ");
    assertThat(train(settings, "--optimizer=momentum").outLines().get(2))
        .startsWith("optimizer  momentum, learning rate 0.07, cosine schedule, momentum 0.8, ");
    CommandLineRun other = train(settings, "--optimizer=adam");
    assertThat(other.err()).isEmpty();
    assertThat(other.outLines().get(2))
        .startsWith("optimizer  adam, learning rate 0.002, cosine schedule, batch size 128, ");
    assertThat(train(settings, "--optimizer=adam", "--learning-rate=0.003")
            .outLines()
            .get(2))
        .startsWith("optimizer  adam, learning rate 0.003, ");
  }

  /** Names of optimizers are read in upper and in lower case. */
  @Test
  void theSameOptimizerInCapitalsIsNoOtherOne() throws IOException {
    Path config = Files.writeString(folder.resolve("settings.json"), """
        {"optimizer": "ADAM", "learning-rate": 0.07, "epochs": 1}
        """);
    CommandLineRun run = train(List.of("--config=" + config, "--optimizer=adam"));
    assertThat(run.outLines().get(2)).startsWith("optimizer  adam, learning rate 0.07, ");
  }

  /** What picocli does with any command: the words of a file stand for its name. */
  @Test
  void readsArgumentsFromAFile() throws IOException {
    String quoted = data.toString().replace("\\", "\\\\");
    Path args = Files.writeString(
        folder.resolve("args.txt"),
        "# a comment\ntrain --data \"" + quoted + "\"\n--optimizer adam\n--epochs 1\n");
    CommandLineRun run = CommandLineRun.of("@" + args);
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(2)).startsWith("optimizer  adam, ");
    assertThat(run.outLines().get(3)).startsWith("epoch 1/1  ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"lerning-rate\": 1}        | settings of train, found 'lerning-rate', expected --learning-rate",
        "{\"resume\": \"runs\"}       | settings of train, found 'resume', expected ",
        "{\"epochs\": \"many\"}       | settings of train, found that Invalid value for option '--epochs': 'many' is not an int",
        "{\"augment\": \"yes\"}       | settings of train, found that --augment is 'yes', expected true",
        "{\"set\": {\"beta1\": 0.9}}  | text, a number or true for 'set', found {\"beta1\":0.9}",
        "{\"settings\": 1}            | an object settings, found 1",
        "{\"formatVersion\": 2, \"settings\": {}} | format version 1, found 2",
        "[1]                          | settings in JSON, found no JSON object",
        "{\"optimizer\":              | settings in JSON, found ",
      })
  void saysWhatIsWrong(String content, String message) throws IOException {
    Path config = Files.writeString(folder.resolve("settings.json"), content);
    fails(config + ": expected " + message, "--data=" + data, "--config=" + config);
  }

  @Test
  void notTogetherWithResume() {
    CommandLineRun run = CommandLineRun.of("train", "--config=a.json", "--resume=runs");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith(
            "error: --config is a.json, expected none with --resume, which has the settings of its run");
  }

  @Test
  void aFileThatIsNotThere() {
    Path config = folder.resolve("none.json");
    fails(config + ": expected a readable file, found ", "--config=" + config);
  }
}
