package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
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
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lookahead: slow weights that follow those of any optimizer, and take them back to themselves every k steps
 * (Zhang et al. 2019, Algorithm 1): what {@link Optimizer#lookahead} returns.
 *
 * <pre>
 * at first:         slow = p
 * every k-th step:  slow += alpha (p - slow),  p = slow
 * </pre>
 *
 * <p><b>Defaults.</b> k 5, alpha 0.5.
 *
 * <p><b>Fork.</b> The slots of the optimizer inside are kept where the weights are taken back, as in Optax with {@code
 * reset_state=False} and in timm, whose k is 6 by default.
 *
 * <p>Each parameter counts its own steps, so that one that joins late has k of them before it is taken back for the first
 * time. A step that was skipped, or that was one of several accumulated inside, does not count.
 *
 * <p><b>Memory.</b> One array per parameter, DOUBLE for DOUBLE parameters and FLOAT for others, so that small moves are
 * not lost in half types.
 *
 * <p><b>State.</b> The slow weights are part of the {@linkplain OptimizerState#save state file}.
 *
 * <pre>{@code
 * Lookahead optimizer = new Adam().lookahead(5, 0.5);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Lookahead extends Decorator {
  /** The steps from one synchronization to the next, unless given. */
  public static final int DEFAULT_K = 5;

  /** The part of the way that the slow weights go, unless given. */
  public static final double DEFAULT_ALPHA = 0.5;

  private static final SlotDefinition[] SLOW = {SlotDefinition.zero("slow")};

  private final int k;
  private final double alpha;

  /** The slow weights of each parameter, with its own steps. */
  private final Map<String, ParameterState> states = new LinkedHashMap<>();

  private final Blend blend = new Blend();
  private ParameterState[] current = {};

  /**
   * What {@link Optimizer#lookahead(int, double)} returns.
   *
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if {@code k} is less than 1, {@code alpha} not in (0, 1], or the rule inside makes the
   *     parameters anew in each step (ScheduleFree, DAdaptSgd, Ftrl)
   */
  public Lookahead(Optimizer inner, int k, double alpha) {
    super(inner);
    requireRuleThatGoesOnFromValues();
    this.k = Check.count(1, "k", k);
    this.alpha = Check.decayFactor("alpha", alpha);
  }

  /** The steps from one synchronization to the next. */
  public int k() {
    return k;
  }

  /** The part of the way to the weights of the optimizer inside that the slow weights go. */
  public double alpha() {
    return alpha;
  }

  /**
   * The slow weights of a parameter: the array itself, which later steps change in place.
   *
   * @throws IllegalArgumentException if the parameter has not been stepped
   */
  public INDArray slow(String parameterName) {
    ParameterState state = states.get(parameterName);
    if (state == null) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter name is '%s', expected one that has slow weights: %s",
          parameterName,
          states.keySet()));
    }
    return state.slots[0];
  }

  @Override
  protected void check(StepContext context) {
    context.requireWholeGradients(this);
    find(context.parameters());
    beginInner(context);
  }

  @Override
  protected void commit(StepContext context) {
    long before = stepsTaken(inner);
    finishInner(context);
    if (stepsTaken(inner) == before) {
      return;
    }
    Parameters parameters = context.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (current[i].steps++ == 0) {
        states.put(parameters.get(i).name(), current[i]);
      }
    }
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      if (isDue(i)) {
        blend.mix(
            current[i].slotMemory[0], ParameterAccess.ACCESS.valueMemory(parameters.get(i)), alpha);
      }
    }
    blend.run();
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      if (isDue(i)) {
        blend.copy(ParameterAccess.ACCESS.valueMemory(parameters.get(i)), current[i].slotMemory[0]);
      }
    }
    blend.run();
  }

  private boolean isDue(int index) {
    return current[index].steps % k == 0;
  }

  /** Finds or makes the slow weights of every parameter; new ones are kept only once all is well. */
  private void find(Parameters parameters) {
    if (current.length < parameters.size()) {
      current = new ParameterState[parameters.size()];
    }
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known == null) {
        current[i] = new ParameterState(parameter, SLOW);
        blend.copy(current[i].slotMemory[0], ParameterAccess.ACCESS.valueMemory(parameter));
      } else {
        known.requireMatch(parameter);
        current[i] = known;
      }
    }
    blend.run();
  }

  @Override
  protected String savedAs() {
    return "lookahead";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    Hyperparameters.save(hyperparameters(), out);
    SlotFile.save(states, SLOW, out);
  }

  @Override
  protected void loadOwn(StateReader in) {
    Hyperparameters.compare(hyperparameters(), this, in);
    Map<String, ParameterState> loaded = SlotFile.load(SLOW, 1, in);
    in.whenAllIsWell(() -> {
      states.clear();
      states.putAll(loaded);
    });
  }

  private Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("k", k);
    all.put("alpha", alpha);
    return all;
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
  public String toString() {
    return inner + ".lookahead(" + k + ", " + alpha + ")";
  }
}
