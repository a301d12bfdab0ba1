package io.github.descent4j.health;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.Collections;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A model of two layers under a monitor that takes three steps for lasting. */
abstract class MonitoredModel {
  /** Of two layers, in the order of the model. */
  final INDArray firstGradient = Nd4j.ones(DataType.DOUBLE, 2, 3);

  final INDArray biasGradient = Nd4j.ones(DataType.DOUBLE, 3);
  final INDArray lastGradient = Nd4j.ones(DataType.DOUBLE, 3, 2);
  final Parameters parameters = Parameters.of(
      Parameter.of("first", Nd4j.ones(DataType.DOUBLE, 2, 3), firstGradient),
      Parameter.of("bias", Nd4j.zeros(DataType.DOUBLE, 3), biasGradient),
      Parameter.of("last", Nd4j.ones(DataType.DOUBLE, 3, 2), lastGradient));
  final GradientMonitor monitor = GradientMonitor.builder().patience(3).build();

  void repeat(int steps, Optimizer optimizer) {
    Collections.nCopies(steps, parameters).forEach(optimizer::step);
  }

  ParameterHealth health(String name) {
    return monitor.health().stream()
        .filter(health -> health.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
