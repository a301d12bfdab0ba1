package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.access.StateWriterAccess;
import io.github.descent4j.state.LoadOption;
import java.nio.file.Path;
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
    requireNonNull(file, "file is null, expected a path");
    load(file, null, Set.of(options));
  }

  @Override
  public void load(Path file, Parameters model, LoadOption... options) {
    requireNonNull(file, "file is null, expected a path");
    requireNonNull(model, "model is null, expected its parameters");
    load(file, model, Set.of(options));
  }

  private void load(Path file, Parameters model, Set<LoadOption> options) {
    optimizer.alone(
        () -> StateReaderAccess.ACCESS.read(file, model, options, optimizer, optimizer::load));
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
