package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;

/**
 * An optimizer whose gradients are clipped: what {@link Optimizer#clipped} returns.
 *
 * <pre>{@code
 * ClippedOptimizer clipped = new Adam().clipped(GradientClip.byGlobalNorm(1.0));
 * Optimizer optimizer = clipped.scheduled(Schedules.cosine(1e-3, 10_000));
 * optimizer.step(parameters);
 * double norm = clipped.lastNorm();
 * }</pre>
 */
public final class ClippedOptimizer extends Decorator {
  private final GradientClip clip;
  private double lastNorm = Double.NaN;

  /** Of the step under way. */
  private double norm;

  /**
   * What {@link Optimizer#clipped} returns.
   *
   * @throws NullPointerException if an argument is null
   */
  public ClippedOptimizer(Optimizer inner, GradientClip clip) {
    super(inner);
    this.clip = requireNonNull(clip, "clip is null, expected a gradient clip");
  }

  /**
   * The norm of all gradients ahead of clipping, at the last step: the clip's own norm, taken over
   * all parameters. NaN before the first step and for {@link GradientClip#byValue}, which measures
   * none.
   */
  public double lastNorm() {
    return lastNorm;
  }

  @Override
  protected void check(StepContext context) {
    norm = clip.apply(context);
    beginInner(context);
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(context);
    lastNorm = norm;
  }

  @Override
  protected Norm wantedNorm() {
    return clip.norm();
  }

  @Override
  public String toString() {
    return inner + ".clipped(" + clip + ")";
  }
}
