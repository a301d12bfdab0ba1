package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the guides leave to their readers, for a model that wants all its parameters at the value of the
 * batch, and what an example has to have left behind: one method for each type of its variables.
 */
public abstract class GuideContext {
  protected final Parameters parameters = Parameters.of(
      parameter("layer.w", 4, 3), parameter("layer.b", 4),
      parameter("head.w", 2, 4), parameter("head.b", 2));
  protected final List<Object> batches = List.of(0.0, 0.1, -0.1, 0.2, 0.0, 0.1);
  protected final Optimizer optimizer = new Adam();
  protected Path folder;

  /** A state that differs in the ways that the guide's options allow. */
  protected Path stateFile;

  private int batchesTaken;

  private static Parameter parameter(String name, long... shape) {
    long length = Nd4j.zeros(shape).length();
    INDArray value = Nd4j.linspace(1, 2, length, DataType.FLOAT).reshape(shape);
    return Parameter.of(name, value, Nd4j.zeros(shape));
  }

  /** The example, and the checks of its variables. */
  protected abstract void run() throws Exception;

  void run(Path workingFolder) throws Exception {
    folder = workingFolder;
    stateFile = folder.resolve("other.npz");
    Optimizer other = new Adam(2e-3);
    Parameter known = parameter("layer.w", 4, 3);
    other.step(Parameters.of(known));
    other.state().save(stateFile);
    trainOneEpoch(optimizer);
    run();
  }

  protected final double computeGradients(Object batch) {
    double loss = 0;
    for (Parameter parameter : parameters) {
      INDArray error = parameter.value().sub((Double) batch);
      parameter.gradient().assign(error.mul(2));
      loss += error.mul(error).sumNumber().doubleValue();
    }
    return loss;
  }

  protected final void computeGradients(Object batch, INDArray... gradients) {
    for (INDArray gradient : gradients) {
      gradient.assign(1 + (Double) batch);
    }
  }

  protected final Object nextBatch() {
    return batches.get(batchesTaken++ % batches.size());
  }

  protected final double validationLoss() {
    return computeGradients(0.0);
  }

  protected final void trainOneEpoch(Optimizer trained) {
    for (Object batch : batches) {
      computeGradients(batch);
      if (trained.find(Sam.class).isPresent()) {
        Sam.step(trained, parameters, () -> computeGradients(batch));
      } else {
        trained.step(parameters);
      }
    }
  }

  /** It takes steps that move every parameter. */
  protected final void check(Optimizer used) {
    long steps = used.steps();
    Map<String, INDArray> before = new LinkedHashMap<>();
    parameters.forEach(
        parameter -> before.put(parameter.name(), parameter.value().dup()));
    trainOneEpoch(used);
    assertThat(used.steps()).isGreaterThan(steps);
    for (Parameter parameter : parameters) {
      INDArray moved = parameter.value().sub(before.get(parameter.name()));
      assertThat(moved.amaxNumber().doubleValue()).as(parameter.name()).isPositive();
    }
    check(parameters);
  }

  /** It has no steps without an objective; those of the example have moved every parameter. */
  protected final void check(LBfgsOptimizer used) {
    assertThat(used.steps()).isPositive();
    check(parameters);
  }

  /** What began at zero has moved, too. */
  protected final void check(Parameters used) {
    for (Parameter parameter : used) {
      double largest = parameter.value().amaxNumber().doubleValue();
      assertThat(largest).as(parameter.name()).isFinite().isPositive();
    }
  }

  protected final void check(Schedule schedule) {
    assertThat(schedule.at(1)).isFinite().isPositive();
    assertThat(schedule.at(100_000)).isFinite().isNotNegative();
  }

  protected final void check(double number) {
    assertThat(number).isFinite();
  }

  /** A number that the example's comment promises. */
  protected final void check(double number, double promised) {
    assertThat(number).isEqualTo(promised);
  }

  protected final void check(INDArray array) {
    check(array.amaxNumber().doubleValue());
  }

  protected final void check(Path file) {
    assertThat(Files.exists(file)).as("%s", file).isTrue();
  }

  protected void check(Object other) {
    assertThat(other).isNotNull();
  }
}
