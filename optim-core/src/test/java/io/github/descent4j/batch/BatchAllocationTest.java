package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.internal.memory.FlatArray;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * An iteration allocates its row of the history and the objects of one line search, whatever the number of arrays and elements, and
 * nothing off the heap. As with optimizers the best of several rounds counts: until the JVM has compiled a loop, that allocates.
 */
@Timeout(300)
class BatchAllocationTest {
  private static final int FEW = 15;
  private static final int MANY = 55;
  private static final int ROUNDS = 40;

  /** Bytes: a row of the history and the state of a search. The smallest object for each array would be 1600 and more. */
  private static final long ALLOWED = 400;

  /** Bytes: some vectors, and the buffers through which elements are read. Such buffers for each array would be ten times this. */
  private static final long ALLOWED_TO_PROJECT = 600_000;

  private static final int ARRAYS = 100;

  /** Elements: a vector of them has eight times as many bytes. */
  private static final int LARGE = 20_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** How many iterations a method may take; tolerances are 0, so that it takes them. */
  private interface Limited {
    Minimizer of(int iterations);
  }

  static List<Limited> methods() {
    return List.of(
        n -> limited(GradientDescent.builder(), n).build(),
        n -> limited(ConjugateGradient.builder(), n).build(),
        n -> limited(Bfgs.builder(), n).build(),
        n -> limited(LBfgs.builder(), n).build(),
        n -> limited(LBfgs.builder().preconditioner(diagonal()), n).build(),
        n -> limited(ConjugateGradient.builder().preconditioner(diagonal()), n).build(),
        n -> limited(LBfgs.builder().lineSearch(new HagerZhang()), n).build(),
        n -> limited(LBfgs.builder().lineSearch(new Backtracking()), n).build(),
        n -> limited(Newton.builder(), n).build(),
        n -> limited(NewtonCg.builder(), n).build(),
        n -> limited(NewtonCg.builder().globalization(NewtonCg.Globalization.LINE_SEARCH), n)
            .build(),
        n -> limited(OwlQn.builder(0.1), n).build(),
        n -> limited(ProjectedGradient.builder(parameters -> {}), n).build(),
        n -> limited(ProjectedLBfgs.builder().bounds(-5, 5), n).build());
  }

  /** Of other types than the parameters, too. */
  private static Preconditioner diagonal() {
    INDArray[] all = new INDArray[ARRAYS];
    for (int i = 0; i < ARRAYS; i++) {
      DataType type = i % 2 == 0 ? DataType.DOUBLE : DataType.FLOAT;
      all[i] = Nd4j.ones(type, Coupled.valueOf(i).shape()).muli(200);
    }
    return Preconditioner.dividingBy(all);
  }

  private static <B extends IterativeMinimizer.Builder<B>> B limited(B builder, int iterations) {
    return builder.maxIterations(iterations).gradientTolerance(0);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anIterationAllocatesNoMoreThanItsHistory(Limited method) {
    assertAllocatesAtMost(ALLOWED, method);
  }

  /**
   * A step of the optimizer works where the last one did: it allocates the objects of a run, iteration and search, and no vector, of which
   * a single one would be eight times that.
   */
  @ParameterizedTest
  @MethodSource("preconditioners")
  void aStepOfTheOptimizerAllocatesNoVector(Preconditioner preconditioner) {
    Parameters parameters =
        Problem.at(new SplittableRandom(3).doubles(LARGE, -1, 1).toArray());
    FlatArray value = FlatArray.of(parameters.get(0).value());
    FlatArray gradient = FlatArray.of(parameters.get(0).gradient());
    double[] x = new double[LARGE];
    int[] batch = {0};
    // Another function at each step: sum of c_i x_i^4, with coefficients that change.
    Objective objective = all -> {
      value.read(x);
      double sum = 0;
      for (int i = 0; i < LARGE; i++) {
        double factor = 1 + (i + batch[0]) % 5;
        double square = x[i] * x[i];
        sum += factor * square * square;
        x[i] = 4 * factor * square * x[i];
      }
      gradient.write(x);
      return sum;
    };
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder()
        .iterations(2)
        .gradientTolerance(0)
        .preconditioner(preconditioner)
        .build();
    for (; batch[0] < 10; batch[0]++) {
      // Until the history is full, and in both places.
      optimizer.step(parameters, objective);
    }
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least >= LARGE; round++, batch[0]++) {
      long offHeap = Pointer.totalBytes();
      long before = threads.getCurrentThreadAllocatedBytes();
      MinimizerResult result = optimizer.step(parameters, objective);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(result.iterations()).as("%s", result).isEqualTo(2);
      // Less where the collector finds what another test has left.
      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(offHeap);
    }
    assertThat(least).as("bytes of a step").isLessThan(LARGE);
  }

  static List<Preconditioner> preconditioners() {
    return Arrays.asList(
        null,
        Preconditioner.dividingBy(Nd4j.ones(DataType.DOUBLE, LARGE).muli(50)),
        (vector, result) -> result.get(0).assign(vector.get(0)));
  }

  /** The exception: what works on arrays by itself. It is on the heap, too. */
  @Test
  void projectionsOfTheLibraryAllocateWhatTheySay() {
    assertAllocatesAtMost(
        ALLOWED_TO_PROJECT,
        n -> limited(ProjectedGradient.builder(Projection.box(-5, 5)), n).build());
  }

  private void assertAllocatesAtMost(long allowed, Limited method) {
    Minimizer few = method.of(FEW);
    Minimizer many = method.of(MANY);
    Coupled problem = new Coupled();
    Objective objective = many instanceof Newton
        ? problem.withHessian(problem::hessian)
        : problem.withDifferencedHessianProduct();
    long least = Long.MAX_VALUE;
    long offHeap = 0;
    for (int round = 0; round < ROUNDS && least >= allowed * (MANY - FEW); round++) {
      long short0 = allocated(few, objective, problem);
      long before = Pointer.totalBytes();
      least = Math.min(least, allocated(many, objective, problem) - short0);
      offHeap = Pointer.totalBytes() - before;
    }
    assertThat(least)
        .as("%s: bytes in %d iterations", many, MANY - FEW)
        .isLessThan(allowed * (MANY - FEW));
    assertThat(offHeap).as("%s", many).isLessThanOrEqualTo(problem.ofOneRun(many));
  }

  private long allocated(Minimizer method, Objective objective, Coupled problem) {
    problem.start();
    long before = threads.getCurrentThreadAllocatedBytes();
    MinimizerResult result = method.minimize(objective, problem.parameters);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.ITERATION_LIMIT);
    return allocated;
  }

  /** The coupled function of Rosenbrock over many small arrays of several layouts. */
  private static final class Coupled implements Objective {
    final Parameters parameters;
    private final FlatArrays values;
    private final FlatArrays gradients;
    private final double[] x;
    private final double[] gradient;
    private final double[] matrix;
    private INDArray matrixArray;
    private FlatArray matrixElements;

    Coupled() {
      List<Parameter> all = new ArrayList<>();
      for (int i = 0; i < ARRAYS; i++) {
        INDArray value = valueOf(i);
        all.add(Parameter.of("p" + i, value, Nd4j.create(DataType.DOUBLE, value.shape())));
      }
      parameters = Parameters.of(all);
      values = new FlatArrays(all.stream().map(Parameter::value).toList());
      gradients = new FlatArrays(all.stream().map(Parameter::gradient).toList());
      x = new double[2 * ARRAYS];
      gradient = new double[2 * ARRAYS];
      matrix = new double[4 * ARRAYS * ARRAYS];
    }

    private static INDArray valueOf(int i) {
      return switch (i % 3) {
        case 0 -> Nd4j.create(DataType.DOUBLE, new long[] {1, 2}, 'c');
        case 1 -> Nd4j.create(DataType.DOUBLE, new long[] {2, 1}, 'f');
        default -> Nd4j.create(DataType.DOUBLE, new long[] {2, 3}, 'c').getColumn(1);
      };
    }

    void start() {
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 2 == 0 ? -1.2 : 1;
      }
      values.write(x);
    }

    /** What a run takes off the heap for itself: copies of the parameters, or a Hessian. */
    long ofOneRun(Minimizer method) {
      return method instanceof Newton ? 8L * matrix.length + 4096 : 200_000;
    }

    @Override
    public double evaluate(Parameters all) {
      values.read(x);
      Arrays.fill(gradient, 0);
      double value = 0;
      for (int i = 0; i + 1 < x.length; i++) {
        double u = 1 - x[i];
        double v = x[i + 1] - x[i] * x[i];
        value += u * u + 100 * v * v;
        gradient[i] += -2 * u - 400 * x[i] * v;
        gradient[i + 1] += 200 * v;
      }
      gradients.write(gradient);
      return value;
    }

    void hessian(Parameters all, INDArray hessian) {
      values.read(x);
      int n = x.length;
      Arrays.fill(matrix, 0);
      for (int i = 0; i + 1 < n; i++) {
        matrix[i * n + i] += 2 + 1200 * x[i] * x[i] - 400 * x[i + 1];
        matrix[i * n + i + 1] -= 400 * x[i];
        matrix[(i + 1) * n + i] -= 400 * x[i];
        matrix[(i + 1) * n + i + 1] += 200;
      }
      if (hessian != matrixArray) {
        matrixArray = hessian;
        matrixElements = FlatArray.of(hessian);
      }
      matrixElements.write(matrix);
    }
  }

  /** Arrays of every type and layout. */
  private static FlatArrays arrays() {
    List<INDArray> all = new ArrayList<>();
    for (DataType type :
        new DataType[] {DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16}) {
      all.add(Nd4j.create(type, new long[] {30, 50}, 'c'));
      all.add(Nd4j.create(type, new long[] {30, 50}, 'f'));
      all.add(Nd4j.create(type, 40, 20)
          .get(NDArrayIndex.interval(3, 30), NDArrayIndex.interval(2, 3, 20)));
      all.add(Nd4j.create(type, 1100).get(NDArrayIndex.interval(7, 1093)));
      all.add(Nd4j.scalar(type, 0));
      all.add(Nd4j.create(type, 0, 3));
    }
    return new FlatArrays(all);
  }

  @Test
  void readingAndWritingAllocateNothing() {
    FlatArrays arrays = arrays();
    double[] vector = new double[arrays.end(arrays.arrays().size() - 1)];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least >= 1600; round++) {
      long offHeap = Pointer.totalBytes();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        arrays.write(vector);
        arrays.read(vector);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      // Less where the collector finds what another test has left.
      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(offHeap);
    }
    assertThat(least).isLessThan(1600);
  }

  /** The vector has what ND4J says is in the arrays, by index. */
  @Test
  void theVectorHoldsWhatTheArraysHold() {
    FlatArrays arrays = arrays();
    double[] written = new double[arrays.end(arrays.arrays().size() - 1)];
    for (int i = 0; i < written.length; i++) {
      written[i] = Math.sin(i) * 3;
    }
    double[] exact = written.clone();
    arrays.write(written);
    double[] read = new double[written.length];
    arrays.read(read);
    assertThat(read).isEqualTo(written);
    int from = 0;
    for (INDArray array : arrays.arrays()) {
      if (array.isEmpty()) {
        continue;
      }
      INDArray line = array.castTo(DataType.DOUBLE).dup('c');
      for (int i = 0; i < line.length(); i++) {
        assertThat(line.data().getDouble(i)).isEqualTo(read[from + i]);
        // Rounded to the nearest number of the type.
        assertThat(Math.abs(read[from + i] - exact[from + i]))
            .isLessThanOrEqualTo(halfAUnit(array.dataType()) * Math.abs(exact[from + i]));
      }
      from += (int) array.length();
    }
  }

  private static double halfAUnit(DataType type) {
    return switch (type) {
      case DOUBLE -> 0;
      case FLOAT -> 0x1p-24;
      case HALF -> 0x1p-11;
      default -> 0x1p-8;
    };
  }

  @Test
  void anArrayThatAnObjectiveClosesIsAnError() {
    Parameters parameters = Problem.at(1, 2);
    Objective closing = all -> {
      all.get(0).gradient().close();
      return 1;
    };
    assertThatThrownBy(() -> new LBfgs().minimize(closing, parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an array of shape [2] has been closed, expected an open array");
  }
}
