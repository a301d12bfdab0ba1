package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.state.SlotFile;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An optimizer that takes one step from the gradients of several calls: what {@link
 * Optimizer#accumulated} returns.
 *
 * <pre>
 * calls 1 to k - 1 of a window:  sum = sum + g
 * call k:                        g' = (sum + g) / k,  and the optimizer inside steps from g'
 * </pre>
 *
 * <pre>{@code
 * AccumulatedOptimizer accumulated =
 *     new Adam().scheduled(schedule).clipped(GradientClip.byGlobalNorm(1.0)).accumulated(4);
 * for (Batch batch : batches) {
 *   computeGradients(batch); // yours, for instance of a quarter of the batch
 *   accumulated.step(parameters); // every fourth call updates
 * }
 * accumulated.flush(parameters); // the rest of an epoch
 * }</pre>
 *
 * <p>{@link #steps()}, and so every schedule, counts windows. Decorators inside see the accumulated
 * gradient, once a window; those outside see each micro-step: a clip inside limits the mean, a clip
 * outside each part of it.
 *
 * <p>All micro-steps of a window have the same parameters, in any order. A micro-step that fails is not
 * part of the window and may be tried again.
 *
 * <p><b>Memory.</b> Two arrays per parameter, DOUBLE for DOUBLE parameters and FLOAT for others: the sum,
 * and the gradient of the step, so that a failed step leaves the sum. None for a window of 1.
 *
 * <p><b>State.</b> A window that is not complete is part of the {@linkplain OptimizerState#save state
 * file}.
 */
public final class AccumulatedOptimizer extends Decorator {
  private static final int SUM = 0;
  private static final int TOTAL = 1;
  private static final SlotDefinition[] SAVED = {SlotDefinition.zero("sum")};
  private static final SlotDefinition[] BUFFERS = {SAVED[SUM], SlotDefinition.zero("total")};

  private static final String PENDING_MICRO_STEPS = "pendingMicroSteps";
  private static final String PENDING_RATE = "pendingRate";
  private static final String PENDING_RATE_FACTOR = "pendingRateFactor";

  private final int microSteps;
  private final Accumulation accumulation;

  /** The buffers of each parameter; their steps are the micro-steps in the sum. */
  private final Map<String, ParameterState> states = new LinkedHashMap<>();

  private int pendingMicroSteps;

  /** How many parameters the window has. */
  private int pendingParameters;

  // What the latest micro-step of the window brought from outside, for a flush.
  private double pendingRate = Double.NaN;
  private double pendingRateFactor = 1;

  private final Blend blend = new Blend();
  private final StepContext window = new StepContext();
  private ParameterState[] current = {};

  /** The parameters that {@link #totals} was last made of: mostly those of the next window too. */
  private Parameters source;

  private Parameters totals;

  /**
   * What {@link Optimizer#accumulated(int, Accumulation)} returns.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if {@code microSteps} is less than 1
   */
  public AccumulatedOptimizer(Optimizer inner, int microSteps, Accumulation accumulation) {
    super(inner);
    if (microSteps < 1) {
      throw new IllegalArgumentException(
          "microSteps is " + microSteps + ", expected a number >= 1");
    }
    this.microSteps = microSteps;
    this.accumulation = requireNonNull(accumulation, "accumulation is null, expected MEAN or SUM");
  }

  /** Micro-steps in the window that has begun, from 0 to one less than its size. */
  public int pendingMicroSteps() {
    return pendingMicroSteps;
  }

  /**
   * Takes the step of a window that is not complete, from the mean or sum of the micro-steps there
   * are; without any, does nothing.
   *
   * <p>The step has the learning rate that the latest micro-step was given. Decorators outside have
   * seen the micro-steps and do not see this.
   *
   * @param parameters those of the window; their gradients are not read
   * @throws IllegalArgumentException if they are not those of the window
   * @throws IllegalStateException if a step is under way, or as {@link #step(Parameters)}
   */
  public void flush(Parameters parameters) {
    enter();
    try {
      if (pendingMicroSteps == 0) {
        return;
      }
      find(parameters);
      blend.clear();
      for (int i = 0; i < parameters.size(); i++) {
        blend.copy(current[i].slotMemory[TOTAL], current[i].slotMemory[SUM]);
      }
      blend.run();
      beginWindow(parameters, pendingMicroSteps, pendingRate, pendingRateFactor, false);
      finishInner(window);
      discardWindow();
    } finally {
      leave();
    }
  }

  /**
   * Forgets the gradients of a window that is not complete.
   *
   * @throws IllegalStateException if a step is under way
   */
  public void discard() {
    enter();
    try {
      discardWindow();
    } finally {
      leave();
    }
  }

  @Override
  protected void check(StepContext context) {
    if (microSteps == 1) {
      beginInner(context);
      return;
    }
    context.requireWholeGradients(this);
    Parameters parameters = context.parameters();
    find(parameters);
    if (!completes()) {
      return;
    }
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      ParameterState state = current[i];
      blend.sum(
          state.slotMemory[TOTAL],
          state.slotMemory[SUM],
          ParameterAccess.ACCESS.gradientMemory(parameters.get(i)),
          context.transform(i));
    }
    blend.run();
    beginWindow(parameters, microSteps, context.rate(), context.rateFactor(), context.isGuarded());
  }

  @Override
  protected void commit(StepContext context) {
    if (microSteps == 1) {
      finishInner(context);
    } else if (completes()) {
      finishInner(window);
      discardWindow();
    } else {
      accumulate(context);
    }
  }

  @Override
  protected void release() {
    if (completes()) {
      super.release();
    }
  }

  private boolean completes() {
    return pendingMicroSteps + 1 == microSteps;
  }

  /** Begins the step inside, with the totals as gradients. */
  private void beginWindow(
      Parameters parameters, int n, double rate, double rateFactor, boolean guarded) {
    if (parameters != source) {
      Parameter[] withTotals = new Parameter[parameters.size()];
      for (int i = 0; i < withTotals.length; i++) {
        withTotals[i] =
            ParameterAccess.ACCESS.withGradient(parameters.get(i), current[i].slots[TOTAL]);
      }
      totals = ParametersAccess.ACCESS.trusted(withTotals);
      source = parameters;
    }
    window.reset(totals);
    window.rate(rate, rateFactor);
    if (guarded) {
      window.guard();
    }
    for (int i = 0; i < parameters.size() && accumulation == Accumulation.MEAN; i++) {
      window.scale(i, 1.0 / n);
    }
    beginInner(window);
  }

  private void accumulate(StepContext context) {
    Parameters parameters = context.parameters();
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      ParameterState state = current[i];
      Parameter parameter = parameters.get(i);
      if (pendingMicroSteps == 0) {
        blend.copy(
            state.slotMemory[SUM],
            ParameterAccess.ACCESS.gradientMemory(parameter),
            context.transform(i));
        states.put(parameter.name(), state);
      } else {
        blend.sum(
            state.slotMemory[SUM],
            state.slotMemory[SUM],
            ParameterAccess.ACCESS.gradientMemory(parameter),
            context.transform(i));
      }
      state.steps++;
    }
    blend.run();
    pendingMicroSteps++;
    pendingParameters = parameters.size();
    pendingRate = context.rate();
    pendingRateFactor = context.rateFactor();
  }

  private void discardWindow() {
    states.forEach((name, state) -> state.steps = 0);
    pendingMicroSteps = 0;
    pendingRate = Double.NaN;
    pendingRateFactor = 1;
  }

  @Override
  protected String savedAs() {
    return "accumulated";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    Hyperparameters.save(hyperparameters(), out);
    out.put(PENDING_MICRO_STEPS, pendingMicroSteps);
    out.put(PENDING_RATE, pendingRate);
    out.put(PENDING_RATE_FACTOR, pendingRateFactor);
    Map<String, ParameterState> inWindow = new LinkedHashMap<>(states);
    inWindow.values().removeIf(state -> state.steps == 0);
    SlotFile.save(inWindow, SAVED, out);
  }

  @Override
  protected void loadOwn(StateReader in) {
    Hyperparameters.compare(hyperparameters(), this, in);
    long pending = in.whole(PENDING_MICRO_STEPS, 0);
    if (pending >= microSteps) {
      // Possible where another window is allowed: this one could never complete.
      throw in.bad(PENDING_MICRO_STEPS, "less than the " + microSteps + " of a window");
    }
    double rate = in.number(PENDING_RATE);
    if (rate < 0 || Double.isInfinite(rate)) {
      throw in.bad(PENDING_RATE, "a finite number >= 0, or NaN where none was given");
    }
    double rateFactor = in.number(PENDING_RATE_FACTOR);
    if (!(rateFactor >= 0 && rateFactor < Double.POSITIVE_INFINITY)) {
      throw in.bad(PENDING_RATE_FACTOR, "a finite number >= 0");
    }
    Map<String, ParameterState> loaded = SlotFile.load(SAVED, pending, pending, in);
    loaded.replaceAll((name, state) -> state.withScratch());
    in.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
      pendingMicroSteps = (int) pending;
      pendingParameters = loaded.size();
      pendingRate = rate;
      pendingRateFactor = rateFactor;
      // The totals are arrays of the states that were.
      source = null;
      totals = null;
    });
  }

  @Override
  protected void forgetOwn(String parameterName) {
    ParameterState state = states.get(parameterName);
    if (state != null && state.steps > 0) {
      throw new IllegalStateException("parameter '" + parameterName + "' is in a window of "
          + pendingMicroSteps + " micro-steps, expected flush(parameters) or discard() before");
    }
    states.remove(parameterName);
    source = null;
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    ParameterState.rename(states, parameterName, newName);
    source = null;
  }

  private Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("microSteps", microSteps);
    all.put("accumulation", accumulation);
    return all;
  }

  /** Finds or makes the buffers of every parameter; new ones are kept only once all is well. */
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
      if (pendingMicroSteps > 0 && (known == null || known.steps == 0)) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "parameter '%s' is not in the window of %d micro-steps that has begun, expected the"
                + " parameters of its first",
            parameter.name(),
            pendingMicroSteps));
      }
      current[i] = known == null ? new ParameterState(parameter, BUFFERS) : known;
    }
    // The names are distinct and all of them in the window, so counting is enough.
    if (pendingMicroSteps > 0 && parameters.size() != pendingParameters) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameters are %s, expected the %d of the window of %d micro-steps that has begun",
          parameters,
          pendingParameters,
          pendingMicroSteps));
    }
  }

  /** The clip inside measures another gradient than the guard outside. */
  @Override
  protected Norm wantedNorm() {
    return null;
  }

  @Override
  public String toString() {
    return inner + ".accumulated(" + microSteps
        + (accumulation == Accumulation.MEAN ? ")" : ", SUM)");
  }
}
