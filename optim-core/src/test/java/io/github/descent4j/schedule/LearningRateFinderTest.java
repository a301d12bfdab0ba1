package io.github.descent4j.schedule;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Rprop;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.decorator.NonFinite;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LearningRateFinderTest {
  private final INDArray value = Nd4j.createFromArray(1.0, -3.0).reshape(2, 1);
  private final INDArray gradient = Nd4j.createFromArray(0.0, 0.0).reshape(2, 1);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  /** Of the loss 5 |x|², whose gradient descent diverges from the rate 0.2 on. */
  private double parabola() {
    gradient.assign(value.mul(10));
    return 5 * value.mul(value).sumNumber().doubleValue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void theParametersComeBackBitForBit(OptimizerCase optimizer) {
    INDArray start = value.dup();
    LearningRateFinder.Result result = LearningRateFinder.builder()
        .steps(50)
        .build()
        .run(optimizer.create(), parameters, this::parabola);
    assertSameBits("value", value, start);
    assertThat(result.rates()).isNotEmpty();
    assertThat(result.losses()).hasSameSizeAs(result.rates());
  }

  /** The loss ahead of a step is that behind the one before. */
  @Test
  void aRuleThatNeedsTheLossIsToldIt() {
    Rprop rule = Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build();
    List<Double> losses = new ArrayList<>();
    List<Double> told = new ArrayList<>();
    LearningRateFinder.builder().steps(6).build().run(() -> rule, parameters, () -> {
      if (rule.steps() > 0) {
        told.add(rule.state().slot("w", "loss").getDouble(0));
      }
      losses.add(parabola());
      return losses.get(losses.size() - 1);
    });
    assertThat(told).hasSize(6).isEqualTo(losses.subList(0, 6));
  }

  /** The first group's rule is of the same class, and needs no loss. */
  @Test
  void aRuleInTheSecondGroupIsToldTheLossToo() {
    Optimizer groups = Optimizer.groups()
        .group("none", parameter -> false, new Rprop())
        .otherwise(Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build())
        .build();
    assertThat(LearningRateFinder.builder()
            .steps(6)
            .build()
            .run(() -> groups, parameters, this::parabola)
            .losses())
        .hasSize(6);
  }

  @Test
  void parametersOfEveryTypeAndLayoutComeBack() {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        for (Layout layout : Layout.values()) {
          int n = TestArrays.length(shape);
          INDArray start =
              TestArrays.create(type, shape, TestArrays.uniform(new SplittableRandom(4), n));
          INDArray w = TestArrays.lay(start, layout);
          INDArray g = TestArrays.create(type, shape, new double[n]);
          if (n > 0) {
            g.assign(1);
          }
          LearningRateFinder.builder()
              .steps(3)
              .build()
              .run(Sgd::new, Parameters.of(Parameter.of("w", w, g)), () -> 1);
          assertSameBits(type + " " + layout, w, start);
        }
      }
    }
  }

  @Test
  void theyComeBackWhenTheLossThrows() {
    INDArray start = value.dup();
    int[] calls = new int[1];
    DoubleSupplier failing = () -> {
      if (++calls[0] == 5) {
        throw new IllegalStateException("no more data");
      }
      return parabola();
    };
    assertThatThrownBy(
            () -> LearningRateFinder.builder().build().run(Sgd::new, parameters, failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no more data");
    assertSameBits("value", value, start);
  }

  @Test
  void ratesAreGeometricAndLossesAreThoseAfterTheStep() {
    LearningRateFinder.Result result = LearningRateFinder.builder()
        .from(1e-3)
        .to(1e-1)
        .steps(3)
        .smoothing(0)
        .build()
        .run(Sgd::new, parameters, this::parabola);
    assertThat(result.rates().stream().mapToDouble(rate -> rate).toArray())
        .containsExactly(new double[] {1e-3, 1e-2, 1e-1}, within(1e-15));
    // x shrinks by 1 - 10 rate a step, from |x|² = 10.
    double one = 50 * 0.99 * 0.99;
    double two = one * 0.9 * 0.9;
    assertThat(result.losses().stream().mapToDouble(loss -> loss).toArray())
        .containsExactly(new double[] {one, two, 0}, within(1e-12));
    assertThat(result.smoothedLosses()).isEqualTo(result.losses());
    assertThat(result.diverged()).isFalse();
  }

  @Test
  void aSuggestionLiesBelowTheRateThatDiverges() {
    LearningRateFinder.Result result =
        LearningRateFinder.builder().build().run(Sgd::new, parameters, this::parabola);
    assertThat(result.diverged()).isTrue();
    assertThat(result.rates().size()).isLessThan(100);
    assertThat(result.steepestDescent().getAsDouble()).isBetween(1e-3, 0.2);
    assertThat(result.tenthOfMinimum().getAsDouble()).isBetween(1e-3, 0.2);
  }

  /** The loss falls along a logistic curve over log(rate), steepest at 1e-3, then explodes. */
  @Test
  void smoothingDoesNotShiftTheSteepestDescent() {
    DoubleUnaryOperator curve = rate -> 1 / (1 + rate / 1e-3) + (rate > 1 ? 100 * rate : 0);
    for (double smoothing : new double[] {0, 0.5, 0.9, 0.95}) {
      LearningRateFinder.Result result = run(curve, smoothing);
      assertThat(result.steepestDescent().getAsDouble())
          .as("smoothing %s", smoothing)
          .isBetween(0.5e-3, 1.2e-3);
      assertThat(result.diverged()).isTrue();
    }
  }

  /** Noise goes; an explosion stays where it is, but for the mean over 3 points on each side. */
  @Test
  void smoothingDoesNotMoveAnExplosion() {
    SplittableRandom random = new SplittableRandom(3);
    DoubleUnaryOperator clean = rate -> 0.3 + 2 / (1 + rate / 1e-3);
    LearningRateFinder.Result result = run(
        rate -> clean.applyAsDouble(rate) * random.nextDouble(0.9, 1.1) + (rate > 0.5 ? 2 : 0),
        0.9);
    List<Double> rates = result.rates();
    double step = rates.get(1) / rates.get(0);
    double quiet = 0.5 / Math.pow(step, 4);
    assertThat(rates.get(rates.size() - 1)).isGreaterThan(0.5 * Math.pow(step, 4));
    for (int i = result.firstReliable(); i < rates.size(); i++) {
      double rate = rates.get(i);
      double smoothed = result.smoothedLosses().get(i);
      if (rate < quiet) {
        assertThat(smoothed).as("at %s", rate).isCloseTo(clean.applyAsDouble(rate), within(0.16));
      } else if (rate > 0.5 * Math.pow(step, 4)) {
        assertThat(smoothed).as("at %s", rate).isGreaterThan(2.2);
      }
    }
  }

  /** Medians of 1, 3, 5, 5, 3 and 1 values; with so few on each side there is no mean behind them. */
  @Test
  void smoothedLossesAreMediansOfWindows() {
    double[] losses = {5, 1, 4, 2, 8, 9};
    int[] calls = new int[1];
    LearningRateFinder.Result result = LearningRateFinder.builder()
        .steps(6)
        .smoothing(2 / 3.0)
        .divergence(100)
        .build()
        .run(Sgd::new, parameters, () -> losses[Math.max(0, calls[0]++ - 1)]);
    assertThat(result.smoothedLosses()).containsExactly(5.0, 4.0, 4.0, 4.0, 8.0, 9.0);
    assertThat(result.firstReliable()).isEqualTo(2);
  }

  @Test
  void aTenthOfTheMinimumIsThat() {
    LearningRateFinder.Result result = run(rate -> Math.pow(Math.log10(rate) + 2, 2) + 1, 0);
    assertThat(result.tenthOfMinimum().getAsDouble()).isCloseTo(1e-3, within(1e-4));
  }

  @Test
  void aLossThatDoesNotFallSuggestsNothing() {
    for (DoubleUnaryOperator curve : List.<DoubleUnaryOperator>of(rate -> 1, rate -> 1 + rate)) {
      LearningRateFinder.Result result = run(curve, 0.9);
      assertThat(result.steepestDescent()).isEmpty();
      assertThat(result.tenthOfMinimum()).isEmpty();
    }
  }

  @Test
  void aCurveThatFallsToItsEndIsSteepestAheadOfIt() {
    assertThat(curve(3, 2, 0).steepestDescent()).hasValue(2);
  }

  @Test
  void ofRatesThatAreEquallySteepTheLowestIsTaken() {
    assertThat(curve(3, 2, 1, 0).steepestDescent()).hasValue(2);
  }

  /** Smoothed losses at the rates 1, 2, 4, and so on. */
  private static LearningRateFinder.Result curve(double... smoothed) {
    List<Double> losses = DoubleStream.of(smoothed).boxed().toList();
    List<Double> rates =
        DoubleStream.iterate(1, rate -> 2 * rate).limit(smoothed.length).boxed().toList();
    return new LearningRateFinder.Result(rates, losses, losses, false, 1);
  }

  /** The averages of 4, 8, 8 and 12 are 4, 6 2/3, 7 3/7 and 9 13/15: the last is the first above 8. */
  @Test
  void theAverageOfTheLossesEndsTheTest() {
    double[] losses = {1, 4, 8, 8, 12, 12, 12};
    int[] calls = new int[1];
    LearningRateFinder.Result result = LearningRateFinder.builder()
        .steps(6)
        .smoothing(0.5)
        .divergence(2)
        .build()
        .run(Sgd::new, parameters, () -> losses[calls[0]++]);
    assertThat(result.diverged()).isTrue();
    assertThat(result.losses()).containsExactly(4.0, 8.0, 8.0, 12.0);
  }

  /** A test whose losses are a function of the rate. */
  private LearningRateFinder.Result run(DoubleUnaryOperator curve, double smoothing) {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rates.add(1e-7 * StrictMath.pow(1e8, i / 199.0));
    }
    int[] calls = new int[1];
    return LearningRateFinder.builder()
        .steps(200)
        .smoothing(smoothing)
        .build()
        .run(
            Sgd::new,
            parameters,
            () -> curve.applyAsDouble(rates.get(Math.max(0, calls[0]++ - 1))));
  }

  @Test
  void whatIsNotFiniteEndsTheTest() {
    int[] calls = new int[1];
    LearningRateFinder.Result infinite = LearningRateFinder.builder()
        .build()
        .run(Sgd::new, parameters, () -> ++calls[0] > 10 ? Double.NaN : 1);
    assertThat(infinite.diverged()).isTrue();
    assertThat(infinite.losses()).hasSize(9).doesNotContain(Double.NaN);

    gradient.assign(Double.NaN);
    LearningRateFinder.Result guarded = LearningRateFinder.builder()
        .build()
        .run(() -> new Sgd().guarded(NonFinite.FAIL), parameters, () -> 1);
    assertThat(guarded.diverged()).isTrue();
    assertThat(guarded.losses()).isEmpty();
    assertThat(guarded.steepestDescent()).isEmpty();
    assertThat(guarded.tenthOfMinimum()).isEmpty();

    assertThatThrownBy(
            () -> LearningRateFinder.builder().build().run(Sgd::new, parameters, () -> Double.NaN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("loss of the parameters as given is NaN, expected a finite number");
  }

  @Test
  void negativeLossesDivergeToo() {
    LearningRateFinder.Result result = run(rate -> rate < 1e-2 ? -2 : 10, 0);
    assertThat(result.diverged()).isTrue();
    assertThat(result.losses()).endsWith(-2.0, 10.0);
  }

  @Test
  void anOptimizerInUseIsRefused() {
    Optimizer used = new Adam();
    used.step(parameters);
    assertThatThrownBy(
            () -> LearningRateFinder.builder().build().run(() -> used, parameters, this::parabola))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("optimizer has taken 1 steps, expected a new one");
    assertThat(used.steps()).isEqualTo(1);
  }

  @Test
  void aClosedGradientIsRefusedBeforeTheLossIsAskedFor() {
    INDArray closed = Nd4j.zeros(2);
    Parameters model = Parameters.of(Parameter.of("w", Nd4j.zeros(2), closed));
    closed.close();
    int[] calls = new int[1];
    assertThatThrownBy(
            () -> LearningRateFinder.builder().build().run(Sgd::new, model, () -> ++calls[0]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'w' has been closed, expected an open array");
    assertThat(calls[0]).isZero();
  }

  @Test
  void settingsAreNamed() {
    assertBad(
        "from is 0.0, expected a finite number > 0",
        () -> LearningRateFinder.builder().from(0).build());
    assertBad(
        "to is 1.0E-8, expected a finite number > from = 1.0E-7",
        () -> LearningRateFinder.builder().to(1e-8).build());
    assertBad(
        "to is 1.0E-7, expected a finite number > from = 1.0E-7",
        () -> LearningRateFinder.builder().to(1e-7).build());
    assertBad(
        "to is Infinity, expected a finite number > from = 1.0E-7",
        () -> LearningRateFinder.builder().to(Double.POSITIVE_INFINITY).build());
    assertBad(
        "steps is 2.0, expected a finite number >= 3.0",
        () -> LearningRateFinder.builder().steps(2).build());
    assertBad(
        "smoothing is 1.0, expected a number in [0, 1)",
        () -> LearningRateFinder.builder().smoothing(1).build());
    assertBad(
        "divergence is 1.0, expected a number > 1",
        () -> LearningRateFinder.builder().divergence(1).build());
  }

  private static void assertBad(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
