package io.github.descent4j.mnist.settings;

import io.github.descent4j.Optimizer;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.mnist.data.Require;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the weights of a run are updated.
 *
 * @param warmup steps in which the rate rises from 0, before the schedule
 * @param hyperparameters of the rule, where they are not its defaults
 * @param clipNorm greatest global norm of the gradients, or null
 */
public record OptimizerSettings(
    OptimizerChoice optimizer,
    Map<String, String> hyperparameters,
    double learningRate,
    ScheduleChoice schedule,
    long warmup,
    Double clipNorm,
    DecayMode weightDecayMode,
    double weightDecay) {

  public OptimizerSettings {
    Require.present("optimizer", optimizer);
    Require.values("hyperparameters", hyperparameters);
  }

  /** What the rate follows after the warmup: a constant one where the optimizer takes no schedule. */
  @Override
  public ScheduleChoice schedule() {
    return optimizer.takesSchedule() ? schedule : ScheduleChoice.CONSTANT;
  }

  /** The optimizer for a run of {@code steps} steps, more than the warmup; it fails on gradients that are not finite. */
  public Optimizer build(long steps, long stepsPerEpoch) {
    if (!optimizer.hasLearningRate()) {
      return optimizer.buildWithoutRate();
    }
    Optimizer built = optimizer
        .build(learningRate, decay(), hyperparameters)
        .scheduled(rates(steps, stepsPerEpoch));
    if (clipNorm != null) {
      built = built.clipped(GradientClip.byGlobalNorm(clipNorm));
    }
    return built.guarded(NonFinite.FAIL);
  }

  /** The learning rates of a run of {@code steps} steps, more than the warmup; constant where there is no use for a schedule. */
  public Schedule rates(long steps, long stepsPerEpoch) {
    Schedule rates = schedule().over(learningRate, steps - warmup, stepsPerEpoch);
    return warmup > 0 ? Schedules.linearWarmup(warmup, learningRate).then(warmup, rates) : rates;
  }

  private WeightDecay decay() {
    return weightDecayMode.of(weightDecay);
  }

  /** In words, without learning rate and schedule. */
  public String withoutRate() {
    return optimizer + others();
  }

  /** In words. */
  @Override
  public String toString() {
    if (!optimizer.hasLearningRate()) {
      return optimizer.toString();
    }
    String start = warmup == 0 ? "" : " after " + warmup + " steps of warmup";
    return optimizer + ", learning rate " + learningRate + ", " + schedule() + " schedule" + start
        + others();
  }

  private String others() {
    String own = hyperparameters.entrySet().stream()
        .map(entry -> ", " + entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining());
    String clip = clipNorm == null ? "" : ", gradients clipped to norm " + clipNorm;
    String decay = weightDecay == 0 ? "" : ", " + weightDecayMode + " weight decay " + weightDecay;
    return own + clip + decay;
  }
}
