package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.InferenceNetwork;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.state.StateFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A training as it was after a step: a folder with the weights, the optimizer's state, the weights that are trained where these are others, with early stopping the weights of the best
 * epoch, the record of its numbers, and {@code run.json}.
 *
 * @param folder where it is
 * @param state what {@code run.json} says
 */
public record Checkpoint(Path folder, RunState state) {
  public static final String NETWORK = "network.npz";
  public static final String OPTIMIZER = "optimizer.npz";

  /** The weights that are trained, where those to be used are an average of them. */
  public static final String TRAINING = "training.npz";

  public static final String BEST = "best.npz";
  public static final String RECORD = "record.json";
  public static final String RUN = "run.json";

  static Checkpoint read(Path folder) {
    return new Checkpoint(folder, RunState.read(folder.resolve(RUN)));
  }

  /** Puts a new run where this one was. The run's settings have to be those of {@link #state}. */
  public void restore(TrainingRun run) {
    try {
      run.network().load(folder.resolve(run.averages() ? TRAINING : NETWORK));
      if (state.progress().steps() > 0) {
        run.optimizer().state().load(folder.resolve(OPTIMIZER), run.network().parameters());
      }
      if (run.stopping() != null && !state.validations().isEmpty()) {
        run.stopping().bestWeights().load(folder.resolve(BEST));
      }
      run.resume(state.progress(), state.epochs(), state.validations());
    } catch (StateFileException | UncheckedIOException e) {
      throw unusable(e);
    } catch (IllegalArgumentException e) {
      throw unusable(CommandException.mismatch(
          folder.resolve(RUN).toString(), "the progress of this run", e.getMessage(), e));
    }
  }

  /**
   * What goes on with the record of the run.
   *
   * @param settings those of the run that goes on
   */
  public RunRecorder recorder(Map<String, String> settings) {
    try {
      return RunRecorder.resume(
          RunRecord.load(folder.resolve(RECORD)), state.progress().steps(), settings);
    } catch (CommandException e) {
      throw unusable(e);
    }
  }

  /** The network with its weights. */
  TrainedModel model() {
    Path weights = folder.resolve(NETWORK);
    ModelChoice model = state.model(folder.resolve(RUN));
    // Before memory is taken for what a few digits of run.json say.
    requireRoom(model, weights);
    HiddenSettings hidden = state.hidden(folder.resolve(RUN));
    // Neither dropout nor the initial weights matter to a network that has been trained.
    Sequential network = model.build(state.rows(), state.columns(), state.classes(), hidden, 0, 0);
    try {
      network.load(weights);
    } catch (StateFileException | UncheckedIOException e) {
      throw new CommandException(e.getMessage(), e);
    }
    return new TrainedModel(
        hidden.needsFolding() ? InferenceNetwork.of(network) : network,
        model,
        state.rows(),
        state.columns(),
        state.classes(),
        state.scale());
  }

  /** Fails if the images are so large that the weights for them have no room in their file. */
  private void requireRoom(ModelChoice model, Path weights) {
    long bytes;
    try {
      bytes = Files.size(weights);
    } catch (IOException e) {
      throw CommandException.unreadable(weights, e);
    }
    long pixels = (long) state.rows() * state.columns();
    if (Math.min(state.rows(), state.columns()) < model.smallestImage
        || pixels > bytes / ModelChoice.LEAST_BYTES_PER_PIXEL) {
      throw CommandException.mismatch(
          weights.toString(),
          "weights for images of " + state.rows() + " x " + state.columns() + " as in " + RUN,
          bytes + " bytes");
    }
  }

  /** A failure to resume, with the way out. */
  static CommandException unusable(RuntimeException e) {
    return new CommandException(
        e.getMessage() + "; without this checkpoint, the one before it would be used", e);
  }
}
