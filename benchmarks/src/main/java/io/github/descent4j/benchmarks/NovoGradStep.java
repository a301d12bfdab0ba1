package io.github.descent4j.benchmarks;

import io.github.descent4j.NovoGrad;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One step of NovoGrad, which takes the norm of each gradient. */
public class NovoGradStep extends StepBenchmark {
  private static final int STEPS = 3;

  private final Optimizer optimizer = new NovoGrad();
  private Model model;
  private Parameters parameters;

  @Setup
  public void setUp() {
    model = new Model(size);
    parameters = model.parameters();
    for (int t = 1; t <= STEPS; t++) {
      model.fillGradients(Inputs.scale(t));
      novoGrad();
    }
    for (int i = 0; i < parameters.size(); i++) {
      check(i * length(size), Model.elements(model.values().get(i)));
    }
    model.fillGradients(1);
    warmUpOnce(this::novoGrad);
  }

  /** Requires a parameter to be where the formula, in double, puts it. */
  private static void check(int first, float[] actual) {
    int n = actual.length;
    double[] p = new double[n];
    double[] m = new double[n];
    for (int j = 0; j < n; j++) {
      p[j] = Inputs.parameter(first + j);
    }
    double v = 0;
    for (int t = 1; t <= STEPS; t++) {
      double square = 0;
      for (int j = 0; j < n; j++) {
        square += Math.pow(Inputs.gradient(first + j) * Inputs.scale(t), 2);
      }
      v = t == 1 ? square : 0.98 * v + 0.02 * square;
      for (int j = 0; j < n; j++) {
        double g = Inputs.gradient(first + j) * Inputs.scale(t);
        m[j] = 0.95 * m[j] + g / (Math.sqrt(v) + 1e-8);
        p[j] -= 0.01 * m[j];
      }
    }
    for (int j = 0; j < n; j++) {
      if (!(Math.abs(actual[j] - p[j]) <= Formula.TOLERANCE)) {
        throw new IllegalStateException("descent4j is not NovoGrad: element " + (first + j) + " is "
            + actual[j] + ", expected " + p[j]);
      }
    }
  }

  @Benchmark
  public void novoGrad() {
    optimizer.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
