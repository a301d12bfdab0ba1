package io.github.descent4j.benchmarks;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.decorator.AccumulatedOptimizer;
import io.github.descent4j.decorator.AveragedOptimizer;
import io.github.descent4j.decorator.WeightAverage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Adam in the decorators that pass over arrays of their own, or over the parameters once more. */
public class DecoratedSteps extends StepBenchmark {
  private static final double DECAY = 0.9;
  private static final double CLIPPING = 0.01;

  private Model model;
  private Parameters parameters;
  private AveragedOptimizer averaged;
  private AccumulatedOptimizer accumulated;
  private Optimizer clipped;

  @Setup
  public void setUp() {
    averaged = new Adam().averaged(WeightAverage.ema(DECAY));
    accumulated = new Adam().accumulated(2);
    clipped = new Adam().clippedAdaptively(AdaptiveClip.of(CLIPPING));
    validateAverage();
    validateAccumulation();
    validateClip();
    warmUpOnce(() -> {
      averagedAdam();
      accumulatedAdam();
      adaptivelyClippedAdam();
    });
  }

  /** Requires the average of what Adam's steps led to. */
  private void validateAverage() {
    renew();
    float[][] expected = new float[model.values().size()][];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Model.elements(model.values().get(i));
    }
    boolean[] started = {false};
    model.validate("averaged Adam", Formula.ADAM, () -> {
      averagedAdam();
      for (int i = 0; i < expected.length; i++) {
        float[] value = Model.elements(model.values().get(i));
        for (int j = 0; j < value.length; j++) {
          expected[i][j] =
              started[0] ? (float) (DECAY * expected[i][j] + (1 - DECAY) * value[j]) : value[j];
        }
      }
      started[0] = true;
    });
    for (int i = 0; i < expected.length; i++) {
      float[] average = Model.elements(averaged.average("p" + i));
      for (int j = 0; j < average.length; j++) {
        require("average", average[j], expected[i][j]);
      }
    }
  }

  /** Requires that two calls with a gradient are one step with it. */
  private void validateAccumulation() {
    renew();
    model.validate("accumulated Adam", Formula.ADAM, this::accumulatedAdam);
  }

  /** Requires gradients in proportion to their parameter in the first moment. */
  private void validateClip() {
    renew();
    double[] norms = new double[model.values().size()];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = norm(Model.elements(model.values().get(i)));
    }
    adaptivelyClippedAdam();
    for (int i = 0; i < norms.length; i++) {
      float[] gradient = Model.elements(model.gradients().get(i));
      float[] moment = Model.elements(clipped.state().slot("p" + i, "m"));
      double scale = Math.min(1, CLIPPING * norms[i] / norm(gradient));
      for (int j = 0; j < moment.length; j++) {
        require("first moment", moment[j], 0.1 * scale * gradient[j]);
      }
    }
  }

  private static double norm(float[] array) {
    double squares = 0;
    for (float element : array) {
      squares += (double) element * element;
    }
    return Math.sqrt(squares);
  }

  private static void require(String what, double actual, double expected) {
    if (!(Math.abs(actual - expected) <= 1e-6)) {
      throw new IllegalStateException(what + " is " + actual + ", expected " + expected);
    }
  }

  /** The same start for each validation; the last one's arrays are timed. */
  private void renew() {
    if (model != null) {
      model.close();
    }
    model = new Model(size);
    parameters = model.parameters();
  }

  /** A step and the average after it. */
  @Benchmark
  public void averagedAdam() {
    averaged.step(parameters);
  }

  /** Two calls, which are one step. */
  @Benchmark
  public void accumulatedAdam() {
    accumulated.step(parameters);
    accumulated.step(parameters);
  }

  /** A step of clipped gradients. */
  @Benchmark
  public void adaptivelyClippedAdam() {
    clipped.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
