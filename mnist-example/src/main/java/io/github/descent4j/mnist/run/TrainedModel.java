package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A network that has been trained, with what is needed to show it an image. */
public record TrainedModel(
    Sequential network, ModelChoice model, int rows, int columns, int classes, GreyScale scale) {

  /**
   * The model of a checkpoint.
   *
   * @param path a checkpoint, or a folder of checkpoints, of which the best is taken
   * @param warning is told of damaged checkpoints beside a whole one
   * @throws CommandException if there is none that is whole
   */
  public static TrainedModel read(Path path, Consumer<String> warning) {
    return CheckpointFolder.best(path, warning);
  }

  /**
   * The models of the last checkpoints.
   *
   * @param folder of a run
   * @param count how many
   * @throws CommandException if there are fewer, or one is damaged
   */
  public static List<TrainedModel> readLast(Path folder, int count) {
    return CheckpointFolder.last(folder, count);
  }
}
