package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import java.math.BigDecimal;
import java.math.MathContext;
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

class AveragedOptimizerTest {
  private final INDArray value = Nd4j.createFromArray(0.0);
  private final INDArray gradient = Nd4j.createFromArray(-1.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  static List<DataType> types() {
    return List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
  }

  @ParameterizedTest
  @MethodSource("all")
  void trainingIsAsWithoutAndTheMeanIsThatOfTheTrajectory(OptimizerCase optimizer) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray w =
        TestArrays.create(DataType.DOUBLE, new long[] {6, 5}, TestArrays.uniform(random, 30));
    INDArray plainW = w.dup();
    AveragedOptimizer averaged = optimizer.create().get().averaged(WeightAverage.equal());
    Optimizer plain = optimizer.create().get();
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, 6, 5);
    for (int step = 0; step < 10; step++) {
      INDArray g = TestArrays.create(DataType.DOUBLE, w.shape(), TestArrays.uniform(random, 30));
      averaged.step(Parameters.of(Parameter.of("w", w, g)));
      plain.step(Parameters.of(Parameter.of("w", plainW, g)));
      sum.addi(plainW);
    }
    assertSameBits("w", w, plainW);
    assertThat(averaged.average("w").reshape(30).toDoubleVector())
        .containsExactly(sum.div(10).reshape(30).toDoubleVector(), within(1e-14));
    assertThat(averaged.averagedSteps("w")).isEqualTo(10);
    assertThat(averaged.steps()).isEqualTo(10);
    assertThat(averaged.state().slots("w")).containsExactlyElementsOf(optimizer.slots());
  }

  /** The parameter is 1, 2, 3 and so on; the definitions are summed in exact arithmetic. */
  @Test
  void eachAverageIsThatOfItsDefinition() {
    int n = 20;
    BigDecimal d = new BigDecimal("0.9");
    BigDecimal ema = BigDecimal.ONE;
    BigDecimal fromZero = d.negate().add(BigDecimal.ONE);
    BigDecimal warmedUp = BigDecimal.ONE;
    for (int i = 2; i <= n; i++) {
      BigDecimal p = BigDecimal.valueOf(i);
      ema = d.multiply(ema).add(BigDecimal.ONE.subtract(d).multiply(p));
      fromZero = d.multiply(fromZero).add(BigDecimal.ONE.subtract(d).multiply(p));
      int updates = i - 1;
      BigDecimal rising = BigDecimal.valueOf(1 + updates)
          .divide(BigDecimal.valueOf(10 + updates), MathContext.DECIMAL128)
          .min(d);
      warmedUp = rising.multiply(warmedUp).add(BigDecimal.ONE.subtract(rising).multiply(p));
    }
    BigDecimal debiased =
        fromZero.divide(BigDecimal.ONE.subtract(d.pow(n)), MathContext.DECIMAL128);
    assertAverage(WeightAverage.ema(0.9), n, ema.doubleValue());
    assertAverage(WeightAverage.biasCorrectedEma(0.9), n, debiased.doubleValue());
    assertAverage(WeightAverage.warmedUpEma(0.9), n, warmedUp.doubleValue());
    assertAverage(WeightAverage.equal(), n, (n + 1) / 2.0);
    assertAverage(WeightAverage.equal().startingAfter(15), n, 18);
    assertAverage(WeightAverage.equal().every(5), n, (5 + 10 + 15 + 20) / 4.0);
    assertAverage(WeightAverage.equal().startingAfter(4).every(6), n, (10 + 16) / 2.0);
    assertAverage(WeightAverage.ema(0), n, n);
  }

  private void assertAverage(WeightAverage average, int steps, double expected) {
    value.assign(0);
    AveragedOptimizer averaged = new Sgd(1).averaged(average);
    for (int i = 0; i < steps; i++) {
      averaged.step(parameters);
    }
    assertThat(averaged.average("w").getDouble(0))
        .as(average.toString())
        .isCloseTo(expected, within(1e-13));
  }

  @ParameterizedTest
  @MethodSource("types")
  void theParametersComeBackBitForBitInEveryLayout(DataType type) {
    for (long[] shape : TestArrays.SHAPES) {
      int n = TestArrays.length(shape);
      INDArray expected = null;
      for (Layout layout : Layout.values()) {
        SplittableRandom random = new SplittableRandom(2);
        INDArray start = TestArrays.create(type, shape, TestArrays.uniform(random, n));
        INDArray w = TestArrays.lay(start, layout);
        Parameters one = Parameters.of(
            Parameter.of("w", w, TestArrays.create(type, shape, TestArrays.uniform(random, n))));
        AveragedOptimizer averaged = new Sgd(0.5).averaged(WeightAverage.ema(0.7));
        for (int step = 0; step < 5; step++) {
          averaged.step(one);
        }
        INDArray trained = w.dup();
        INDArray average = averaged.average("w");
        assertThat(average.dataType())
            .isEqualTo(type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
        try (AveragingOptimizer.Applied applied = averaged.applied(one)) {
          assertThat(applied).isNotNull();
          expected = expected == null ? w.dup() : expected;
          assertSameBits(layout + " applied", w, expected);
          assertThat(Golden.numbers(w))
              .containsExactly(Golden.numbers(average), within(type.width() == 2 ? 1e-2 : 0));
        }
        assertSameBits(layout + " is back", w, trained);
        averaged.assignTo(one);
        assertSameBits(layout + " for good", w, expected);
      }
    }
  }

  @Test
  void aConstantParameterIsItsAverage() {
    for (WeightAverage average : List.of(
        WeightAverage.ema(0.999),
        WeightAverage.biasCorrectedEma(0.999),
        WeightAverage.warmedUpEma(0.999),
        WeightAverage.equal())) {
      INDArray w = Nd4j.createFromArray(0.1f, -1e30f, 1e-40f);
      AveragedOptimizer averaged = new Sgd(0).averaged(average);
      for (int step = 0; step < 50; step++) {
        averaged.step(Parameters.of(Parameter.of("w", w, Nd4j.ones(3))));
      }
      assertSameBits(average.toString(), averaged.average("w"), w);
    }
  }

  @Test
  void halfParametersAreAveragedInFloat() {
    INDArray w = Nd4j.ones(DataType.BFLOAT16, 1);
    Parameters half =
        Parameters.of(Parameter.of("w", w, Nd4j.ones(DataType.BFLOAT16, 1).mul(-1)));
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.ema(0.999));
    for (int step = 0; step < 3; step++) {
      averaged.step(half);
    }
    // 2, then 0.001 of the way to 3, then to 4: less than half of bfloat16's spacing.
    assertThat(averaged.average("w").getDouble(0)).isCloseTo(2.002999, within(1e-6));
  }

  @Test
  void skippedAndAccumulatedCallsDoNotEnter() {
    AveragedOptimizer skipping = new Sgd(1).guarded(NonFinite.SKIP).averaged(WeightAverage.equal());
    gradient.assign(Double.NaN);
    skipping.step(parameters);
    assertThat(skipping.averagedSteps("w")).isZero();
    gradient.assign(-1);
    AveragedOptimizer accumulating = new Sgd(1).accumulated(2).averaged(WeightAverage.equal());
    for (int i = 0; i < 5; i++) {
      accumulating.step(parameters);
    }
    assertThat(accumulating.averagedSteps("w")).isEqualTo(2);
    assertThat(accumulating.average("w").getDouble(0)).isEqualTo(1.5);
  }

  @Test
  void aStepWhileTheAverageIsAppliedFails() {
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.equal());
    averaged.step(parameters);
    averaged.step(parameters);
    AveragingOptimizer.Applied applied = averaged.applied(parameters);
    assertThat(value.getDouble(0)).isEqualTo(1.5);
    String message = "the average is in place of the parameters, expected Applied.close() first";
    List<ThrowingCallable> calls = List.of(
        () -> averaged.step(parameters),
        () -> averaged.scheduled(step -> 1).step(parameters),
        () -> averaged.applied(parameters),
        () -> averaged.assignTo(parameters));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessage(message);
    }
    assertThat(value.getDouble(0)).isEqualTo(1.5);
    applied.close();
    assertThat(value.getDouble(0)).isEqualTo(2);
    averaged.step(parameters);
    applied.close();
    assertThat(value.getDouble(0)).as("closing twice changes nothing").isEqualTo(3);
  }

  @Test
  void aParameterWithoutAnAverageIsLeftAsItIs() {
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.equal().startingAfter(1));
    averaged.step(parameters);
    averaged.assignTo(parameters);
    assertThat(value.getDouble(0)).isEqualTo(1);
    assertThat(averaged.averagedSteps("w")).isZero();
    assertThatThrownBy(() -> averaged.average("w"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter name is 'w', expected one that has an average: []");
  }

  @Test
  void aFailedStepLeavesTheAverage() {
    AveragedOptimizer averaged = new Sgd(1).guarded(NonFinite.FAIL).averaged(WeightAverage.equal());
    averaged.step(parameters);
    gradient.assign(Double.NaN);
    assertThatThrownBy(() -> averaged.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(averaged.averagedSteps("w")).isEqualTo(1);
    Parameters reshaped = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 2), Nd4j.ones(DataType.DOUBLE, 2)));
    assertThatThrownBy(() -> averaged.applied(reshaped))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' has shape [2], expected [1] as at its first step");
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<INDArray> results = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      SplittableRandom random = new SplittableRandom(9);
      INDArray w = TestArrays.create(
          DataType.FLOAT, new long[] {300_001}, TestArrays.uniform(random, 300_001));
      INDArray g =
          TestArrays.create(DataType.FLOAT, w.shape(), TestArrays.uniform(random, 300_001));
      AveragedOptimizer averaged =
          ThreadsTest.withThreads(threads, () -> new Adam(0.1).averaged(WeightAverage.ema(0.9)));
      for (int i = 0; i < 4; i++) {
        averaged.step(Parameters.of(Parameter.of("w", w, g)));
      }
      results.add(averaged.average("w"));
    }
    assertSameBits("average", results.get(1), results.get(0));
  }

  @Test
  void argumentsAreNamed() {
    assertBad("decay is 1.0, expected a number in [0, 1)", () -> WeightAverage.ema(1));
    assertBad(
        "decay is -0.5, expected a number in [0, 1)", () -> WeightAverage.biasCorrectedEma(-0.5));
    assertBad(
        "decay is NaN, expected a number in [0, 1)", () -> WeightAverage.warmedUpEma(Double.NaN));
    assertBad("steps is -1, expected a number >= 0", () -> WeightAverage.equal().startingAfter(-1));
    assertBad("steps is 0, expected a number >= 1", () -> WeightAverage.equal().every(0));
    assertThat(WeightAverage.equal().startingAfter(0).every(1).toString()).isEqualTo("equal()");
    assertThat(new Sgd(1).averaged(WeightAverage.equal()).toString())
        .endsWith(".averaged(equal())");
    assertThat(WeightAverage.ema(0.9).startingAfter(5).every(2).toString())
        .isEqualTo("ema(0.9).startingAfter(5).every(2)");
    assertThatThrownBy(() -> new Sgd().averaged(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("average is null, expected a weight average");
  }

  private static void assertBad(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
