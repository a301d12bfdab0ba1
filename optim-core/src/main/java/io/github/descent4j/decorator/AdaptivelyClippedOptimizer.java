package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.access.AdaptiveClipAccess;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.UnitClip;

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
  private final UnitClip unitClip;
  private final ReplacedGradients gradients = new ReplacedGradients(false);
  private long clippedUnits;

  /** The parameters that {@link #units} was last counted for: mostly those of the next step too. */
  private Parameters counted;

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
    context.requireWholeGradients(this);
    Parameters parameters = context.parameters();
    if (parameters != counted) {
      count(parameters);
    }
    gradients.find(parameters);
    unitClip.clear();
    gradients.beginCopies();
    for (int i = 0; i < parameters.size(); i++) {
      if (units[i] == 0) {
        gradients.copyLater(context, i);
      } else {
        Parameter parameter = parameters.get(i);
        unitClip.add(
            ParameterAccess.ACCESS.valueMemory(parameter),
            ParameterAccess.ACCESS.gradientMemory(parameter),
            context.transform(i),
            gradients.memory(i),
            units[i],
            AdaptiveClipAccess.ACCESS.isOutputsFirst(clip));
      }
    }
    gradients.runCopies();
    unitClip.run();
    beginInner(gradients.inside(context));
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(gradients.inside());
    gradients.keep();
    clippedUnits = unitClip.clippedUnits();
  }

  private void count(Parameters parameters) {
    counted = null;
    units = new int[parameters.size()];
    for (int i = 0; i < units.length; i++) {
      units[i] = AdaptiveClipAccess.ACCESS.units(clip, parameters.get(i));
    }
    counted = parameters;
  }

  @Override
  protected void forgetOwn(String parameterName) {
    gradients.forget(parameterName);
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    gradients.rename(parameterName, newName);
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
