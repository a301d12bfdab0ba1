package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.internal.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What every optimizer must do, swept over the table of cases. */
@Tag("slow")
class OptimizerPropertiesTest {

  /** The parameters here are matrices, which every rule takes. */
  static List<OptimizerCase> defaults() {
    return OptimizerCase.defaultsOnMatrices();
  }

  static List<OptimizerCase> withoutDecay() {
    return OptimizerCase.withoutDecayOnMatrices();
  }

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  /** Whose parameters do not depend on each other. */
  static List<OptimizerCase> apart() {
    return all().stream().filter(optimizer -> !optimizer.isOfModel()).toList();
  }

  static List<OptimizerCase> anyShape() {
    return OptimizerCase.all();
  }

  static List<OptimizerCase> elementwise() {
    return OptimizerCase.elementwise();
  }

  /** Of the rules that have an epsilon. */
  static List<Rules.Rule<?>> withEpsilon() {
    return Rules.all().stream()
        .filter(rule -> GoldenOptimizers.set(rule.builder().get(), "epsilon", 1e-60))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("withoutDecay")
  void aZeroGradientMovesNothing(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      INDArray value = Nd4j.createFromArray(1.5, -2, 0, 1e-30).castTo(type).reshape(2, 2);
      INDArray start = value.dup();
      Optimizer any = optimizer.create().get();
      Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.zeros(type, 2, 2)));
      for (int step = 0; step < 10; step++) {
        any.step(parameters);
      }
      assertSameBits("value", value, start);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aLearningRateOfZeroMovesNothing(OptimizerCase optimizer) {
    INDArray value = Nd4j.createFromArray(new float[][] {{1.5f, -2f, 0f}});
    INDArray start = value.dup();
    INDArray gradient = Nd4j.createFromArray(new float[][] {{1f, -1e8f, 1e-20f}});
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer constructed = optimizer.withLearningRate().apply(0d);
    Optimizer scheduled = optimizer.create().get().scheduled(step -> 0);
    for (int step = 0; step < 10; step++) {
      constructed.step(parameters);
      scheduled.step(parameters);
    }
    assertSameBits("value", value, start);
  }

  @ParameterizedTest
  @MethodSource("all")
  void theLossOfAParabolaFalls(OptimizerCase optimizer) {
    INDArray x = Nd4j.createFromArray(new double[][] {{1.0, -2.0}});
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 1, 2);
    Parameters parameters = Parameters.of(Parameter.of("x", x, gradient));
    Optimizer any = optimizer.create().get();
    double before = x.mul(x).sumNumber().doubleValue();
    for (int step = 0; step < 50; step++) {
      gradient.assign(x.mul(2));
      any.step(parameters);
    }
    assertThat(x.mul(x).sumNumber().doubleValue()).isLessThan(before);
  }

  @ParameterizedTest
  @MethodSource("all")
  void slotsHaveTheParametersShapeAndTheirNames(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get();
    any.step(Parameters.of(Parameter.of("w", Nd4j.ones(2, 3), Nd4j.ones(2, 3))));
    assertThat(any.state().parameters()).containsExactly("w");
    assertThat(any.state().slots("w")).containsExactlyElementsOf(optimizer.slots());
    // Those of rows and columns have theirs in AdafactorTest.
    List<String> slots = new ArrayList<>(optimizer.slots());
    slots.removeAll(List.of("rowMeans", "columnMeans"));
    for (String slot : slots) {
      long[] shape = optimizer.isNumber(slot) ? new long[0] : new long[] {2, 3};
      assertThat(any.state().slot("w", slot).shape()).containsExactly(shape);
    }
    assertThat(any.state().steps("w")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("all")
  void stepsCountCompletedSteps(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get();
    assertThat(any.steps()).isZero();
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2, 2), Nd4j.ones(2, 2)));
    for (int step = 1; step <= 3; step++) {
      any.step(parameters);
      assertThat(any.steps()).isEqualTo(step);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void stateBelongsToTheName(OptimizerCase optimizer) {
    Optimizer steady = optimizer.create().get();
    Optimizer shuffled = optimizer.create().get();
    INDArray a = Nd4j.linspace(-1, 1, 600, DataType.FLOAT).reshape(20, 30);
    INDArray b = Nd4j.linspace(3, 4, 5, DataType.FLOAT).reshape(5, 1);
    INDArray a2 = a.dup();
    INDArray b2 = b.dup();
    SplittableRandom random = new SplittableRandom(1);
    INDArray gradA = Nd4j.create(DataType.FLOAT, 20, 30);
    INDArray gradB = Nd4j.create(DataType.FLOAT, 5, 1);
    Parameters same = Parameters.of(Parameter.of("a", a, gradA), Parameter.of("b", b, gradB));
    for (int step = 0; step < 8; step++) {
      gradA.assign(TestArrays.create(DataType.FLOAT, a.shape(), TestArrays.uniform(random, 600)));
      gradB.assign(TestArrays.create(DataType.FLOAT, b.shape(), TestArrays.uniform(random, 5)));
      steady.step(same);
      // New gradient arrays and the other order, as callers with a tape have them.
      Parameter newA = Parameter.of("a", a2, gradA.dup());
      Parameter newB = Parameter.of("b", b2, gradB.dup());
      shuffled.step(step % 2 == 0 ? Parameters.of(newB, newA) : Parameters.of(newA, newB));
    }
    assertSameBits("a", a2, a);
    assertSameBits("b", b2, b);
    for (String slot : optimizer.slots()) {
      assertSameBits(slot, shuffled.state().slot("a", slot), steady.state().slot("a", slot));
      assertSameBits(slot, shuffled.state().slot("b", slot), steady.state().slot("b", slot));
    }
  }

  @ParameterizedTest
  @MethodSource("apart")
  void aLateParameterBeginsAtItsOwnFirstStep(OptimizerCase optimizer) {
    for (int late : new int[] {1, 2, 4}) {
      assertBeginsAtItsOwnFirstStep(optimizer, late);
    }
  }

  private static void assertBeginsAtItsOwnFirstStep(OptimizerCase optimizer, int stepsBefore) {
    Optimizer withLate = optimizer.create().get();
    Parameter early = Parameter.of("early", Nd4j.ones(3, 1), Nd4j.ones(3, 1));
    for (int step = 0; step < stepsBefore; step++) {
      withLate.step(Parameters.of(early));
    }
    Optimizer fresh = optimizer.create().get();
    INDArray late = Nd4j.createFromArray(new float[][] {{1f, -2f}});
    INDArray alone = late.dup();
    INDArray gradient = Nd4j.createFromArray(new float[][] {{0.5f, 3f}});
    for (int step = 0; step < 8; step++) {
      withLate.step(Parameters.of(early, Parameter.of("late", late, gradient)));
      fresh.step(Parameters.of(Parameter.of("late", alone, gradient)));
    }
    assertThat(withLate.steps()).isEqualTo(stepsBefore + 8);
    assertThat(withLate.state().steps("late")).isEqualTo(8);
    assertSameBits("late", late, alone);
  }

  @ParameterizedTest
  @MethodSource("elementwise")
  void anElementDoesNotDependOnItsNeighbours(OptimizerCase optimizer) {
    for (int n : new int[] {1, 4, 6, 8, 13, 511, 512, 513, 1025, 4098}) {
      SplittableRandom random = new SplittableRandom(n);
      INDArray whole =
          TestArrays.create(DataType.FLOAT, new long[] {n}, TestArrays.uniform(random, n));
      INDArray parts = whole.dup();
      int cut = random.nextInt(n);
      Optimizer one = optimizer.create().get();
      Optimizer two = optimizer.create().get();
      for (int step = 0; step < 7; step++) {
        INDArray g =
            TestArrays.create(DataType.FLOAT, new long[] {n}, TestArrays.gradients(random, n));
        one.step(Parameters.of(Parameter.of("w", whole, g)));
        two.step(
            cut == 0
                ? Parameters.of(Parameter.of("w", parts, g))
                : Parameters.of(part("left", parts, g, 0, cut), part("right", parts, g, cut, n)));
      }
      assertSameBits(n + " elements cut at " + cut, parts, whole);
    }
  }

  private static Parameter part(String name, INDArray value, INDArray gradient, int from, int to) {
    return Parameter.of(
        name,
        value.get(NDArrayIndex.interval(from, to)),
        gradient.get(NDArrayIndex.interval(from, to)));
  }

  @ParameterizedTest
  @MethodSource("elementwise")
  void unguardedNonFiniteGradientsPropagateToTheirElementsOnly(OptimizerCase optimizer) {
    INDArray value = Nd4j.ones(DataType.FLOAT, 4);
    INDArray sound = Nd4j.ones(DataType.FLOAT, 4);
    Optimizer hit = optimizer.create().get();
    Optimizer spared = optimizer.create().get();
    INDArray gradient = Nd4j.createFromArray(0.5f, Float.NaN, Float.POSITIVE_INFINITY, -0.25f);
    for (int step = 0; step < 8; step++) {
      hit.step(Parameters.of(Parameter.of("w", value, gradient)));
      spared.step(
          Parameters.of(Parameter.of("w", sound, Nd4j.createFromArray(0.5f, 1f, 1f, -0.25f))));
    }
    assertThat(value.getFloat(1)).isNaN();
    assertThat(value.getFloat(0)).isEqualTo(sound.getFloat(0));
    assertThat(value.getFloat(3)).isEqualTo(sound.getFloat(3));
  }

  /** A rule of norms spreads them over its parameter, and no further. */
  @Test
  void unguardedNonFiniteGradientsPropagateToTheirParameterOnly() {
    List<OptimizerCase> others = new ArrayList<>(OptimizerCase.allOnMatrices());
    // Those of the model have theirs in ParameterFreeTest.
    others.removeIf(optimizer -> optimizer.isElementwise() || optimizer.isOfModel());
    assertThat(others).isNotEmpty();
    for (OptimizerCase optimizer : others) {
      INDArray value = Nd4j.ones(DataType.FLOAT, 2, 2);
      INDArray sound = Nd4j.ones(DataType.FLOAT, 2, 2);
      INDArray spared = sound.dup();
      INDArray gradient = Nd4j.createFromArray(new float[][] {{0.5f, Float.NaN}, {1, -0.25f}});
      Optimizer any = optimizer.create().get();
      Optimizer alone = optimizer.create().get();
      for (int step = 0; step < 3; step++) {
        any.step(Parameters.of(
            Parameter.of("w", value, gradient), Parameter.of("v", sound, Nd4j.ones(2, 2))));
        alone.step(Parameters.of(Parameter.of("v", spared, Nd4j.ones(2, 2))));
      }
      assertThat(Golden.numbers(value)).as("%s", optimizer).containsOnly(Double.NaN);
      assertSameBits("v", sound, spared);
    }
  }

  @ParameterizedTest
  @MethodSource("withEpsilon")
  void epsilonThatUnderflowsInFloatDoesNotDivideZeroByZero(Rules.Rule<?> rule) {
    Optimizer any = rule.make(builder -> {
      GoldenOptimizers.set(builder, "epsilon", 1e-60);
      GoldenOptimizers.set(builder, "initialAccumulator", 0.0);
      builder.weightDecay(WeightDecay.none());
    });
    assertThat(any.toString()).contains("epsilon=1.0E-60");
    INDArray value = Nd4j.ones(DataType.FLOAT, 3, 1);
    for (int step = 0; step < 8; step++) {
      any.step(Parameters.of(Parameter.of("w", value, Nd4j.zeros(DataType.FLOAT, 3, 1))));
    }
    assertThat(Golden.numbers(value)).containsOnly(1);
  }

  /** Of rules that work in ND4J's arrays, the collector frees them: see {@link AllocationTest}. */
  @ParameterizedTest
  @MethodSource("anyShape")
  void memoryDoesNotGrowWithTheNumberOfSteps(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get();
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(100), Nd4j.ones(100)));
    any.step(parameters);
    long before = Pointer.totalBytes();
    for (int step = 0; step < 2_000; step++) {
      any.step(parameters);
    }
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void theLearningRateScalesTheFirstStep(OptimizerCase optimizer) {
    INDArray small = Nd4j.createFromArray(new double[][] {{3.0}});
    INDArray large = small.dup();
    INDArray gradient = Nd4j.createFromArray(new double[][] {{0.7}});
    optimizer
        .withLearningRate()
        .apply(0.01)
        .step(Parameters.of(Parameter.of("w", small, gradient)));
    optimizer
        .withLearningRate()
        .apply(0.02)
        .step(Parameters.of(Parameter.of("w", large, gradient)));
    double step = 3 - small.getDouble(0);
    assertThat(step).isPositive();
    assertThat(3 - large.getDouble(0)).isCloseTo(2 * step, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void slotsOutliveTheWorkspaceOfTheirFirstStep(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get();
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2, 2), Nd4j.ones(2, 2)));
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    try (MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "first step")) {
      assertThat(workspace.isScopeActive()).isTrue();
      any.step(parameters);
    }
    for (String slot : optimizer.slots()) {
      assertThat(any.state().slot("w", slot).isAttached()).as(slot).isFalse();
    }
  }
}
