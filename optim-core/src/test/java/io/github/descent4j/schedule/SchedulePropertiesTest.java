package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.descent4j.schedule.ScheduleCases.ScheduleCase;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every schedule promises, swept over {@link ScheduleCases}. */
class SchedulePropertiesTest {

  /** Many early steps, and the ones where an int, a double or a long would overflow or round. */
  private static final long[] STEPS = LongStream.concat(
          LongStream.rangeClosed(0, 2000),
          LongStream.of(
              Integer.MAX_VALUE,
              Integer.MAX_VALUE + 1L,
              1L << 53,
              (1L << 53) + 1,
              Long.MAX_VALUE / 2,
              Long.MAX_VALUE / 2 + 1,
              Long.MAX_VALUE - 1,
              Long.MAX_VALUE))
      .toArray();

  static List<ScheduleCase> cases() {
    return ScheduleCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ratesAreFiniteAndWithinTheirBounds(ScheduleCase row) {
    for (long step : STEPS) {
      double rate = row.schedule().at(step);
      assertThat(rate).as("step %d", step).isNotNegative().isFinite();
      assertThat(rate)
          .as("step %d", step)
          .isBetween(row.lowest() * (1 - 1e-15), row.highest() * (1 + 1e-15));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameStepHasTheSameBitsInAnyOrder(ScheduleCase row) {
    long[] forward =
        Arrays.stream(STEPS).map(step -> bits(row.schedule(), step)).toArray();
    for (int i = STEPS.length - 1; i >= 0; i--) {
      assertThat(bits(row.schedule(), STEPS[i])).as("step %d", STEPS[i]).isEqualTo(forward[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theEndIsHeld(ScheduleCase row) {
    if (row.holdsFrom() == ScheduleCases.NEVER) {
      assertThat(Arrays.stream(STEPS)
              .map(step -> bits(row.schedule(), step))
              .distinct()
              .count())
          .as("different rates of a schedule that never rests")
          .isGreaterThan(1);
      return;
    }
    double end = row.schedule().at(row.holdsFrom());
    for (long step : STEPS) {
      if (step > row.holdsFrom()) {
        assertThat(row.schedule().at(step)).as("step %d", step).isEqualTo(end);
      }
    }
    if (row.holdsFrom() > 0 && row.holdsFrom() <= 2000) {
      assertThat(row.schedule().at(row.holdsFrom() - 1))
          .as("the step before the end")
          .isNotEqualTo(end);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aNegativeStepIsAnError(ScheduleCase row) {
    if (row.name().equals("lambda")) {
      return;
    }
    for (long step : new long[] {-1, Long.MIN_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> row.schedule().at(step))
          .withMessage("step is " + step + ", expected a number >= 0");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatFollowsABoundaryCountsFromItsOwnZero(ScheduleCase row) {
    Schedule next = step -> step;
    Schedule first = row.schedule().then(13, next);
    Schedule second = next.then(13, row.schedule());
    for (long step : STEPS) {
      assertThat(first.at(step))
          .as("step %d", step)
          .isEqualTo(step < 13 ? row.schedule().at(step) : step - 13);
      assertThat(second.at(step))
          .as("step %d", step)
          .isEqualTo(step < 13 ? step : row.schedule().at(step - 13));
    }
    assertThat(first.length()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void onlyAScheduleWithALengthCanBeFollowedWithoutABoundary(ScheduleCase row) {
    Schedule next = Schedules.constant(0.7);
    if (row.length() == ScheduleCases.NONE) {
      assertThat(row.schedule().length()).isEmpty();
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> row.schedule().then(next))
          .withMessageContaining("expected then(boundary, next)");
      return;
    }
    assertThat(row.schedule().length()).hasValue(row.length());
    Schedule both = row.schedule().then(next);
    if (row.length() > 0) {
      assertThat(both.at(row.length() - 1)).isEqualTo(row.schedule().at(row.length() - 1));
    }
    assertThat(both.at(row.length())).isEqualTo(0.7);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scaledMultipliesEveryRateAndKeepsTheLength(ScheduleCase row) {
    Schedule scaled = row.schedule().scaled(0.3);
    for (long step : STEPS) {
      assertThat(scaled.at(step))
          .as("step %d", step)
          .isEqualTo(0.3 * row.schedule().at(step));
    }
    assertThat(scaled.length()).isEqualTo(row.schedule().length());
    assertThatIllegalArgumentException().isThrownBy(() -> scaled.at(-1));
  }

  @Test
  void everyFactoryHasARow() {
    List<String> names = ScheduleCases.all().stream()
        .map(row -> row.name().replaceAll(",.*| .*", ""))
        .toList();
    List<String> factories = Arrays.stream(Schedules.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !method.getName().equals("parse"))
        .map(Method::getName)
        .distinct()
        .toList();
    assertThat(names).containsAll(factories).contains("then", "perEpoch", "scaled", "lambda");
    assertThat(factories).hasSizeGreaterThanOrEqualTo(15);
  }

  private static long bits(Schedule schedule, long step) {
    return Double.doubleToRawLongBits(schedule.at(step));
  }
}
