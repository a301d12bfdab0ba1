package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.ParameterState.Slot;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.KernelChoice;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.kernel.Pieces;
import io.github.descent4j.kernel.Workforce;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mechanism behind every update rule: finds or makes each parameter's slots by its name, counts
 * steps, and runs the rule's kernel over the memory. The mathematics is in the subclasses.
 */
abstract class UpdateRule extends AbstractOptimizer {
  private static final String RULE = "rule";
  private static final String STEPS = "steps";

  private final double learningRate;
  private final WeightDecay weightDecay;
  private final Slot[] slots;

  private final Kernels kernels = KernelChoice.kernels();
  private final Workforce workforce = new Workforce(this::update);
  private final Chunk[] chunks = new Chunk[workforce.threads()];
  private final Pieces pieces = new Pieces();
  private StepContext context;
  private final Map<String, ParameterState> states = new LinkedHashMap<>();
  private ParameterState[] current = {};

  /** The parameters that {@link #current} was last found for: mostly those of the next step too. */
  private Parameters found;

  private long steps;

  UpdateRule(Builder<?> builder, Slot... slots) {
    learningRate = Check.atLeastZero("learningRate", builder.learningRate);
    weightDecay = builder.weightDecay;
    this.slots = slots;
    Arrays.setAll(chunks, worker -> new Chunk());
  }

  /** Puts the rule's own hyperparameters by their field's names, in the order of the Javadoc. */
  abstract void describe(Map<String, Object> hyperparameters);

  /** The learning rate of a parameter's step t, counted from 1, given the one handed in. */
  double rateAt(long t, double learningRate) {
    return learningRate;
  }

  /**
   * Computes the scalars of step t in double, for {@link #update}.
   *
   * @param t the parameter's step, from 1
   * @param learningRate the rate of this step
   * @param scalars receives them, in an order of the rule's own; holds those of the parameter's last
   *     preparation, at first and after loading zeros
   */
  abstract void prepare(long t, double learningRate, double[] scalars);

  /** Calls the rule's kernel. */
  abstract void update(Kernels kernels, Chunk chunk, double[] scalars);

  @Override
  public final long steps() {
    return steps;
  }

  @Override
  public final double learningRate() {
    return learningRateFrom(learningRate);
  }

  @Override
  final double learningRateFrom(double handedIn) {
    return rateAt(steps + 1, handedIn);
  }

  @Override
  final Norm wantedNorm() {
    return null;
  }

  @Override
  public final OptimizerState state() {
    return new SavedState(this, new State());
  }

  @Override
  final void save(StateWriter out) {
    out.put(RULE, getClass().getSimpleName());
    Hyperparameters.save(hyperparameters(), out);
    out.put(STEPS, steps);
    SlotFile.save(states, slots, out);
  }

  @Override
  final void load(StateReader in) {
    StateReader own = in.behindDecorators();
    String name = getClass().getSimpleName();
    if (!name.equals(own.fields().get(RULE))) {
      throw own.fields().bad(RULE, '"' + name + '"');
    }
    Hyperparameters.compare(hyperparameters(), this, own);
    long loadedSteps = own.fields().whole(STEPS, 0);
    Map<String, ParameterState> loaded = SlotFile.load(slots, 1, loadedSteps, own);
    own.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
      steps = loadedSteps;
      found = null;
    });
  }

  @Override
  final void check(StepContext context) {
    Parameters parameters = context.parameters();
    double rate = context.learningRateOr(learningRate);
    find(parameters);
    pieces.clear();
    for (int i = 0; i < parameters.size(); i++) {
      prepare(i, rate);
      pieces.add(i, parameters.get(i).valueSpan().length());
    }
  }

  @Override
  final void commit(StepContext context) {
    Parameters parameters = context.parameters();
    this.context = context;
    workforce.run(pieces.count(), pieces.elements() >= Pieces.PARALLEL);
    for (int i = 0; i < parameters.size(); i++) {
      if (current[i].steps++ == 0) {
        states.put(parameters.get(i).name(), current[i]);
      }
    }
    steps++;
    this.context = null;
  }

  @Override
  final void release() {}

  @Override
  final boolean checksAhead() {
    return true;
  }

  /** Updates one stretch of one parameter, on any thread. */
  private void update(int piece, int worker) {
    int i = pieces.owner(piece);
    Parameter parameter = context.parameters().get(i);
    ParameterState state = current[i];
    Chunk chunk = chunks[worker];
    chunk.set(
        parameter.valueSpan(),
        parameter.gradientSpan(),
        state.slotSpans,
        state.order,
        pieces.from(piece),
        pieces.to(piece),
        context.transform(i),
        weightDecay.isDecoupled() ? 0 : weightDecay.coefficient(),
        state.decoupledDecay);
    update(kernels, chunk, state.scalars);
  }

  /** Finds or makes the state of every parameter; new ones are kept only once all is well. */
  private void find(Parameters parameters) {
    if (parameters == found) {
      return;
    }
    found = null;
    if (current.length < parameters.size()) {
      current = new ParameterState[parameters.size()];
    }
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known != null) {
        known.requireMatch(parameter);
      }
      current[i] = known == null ? new ParameterState(parameter, slots) : known;
    }
    found = parameters;
  }

  /** Most parameters have taken the same steps as the one before them, and share its scalars. */
  private void prepare(int i, double rate) {
    ParameterState state = current[i];
    if (i > 0 && current[i - 1].steps == state.steps) {
      state.copyScalars(current[i - 1]);
      return;
    }
    long t = state.steps + 1;
    double stepRate = rateAt(t, rate);
    state.decoupledDecay = weightDecay.isDecoupled() ? stepRate * weightDecay.coefficient() : 0;
    prepare(t, stepRate, state.scalars);
  }

  /** The hyperparameters by their field's names, in the order of the Javadoc. */
  final Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learningRate", learningRate);
    describe(all);
    all.put("weightDecay", weightDecay);
    return all;
  }

  /** The slots in the order of the Javadoc; not to be changed. */
  final Slot[] slots() {
    return slots;
  }

  /** The slots' names, in the order of the Javadoc. */
  final Set<String> slotNames() {
    Set<String> names = new LinkedHashSet<>();
    for (Slot slot : slots) {
      names.add(slot.name());
    }
    return Collections.unmodifiableSet(names);
  }

  @Override
  public final String toString() {
    StringJoiner text = new StringJoiner(", ", getClass().getSimpleName() + "(", ")");
    hyperparameters().forEach((name, value) -> text.add(name + "=" + value));
    return text.toString();
  }

  private final class State implements OptimizerState {

    @Override
    public Set<String> parameters() {
      return Collections.unmodifiableSet(states.keySet());
    }

    @Override
    public Set<String> slots(String parameterName) {
      find(parameterName);
      return slotNames();
    }

    @Override
    public INDArray slot(String parameterName, String slotName) {
      ParameterState state = find(parameterName);
      for (int s = 0; s < slots.length; s++) {
        if (slots[s].name().equals(slotName)) {
          return state.slots[s];
        }
      }
      throw new IllegalArgumentException(String.format(
          Locale.ROOT, "slot name is '%s', expected one of %s", slotName, slotNames()));
    }

    @Override
    public long steps(String parameterName) {
      return find(parameterName).steps;
    }

    private ParameterState find(String parameterName) {
      ParameterState state = states.get(parameterName);
      if (state == null) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "parameter name is '%s', expected one that has been stepped: %s",
            parameterName,
            states.keySet()));
      }
      return state;
    }

    @Override
    public String toString() {
      return UpdateRule.this + " after " + steps + " steps of " + states.keySet();
    }
  }

  /**
   * What the builders of all update rules have in common.
   *
   * @param <B> the rule's own builder
   */
  abstract static class Builder<B extends Builder<B>> {
    private double learningRate;
    WeightDecay weightDecay = WeightDecay.none();

    Builder(double learningRate) {
      this.learningRate = learningRate;
    }

    abstract B self();

    /** The step size where no schedule gives one: finite and at least 0. */
    public final B learningRate(double learningRate) {
      this.learningRate = learningRate;
      return self();
    }

    /** Coupled or decoupled weight decay; none by default, but for {@link AdamW}. */
    public final B weightDecay(WeightDecay weightDecay) {
      this.weightDecay =
          requireNonNull(weightDecay, "weightDecay is null, expected a weight decay");
      return self();
    }
  }
}
