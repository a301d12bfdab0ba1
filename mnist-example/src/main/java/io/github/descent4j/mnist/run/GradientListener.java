package io.github.descent4j.mnist.run;

import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.health.ParameterHealth;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.List;

/** Hands what a monitor observes to a recorder. */
public final class GradientListener implements TrainingListener {
  private final GradientMonitor monitor;
  private final RunRecorder recorder;

  public GradientListener(GradientMonitor monitor, RunRecorder recorder) {
    this.monitor = monitor;
    this.recorder = recorder;
  }

  @Override
  public void onStep(StepMetrics metrics) {
    if (monitor.lastStep() != metrics.step()) {
      return;
    }
    List<ParameterHealth> health = monitor.health();
    recorder.addGradients(
        metrics,
        health.stream().map(ParameterHealth::name).toList(),
        health.stream().mapToDouble(ParameterHealth::gradientNorm).toArray(),
        health.stream().mapToDouble(ParameterHealth::updateRatio).toArray());
  }
}
