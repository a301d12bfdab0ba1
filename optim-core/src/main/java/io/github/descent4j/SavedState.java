package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A view of an optimizer's slots, and the files of all that the optimizer remembers. */
record SavedState(AbstractOptimizer optimizer, OptimizerState view) implements OptimizerState {

  @Override
  public Set<String> parameters() {
    return view.parameters();
  }

  @Override
  public Set<String> slots(String parameterName) {
    return view.slots(parameterName);
  }

  @Override
  public INDArray slot(String parameterName, String slotName) {
    return view.slot(parameterName, slotName);
  }

  @Override
  public long steps(String parameterName) {
    return view.steps(parameterName);
  }

  @Override
  public void save(Path file) {
    requireNonNull(file, "file is null, expected a path");
    StateWriter.save(optimizer, file);
  }

  @Override
  public void load(Path file, LoadOption... options) {
    requireNonNull(file, "file is null, expected a path");
    StateReader.load(optimizer, file, null, Set.of(options));
  }

  @Override
  public void load(Path file, Parameters model, LoadOption... options) {
    requireNonNull(file, "file is null, expected a path");
    requireNonNull(model, "model is null, expected its parameters");
    StateReader.load(optimizer, file, model, Set.of(options));
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
