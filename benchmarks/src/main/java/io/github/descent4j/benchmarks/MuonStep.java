package io.github.descent4j.benchmarks;

import io.github.descent4j.Muon;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One step of Muon, whose time goes into fifteen products of matrices. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MuonStep {
  private static final double MOMENTUM = 0.95;

  /** Rows and columns. */
  @Param({"128x784", "256x256", "512x512"})
  public String shape;

  private final Optimizer optimizer = new Muon();
  private INDArray value;
  private INDArray gradient;
  private Parameters parameters;

  @Setup
  public void setUp() {
    String[] sides = shape.split("x", -1);
    int rows = Integer.parseInt(sides[0]);
    int columns = Integer.parseInt(sides[1]);
    float[][] start = new float[rows][columns];
    float[][] slopes = new float[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        start[i][j] = Inputs.parameter(i * columns + j);
        slopes[i][j] = Inputs.gradient(i * columns + j);
      }
    }
    value = Nd4j.createFromArray(start);
    gradient = Nd4j.createFromArray(slopes);
    parameters = Parameters.of(Parameter.of("p", value, gradient));
    muon();
    validate(start, slopes);
    StepBenchmark.warmUpOnce(this::muon);
  }

  /** Requires the first step to be the formula's, in double. */
  private void validate(float[][] start, float[][] slopes) {
    int rows = start.length;
    int columns = start[0].length;
    double norm = 0;
    double[][] x = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double buffer = (1 - MOMENTUM) * slopes[i][j];
        x[i][j] = (1 - MOMENTUM) * slopes[i][j] + MOMENTUM * buffer;
        norm += x[i][j] * x[i][j];
      }
    }
    scale(x, 1 / (Math.sqrt(norm) + 1e-7));
    for (int step = 0; step < 5; step++) {
      double[][] gram = product(x, transposed(x));
      double[][] factor = product(gram, gram);
      scale(factor, 2.0315);
      add(factor, gram, -4.775);
      double[][] next = product(factor, x);
      add(next, x, 3.4445);
      x = next;
    }
    double rate = 0.02 * Math.sqrt(Math.max(1, (double) rows / columns));
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double expected = start[i][j] - rate * x[i][j];
        double actual = value.getDouble(i, j);
        if (!(Math.abs(actual - expected) <= Formula.TOLERANCE)) {
          throw new IllegalStateException("descent4j is not Muon: element " + i + ", " + j + " is "
              + actual + ", expected " + expected);
        }
      }
    }
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  private static void scale(double[][] a, double factor) {
    for (double[] row : a) {
      for (int j = 0; j < row.length; j++) {
        row[j] *= factor;
      }
    }
  }

  private static void add(double[][] a, double[][] b, double factor) {
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        a[i][j] += factor * b[i][j];
      }
    }
  }

  @Benchmark
  public void muon() {
    optimizer.step(parameters);
  }

  @TearDown
  public void tearDown() {
    value.close();
    gradient.close();
  }
}
