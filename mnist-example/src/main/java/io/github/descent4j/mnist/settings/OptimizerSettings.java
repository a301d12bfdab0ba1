package io.github.descent4j.mnist.settings;

import io.github.descent4j.Optimizer;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;

/**
 * How the weights of a run are updated.
 *
 * @param warmup steps in which the rate rises from 0, before the schedule
 * @param clipNorm greatest global norm of the gradients, or null
 */
public record OptimizerSettings(
    OptimizerChoice optimizer,
    double learningRate,
    ScheduleChoice schedule,
    long warmup,
    Double clipNorm,
    DecayMode weightDecayMode,
    double weightDecay) {

  /** The optimizer for a run of {@code steps} steps, more than the warmup; it fails on gradients that are not finite. */
  public Optimizer build(long steps, long stepsPerEpoch) {
    if (!optimizer.hasLearningRate()) {
      return optimizer.buildWithoutRate();
    }
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
    return weightDecayMode.of(weightDecay);
  }

  /** In words, without learning rate and schedule. */
  public String withoutRate() {
    return optimizer + clipAndDecay();
  }

  /** In words. */
  @Override
  public String toString() {
    if (!optimizer.hasLearningRate()) {
      return optimizer.toString();
    }
    String start = warmup == 0 ? "" : " after " + warmup + " steps of warmup";
    return optimizer + ", learning rate " + learningRate + ", " + schedule + " schedule" + start
        + clipAndDecay();
  }

  private String clipAndDecay() {
    String clip = clipNorm == null ? "" : ", gradients clipped to norm " + clipNorm;
    String decay = weightDecay == 0 ? "" : ", " + weightDecayMode + " weight decay " + weightDecay;
    return clip + decay;
  }
}
