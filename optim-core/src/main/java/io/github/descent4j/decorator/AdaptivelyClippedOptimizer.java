package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.access.AdaptiveClipAccess;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.gradient.UnitClip;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;
import java.util.HashMap;
import java.util.Map;

/**
 * An optimizer whose gradients are clipped unit by unit, in proportion to the parameters: what {@link
 * Optimizer#clippedAdaptively} returns.
 *
 * <pre>{@code
 * AdaptivelyClippedOptimizer optimizer = new Momentum(0.1).clippedAdaptively(AdaptiveClip.of(0.01));
 * optimizer.step(parameters);
 * long clipped = optimizer.clippedUnits();
 * }</pre>
 *
 * <p>Clipping sees the gradients as the decorators outside have left them, before coupled weight decay.
 *
 * <p><b>Memory.</b> One array per parameter, the clipped gradient, FLOAT for half types; not part of what a
 * resumed run needs.
 */
public final class AdaptivelyClippedOptimizer extends Decorator {
  private final AdaptiveClip clip;
  private final SlotDefinition[] buffer = {SlotDefinition.zero("clipped")};
  private final Map<String, ParameterState> states = new HashMap<>();
  private final UnitClip unitClip;
  private final Blend blend = new Blend();
  private final StepContext clippedStep = new StepContext();
  private long clippedUnits;

  // Of the parameters of the last step: mostly those of the next one too.
  private Parameters source;
  private Parameters clipped;
  private ParameterState[] current = {};

  /** Whether the buffers have been kept by name: once a step has succeeded. */
  private boolean kept;

  /** The units of each parameter, 0 for one that is not clipped. */
  private int[] units = {};

  /**
   * What {@link Optimizer#clippedAdaptively} returns.
   *
   * @throws NullPointerException if an argument is null
   */
  public AdaptivelyClippedOptimizer(Optimizer inner, AdaptiveClip clip) {
    super(inner);
    this.clip = requireNonNull(clip, "clip is null, expected an adaptive clip");
    unitClip = new UnitClip(
        AdaptiveClipAccess.ACCESS.clipping(clip), AdaptiveClipAccess.ACCESS.epsilon(clip));
  }

  /** How many units the last step clipped. */
  public long clippedUnits() {
    return clippedUnits;
  }

  @Override
  protected void check(StepContext context) {
    Parameters parameters = context.parameters();
    if (parameters != source) {
      prepare(parameters);
    }
    unitClip.clear();
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (units[i] == 0) {
        blend.copy(
            current[i].slotMemory[0],
            ParameterAccess.ACCESS.gradientMemory(parameter),
            context.transform(i));
      } else {
        unitClip.add(
            ParameterAccess.ACCESS.valueMemory(parameter),
            ParameterAccess.ACCESS.gradientMemory(parameter),
            context.transform(i),
            current[i].slotMemory[0],
            units[i],
            AdaptiveClipAccess.ACCESS.isOutputsFirst(clip));
      }
    }
    blend.run();
    unitClip.run();
    clippedStep.reset(clipped);
    clippedStep.rate(context.rate(), context.rateFactor());
    if (context.isGuarded()) {
      clippedStep.guard();
    }
    beginInner(clippedStep);
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(clippedStep);
    if (!kept) {
      for (int i = 0; i < current.length; i++) {
        states.put(context.parameters().get(i).name(), current[i]);
      }
      kept = true;
    }
    clippedUnits = unitClip.clippedUnits();
  }

  @Override
  protected void forgetOwn(String parameterName) {
    states.remove(parameterName);
    source = null;
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    ParameterState.rename(states, parameterName, newName);
    source = null;
  }

  private void prepare(Parameters parameters) {
    int size = parameters.size();
    ParameterState[] found = new ParameterState[size];
    int[] counted = new int[size];
    Parameter[] withClipped = new Parameter[size];
    for (int i = 0; i < size; i++) {
      Parameter parameter = parameters.get(i);
      ParameterState known = states.get(parameter.name());
      if (known != null) {
        known.requireMatch(parameter);
      }
      found[i] = known == null ? new ParameterState(parameter, buffer) : known;
      counted[i] = AdaptiveClipAccess.ACCESS.units(clip, parameter);
      withClipped[i] = ParameterAccess.ACCESS.withGradient(parameter, found[i].slots[0]);
    }
    current = found;
    kept = false;
    units = counted;
    clipped = ParametersAccess.ACCESS.trusted(withClipped);
    source = parameters;
  }

  /** The clip inside measures another gradient than the guard outside. */
  @Override
  protected Norm wantedNorm() {
    return null;
  }

  @Override
  public String toString() {
    return inner + ".clippedAdaptively(" + clip + ")";
  }
}
