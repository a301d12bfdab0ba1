package io.github.descent4j.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One step of DJL's optimizers that its PyTorch engine can run; AdaGrad, AdaDelta, RmsProp and Nag
 * throw an UnsupportedOperationException there.
 */
public class DjlStep extends StepBenchmark {
  @Param({"Sgd", "Momentum", "Adam"})
  public String optimizer;

  private final List<String> names = new ArrayList<>();
  private final List<NDArray> values = new ArrayList<>();
  private final List<NDArray> gradients = new ArrayList<>();
  private NDManager manager;
  private Optimizer stepped;

  @Setup
  public void setUp() {
    manager = NDManager.newBaseManager("PyTorch");
    Formula formula = Formula.of(optimizer);
    stepped = create(formula);
    float[] buffer = new float[length(size)];
    for (int i = 0; i < count(size); i++) {
      for (int j = 0; j < buffer.length; j++) {
        buffer[j] = Inputs.parameter(i * buffer.length + j);
      }
      names.add("p" + i);
      values.add(manager.create(buffer));
      gradients.add(manager.create(buffer));
    }
    validate(formula, buffer);
    warmUpOnce(this::step);
  }

  private static Optimizer create(Formula formula) {
    return switch (formula) {
      case SGD -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
      case MOMENTUM ->
        Optimizer.sgd()
            .setLearningRateTracker(Tracker.fixed(0.01f))
            .optMomentum(0.9f)
            .build();
      case ADAM -> Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build();
      default -> throw new IllegalArgumentException("DJL runs no " + formula.label());
    };
  }

  private void validate(Formula formula, float[] buffer) {
    for (int t = 1; t <= formula.steps(); t++) {
      fillGradients(Inputs.scale(t), buffer);
      step();
    }
    for (int i = 0; i < values.size(); i++) {
      formula.check("DJL", i * buffer.length, values.get(i).toFloatArray());
    }
    fillGradients(1, buffer);
  }

  private void fillGradients(float scale, float[] buffer) {
    for (int i = 0; i < gradients.size(); i++) {
      for (int j = 0; j < buffer.length; j++) {
        buffer[j] = Inputs.gradient(i * buffer.length + j) * scale;
      }
      gradients.get(i).set(buffer);
    }
  }

  @Benchmark
  public void step() {
    for (int i = 0; i < names.size(); i++) {
      stepped.update(names.get(i), values.get(i), gradients.get(i));
    }
  }

  @TearDown
  public void tearDown() {
    manager.close();
  }
}
