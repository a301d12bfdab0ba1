package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.state.SlotFile;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer that keeps an average of the parameters it updates: what {@link Optimizer#averaged}
 * returns. Training goes on with the parameters themselves.
 *
 * <pre>{@code
 * AveragedOptimizer averaged = new Adam().averaged(WeightAverage.ema(0.999));
 * for (Batch batch : batches) {
 *   computeGradients(batch); // yours
 *   averaged.step(parameters);
 * }
 * try (AveragingOptimizer.Applied average = averaged.applied(parameters)) {
 *   evaluate(); // yours: with the average; a step now would fail
 * } // the parameters are back, bit for bit
 * averaged.assignTo(parameters); // or for good
 * }</pre>
 *
 * <p>A step that was skipped, or that was one of several accumulated inside, does not enter the
 * average. A parameter that joins late has an average from its own first step on; one without any yet
 * is left as it is where an average is applied.
 *
 * <p><b>Memory.</b> One array per parameter, DOUBLE for DOUBLE parameters and FLOAT for others, so that
 * small weights are not lost in half types.
 *
 * <p><b>State.</b> The averages are part of the {@linkplain OptimizerState#save state file}, which is
 * neither saved nor loaded while an average is {@link #applied}.
 */
public final class AveragedOptimizer extends AveragingOptimizer {
  private static final SlotDefinition[] AVERAGE = {SlotDefinition.zero("average")};

  private final WeightAverage average;

  /** The average of each parameter; its steps are the values in it. */
  private final Map<String, ParameterState> states = new LinkedHashMap<>();

  private final Blend blend = new Blend();
  private ParameterState[] current = {};

  /** Whether the step under way, if it completes, enters the average. */
  private boolean due;

  /**
   * What {@link Optimizer#averaged} returns.
   *
   * @throws NullPointerException if an argument is null
   */
  public AveragedOptimizer(Optimizer inner, WeightAverage average) {
    super(inner);
    this.average = requireNonNull(average, "average is null, expected a weight average");
  }

  /**
   * The average of a parameter: the array itself, which later steps change in place.
   *
   * @throws IllegalArgumentException if it has none yet
   */
  public INDArray average(String parameterName) {
    ParameterState state = states.get(parameterName);
    if (state == null) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter name is '%s', expected one that has an average: %s",
          parameterName,
          states.keySet()));
    }
    return state.slots[0];
  }

  /** How many values the average of a parameter is made of; 0 if there is none yet. */
  public long averagedSteps(String parameterName) {
    ParameterState state = states.get(parameterName);
    return state == null ? 0 : state.steps;
  }

  @Override
  protected void check(StepContext context) {
    requireNotApplied();
    context.requireWholeGradients(this);
    due = average.includes(inner.steps() + 1);
    if (due) {
      find(context.parameters());
    }
    beginInner(context);
  }

  @Override
  protected void commit(StepContext context) {
    long before = stepsTaken(inner);
    finishInner(context);
    if (!due || stepsTaken(inner) == before) {
      return;
    }
    Parameters parameters = context.parameters();
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      ParameterState state = current[i];
      if (state.steps++ == 0) {
        states.put(parameters.get(i).name(), state);
      }
      blend.mix(
          state.slotMemory[0],
          ParameterAccess.ACCESS.valueMemory(parameters.get(i)),
          average.weight(state.steps));
    }
    blend.run();
  }

  /** Finds or makes the average of every parameter; new ones are kept once they have a value. */
  private void find(Parameters parameters) {
    if (current.length < parameters.size()) {
      current = new ParameterState[parameters.size()];
    }
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known != null) {
        known.requireMatch(parameter);
      }
      current[i] = known == null ? new ParameterState(parameter, AVERAGE) : known;
    }
  }

  @Override
  protected String savedAs() {
    return "averaged";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    Hyperparameters.save(average.hyperparameters(), out);
    SlotFile.save(states, AVERAGE, out);
  }

  @Override
  protected void loadOwn(StateReader in) {
    Hyperparameters.compare(average.hyperparameters(), this, in);
    Map<String, ParameterState> loaded = SlotFile.load(AVERAGE, 1, in);
    in.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
    });
  }

  @Override
  protected void forgetOwn(String parameterName) {
    states.remove(parameterName);
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    ParameterState.rename(states, parameterName, newName);
  }

  @Override
  void requireMatch(Parameter parameter) {
    ParameterState state = states.get(parameter.name());
    if (state != null) {
      state.requireMatch(parameter);
    }
  }

  @Override
  ArrayMemory averageMemory(String parameterName) {
    ParameterState state = states.get(parameterName);
    return state == null ? null : state.slotMemory[0];
  }

  @Override
  public String toString() {
    return inner + ".averaged(" + average + ")";
  }
}
