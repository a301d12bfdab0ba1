package io.github.descent4j.benchmarks;

import io.github.descent4j.Lamb;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One step of LAMB, which takes two norms of each parameter. */
public class LambStep extends StepBenchmark {
  private static final int STEPS = 3;

  private final Optimizer optimizer = new Lamb();
  private Model model;
  private Parameters parameters;

  @Setup
  public void setUp() {
    model = new Model(size);
    parameters = model.parameters();
    for (int t = 1; t <= STEPS; t++) {
      model.fillGradients(Inputs.scale(t));
      lamb();
    }
    for (int i = 0; i < parameters.size(); i++) {
      check(i * length(size), Model.elements(model.values().get(i)));
    }
    model.fillGradients(1);
    warmUpOnce(this::lamb);
  }

  /** Requires a parameter to be where the formula, in double, puts it. */
  private static void check(int first, float[] actual) {
    int n = actual.length;
    double[] p = new double[n];
    double[] m = new double[n];
    double[] v = new double[n];
    double[] u = new double[n];
    for (int j = 0; j < n; j++) {
      p[j] = Inputs.parameter(first + j);
    }
    for (int t = 1; t <= STEPS; t++) {
      double ofValues = 0;
      double ofUpdates = 0;
      for (int j = 0; j < n; j++) {
        double g = Inputs.gradient(first + j) * Inputs.scale(t);
        m[j] = 0.9 * m[j] + 0.1 * g;
        v[j] = 0.999 * v[j] + 0.001 * g * g;
        u[j] = m[j] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[j] / (1 - Math.pow(0.999, t))) + 1e-6);
        ofValues += p[j] * p[j];
        ofUpdates += u[j] * u[j];
      }
      double rate = 1e-3 * Math.sqrt(ofValues / ofUpdates);
      for (int j = 0; j < n; j++) {
        p[j] -= rate * u[j];
      }
    }
    for (int j = 0; j < n; j++) {
      if (!(Math.abs(actual[j] - p[j]) <= Formula.TOLERANCE)) {
        throw new IllegalStateException("descent4j is not Lamb: element " + (first + j) + " is "
            + actual[j] + ", expected " + p[j]);
      }
    }
  }

  @Benchmark
  public void lamb() {
    optimizer.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
