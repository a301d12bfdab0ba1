package io.github.descent4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One step of ND4J's own updater, one for each parameter, and the subtraction it leaves to its caller.
 *
 * <p>It turns the gradient into the update, so the gradients are written anew before every step,
 * outside the measured time: they would shrink to subnormal numbers, which are slow.
 *
 * <p>Its Nadam does not pass the validation: it does not correct the second moment, which makes its first step some
 * sixty times the learning rate.
 */
public class Nd4jUpdaterStep extends StepBenchmark {
  @Param({"Sgd", "Nesterov", "AdaGrad", "RmsProp", "AdaDelta", "Adam", "AmsGrad", "AdaMax"})
  public String optimizer;

  private final List<GradientUpdater<?>> updaters = new ArrayList<>();
  private final List<INDArray> states = new ArrayList<>();
  private Model model;
  private Model fresh;
  private int taken;

  @Setup
  public void setUp() {
    Formula formula = Formula.of(optimizer);
    model = new Model(size);
    IUpdater config = config(formula);
    for (INDArray value : model.values()) {
      long stateSize = config.stateSize(value.length());
      INDArray state = stateSize == 0 ? null : Nd4j.zeros(DataType.FLOAT, 1, stateSize);
      updaters.add(config.instantiate(state, true));
      if (state != null) {
        states.add(state);
      }
    }
    model.validate("ND4J's updater", formula, this::step);
    fresh = new Model(size);
    warmUpOnce(() -> {
      restoreGradients();
      step();
    });
  }

  private static IUpdater config(Formula formula) {
    return switch (formula) {
      case SGD -> new Sgd(0.01);
      case NESTEROV -> new Nesterovs(0.01, 0.9);
      case ADAGRAD -> new AdaGrad(0.01, 1e-7);
      case RMSPROP -> new RmsProp(1e-3, 0.9, 1e-8);
      case ADADELTA -> new AdaDelta(0.9, 1e-6);
      case ADAM -> new Adam(1e-3, 0.9, 0.999, 1e-8);
      case AMSGRAD -> new AMSGrad(1e-3, 0.9, 0.9, 1e-8);
      case ADAMAX -> new AdaMax(2e-3, 0.9, 0.999, 1e-8);
      case NADAM -> new Nadam(2e-3, 0.9, 0.999, 1e-8);
      default -> throw new IllegalArgumentException("ND4J has no " + formula.label());
    };
  }

  @Setup(Level.Invocation)
  public void restoreGradients() {
    model.copyGradients(fresh);
  }

  @Benchmark
  public void step() {
    for (int i = 0; i < updaters.size(); i++) {
      INDArray gradient = model.gradients().get(i);
      updaters.get(i).applyUpdater(gradient, taken, 0);
      model.values().get(i).subi(gradient);
    }
    taken++;
  }

  @TearDown
  public void tearDown() {
    model.close();
    fresh.close();
    states.forEach(INDArray::close);
  }
}
