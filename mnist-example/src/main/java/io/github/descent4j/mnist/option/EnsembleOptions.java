package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.nn.Ensemble;
import io.github.descent4j.nn.Sequential;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that join several trained networks. */
public final class EnsembleOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--ensemble",
      paramLabel = "DIR",
      split = ",",
      description = {
        "Other trained networks, whose probabilities are averaged with those of --checkpoint: of each folder the best checkpoint."
      })
  private List<Path> others = List.of();

  @Option(
      names = "--snapshots",
      paramLabel = "N",
      description =
          "Average the probabilities of the last N checkpoints in the folder --checkpoint in place of taking the best.")
  private Integer snapshots;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    Check.option(
        command, snapshots == null || snapshots >= 1, "--snapshots", snapshots, "at least 1");
  }

  /**
   * The network of all of them, or of the one if there is no other.
   *
   * @throws CommandException if one cannot be read, or is for other images
   */
  public TrainedModel read(ModelSource source) {
    List<TrainedModel> members = new ArrayList<>();
    if (snapshots == null) {
      members.add(source.read());
    } else {
      members.addAll(source.readLast(snapshots));
    }
    for (Path other : others) {
      members.add(source.read(other));
    }
    TrainedModel first = members.get(0);
    if (members.size() == 1) {
      return first;
    }
    for (TrainedModel member : members) {
      requireSameImages(first, member);
    }
    List<Sequential> networks = members.stream().map(TrainedModel::network).toList();
    Sequential together = Sequential.of(first.network().dataType(), Ensemble.of(networks));
    return new TrainedModel(
        together, first.model(), first.rows(), first.columns(), first.classes(), first.scale());
  }

  /** Tells what is averaged besides the checkpoint, by name: nothing for one network. */
  public void describe(BiConsumer<String, String> setting) {
    if (snapshots != null) {
      setting.accept("snapshots", snapshots.toString());
    }
    if (!others.isEmpty()) {
      setting.accept(
          "ensemble", others.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
  }

  /** How many networks decide. */
  public static int size(TrainedModel model) {
    return model.network().layers().get(0) instanceof Ensemble ensemble ? ensemble.size() : 1;
  }

  /** How many networks decide, in words, or empty for one. */
  public static String description(TrainedModel model) {
    int size = size(model);
    return size == 1 ? "" : ", an ensemble of " + size;
  }

  private static void requireSameImages(TrainedModel first, TrainedModel other) {
    if (first.rows() != other.rows()
        || first.columns() != other.columns()
        || first.classes() != other.classes()
        || !first.scale().equals(other.scale())) {
      throw new CommandException(String.format(
          Locale.ROOT,
          "--ensemble: expected networks that were trained on the same images, found one for %d classes of %d x %d read by %s,"
              + " beside %d classes of %d x %d read by %s",
          other.classes(),
          other.rows(),
          other.columns(),
          other.scale(),
          first.classes(),
          first.rows(),
          first.columns(),
          first.scale()));
    }
  }
}
