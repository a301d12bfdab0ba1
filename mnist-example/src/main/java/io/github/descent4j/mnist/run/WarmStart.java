package io.github.descent4j.mnist.run;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.file.ArrayFileReader;
import io.github.descent4j.internal.file.EntryName;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.state.StateFileException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights that a run begins with in place of random ones: those of another run, and no more than these. Where the classes are
 * others, the last layer, the head, begins at random.
 *
 * @param weights the file {@code network.npz}
 * @param model the network that they are of, where a {@code run.json} beside the file says so
 * @param hidden what was random in its hidden layers; nothing where there is no {@code run.json}
 */
public record WarmStart(Path weights, Optional<ModelChoice> model, HiddenSettings hidden) {

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
    return inCheckpoint
        ? of(Checkpoint.read(parent))
        : new WarmStart(path, Optional.empty(), HiddenSettings.NONE);
  }

  private static WarmStart of(Checkpoint checkpoint) {
    Path folder = checkpoint.folder();
    Path run = folder.resolve(Checkpoint.RUN);
    return new WarmStart(
        folder.resolve(Checkpoint.NETWORK),
        Optional.of(checkpoint.state().model(run)),
        checkpoint.state().hidden(run));
  }

  /**
   * Gives a network the weights. Gates that only one of the two has begin anew, or are left out.
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
      requireModel(model, images);
      int classes = classes(headBias.name());
      Sequential donor = model.build(images.rows(), images.columns(), classes, hidden, 0, 0);
      donor.load(weights);
      boolean newHead = classes != images.classes();
      Set<String> names = names(own);
      Set<String> theirs = names(donor.parameters());
      List<String> left = theirs.stream().filter(name -> !names.contains(name)).toList();
      List<String> anew = names.stream().filter(name -> !theirs.contains(name)).toList();
      for (Parameter parameter : donor.parameters()) {
        boolean head =
            parameter.name().equals(headWeight.name()) || parameter.name().equals(headBias.name());
        if (names.contains(parameter.name()) && !(newHead && head)) {
          own.get(parameter.name()).value().assign(parameter.value());
        }
      }
      donor.buffers().forEach((name, buffer) -> network.buffers().get(name).assign(buffer));
      return weights
          + (left.isEmpty() ? "" : ", without " + String.join(" and ", left))
          + (anew.isEmpty() ? "" : ", with a new " + String.join(" and ", anew))
          + (newHead
              ? ", but for a new " + headWeight.name() + " and " + headBias.name() + ": " + classes
                  + " classes there, " + images.classes() + " here"
              : "");
    } catch (StateFileException | UncheckedIOException e) {
      throw new CommandException(
          e.getMessage() + ": the weights are to be those of --model " + model + " for images of "
              + images.rows() + " x " + images.columns(),
          e);
    }
  }

  /** In order. */
  private static Set<String> names(Parameters parameters) {
    Set<String> names = new LinkedHashSet<>();
    parameters.forEach(parameter -> names.add(parameter.name()));
    return names;
  }

  /** Fails if the names of the weights are those of another model. */
  private void requireModel(ModelChoice model, LabelledImages images) {
    Set<String> found;
    try (ArrayFileReader reader = ArrayFileReader.open(weights)) {
      found = reader.arrays();
    }
    for (ModelChoice other : ModelChoice.values()) {
      if (other != model && found.equals(entries(other, images))) {
        throw CommandException.mismatch(
            weights.toString(), "weights of --model " + model, "those of --model " + other);
      }
    }
  }

  /** What a file of a model's weights has in it, apart from gates; nothing if the images are too small for it. */
  private static Set<String> entries(ModelChoice model, LabelledImages images) {
    if (Math.min(images.rows(), images.columns()) < model.smallestImage) {
      return Set.of();
    }
    Sequential network = model.build(images.rows(), images.columns(), images.classes(), 0, 0);
    Set<String> names = names(network.parameters());
    names.addAll(network.buffers().keySet());
    return names.stream().map(name -> EntryName.of(name, "value")).collect(Collectors.toSet());
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
