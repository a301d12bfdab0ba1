package io.github.descent4j.benchmarks;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.ClippedOptimizer;
import io.github.descent4j.decorator.StepContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Clipping by global norm, alone and ahead of an Adam step. */
public class GlobalNormClip extends StepBenchmark {
  private Model model;
  private Parameters parameters;
  private ClippedOptimizer alone;
  private ClippedOptimizer adam;

  @Setup
  public void setUp() {
    model = new Model(size);
    parameters = model.parameters();
    alone = new Standstill().clipped(GradientClip.byGlobalNorm(1));
    adam = new Adam().clipped(GradientClip.byGlobalNorm(1));
    validate();
    warmUpOnce(() -> {
      clip();
      clipAndAdamStep();
    });
  }

  /** Requires the norm of all gradients, and gradients of norm 1 in Adam's first moment. */
  private void validate() {
    clip();
    clipAndAdamStep();
    int length = length(size);
    double squares = 0;
    for (int i = 0; i < length * parameters.size(); i++) {
      squares += (double) Inputs.gradient(i) * Inputs.gradient(i);
    }
    double norm = Math.sqrt(squares);
    require("norm", alone.lastNorm(), norm);
    require("norm", adam.lastNorm(), norm);
    for (int i = 0; i < parameters.size(); i++) {
      float[] moment = Model.elements(adam.state().slot("p" + i, "m"));
      for (int j = 0; j < length; j++) {
        require("first moment", moment[j], 0.1 * Inputs.gradient(i * length + j) / norm);
      }
    }
  }

  private static void require(String what, double actual, double expected) {
    if (!(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected))) {
      throw new IllegalStateException(what + " is " + actual + ", expected " + expected);
    }
  }

  @Benchmark
  public void clip() {
    alone.step(parameters);
  }

  @Benchmark
  public void clipAndAdamStep() {
    adam.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }

  /** Ends a step where the update would begin. */
  private static final class Standstill implements Optimizer {
    @Override
    public void step(Parameters parameters) {
      throw new UnsupportedOperationException("steps only in a decorator");
    }

    @Override
    public void step(StepContext context) {}

    @Override
    public long steps() {
      return 0;
    }

    @Override
    public double learningRate() {
      return 0;
    }

    @Override
    public OptimizerState state() {
      throw new UnsupportedOperationException("has no state");
    }
  }
}
