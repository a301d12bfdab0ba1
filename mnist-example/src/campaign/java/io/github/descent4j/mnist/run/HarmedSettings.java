package io.github.descent4j.mnist.run;

import java.util.ArrayList;
import java.util.List;

/**
 * A run that is small enough to be killed a thousand times, and has a checkpoint every few hundredths of a second.
 *
 * @param name shown in messages
 * @param options of {@code train}, beside those that all have
 */
record HarmedSettings(String name, List<String> options) {
  /** Everything that a checkpoint may have to hold. */
  static final List<HarmedSettings> ALL = List.of(
      new HarmedSettings("mlp with dropout", List.of("--dropout=0.1")),
      new HarmedSettings(
          "early stopping",
          List.of(
              "--optimizer=adamw",
              "--early-stopping=25",
              "--validation=20",
              "--augment-shift=1",
              "--clip-norm=1",
              "--keep=1")),
      new HarmedSettings(
          "batch normalization",
          List.of("--model=convnet", "--optimizer=momentum", "--keep=2", "--epochs=15")),
      new HarmedSettings(
          "gates",
          List.of("--optimizer=prodigy", "--l0=0.0001", "--schedule=restarts", "--epochs=25")),
      new HarmedSettings("lbfgs", List.of("--optimizer=lbfgs", "--epochs=8")));

  private static final String EPOCHS = "--epochs=40";

  /** The command line that begins it, but for the folder of its checkpoints. */
  List<String> command(String data) {
    List<String> command = new ArrayList<>(List.of("train", "--data=" + data));
    if (options.stream().noneMatch(option -> option.startsWith("--epochs"))) {
      command.add(EPOCHS);
    }
    if (!options.contains("--optimizer=lbfgs")) {
      command.add("--batch-size=25");
    }
    command.addAll(options);
    return command;
  }
}
