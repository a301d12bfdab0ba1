package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches with inputs that are the same in every example, against sums of doubles that know nothing of it. */
@Tag("slow")
class DenseConstantInputsTest {
  private static final int ROWS = 128;
  private static final int INPUTS = 300;
  private static final int OUTPUTS = 256;

  /** Columns of a picture with a border, a pair, and a single one. */
  private static boolean isConstant(int column) {
    return column < 40 || column % 30 < 11 || column == 77 || column == 78 || column == 299;
  }

  private static INDArray batch(DataType type, long seed, int rows, IntPredicate constant) {
    INDArray x = Arrays.random(type, seed, rows, INPUTS);
    for (int column = 0; column < INPUTS; column++) {
      if (constant.test(column)) {
        x.getColumn(column).assign(column % 7 == 0 ? 0 : x.getDouble(0, column));
      }
    }
    return x;
  }

  private static Dense dense(DataType type) {
    Dense dense = new Dense(
        "fc",
        Arrays.random(type, 1, OUTPUTS, INPUTS),
        Arrays.random(type, 2, OUTPUTS),
        work -> false);
    dense.divide(true);
    return dense;
  }

  private static double[][] matrix(INDArray array) {
    return array.castTo(DataType.DOUBLE).toDoubleMatrix();
  }

  /** What is left out for a batch: looked up in the layer's own collaborator, so that no test passes because nothing is packed. */
  private static <A> int varying(DataType type, Loops<A> loops, INDArray x) {
    ConstantInputs<A> inputs = new ConstantInputs<>(type, loops, (int) x.size(1));
    Memory memory = Memory.of(x);
    if (!inputs.begin(memory)) {
      return (int) x.size(1);
    }
    A spread = loops.allocate((int) x.size(1));
    inputs.compare(memory, 0, (int) x.size(0), loops.allocate((int) x.size(1)), spread);
    inputs.join(spread);
    return inputs.end((int) x.size(0)) ? inputs.varying() : (int) x.size(1);
  }

  private static int varying(INDArray x) {
    return varying(x.dataType(), Loops.of(x.dataType()), x);
  }

  private static void assertComputes(Dense dense, INDArray x, INDArray dy) {
    double tolerance = x.dataType() == DataType.DOUBLE ? 1e-12 : 2e-4;
    double[][] expected = matrix(x);
    double[][] gradient = matrix(dy);
    double[][] weight = matrix(dense.parameters().get(0).value());
    double[] bias = dense.parameters().get(1).value().castTo(DataType.DOUBLE).toDoubleVector();
    double[][] y = matrix(dense.forward(x, Mode.TRAINING));
    double[][] dx = matrix(dense.backward(dy));
    double[][] dw = matrix(dense.parameters().get(0).gradient());
    double[] db = dense.parameters().get(1).gradient().castTo(DataType.DOUBLE).toDoubleVector();
    double error = 0;
    for (int o = 0; o < OUTPUTS; o++) {
      double sum = 0;
      for (int row = 0; row < expected.length; row++) {
        double product = bias[o];
        for (int i = 0; i < INPUTS; i++) {
          product += weight[o][i] * expected[row][i];
        }
        error = Math.max(error, Math.abs(y[row][o] - product));
        sum += gradient[row][o];
      }
      error = Math.max(error, Math.abs(db[o] - sum));
      for (int i = 0; i < INPUTS; i++) {
        double product = 0;
        for (int row = 0; row < expected.length; row++) {
          product += gradient[row][o] * expected[row][i];
        }
        error = Math.max(error, Math.abs(dw[o][i] - product));
      }
    }
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < INPUTS; i++) {
        double product = 0;
        for (int o = 0; o < OUTPUTS; o++) {
          product += gradient[row][o] * weight[o][i];
        }
        error = Math.max(error, Math.abs(dx[row][i] - product));
      }
    }
    assertThat(error).isLessThan(tolerance);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void outputAndGradientsAreThoseOfAllInputs(DataType type) {
    INDArray x = batch(type, 3, ROWS, DenseConstantInputsTest::isConstant);
    // 41 at the beginning, eight times 11, the pair and the last one.
    assertThat(varying(x)).isEqualTo(168);
    assertComputes(dense(type), x, Arrays.random(type, 4, ROWS, OUTPUTS));
  }

  /** One layer sees batches of other sizes, with other constant inputs, with none, and with nothing else. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void batchesMayDiffer(DataType type) {
    Dense dense = dense(type);
    List<IntPredicate> constants = List.of(
        DenseConstantInputsTest::isConstant,
        column -> false,
        column -> column >= 150,
        column -> true,
        column -> column < 299,
        DenseConstantInputsTest::isConstant);
    int seed = 10;
    INDArray late = batch(type, seed++, ROWS, column -> column < 200);
    late.getRow(ROWS - 1).addi(1);
    assertThat(varying(late)).isEqualTo(INPUTS);
    assertComputes(dense, late, Arrays.random(type, seed++, ROWS, OUTPUTS));
    for (IntPredicate constant : constants) {
      for (int rows : new int[] {ROWS, 97}) {
        INDArray x = batch(type, seed++, rows, constant);
        assertComputes(dense, x, Arrays.random(type, seed++, rows, OUTPUTS));
      }
    }
  }

  @Test
  void batchesBeforeDoNotMatter() {
    INDArray x = batch(DataType.FLOAT, 3, ROWS, DenseConstantInputsTest::isConstant);
    Dense used = dense(DataType.FLOAT);
    used.forward(batch(DataType.FLOAT, 4, ROWS, column -> column > 199), Mode.EVALUATION);
    assertThat(used.forward(x, Mode.EVALUATION).data().asFloat())
        .isEqualTo(dense(DataType.FLOAT).forward(x, Mode.EVALUATION).data().asFloat());
  }

  @Test
  void anInputThatDiffersInTheLastExampleAloneVaries() {
    INDArray x = batch(DataType.FLOAT, 3, ROWS, column -> column < 200);
    assertThat(varying(x)).isEqualTo(100);
    x.putScalar(ROWS - 1, 17, Math.nextUp(x.getFloat(0, 17)));
    assertThat(varying(x)).isEqualTo(101);
    x.putScalar(5, 100, Float.NaN);
    assertThat(varying(x)).isEqualTo(102);
    x.getColumn(150).assign(Double.POSITIVE_INFINITY);
    assertThat(varying(x)).isEqualTo(103);
    x.putScalar(0, 50, Float.NaN);
    assertThat(varying(x)).isEqualTo(104);
  }

  @Test
  void whereLittleIsConstantNothingIsLeftOut() {
    assertThat(varying(batch(DataType.FLOAT, 3, ROWS, column -> column < 28))).isEqualTo(INPUTS);
    assertThat(varying(batch(DataType.FLOAT, 3, ROWS, column -> column < 29))).isEqualTo(271);
    assertThat(varying(batch(DataType.FLOAT, 3, 24, column -> column < 149))).isEqualTo(INPUTS);
    assertThat(varying(batch(DataType.FLOAT, 3, 24, column -> column < 150))).isEqualTo(150);
  }

  /** A weight that is not finite shows in the output, also where its input is 0 in every example. */
  @ParameterizedTest
  @ValueSource(ints = {7, 8, 299, 55})
  void whatIsNotFiniteShows(int column) {
    Dense dense = dense(DataType.FLOAT);
    INDArray x = batch(DataType.FLOAT, 3, ROWS, DenseConstantInputsTest::isConstant);
    INDArray weight = dense.parameters().get(0).value();
    weight.putScalar(5, column, Float.NaN);
    weight.putScalar(6, column, Float.POSITIVE_INFINITY);
    INDArray y = dense.forward(x, Mode.TRAINING);
    for (int row = 0; row < ROWS; row++) {
      assertThat(y.getFloat(row, 5)).isNaN();
      assertThat(Float.isFinite(y.getFloat(row, 6))).isFalse();
      assertThat(Float.isFinite(y.getFloat(row, 7))).isTrue();
    }
    INDArray dy = Arrays.random(DataType.FLOAT, 4, ROWS, OUTPUTS);
    dy.putScalar(100, 9, Float.NaN);
    dense.backwardParameters(dy);
    assertThat(dense.parameters().get(0).gradient().getFloat(9, column)).isNaN();
    assertThat(dense.parameters().get(0).gradient().getFloat(8, column)).isFinite();
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() throws Exception {
    List<List<float[]>> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 7}) {
      results.add(Property.withThreads(threads, DenseConstantInputsTest::train));
    }
    for (List<float[]> result : results) {
      assertThat(result).usingRecursiveComparison().isEqualTo(results.get(0));
    }
  }

  private static List<float[]> train() {
    int blasThreads = Nd4j.factory().blas().getMaxThreads();
    Nd4j.factory().blas().setMaxThreads(1);
    try {
      Dense dense = new Dense(
          "fc",
          Arrays.random(DataType.FLOAT, 1, 256, 784),
          Nd4j.create(DataType.FLOAT, 256),
          work -> false);
      dense.divide(true);
      SplittableRandom random = new SplittableRandom(5);
      INDArray x = Arrays.random(DataType.FLOAT, random.nextLong(), ROWS, 784);
      for (int column = 0; column < 784; column += 28) {
        for (int i = 0; i < 9; i++) {
          x.getColumn(column + i).assign(-0.42);
        }
      }
      assertThat(varying(x)).isEqualTo(19 * 28);
      INDArray y = dense.forward(x, Mode.TRAINING);
      INDArray dx = dense.backward(y);
      return List.of(
          y.dup().data().asFloat(),
          dx.dup().data().asFloat(),
          dense.parameters().get(0).gradient().data().asFloat(),
          dense.parameters().get(1).gradient().data().asFloat());
    } finally {
      Nd4j.factory().blas().setMaxThreads(blasThreads);
    }
  }
}
