package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Threads;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.MinimizerResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Tag("slow")
class SparkGradientsTest {

  /** (a . w - b)² with a the first elements of a row and b its last. */
  static final PartitionGradient<double[]> SQUARES = (parameters, rows) -> {
    INDArray w = parameters.get("w").value();
    INDArray gradient = parameters.get("w").gradient();
    double loss = 0;
    while (rows.hasNext()) {
      double[] row = rows.next();
      double error = -row[row.length - 1];
      for (int j = 0; j + 1 < row.length; j++) {
        error += row[j] * w.getDouble(j);
      }
      loss += error * error;
      for (int j = 0; j + 1 < row.length; j++) {
        gradient.putScalar(j, gradient.getDouble(j) + 2 * error * row[j]);
      }
    }
    return loss;
  };

  static Parameters parameters(DataType type, double... values) {
    INDArray w = Nd4j.create(values).castTo(type);
    return Parameters.of(Parameter.of("w", w, Nd4j.zeros(type, values.length).addi(9)));
  }

  @Test
  void addsLossesAndGradients() {
    // At w = (1, 2): errors 1 + 2 - 1 = 2 and 3 + 8 - 10 = 1; loss 4 + 1, gradient (4, 4) + (6, 8).
    List<double[]> rows = List.of(new double[] {1, 1, 1}, new double[] {3, 4, 10});
    Parameters parameters = parameters(DataType.DOUBLE, 1, 2);
    try (SparkGradients<double[]> sum =
        SparkGradients.of(LocalSpark.of("local[2]").parallelize(rows, 3), SQUARES)) {
      assertThat(sum.evaluate(parameters)).isEqualTo(5);
      assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(10, 12);
      try (SparkGradients<double[]> half = sum.times(0.5)) {
        assertThat(half.evaluate(parameters)).isEqualTo(2.5);
        assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(5, 6);
      }
      // Nothing is left of the evaluations before.
      assertThat(sum.evaluate(parameters)).isEqualTo(5);
      assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(10, 12);
    }
  }

  @Test
  void isZeroOverNothing() {
    Parameters parameters = parameters(DataType.FLOAT, 1, 2);
    SparkGradients<double[]> sum = SparkGradients.of(
        LocalSpark.of("local[2]").parallelize(new ArrayList<double[]>(), 2), SQUARES);
    assertThat(sum.evaluate(parameters)).isZero();
    assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(0, 0);
  }

  static List<double[]> rows() {
    SplittableRandom random = new SplittableRandom(1);
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      double[] row = random.doubles(4, -1, 1).toArray();
      row[3] = 3 * row[0] - row[1] + 0.25 * row[2];
      rows.add(row);
    }
    return rows;
  }

  @Test
  void lBfgsFindsTheCoefficients() {
    Parameters parameters = parameters(DataType.DOUBLE, 0, 0, 0);
    try (SparkGradients<double[]> mean = SparkGradients.of(
            LocalSpark.of("local[2]").parallelize(rows(), 5).cache(), SQUARES)
        .times(1.0 / 100)) {
      MinimizerResult result =
          LBfgs.builder().gradientTolerance(1e-9).build().minimize(mean, parameters);
      assertThat(result.value()).isLessThan(1e-15);
    }
    double[] w = parameters.get("w").value().toDoubleVector();
    assertThat(w[0]).isCloseTo(3, within(1e-7));
    assertThat(w[1]).isCloseTo(-1, within(1e-7));
    assertThat(w[2]).isCloseTo(0.25, within(1e-7));
  }

  @Test
  void anyOptimizerTakesSteps() {
    double[] alone = adam("local[1]");
    assertThat(adam("local[2]")).isEqualTo(alone);
    assertThat(alone[0]).isCloseTo(3, within(0.3));
  }

  private static double[] adam(String master) {
    Parameters parameters = parameters(DataType.FLOAT, 0, 0, 0);
    Optimizer optimizer = new Adam(0.2);
    try (SparkGradients<double[]> mean = SparkGradients.of(
            LocalSpark.of(master).parallelize(rows(), 5).cache(), SQUARES)
        .times(1.0 / 100)) {
      for (int i = 0; i < 60; i++) {
        mean.evaluate(parameters);
        optimizer.step(parameters);
      }
    }
    return parameters.get("w").value().toDoubleVector();
  }

  @Test
  void takesOtherParameters() {
    try (SparkGradients<double[]> sum = SparkGradients.of(
        LocalSpark.of("local[2]").parallelize(List.of(new double[] {1, 1}), 1), SQUARES)) {
      assertThat(sum.evaluate(parameters(DataType.DOUBLE, 3))).isEqualTo(4);
      Parameters narrow = parameters(DataType.FLOAT, 4);
      assertThat(sum.evaluate(narrow)).isEqualTo(9);
      assertThat(narrow.get("w").gradient().toDoubleVector()).containsExactly(6);
    }
  }

  @Test
  void saysWhatTheFunctionThrew() {
    SparkGradients<double[]> broken =
        SparkGradients.of(LocalSpark.of("local[2]").parallelize(rows(), 2), (parameters, rows) -> {
          throw new IllegalArgumentException("row 7 has no label");
        });
    Parameters parameters = parameters(DataType.DOUBLE, 0, 0, 0);
    assertThatThrownBy(() -> broken.evaluate(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("an evaluation: Spark has given up: ")
        .hasMessageContaining("row 7 has no label");
    assertThat(parameters.get("w").gradient().toDoubleVector()).containsExactly(9, 9, 9);
    assertThatThrownBy(() -> broken.times(Double.NaN))
        .hasMessage("factor is NaN, expected a finite number");
    assertThatThrownBy(() -> broken.times(1e200).times(1e200))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("factor is 1.0E200, expected a finite product with 1.0E200, the factor of this"
            + " function");
  }

  private static final AtomicReference<String> CORE = new AtomicReference<>();

  /** For other parameters it is sent anew what to compute, and each executor says anew what it is. */
  @Test
  void comparesExecutorsThatComeLater() {
    Parameters wide = parameters(DataType.DOUBLE, 1, 2);
    Parameters narrow = parameters(DataType.FLOAT, 1, 2);
    try (SparkGradients<double[]> sum = new SparkGradients<>(
        LocalSpark.of("local[2]").parallelize(List.of(new double[] {1, 1, 1}), 2),
        SQUARES,
        1,
        () -> new Fingerprint(TaskPlace.name(), Map.of("OPENBLAS_CORETYPE", CORE.get())))) {
      CORE.set("HASWELL");
      assertThat(sum.evaluate(wide)).isEqualTo(4);
      assertThat(sum.evaluate(wide)).isEqualTo(4);
      CORE.set("PRESCOTT");
      assertThatThrownBy(() -> sum.evaluate(narrow))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("executor driver on 127.0.0.1 has OPENBLAS_CORETYPE 'PRESCOTT',"
              + " expected 'HASWELL' as executor driver on 127.0.0.1 has: ");
      assertThat(narrow.get("w").gradient().toDoubleVector()).containsExactly(9, 9);
      CORE.set("HASWELL");
      assertThat(sum.evaluate(wide)).isEqualTo(4);
    }
  }

  @Test
  void computesOnTheThreadsOfItsTask() {
    try (SparkGradients<double[]> threads =
        SparkGradients.of(LocalSpark.of("local[2]").parallelize(rows(), 1), (parameters, rows) -> {
          while (rows.hasNext()) {
            rows.next();
          }
          return Threads.available();
        })) {
      assertThat(threads.evaluate(parameters(DataType.DOUBLE, 0))).isEqualTo(1);
    }
  }
}
