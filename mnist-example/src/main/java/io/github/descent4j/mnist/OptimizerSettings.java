package io.github.descent4j.mnist;

import io.github.descent4j.Optimizer;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.mnist.UpdateOptions.DecayMode;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;

/**
 * How the weights of a run are updated.
 *
 * @param warmup steps in which the rate rises from 0, before the schedule
 * @param clipNorm greatest global norm of the gradients, or null
 */
record OptimizerSettings(
    OptimizerChoice optimizer,
    double learningRate,
    ScheduleChoice schedule,
    long warmup,
    Double clipNorm,
    DecayMode weightDecayMode,
    double weightDecay) {

  /** The optimizer for a run of {@code steps} steps, more than the warmup; it fails on gradients that are not finite. */
  Optimizer build(long steps, long stepsPerEpoch) {
    Schedule rates = schedule.over(learningRate, steps - warmup, stepsPerEpoch);
    if (warmup > 0) {
      rates = Schedules.linearWarmup(warmup, learningRate).then(warmup, rates);
    }
    Optimizer built = optimizer.build(learningRate, decay()).scheduled(rates);
    if (clipNorm != null) {
      built = built.clipped(GradientClip.byGlobalNorm(clipNorm));
    }
    return built.guarded(NonFinite.FAIL);
  }

  private WeightDecay decay() {
    return weightDecayMode == DecayMode.COUPLED
        ? WeightDecay.coupled(weightDecay)
        : WeightDecay.decoupled(weightDecay);
  }

  /** In words. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder()
        .append(optimizer)
        .append(", learning rate ")
        .append(learningRate)
        .append(", ")
        .append(schedule)
        .append(" schedule");
    if (warmup > 0) {
      text.append(" after ").append(warmup).append(" steps of warmup");
    }
    if (clipNorm != null) {
      text.append(", gradients clipped to norm ").append(clipNorm);
    }
    if (weightDecay > 0) {
      text.append(", ").append(weightDecayMode).append(" weight decay ").append(weightDecay);
    }
    return text.toString();
  }
}
