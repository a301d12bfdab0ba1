package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowGradient;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.clip.GradientClip;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AccumulatedOptimizerTest {
  private final INDArray value = Nd4j.createFromArray(1.0, 1.0);
  private final INDArray gradient = Nd4j.createFromArray(3.0, -4.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  static List<DataType> types() {
    return List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
  }

  /** Sums of two floats are rounded once, by either way, and halving is exact. */
  @ParameterizedTest
  @MethodSource("all")
  void aWindowOfTwoIsAStepFromTheMean(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      SplittableRandom random = new SplittableRandom(3);
      INDArray w = TestArrays.create(type, new long[] {35, 20}, TestArrays.uniform(random, 700));
      INDArray byHand = w.dup();
      Optimizer accumulated = optimizer.create().get().accumulated(2);
      Optimizer plain = optimizer.create().get();
      for (int step = 1; step <= 7; step++) {
        INDArray g1 = TestArrays.create(type, w.shape(), TestArrays.gradients(random, 700));
        INDArray g2 = TestArrays.create(type, w.shape(), TestArrays.gradients(random, 700));
        INDArray before = w.dup();
        accumulated.step(Parameters.of(Parameter.of("w", w, g1)));
        assertSameBits("nothing moves ahead of the window's end", w, before);
        assertThat(accumulated.steps()).isEqualTo(step - 1);
        accumulated.step(Parameters.of(Parameter.of("w", w, g2)));
        plain.step(Parameters.of(Parameter.of("w", byHand, g1.add(g2).mul(0.5))));
        assertSameBits("value after step " + step, w, byHand);
        assertThat(accumulated.steps()).isEqualTo(step);
      }
      for (String slot : optimizer.slots()) {
        assertSameBits(slot, accumulated.state().slot("w", slot), plain.state().slot("w", slot));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyLayoutAndTypeAccumulatesAlike(DataType type) {
    for (long[] shape : TestArrays.SHAPES) {
      INDArray expected = run(type, shape, Layout.C_ORDER, Layout.C_ORDER);
      for (Layout layout : Layout.values()) {
        assertSameBits(layout + " value", run(type, shape, layout, Layout.C_ORDER), expected);
        assertSameBits(layout + " gradient", run(type, shape, Layout.C_ORDER, layout), expected);
      }
    }
  }

  private static INDArray run(DataType type, long[] shape, Layout valueLayout, Layout layout) {
    SplittableRandom random = new SplittableRandom(5);
    int n = TestArrays.length(shape);
    INDArray w =
        TestArrays.lay(TestArrays.create(type, shape, TestArrays.uniform(random, n)), valueLayout);
    Optimizer optimizer = new Adam(0.1).clipped(GradientClip.byGlobalNorm(0.5)).accumulated(3);
    for (int step = 0; step < 6; step++) {
      INDArray g = TestArrays.create(type, shape, TestArrays.uniform(random, n));
      optimizer.step(Parameters.of(Parameter.of("w", w, TestArrays.lay(g, layout))));
    }
    return w.dup();
  }

  /** The sum of 1 and many small halves would stand still in half precision. */
  @Test
  void halfTypesAreSummedInFloat() {
    INDArray half = Nd4j.zeros(DataType.BFLOAT16, 1);
    INDArray g = Nd4j.ones(DataType.BFLOAT16, 1);
    Optimizer optimizer = new Sgd(1).accumulated(257, Accumulation.SUM);
    optimizer.step(Parameters.of(Parameter.of("w", half, g)));
    g.assign(0x1p-8);
    for (int i = 0; i < 256; i++) {
      optimizer.step(Parameters.of(Parameter.of("w", half, g)));
    }
    assertThat(half.getDouble(0)).isEqualTo(-2);
  }

  @Test
  void theSumIsAChoice() {
    Optimizer optimizer = new Sgd(1).accumulated(3, Accumulation.SUM);
    for (int i = 0; i < 3; i++) {
      optimizer.step(parameters);
    }
    assertThat(value.toDoubleVector()).containsExactly(1 - 9, 1 + 12);
    assertThat(optimizer.toString()).endsWith(".accumulated(3, SUM)");
  }

  @Test
  void schedulesCountWindowsOnEitherSide() {
    for (boolean outside : new boolean[] {true, false}) {
      value.assign(0);
      Optimizer optimizer = outside
          ? new Sgd().accumulated(2).scheduled(step -> step + 1)
          : new Sgd().scheduled(step -> step + 1).accumulated(2);
      for (int i = 0; i < 4; i++) {
        assertThat(optimizer.learningRate()).isEqualTo(1 + i / 2);
        optimizer.step(parameters);
      }
      assertThat(value.getDouble(0)).isEqualTo(-3 * (1 + 2));
    }
  }

  @Test
  void clipsInsideLimitTheMeanAndThoseOutsideItsParts() {
    ClippedOptimizer inside = new Sgd(1).clipped(GradientClip.byGlobalNorm(1));
    Optimizer optimizer = inside.accumulated(2);
    optimizer.step(parameters);
    gradient.assign(Nd4j.createFromArray(3.0, 4.0));
    optimizer.step(parameters);
    assertThat(inside.lastNorm()).isEqualTo(3);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {0, 1}, within(1e-15));

    value.assign(1);
    Optimizer outside = new Sgd(1).accumulated(2).clipped(GradientClip.byGlobalNorm(1));
    outside.step(parameters);
    gradient.assign(Nd4j.createFromArray(3.0, -4.0));
    outside.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {1 - 0.6, 1}, within(1e-15));
  }

  @Test
  void aGuardOutsideSkipsAMicroStepAndOneInsideAWindow() {
    gradient.putScalar(0, Double.NaN);
    AccumulatedOptimizer accumulated = new Sgd(1).accumulated(2);
    Optimizer outside = accumulated.guarded(NonFinite.SKIP);
    outside.step(parameters);
    assertThat(accumulated.pendingMicroSteps()).isZero();

    GuardedOptimizer guarded = new Sgd(1).guarded(NonFinite.SKIP);
    AccumulatedOptimizer inside = guarded.accumulated(2);
    inside.step(parameters);
    gradient.putScalar(0, 3);
    inside.step(parameters);
    assertThat(guarded.skippedSteps()).isEqualTo(1);
    assertThat(inside.pendingMicroSteps()).isZero();
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
  }

  @Test
  void aStepThatFailsIsNotPartOfTheWindow() {
    boolean[] fails = {true};
    AccumulatedOptimizer optimizer = new Sgd(1)
        .guarded(NonFinite.FAIL)
        .scheduled(step -> fails[0] ? Double.NaN : 1)
        .accumulated(2);
    optimizer.step(parameters);
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("learning rate");
    fails[0] = false;
    gradient.putScalar(1, Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(optimizer.pendingMicroSteps()).isEqualTo(1);
    assertThat(optimizer.steps()).isZero();
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    gradient.assign(Nd4j.createFromArray(5.0, 0.0));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1 - 4, 1 + 2);
  }

  @Test
  void aFlushStepsFromWhatThereIs() {
    AccumulatedOptimizer accumulated = new Sgd(99).accumulated(4);
    Optimizer optimizer = accumulated.clipped(GradientClip.byValue(-3, 3)).scheduled(step -> 0.5);
    accumulated.flush(parameters);
    assertThat(optimizer.steps()).as("nothing was pending").isZero();
    optimizer.step(parameters);
    gradient.assign(Nd4j.createFromArray(1.0, 1.0));
    optimizer.step(parameters);
    gradient.assign(Double.NaN);
    accumulated.flush(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1 - 0.5 * 2, 1 + 0.5 * 1);
    assertThat(optimizer.steps()).isEqualTo(1);
    assertThat(accumulated.pendingMicroSteps()).isZero();
  }

  @Test
  void aFlushThatFailsLeavesTheWindow() {
    AccumulatedOptimizer accumulated = new Sgd(1).guarded(NonFinite.FAIL).accumulated(3);
    gradient.putScalar(0, Double.NaN);
    accumulated.step(parameters);
    assertThatThrownBy(() -> accumulated.flush(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(accumulated.pendingMicroSteps()).isEqualTo(1);
    accumulated.discard();
    assertThat(accumulated.pendingMicroSteps()).isZero();
    gradient.putScalar(0, 3);
    for (int i = 0; i < 3; i++) {
      accumulated.step(parameters);
    }
    assertThat(value.getDouble(0)).as("nothing is left of the NaN").isEqualTo(-2);
  }

  @Test
  void aWindowHasTheSameParametersThroughout() {
    Parameter w = parameters.get("w");
    Parameter b = Parameter.of("b", Nd4j.ones(3), Nd4j.ones(3));
    AccumulatedOptimizer optimizer = new Sgd(1).accumulated(2);
    optimizer.step(parameters);
    assertThatThrownBy(() -> optimizer.step(Parameters.of(w, b)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'b' is not in the window of 1 micro-steps that has begun, expected"
            + " the parameters of its first");
    assertThatThrownBy(() -> optimizer.step(Parameters.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameters are [], expected the 1 of the window of 1 micro-steps that has" + " begun");
    Parameter reshaped =
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 3), Nd4j.ones(DataType.DOUBLE, 3));
    assertThatThrownBy(() -> optimizer.step(Parameters.of(reshaped)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' has shape [3], expected [2] as at its first step");
    optimizer.step(parameters);
    optimizer.step(Parameters.of(b, w));
    optimizer.step(Parameters.of(w, b));
    assertThat(optimizer.steps()).isEqualTo(2);
  }

  @Test
  void aWindowOfOneIsTheOptimizerItself() {
    Optimizer optimizer = new Sgd(1).accumulated(1).clipped(GradientClip.byGlobalNorm(1));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(new double[] {0.4, 1.8}, within(1e-15));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<INDArray> results = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      SplittableRandom random = new SplittableRandom(9);
      INDArray w = TestArrays.create(
          DataType.FLOAT, new long[] {300_001}, TestArrays.uniform(random, 300_001));
      Optimizer optimizer = ThreadsTest.withThreads(threads, () -> new Adam().accumulated(3));
      for (int i = 0; i < 6; i++) {
        INDArray g =
            TestArrays.create(DataType.FLOAT, w.shape(), TestArrays.uniform(random, 300_001));
        optimizer.step(Parameters.of(Parameter.of("w", w, g)));
      }
      results.add(w);
    }
    assertSameBits("w", results.get(1), results.get(0));
  }

  @Test
  void aWindowIsNotEndedInTheMiddleOfAStep() {
    AccumulatedOptimizer[] self = new AccumulatedOptimizer[1];
    AccumulatedOptimizer optimizer = new Sgd(1)
        .scheduled(step -> {
          if (self[0] != null) {
            List<ThrowingCallable> calls =
                List.of(() -> self[0].flush(parameters), () -> self[0].discard());
            for (ThrowingCallable call : calls) {
              assertThatThrownBy(call)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageStartingWith("a step, save or load of this optimizer is under way");
            }
          }
          return 1;
        })
        .accumulated(2);
    self[0] = optimizer;
    optimizer.step(parameters);
    assertThat(optimizer.pendingMicroSteps()).isOne();
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1 - 3, 1 + 4);
  }

  /** The other group fails once in the middle of the window and once at its end. */
  @Test
  void aWindowOutlivesTheFailureOfAnotherGroup() {
    INDArray other = Nd4j.createFromArray(0.0);
    INDArray otherGradient = Nd4j.createFromArray(Double.NaN);
    Parameters both =
        Parameters.of(parameters.get("w"), Parameter.of("other", other, otherGradient));
    Optimizer groups = Optimizer.groups()
        .group("w", p -> p.name().equals("w"), new Sgd(1).accumulated(2))
        .otherwise(new Sgd(1).guarded(NonFinite.FAIL))
        .build();
    for (int end = 0; end < 2; end++) {
      otherGradient.assign(Double.NaN);
      assertThatThrownBy(() -> groups.step(both)).isInstanceOf(NonFiniteGradientException.class);
      otherGradient.assign(1);
      groups.step(both);
    }
    assertThat(value.toDoubleVector()).containsExactly(1 - 3, 1 + 4);
    assertThat(other.getDouble(0)).isEqualTo(-2);
  }

  /** Ahead of anything: a state that is saved behind it has none of the other parameters. */
  @Test
  void rowsAreRefusedAheadOfTheWindow() {
    AccumulatedOptimizer optimizer = new Sgd(1).accumulated(2);
    RowGradient rows = RowGradient.of(new long[] {1}, Nd4j.ones(DataType.DOUBLE, 1, 2));
    Parameters both = Parameters.of(
        parameters.get("w"), Parameter.ofRows("rows", Nd4j.ones(DataType.DOUBLE, 3, 2), rows));
    assertThatThrownBy(() -> optimizer.step(both))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "gradient of parameter 'rows' is given as rows, expected a whole gradient, as needed by "
                + optimizer);
  }

  @Test
  void argumentsAreNamed() {
    assertThatThrownBy(() -> new Sgd().accumulated(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("microSteps is 0, expected a number >= 1");
    assertThatThrownBy(() -> new Sgd().accumulated(2, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("accumulation is null, expected MEAN or SUM");
  }
}
