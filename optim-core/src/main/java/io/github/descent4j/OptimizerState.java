package io.github.descent4j;

import io.github.descent4j.decorator.AccumulatedOptimizer;
import io.github.descent4j.decorator.AveragedOptimizer;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an optimizer remembers: a live view of the slots of every parameter it has stepped, which can
 * be saved to a file and loaded from one.
 *
 * <p>A slot has the shape of its parameter; it is DOUBLE for a DOUBLE parameter and FLOAT for any
 * other. Some rules keep a number besides: without dimensions, and always DOUBLE. The names of an optimizer's slots are in its Javadoc. Read it between steps.
 *
 * <pre>{@code
 * INDArray firstMoment = optimizer.state().slot("w", "m");
 * }</pre>
 *
 * <p><b>Files.</b> {@link #save} and {@link #load} carry a training from one process to another: the
 * steps that follow have the bits they would have had without. The state of an optimizer with
 * decorators includes theirs. The parameters' values are not in it; {@link Parameters#save} puts
 * them into a file of the same kind.
 *
 * <pre>{@code
 * Optimizer optimizer = new Adam(1e-3).scheduled(Schedules.cosine(1e-3, 10_000));
 * if (Files.exists(file)) {
 *   optimizer.state().load(file, parameters);
 * }
 * optimizer.step(parameters);
 * optimizer.state().save(file);
 * }</pre>
 *
 * <p>The file is a NumPy {@code .npz}: {@code numpy.load(file)["w/m"]} is the slot m of parameter w.
 * {@code docs/state-files.md} has the format.
 */
public interface OptimizerState {

  /** The names of the parameters seen so far, in the order of their first step. */
  Set<String> parameters();

  /**
   * The names of a parameter's slots, in the order of the optimizer's Javadoc.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   */
  Set<String> slots(String parameterName);

  /**
   * A slot: the array itself, which the next step changes in place. {@link #load} puts another in
   * its place.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped, or there is no such slot
   */
  INDArray slot(String parameterName, String slotName);

  /**
   * The steps that a parameter has taken part in, fewer than {@link Optimizer#steps()} for one that
   * joined late.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   */
  long steps(String parameterName);

  /**
   * Forgets a parameter: its slots, and what decorators remember of it. The next step of a parameter of that name, of
   * whatever shape, is its first.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   * @throws IllegalStateException if a step is under way, an average is {@linkplain AveragedOptimizer#applied applied},
   *     or the parameter is in a window of {@linkplain AccumulatedOptimizer accumulated} gradients
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, cannot do it
   */
  default void forget(String parameterName) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override forget(String)");
  }

  /**
   * Gives a parameter another name: the parameter of that name goes on from its slots.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped, or there is one of the new name
   * @throws IllegalStateException if a step is under way, or an average is {@linkplain AveragedOptimizer#applied applied}
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, cannot do it
   */
  default void rename(String parameterName, String newName) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override rename(String, String)");
  }

  /**
   * Saves this state, and that of the decorators, in place of the file that may be there.
   *
   * <p>The bytes are written to a hidden file in the same folder, forced to the disk, and renamed:
   * a crash at any moment leaves the old file or the new one, and possibly the hidden file.
   *
   * @param file of the default file system; a symbolic link is followed
   * @throws java.io.UncheckedIOException if it cannot be written; the old file is as it was
   * @throws IllegalArgumentException if a parameter's name has no UTF-8 form or more than some ten
   *     thousand characters
   * @throws IllegalStateException if a step is under way, an average is {@linkplain
   *     AveragedOptimizer#applied applied}, or rows are behind: {@link Optimizer#catchUp} comes first
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, is not of this
   *     library
   */
  default void save(Path file) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override save(Path), so it cannot be saved");
  }

  /**
   * Loads what {@link #save} has saved, whatever the model: a parameter whose shape or type is
   * another fails at its next step.
   *
   * @param options differences that are allowed
   * @throws StateFileException if the file is damaged, or is that of another optimizer, or has
   *     other hyperparameters or decorators; the message names what differs, and nothing has changed
   * @throws java.io.UncheckedIOException if it cannot be read; nothing has changed
   * @throws IllegalStateException if a step is under way, or an average is {@linkplain
   *     AveragedOptimizer#applied applied}
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, is not of this
   *     library
   */
  default void load(Path file, LoadOption... options) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override load(Path, LoadOption...)");
  }

  /**
   * Loads what {@link #save} has saved, if it is that of these parameters: names, shapes and types.
   *
   * @param model all parameters; a state file lacks those that have not been stepped
   * @param options differences that are allowed
   * @throws StateFileException as {@link #load(Path, LoadOption...)}, and if a parameter is missing,
   *     extra, or of another shape or type
   * @throws java.io.UncheckedIOException if it cannot be read; nothing has changed
   * @throws IllegalStateException if a step is under way, or an average is {@linkplain
   *     AveragedOptimizer#applied applied}
   * @throws UnsupportedOperationException if the optimizer, or one that it decorates, is not of this
   *     library
   */
  default void load(Path file, Parameters model, LoadOption... options) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override load(Path, Parameters, LoadOption...)");
  }

  /**
   * The same where parameters have other names in the file.
   *
   * @param newNames the model's names by those of the file; a name that it does not have stays
   * @throws IllegalArgumentException if two parameters would have one name
   * @throws StateFileException as {@link #load(Path, Parameters, LoadOption...)}, and if the file has no parameter of a
   *     name that is to be another
   */
  default void load(
      Path file, Parameters model, Map<String, String> newNames, LoadOption... options) {
    throw new UnsupportedOperationException(
        getClass().getName() + " does not override load(Path, Parameters, Map, LoadOption...)");
  }
}
