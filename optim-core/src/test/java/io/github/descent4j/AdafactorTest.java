package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What the golden files of {@link Adafactor}, which have matrices and vectors, do not show. */
class AdafactorTest {

  /** With steps that depend on no other parameter, each matrix of a stack is one alone. */
  @Test
  void aStackOfMatricesHasRowsAndColumnsOfEach() {
    INDArray stack = Nd4j.linspace(DataType.DOUBLE, -1, 0.1, 24).reshape('c', 2, 3, 4);
    INDArray gradients = Nd4j.linspace(DataType.DOUBLE, 3, -0.2, 24).reshape('c', 2, 3, 4);
    Optimizer optimizer =
        Adafactor.builder().clipThreshold(1e9).scaleByParameter(false).build();
    INDArray second = stack.get(NDArrayIndex.point(1)).dup('c');
    Optimizer alone =
        Adafactor.builder().clipThreshold(1e9).scaleByParameter(false).build();
    INDArray its = gradients.get(NDArrayIndex.point(1)).dup('c');
    for (int step = 0; step < 3; step++) {
      optimizer.step(Parameters.of(Parameter.of("w", stack, gradients)));
      alone.step(Parameters.of(Parameter.of("w", second, its)));
    }
    assertThat(optimizer.state().slot("w", "rowMeans").shape()).containsExactly(2, 3);
    assertThat(optimizer.state().slot("w", "columnMeans").shape()).containsExactly(2, 4);
    assertSameBits("second matrix", stack.get(NDArrayIndex.point(1)).dup('c'), second);
  }

  /** By the definition, over a whole matrix of doubles: blocks of elements begin and end within rows. */
  @Test
  void longArraysFollowTheDefinition() {
    for (int[] shape : new int[][] {{130, 70}, {9000, 1}, {1, 9000}, {3, 5000}}) {
      int rows = shape[0];
      int columns = shape[1];
      SplittableRandom random = new SplittableRandom(8);
      double[][] p = new double[rows][];
      for (int i = 0; i < rows; i++) {
        p[i] = TestArrays.uniform(random, columns);
      }
      INDArray value = Nd4j.createFromArray(p);
      double[] r = new double[rows];
      double[] c = new double[columns];
      Optimizer optimizer = Adafactor.builder().decayInUpdate(0.1).build();
      for (int t = 1; t <= 3; t++) {
        double[][] g = new double[rows][];
        for (int i = 0; i < rows; i++) {
          g[i] = TestArrays.uniform(random, columns);
        }
        optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(g))));
        step(p, g, r, c, t);
        double[][] actual = value.toDoubleMatrix();
        for (int i = 0; i < rows; i++) {
          assertThat(actual[i]).containsExactly(p[i], within(1e-12));
        }
      }
    }
  }

  private static void step(double[][] p, double[][] g, double[] r, double[] c, int t) {
    int rows = r.length;
    int columns = c.length;
    double b = 1 - Math.pow(t, -0.8);
    double mean = 0;
    double ofParameter = 0;
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += g[i][j] * g[i][j] + 1e-30;
        ofParameter += p[i][j] * p[i][j];
      }
      r[i] = b * r[i] + (1 - b) * sum / columns;
      mean += r[i] / rows;
    }
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += g[i][j] * g[i][j] + 1e-30;
      }
      c[j] = b * c[j] + (1 - b) * sum / rows;
    }
    double ofUpdate = 0;
    double[][] u = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        u[i][j] = g[i][j] / Math.sqrt(r[i] * c[j] / mean);
        ofUpdate += u[i][j] * u[i][j];
      }
    }
    double n = rows * columns;
    double alpha = Math.max(1e-3, Math.sqrt(ofParameter / n)) * Math.min(0.01, 1 / Math.sqrt(t));
    double clip = Math.max(1, Math.sqrt(ofUpdate / n));
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        p[i][j] -= alpha * (u[i][j] / clip + 0.1 * p[i][j]);
      }
    }
  }

  @Test
  void memoryOrderChangesNothing() {
    INDArray inC = Nd4j.linspace(DataType.FLOAT, -1, 0.1, 12).reshape('c', 3, 4);
    INDArray inF = inC.dup('f');
    INDArray gradient = Nd4j.linspace(DataType.FLOAT, 2, -0.3, 12).reshape('c', 3, 4);
    new Adafactor().step(Parameters.of(Parameter.of("w", inC, gradient)));
    new Adafactor().step(Parameters.of(Parameter.of("w", inF, gradient.dup('f'))));
    assertSameBits("in f order", inF.dup('c'), inC);
  }

  /** u = sign(g), RMS(u) = 1: alpha = 2 rho of a vector of twos. */
  @Test
  void theRelativeStepFallsBelowTheRateThatIsGiven() {
    INDArray value = Nd4j.createFromArray(2.0, 2.0);
    Optimizer optimizer = new Adafactor(10);
    optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(3.0, -3.0))));
    assertThat(value.getDouble(0)).isCloseTo(2 - 2 * 1.0, within(1e-12));
    assertThat(value.getDouble(1)).isCloseTo(2 + 2 * 1.0, within(1e-12));
  }

  @Test
  void epsilonThatUnderflowsInFloatDoesNotDivideZeroByZero() {
    INDArray matrix = Nd4j.ones(DataType.FLOAT, 2, 2);
    INDArray vector = Nd4j.ones(DataType.FLOAT, 2);
    Optimizer optimizer = Adafactor.builder().epsilon1(1e-60).build();
    optimizer.step(Parameters.of(
        Parameter.of("matrix", matrix, Nd4j.zeros(DataType.FLOAT, 2, 2)),
        Parameter.of("vector", vector, Nd4j.zeros(DataType.FLOAT, 2))));
    assertThat(Golden.numbers(matrix)).containsOnly(1);
    assertThat(Golden.numbers(vector)).containsOnly(1);
  }

  @Test
  void twoDecaysAreRefused() {
    assertThatThrownBy(() -> Adafactor.builder()
            .decayInUpdate(0.1)
            .weightDecay(WeightDecay.decoupled(0.2))
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("beside decayInUpdate 0.1, expected one of both");
    assertThatThrownBy(() -> Lars.builder()
            .decayInUpdate(0.1)
            .weightDecay(WeightDecay.coupled(0.2))
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("beside decayInUpdate 0.1, expected one of both");
  }
}
