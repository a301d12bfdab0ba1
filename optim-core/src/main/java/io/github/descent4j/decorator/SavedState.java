package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.access.StateWriterAccess;
import io.github.descent4j.state.LoadOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A view of an optimizer's slots, and the files of all that the optimizer remembers. */
record SavedState(TwoPhaseOptimizer optimizer, OptimizerState view) implements OptimizerState {

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
    optimizer.alone(() -> StateWriterAccess.ACCESS.write(file, optimizer::save));
  }

  @Override
  public void load(Path file, LoadOption... options) {
    load(file, null, Map.of(), Set.of(options));
  }

  @Override
  public void load(Path file, Parameters model, LoadOption... options) {
    load(file, model, Map.of(), options);
  }

  @Override
  public void load(
      Path file, Parameters model, Map<String, String> newNames, LoadOption... options) {
    requireNonNull(model, "model is null, expected its parameters");
    if (new HashSet<>(newNames.values()).size() < newNames.size()) {
      throw new IllegalArgumentException(
          "newNames are " + newNames + ", expected a different one for each parameter");
    }
    load(file, model, Map.copyOf(newNames), Set.of(options));
  }

  private void load(
      Path file, Parameters model, Map<String, String> newNames, Set<LoadOption> options) {
    requireNonNull(file, "file is null, expected a path");
    optimizer.alone(() ->
        StateReaderAccess.ACCESS.read(file, model, newNames, options, optimizer, optimizer::load));
  }

  @Override
  public void forget(String parameterName) {
    view.steps(parameterName); // Fails if there is none.
    optimizer.alone(() -> optimizer.forget(parameterName));
  }

  @Override
  public void rename(String parameterName, String newName) {
    view.steps(parameterName);
    requireNonNull(newName, "newName is null, expected a name");
    if (newName.isEmpty() || view.parameters().contains(newName)) {
      throw new IllegalArgumentException("newName is '" + newName
          + "', expected a name that is not empty and none of " + view.parameters());
    }
    optimizer.alone(() -> optimizer.rename(parameterName, newName));
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
