package io.github.descent4j.rule;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.AdamW;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.decorator.TwoPhaseOptimizer;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotFile;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.KernelChoice;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.kernel.Pieces;
import io.github.descent4j.kernel.Workforce;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mechanism behind every update rule: finds or makes each parameter's slots by its name, counts
 * steps, and runs the rule's kernel over the memory. The mathematics is in the subclasses.
 *
 * <pre>{@code
 * UpdateRule rule = plain ? new Sgd(0.1) : new Adam();
 * rule.step(parameters);
 * }</pre>
 */
public abstract class UpdateRule extends TwoPhaseOptimizer {
  private static final String RULE = "rule";
  private static final String STEPS = "steps";

  static {
    Registry.register(UpdateRuleAccess.class, new UpdateRuleAccess() {
      @Override
      public String id(UpdateRule rule) {
        return rule.id;
      }

      @Override
      public Map<String, Object> hyperparameters(UpdateRule rule) {
        return rule.hyperparameters();
      }

      @Override
      public Slot[] slots(UpdateRule rule) {
        return rule.slots;
      }

      @Override
      public double rateAt(UpdateRule rule, long t, double learningRate) {
        return rule.rateAt(t, learningRate);
      }

      @Override
      public void prepare(UpdateRule rule, long t, double learningRate, double[] scalars) {
        rule.prepare(t, learningRate, scalars);
      }

      @Override
      public void update(UpdateRule rule, Kernels kernels, Chunk chunk, double[] scalars) {
        rule.update(kernels, chunk, scalars);
      }
    });
  }

  private final String id;
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

  /**
   * With the rate and weight decay of a builder.
   *
   * @param id the rule's name in state files, networks and {@link #toString}: never to be changed, so not
   *     taken from the class, which may be renamed; not empty
   * @param slots in the order of the Javadoc
   * @throws IllegalArgumentException if the id is empty or the learning rate out of its range
   */
  protected UpdateRule(String id, Builder<?> builder, Slot... slots) {
    this.id = requireNonNull(id, "id of an update rule is null, expected a name");
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id of an update rule is '', expected a name");
    }
    learningRate = Check.atLeastZero("learningRate", builder.learningRate);
    weightDecay = builder.weightDecay;
    this.slots = slots;
    Arrays.setAll(chunks, worker -> new Chunk());
  }

  /** Puts the rule's own hyperparameters by their field's names, in the order of the Javadoc. */
  protected abstract void describe(Map<String, Object> hyperparameters);

  /** The learning rate of a parameter's step t, counted from 1, given the one handed in. */
  protected double rateAt(long t, double learningRate) {
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
  protected abstract void prepare(long t, double learningRate, double[] scalars);

  /** Calls the rule's kernel. */
  protected abstract void update(Kernels kernels, Chunk chunk, double[] scalars);

  @Override
  public final long steps() {
    return steps;
  }

  @Override
  public final double learningRate() {
    return learningRateFrom(learningRate);
  }

  @Override
  protected final double learningRateFrom(double handedIn) {
    return rateAt(steps + 1, handedIn);
  }

  @Override
  protected final Norm wantedNorm() {
    return null;
  }

  @Override
  public final OptimizerState state() {
    return withFiles(new State());
  }

  @Override
  protected final void save(StateWriter out) {
    out.put(RULE, id);
    Hyperparameters.save(hyperparameters(), out);
    out.put(STEPS, steps);
    SlotFile.save(states, slots, out);
  }

  @Override
  protected final void load(StateReader in) {
    StateReader own = in.behindDecorators();
    if (!id.equals(StateReaderAccess.ACCESS.fields(own).get(RULE))) {
      throw own.bad(RULE, '"' + id + '"');
    }
    Hyperparameters.compare(hyperparameters(), this, own);
    long loadedSteps = own.whole(STEPS, 0);
    Map<String, ParameterState> loaded = SlotFile.load(slots, 1, loadedSteps, own);
    own.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
      steps = loadedSteps;
      found = null;
    });
  }

  @Override
  protected final void check(StepContext context) {
    Parameters parameters = context.parameters();
    double rate = context.learningRateOr(learningRate);
    find(parameters);
    pieces.clear();
    for (int i = 0; i < parameters.size(); i++) {
      prepare(i, rate);
      pieces.add(i, ParameterAccess.ACCESS.valueSpan(parameters.get(i)).length());
    }
  }

  @Override
  protected final void commit(StepContext context) {
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
  protected final void release() {}

  @Override
  protected final boolean checksAhead() {
    return true;
  }

  /** Updates one stretch of one parameter, on any thread. */
  private void update(int piece, int worker) {
    int i = pieces.owner(piece);
    Parameter parameter = context.parameters().get(i);
    ParameterState state = current[i];
    Chunk chunk = chunks[worker];
    chunk.set(
        ParameterAccess.ACCESS.valueSpan(parameter),
        ParameterAccess.ACCESS.gradientSpan(parameter),
        state.slotSpans,
        state.order,
        pieces.from(piece),
        pieces.to(piece),
        StepContextAccess.ACCESS.transform(context, i),
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
  private Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learningRate", learningRate);
    describe(all);
    all.put("weightDecay", weightDecay);
    return all;
  }

  /** The weight decay that the builder was given. */
  protected final WeightDecay weightDecay() {
    return weightDecay;
  }

  /** The slots' names, in the order of the Javadoc. */
  private Set<String> slotNames() {
    Set<String> names = new LinkedHashSet<>();
    for (Slot slot : slots) {
      names.add(slot.name());
    }
    return Collections.unmodifiableSet(names);
  }

  @Override
  public final String toString() {
    StringJoiner text = new StringJoiner(", ", id + "(", ")");
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
      throw new IllegalArgumentException(
          String.format("slot name is '%s', expected one of %s", slotName, slotNames()));
    }

    @Override
    public long steps(String parameterName) {
      return find(parameterName).steps;
    }

    private ParameterState find(String parameterName) {
      ParameterState state = states.get(parameterName);
      if (state == null) {
        throw new IllegalArgumentException(String.format(
            "parameter name is '%s', expected one that has been stepped: %s",
            parameterName, states.keySet()));
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
  public abstract static class Builder<B extends Builder<B>> {
    private double learningRate;
    private WeightDecay weightDecay = WeightDecay.none();

    /** With the rule's default rate. */
    protected Builder(double learningRate) {
      this.learningRate = learningRate;
    }

    /** This, as what it is. */
    protected abstract B self();

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
