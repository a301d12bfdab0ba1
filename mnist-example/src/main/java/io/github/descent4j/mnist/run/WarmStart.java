package io.github.descent4j.mnist.run;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.file.ArrayFileReader;
import io.github.descent4j.internal.file.EntryName;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.state.StateFileException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights that a run begins with in place of random ones: those of another run, and no more than these. Where the classes are
 * others, the last layer, the head, begins at random.
 *
 * @param weights the file {@code network.npz}
 * @param model the network that they are of, where a {@code run.json} beside the file says so
 */
public record WarmStart(Path weights, Optional<ModelChoice> model) {

  /**
   * Finds the weights, and reads none.
   *
   * @param path a file of weights, a checkpoint, or a folder of checkpoints, of which the best is taken
   * @param warning is told of damaged checkpoints beside a whole one
   * @throws CommandException if there are none
   */
  public static WarmStart of(Path path, Consumer<String> warning) {
    if (Files.isDirectory(path)) {
      return of(CheckpointFolder.bestCheckpoint(path, warning));
    }
    if (!Files.exists(path)) {
      throw CommandException.mismatch(
          path.toString(), "weights, or a folder with checkpoints", "no such file or folder");
    }
    Path parent = path.toAbsolutePath().getParent();
    boolean inCheckpoint = path.endsWith(Checkpoint.NETWORK)
        && parent != null
        && Files.exists(parent.resolve(Checkpoint.RUN));
    return inCheckpoint ? of(Checkpoint.read(parent)) : new WarmStart(path, Optional.empty());
  }

  private static WarmStart of(Checkpoint checkpoint) {
    Path folder = checkpoint.folder();
    ModelChoice model = checkpoint.state().model(folder.resolve(Checkpoint.RUN));
    return new WarmStart(folder.resolve(Checkpoint.NETWORK), Optional.of(model));
  }

  /**
   * Gives a network the weights.
   *
   * @param network of the model, with random weights
   * @param images what it is to be trained on
   * @return what was done, in words
   * @throws CommandException if they are not those of this model for images of this size; nothing has changed
   */
  public String apply(Sequential network, ModelChoice model, LabelledImages images) {
    Parameters own = network.parameters();
    // Weight and bias of the last layer.
    Parameter headBias = own.get(own.size() - 1);
    Parameter headWeight = own.get(own.size() - 2);
    try {
      int classes = classes(headBias.name());
      Sequential donor = model.build(images.rows(), images.columns(), classes, 0, 0);
      donor.load(weights);
      boolean newHead = classes != images.classes();
      int kept = newHead ? own.size() - 2 : own.size();
      for (int i = 0; i < kept; i++) {
        own.get(i).value().assign(donor.parameters().get(i).value());
      }
      donor.buffers().forEach((name, buffer) -> network.buffers().get(name).assign(buffer));
      return newHead
          ? weights + ", but for a new " + headWeight.name() + " and " + headBias.name() + ": "
              + classes + " classes there, " + images.classes() + " here"
          : weights.toString();
    } catch (StateFileException | UncheckedIOException e) {
      throw new CommandException(
          e.getMessage() + ": the weights are to be those of --model " + model + " for images of "
              + images.rows() + " x " + images.columns(),
          e);
    }
  }

  /** How many classes the file's head tells apart. */
  private int classes(String headBias) {
    try (ArrayFileReader reader = ArrayFileReader.open(weights)) {
      String entry = EntryName.of(headBias, "value");
      if (!reader.arrays().contains(entry)) {
        throw reader.problem("has no parameter '" + headBias + "'");
      }
      INDArray bias = reader.array(entry);
      if (bias.length() < 2 || bias.length() > RunState.MOST_CLASSES) {
        throw reader.problem("has " + bias.length() + " numbers in '" + headBias
            + "', expected 2 to " + RunState.MOST_CLASSES);
      }
      return (int) bias.length();
    }
  }
}
