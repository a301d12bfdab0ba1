package io.github.descent4j.mnist;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.List;
import java.util.stream.StreamSupport;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells a recorder of the gradients and updates of every n-th step, from the first on that it saw the parameters ahead of. Other
 * steps cost nothing.
 */
final class GradientSampler implements TrainingListener {
  private final RunRecorder recorder;
  private final int every;
  private Parameters parameters;
  private List<String> names;
  private INDArray[] before;
  private boolean copied;

  GradientSampler(RunRecorder recorder, int every) {
    this.recorder = recorder;
    this.every = every;
  }

  /** The parameters that are trained, before the first step. */
  void watch(Parameters parameters) {
    this.parameters = parameters;
    names = StreamSupport.stream(parameters.spliterator(), false)
        .map(Parameter::name)
        .toList();
    before = new INDArray[names.size()];
  }

  @Override
  public void onStep(StepMetrics metrics) {
    if (copied && metrics.step() % every == 1 % every) {
      observe(metrics);
    }
    copied = (metrics.step() + 1) % every == 1 % every;
    if (copied) {
      for (int i = 0; i < before.length; i++) {
        before[i] = parameters.get(i).value().dup();
      }
    }
  }

  private void observe(StepMetrics metrics) {
    double[] norms = new double[before.length];
    double[] updateRatios = new double[before.length];
    for (int i = 0; i < before.length; i++) {
      Parameter parameter = parameters.get(i);
      norms[i] = parameter.gradient().norm2Number().doubleValue();
      double old = before[i].norm2Number().doubleValue();
      double update = before[i].subi(parameter.value()).norm2Number().doubleValue();
      updateRatios[i] = old == 0 ? Double.NaN : update / old;
    }
    recorder.addGradients(metrics, names, norms, updateRatios);
  }
}
