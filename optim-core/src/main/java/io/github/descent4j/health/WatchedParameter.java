package io.github.descent4j.health;

import static io.github.descent4j.health.GradientVerdict.DEAD;
import static io.github.descent4j.health.GradientVerdict.EXPLODING;
import static io.github.descent4j.health.GradientVerdict.HEALTHY;
import static io.github.descent4j.health.GradientVerdict.UNMOVED;
import static io.github.descent4j.health.GradientVerdict.VANISHING;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.state.SlotDefinition;

/** What a {@link GradientMonitor} knows of one parameter. */
final class WatchedParameter {
  private static final SlotDefinition[] COPY = {SlotDefinition.zero("copy")};

  /** Norms that a mean of them is made of, at the least, before one is compared with it. */
  private static final long USUAL = 10;

  final String name;

  /** The parameter as it was before the step, and after it its change. */
  final ParameterState copy;

  private final long length;
  private final boolean weight;

  // The last observation.
  private long step;
  private double gradientNorm;
  private double gradientRms;
  private double parameterNorm;
  private double updateRatio;

  private GradientVerdict verdict = HEALTHY;
  private long since;

  /** The symptom of the last observations in a row. */
  private GradientVerdict symptom = HEALTHY;

  private long symptomSince;
  private int inARow;

  /** The least of the later gradients' RMS while the verdict of vanishing came up. */
  private double vanishedAgainst = Double.POSITIVE_INFINITY;

  private double meanNorm;
  private long norms;

  WatchedParameter(Parameter parameter) {
    name = parameter.name();
    copy = new ParameterState(parameter, COPY);
    length = parameter.value().length();
    weight = parameter.value().rank() >= 2;
  }

  /** The gradient's RMS if it is one that those of earlier weights compare with, else 0. */
  double comparableRms() {
    return weight && Double.isFinite(gradientRms) ? gradientRms : 0;
  }

  /**
   * Takes in an observation and judges it.
   *
   * @param updateNorm of the step's change; means nothing where no step was taken
   * @param laterRms the greatest of the later weights' gradients
   * @return whether the verdict is new and not healthy
   */
  boolean observe(
      GradientMonitor monitor,
      long step,
      double gradientNorm,
      double parameterNorm,
      boolean stepped,
      double updateNorm,
      double laterRms) {
    if (this.step == 0) {
      since = step;
    }
    this.step = step;
    this.gradientNorm = gradientNorm;
    this.parameterNorm = parameterNorm;
    gradientRms = length == 0 ? 0 : gradientNorm / Math.sqrt(length);
    updateRatio = stepped && parameterNorm != 0 ? updateNorm / parameterNorm : Double.NaN;

    boolean atOnce = !Double.isFinite(gradientNorm)
        || !Double.isFinite(parameterNorm)
        || (stepped && !Double.isFinite(updateNorm))
        || (weight && updateRatio > monitor.explodingUpdate);
    boolean moved = !stepped || updateNorm != 0;
    GradientVerdict found = atOnce ? EXPLODING : lasting(monitor, laterRms, moved);
    if (found == HEALTHY && !stepped && symptom == UNMOVED) {
      // Neither another step that moves nothing, nor one that moves something.
      return false;
    }
    if (found == HEALTHY || found == UNMOVED) {
      norms++;
      meanNorm += (gradientNorm - meanNorm) / norms;
    }
    if (found != symptom) {
      symptom = found;
      symptomSince = step;
      inARow = 0;
    }
    inARow++;
    if (verdict != VANISHING) {
      vanishedAgainst =
          found == VANISHING ? Math.min(vanishedAgainst, laterRms) : Double.POSITIVE_INFINITY;
    }
    boolean sure = atOnce || inARow >= monitor.patience;
    if (!sure || found == verdict) {
      return false;
    }
    if (verdict == VANISHING) {
      vanishedAgainst = Double.POSITIVE_INFINITY;
    }
    verdict = found;
    since = symptomSince;
    return found != HEALTHY;
  }

  /** What makes a verdict only when it stays. */
  private GradientVerdict lasting(GradientMonitor monitor, double laterRms, boolean moved) {
    if (length == 0) {
      return HEALTHY;
    }
    if (gradientNorm == 0) {
      return DEAD;
    }
    if (norms >= USUAL
        && gradientNorm > monitor.explodingGrowth * meanNorm
        && updateRatio > monitor.largeUpdate) {
      return EXPLODING;
    }
    // Where nothing but the last layers learns, their gradients come to 0 too, and nothing is
    // cured.
    double scale = verdict == VANISHING ? vanishedAgainst : laterRms;
    if (weight && gradientRms < monitor.vanishing * scale) {
      return VANISHING;
    }
    return moved ? HEALTHY : UNMOVED;
  }

  GradientVerdict verdict() {
    return verdict;
  }

  long since() {
    return since;
  }

  ParameterHealth health() {
    return new ParameterHealth(
        name, step, gradientNorm, gradientRms, parameterNorm, updateRatio, verdict, since);
  }
}
