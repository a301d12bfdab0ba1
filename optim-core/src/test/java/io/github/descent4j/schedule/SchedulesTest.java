package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulesTest {

  @Test
  void cosineHoldsItsEndWherePyTorchClimbsAgain() {
    Schedule schedule = Schedules.cosine(0.1, 0.001, 50);
    assertThat(schedule.at(50)).isEqualTo(0.001);
    assertThat(schedule.at(51)).isEqualTo(0.001);
    assertThat(schedule.at(100)).isEqualTo(0.001);
  }

  @Test
  void theNewRateBeginsAtTheBoundary() {
    Schedule piecewise = Schedules.piecewiseConstant(new long[] {10}, 0.2, 0.1);
    assertThat(piecewise.at(9)).isEqualTo(0.2);
    assertThat(piecewise.at(10)).isEqualTo(0.1);
    Schedule multiStep = Schedules.multiStep(0.5, 0.5, 10);
    assertThat(multiStep.at(9)).isEqualTo(0.5);
    assertThat(multiStep.at(10)).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource({"0.1,0.001", "0.1,0.0003", "0.7,0.3", "0.3,0.7", "0,0.1", "0.1,0", "0.123,1e-9"})
  void startAndEndAreExact(double start, double end) {
    for (Schedule schedule : List.of(
        Schedules.linear(start, end, 77),
        Schedules.polynomial(start, end, 77, 0.9),
        Schedules.cosine(start, end, 77))) {
      assertThat(schedule.at(0)).isEqualTo(start);
      assertThat(schedule.at(77)).isEqualTo(end);
    }
  }

  @Test
  void arraysAreCopied() {
    long[] boundaries = {10};
    double[] rates = {0.2, 0.1};
    Schedule piecewise = Schedules.piecewiseConstant(boundaries, rates);
    Schedule multiStep = Schedules.multiStep(1, 0.5, boundaries);
    boundaries[0] = 1;
    rates[0] = 7;
    assertThat(piecewise.at(5)).isEqualTo(0.2);
    assertThat(multiStep.at(5)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "3,1", "10,2", "7,3", "5,10"})
  void warmRestartsAgreeWithCountingStepByStep(long period, long multiplier) {
    Schedule schedule = Schedules.cosineWarmRestarts(1, 0, period, multiplier);
    long position = 0;
    long length = period;
    for (long step = 0; step < 5000; step++) {
      double expected = (1 + Math.cos(Math.PI * position / length)) / 2;
      assertThat(schedule.at(step)).as("step %d", step).isCloseTo(expected, within(1e-15));
      if (++position == length) {
        position = 0;
        length *= multiplier;
      }
    }
  }

  @Test
  void warmRestartsAreRightWhereALongEnds() {
    // Cycles of 1, 2, 4, ... begin at 2^i - 1, so the last step a long can name begins cycle 63.
    Schedule doubling = Schedules.cosineWarmRestarts(1, 0, 1, 2);
    assertThat(doubling.at(Long.MAX_VALUE)).isEqualTo(1);
    assertThat(doubling.at(Long.MAX_VALUE / 2 + Long.MAX_VALUE / 4 + 1))
        .isCloseTo(0.5, within(1e-15));

    // The second cycle has 3 (2^62 - 1) steps, and the last step a long can name is a third into
    // it.
    Schedule tripling = Schedules.cosineWarmRestarts(1, 0, Long.MAX_VALUE / 2, 3);
    assertThat(tripling.at(Long.MAX_VALUE / 2)).isEqualTo(1);
    assertThat(tripling.at(Long.MAX_VALUE)).isCloseTo(0.75, within(1e-15));
  }

  @Test
  void oneCycleDefaultsArePyTorchs() {
    OneCycle schedule = Schedules.oneCycle(1, 100);
    assertThat(schedule.at(0)).isEqualTo(0.04);
    assertThat(schedule.at(29)).isEqualTo(1);
    assertThat(schedule.at(99)).isEqualTo(0.04 / 1e4);
    OneCycle written =
        schedule.pctStart(0.3).divFactor(25).finalDivFactor(1e4).annealing(Annealing.COSINE);
    for (long step = 0; step < 100; step++) {
      assertThat(written.at(step)).isEqualTo(schedule.at(step));
    }
  }

  @Test
  void changingAOneCycleLeavesTheOriginal() {
    OneCycle original = Schedules.oneCycle(1, 100);
    assertThat(original.divFactor(10).at(0)).isEqualTo(0.1);
    assertThat(original.at(0)).isEqualTo(0.04);
  }

  /**
   * The bits of 10,000 rates. StrictMath gives the same on every JDK and processor; Math does not
   * promise to.
   */
  @ParameterizedTest
  @MethodSource("bits")
  void ratesHaveTheSameBitsOnEveryJdk(Schedule schedule, long expected) {
    long hash = 1;
    for (long step = 0; step < 10_000; step++) {
      hash = 31 * hash + Double.doubleToRawLongBits(schedule.at(step));
    }
    assertThat(hash).isEqualTo(expected);
  }

  static Stream<Arguments> bits() {
    return Stream.of(
        Arguments.of(Schedules.exponentialDecay(0.1, 3e-4), -5900715573525613739L),
        Arguments.of(Schedules.polynomialDecay(0.1, 0.03, 0.5), -8014859577940407777L),
        Arguments.of(Schedules.factor(0.1, 0.9997), 8201984509390809524L),
        Arguments.of(Schedules.step(0.1, 3, 0.999), -2143639554777834820L),
        Arguments.of(Schedules.polynomial(0.1, 1e-4, 10_000, 0.9), -6140705882056698379L),
        Arguments.of(Schedules.cosine(0.1, 1e-4, 10_000), 5680000186617814793L),
        Arguments.of(Schedules.cosineWarmRestarts(0.1, 1e-4, 70, 2), -7675446338324167836L),
        Arguments.of(Schedules.oneCycle(0.1, 10_000), -1080906238567281154L));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void errorsNameParameterValueAndExpectation(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  static Stream<Arguments> errors() {
    String rate = ", expected a finite number >= 0";
    String steps = ", expected a number >= 1";
    long max = Long.MAX_VALUE;
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    return Stream.of(
        error(() -> Schedules.constant(-0.1), "rate is -0.1" + rate),
        error(() -> Schedules.constant(nan), "rate is NaN" + rate),
        error(() -> Schedules.constant(infinity), "rate is Infinity" + rate),
        error(
            () -> Schedules.piecewiseConstant(new long[] {5, 5}, 1, 1, 1),
            "boundaries[1] is 5, expected above boundaries[0], which is 5"),
        error(
            () -> Schedules.piecewiseConstant(new long[] {5, 9, 7}, 1, 1, 1, 1),
            "boundaries[2] is 7, expected above boundaries[1], which is 9"),
        error(
            () -> Schedules.piecewiseConstant(new long[] {0}, 1, 1), "boundaries[0] is 0" + steps),
        error(
            () -> Schedules.piecewiseConstant(new long[] {5, 9}, 1, 1),
            "rates has length 2, expected one more than boundaries, which has 2"),
        error(() -> Schedules.piecewiseConstant(new long[] {5}, 1, -1), "rates[1] is -1.0" + rate),
        error(() -> Schedules.exponentialDecay(-1, 0.1), "initialRate is -1.0" + rate),
        error(() -> Schedules.exponentialDecay(1, -0.1), "lambda is -0.1" + rate),
        error(() -> Schedules.polynomialDecay(nan, 0.1, 0.5), "initialRate is NaN" + rate),
        error(() -> Schedules.polynomialDecay(1, -0.1, 0.5), "beta is -0.1" + rate),
        error(() -> Schedules.polynomialDecay(1, 0.1, infinity), "alpha is Infinity" + rate),
        error(() -> Schedules.factor(-1, 0.9), "initialRate is -1.0" + rate),
        error(() -> Schedules.factor(1, 0), "factor is 0.0, expected a number in (0, 1]"),
        error(() -> Schedules.factor(1, 1.01), "factor is 1.01, expected a number in (0, 1]"),
        error(
            () -> Schedules.factor(1, 0.9, 2),
            "minimumRate is 2.0, expected a number in [0, initialRate] = [0.0, 1.0]"),
        error(() -> Schedules.step(-1, 7, 0.5), "initialRate is -1.0" + rate),
        error(() -> Schedules.step(1, 0, 0.5), "stepSize is 0" + steps),
        error(() -> Schedules.step(1, 7, nan), "gamma is NaN, expected a number in (0, 1]"),
        error(() -> Schedules.multiStep(-1, 0.1, 5), "initialRate is -1.0" + rate),
        error(() -> Schedules.multiStep(1, 1.1, 5), "gamma is 1.1, expected a number in (0, 1]"),
        error(() -> Schedules.multiStep(1, 0.1, -5), "milestones[0] is -5" + steps),
        error(
            () -> Schedules.multiStep(1, 0.1, 9, 5),
            "milestones[1] is 5, expected above milestones[0], which is 9"),
        error(() -> Schedules.linear(-1, 0, 10), "startRate is -1.0" + rate),
        error(() -> Schedules.linear(1, nan, 10), "endRate is NaN" + rate),
        error(() -> Schedules.linear(1, 0, 0), "steps is 0" + steps),
        error(() -> Schedules.linearWarmup(-1, 1e-3), "steps is -1, expected a number >= 0"),
        error(() -> Schedules.linearWarmup(10, -1e-3), "rate is -0.001" + rate),
        error(() -> Schedules.linearWarmup(-1, 0, 1e-3), "steps is -1, expected a number >= 0"),
        error(() -> Schedules.linearWarmup(5, 0, nan), "rate is NaN" + rate),
        error(
            () -> Schedules.linearWarmup(5, 0.3, 0.1),
            "startRate is 0.3, expected a number in [0, rate] = [0.0, 0.1]"),
        error(() -> Schedules.polynomial(-1, 0, 10, 1), "initialRate is -1.0" + rate),
        error(() -> Schedules.polynomial(1, -1, 10, 1), "endRate is -1.0" + rate),
        error(() -> Schedules.polynomial(1, 0, 0, 1), "steps is 0" + steps),
        error(
            () -> Schedules.polynomial(1, 0, 10, 0), "power is 0.0, expected a finite number > 0"),
        error(() -> Schedules.cosine(-1, 10), "initialRate is -1.0" + rate),
        error(() -> Schedules.cosine(1, infinity, 10), "endRate is Infinity" + rate),
        error(() -> Schedules.cosine(1, 0), "steps is 0" + steps),
        error(() -> Schedules.cosineWarmRestarts(-1, 0, 10, 2), "initialRate is -1.0" + rate),
        error(() -> Schedules.cosineWarmRestarts(1, -1, 10, 2), "endRate is -1.0" + rate),
        error(() -> Schedules.cosineWarmRestarts(1, 0, 0, 2), "period is 0" + steps),
        error(() -> Schedules.cosineWarmRestarts(1, 0, 10, 0), "multiplier is 0" + steps),
        error(() -> Schedules.oneCycle(-1, 10), "maxRate is -1.0" + rate),
        error(() -> Schedules.oneCycle(1, 0), "totalSteps is 0" + steps),
        error(
            () -> Schedules.oneCycle(1, 10).pctStart(1),
            "pctStart is 1.0, expected a number in [0, 1)"),
        error(
            () -> Schedules.oneCycle(1, 10).pctStart(nan),
            "pctStart is NaN, expected a number in [0, 1)"),
        error(
            () -> Schedules.oneCycle(1, 10).divFactor(0.5),
            "divFactor is 0.5, expected a finite number >= 1"),
        error(
            () -> Schedules.oneCycle(1, 10).finalDivFactor(infinity),
            "finalDivFactor is Infinity, expected a finite number >= 1"),
        error(
            () -> Schedules.triangular(0.2, 0.1, 5, 5),
            "baseRate is 0.2, expected a number in [0, maxRate] = [0.0, 0.1]"),
        error(() -> Schedules.triangular(0, nan, 5, 5), "maxRate is NaN" + rate),
        error(() -> Schedules.triangular(0, 1, 0, 5), "stepsUp is 0" + steps),
        error(() -> Schedules.triangular2(0, 1, 5, 0), "stepsDown is 0" + steps),
        error(
            () -> Schedules.triangular2(0, 1, max, 1),
            "stepsUp is 9223372036854775807, expected at most Long.MAX_VALUE less stepsDown, which is 1"));
  }

  private static Arguments error(ThrowingCallable call, String message) {
    return Arguments.of(call, message);
  }

  @Test
  void nullIsNamed() {
    assertThatNullPointerException()
        .isThrownBy(() -> Schedules.piecewiseConstant(null, 1))
        .withMessage("boundaries is null, expected an array of steps");
    assertThatNullPointerException()
        .isThrownBy(() -> Schedules.piecewiseConstant(new long[0], (double[]) null))
        .withMessage("rates is null, expected an array of rates");
    assertThatNullPointerException()
        .isThrownBy(() -> Schedules.multiStep(1, 0.5, (long[]) null))
        .withMessage("milestones is null, expected an array of steps");
    assertThatNullPointerException()
        .isThrownBy(() -> Schedules.oneCycle(1, 10).annealing(null))
        .withMessage("annealing is null, expected COSINE or LINEAR");
  }
}
