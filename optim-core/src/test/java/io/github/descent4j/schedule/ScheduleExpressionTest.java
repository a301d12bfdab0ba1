package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules as text and back. */
class ScheduleExpressionTest {

  static List<Schedule> schedules() {
    return List.of(
        Schedules.constant(0.1),
        Schedules.piecewiseConstant(new long[] {2, 40}, 0.1, 1e-20, 3),
        Schedules.piecewiseConstant(new long[0], 0.1),
        Schedules.exponentialDecay(0.1, 1e-3),
        Schedules.polynomialDecay(0.1, 0.5, 0.25),
        Schedules.factor(0.1, 0.99),
        Schedules.factor(0.1, 0.9, 0.05),
        Schedules.step(0.1, 7, 0.5),
        Schedules.multiStep(0.1, 0.5, 3, 9, 27),
        Schedules.multiStep(0.1, 0.5),
        Schedules.linear(0.1 + 0.2, 0.1, 30),
        Schedules.linearWarmup(10, 0.1),
        Schedules.linearWarmup(10, 0.01, 0.1),
        Schedules.polynomial(0.1, 0.01, 30, 2),
        Schedules.cosine(0.1, 30),
        Schedules.cosine(0.1, 0.01, 30),
        Schedules.cosineWarmRestarts(0.1, 0.01, 5, 2),
        Schedules.oneCycle(0.1, 30),
        Schedules.oneCycle(0.1, 30)
            .pctStart(0.2)
            .divFactor(10)
            .finalDivFactor(100)
            .annealing(Annealing.LINEAR),
        Schedules.triangular(0.01, 0.1, 4, 6),
        Schedules.triangular2(0.01, 0.1, 4, 6),
        Schedules.linearWarmup(5, 0.1).then(Schedules.cosine(0.1, 20)).scaled(1 / 3.0),
        Schedules.constant(0.1)
            .then(5, Schedules.oneCycle(0.1, 10).then(Schedules.constant(2).scaled(0.5))));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void whatIsParsedIsTheSame(Schedule schedule) {
    String expression = schedule.expression().orElseThrow();
    Schedule parsed = Schedules.parse(expression);
    assertThat(parsed.expression()).hasValue(expression);
    assertThat(parsed).hasToString(expression);
    assertThat(parsed.length()).isEqualTo(schedule.length());
    for (long step = 0; step < 100; step++) {
      assertThat(parsed.at(step)).isEqualTo(schedule.at(step));
    }
  }

  @Test
  void everyFactoryIsAmongThem() {
    String all = schedules().toString();
    assertThat(Arrays.stream(Schedules.class.getMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .filter(name -> !name.equals("parse")))
        .isNotEmpty()
        .allMatch(name -> all.contains(name + "("));
  }

  @Test
  void peopleMayWriteThemToo() {
    Schedule parsed =
        Schedules.parse(" linearWarmup( 500,1e-3 ) .then(cosine(1e-3, 10_000)).scaled(2) ");
    assertThat(parsed)
        .hasToString("linearWarmup(500, 0.001).then(500, cosine(0.001, 0.0, 10000)).scaled(2.0)");
  }

  @Test
  void lambdasAndPlateausHaveNone() {
    Schedule lambda = step -> 0.1;
    Schedule plateau = ReduceOnPlateau.builder().learningRate(0.1).build().schedule();
    for (Schedule schedule : List.of(lambda, plateau)) {
      assertThat(schedule.expression()).isEmpty();
      assertThat(schedule.scaled(2).expression()).isEmpty();
      assertThat(schedule.then(3, Schedules.constant(1)).expression()).isEmpty();
      assertThat(Schedules.constant(1).then(3, schedule).expression()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cosine",
        "cosine(",
        "cosine(0.1, 10",
        "cosine(0.1, 10) x",
        "cosine(0.1 10)",
        "cosine(0.1, 1.5)",
        "cosine(0.1)",
        "cosine(-1, 10)",
        "sine(0.1, 10)",
        "parse(cosine)",
        "wait(1)",
        "constant(0.1).then(constant(0.1))",
        "constant(0.1).at(3)",
        "constant(0.1).pctStart(0.1)",
        "oneCycle(0.1, 10).annealing(SINE)",
        "piecewiseConstant([10, 0.1, 0.2)",
        "piecewiseConstant([10], 0.1)",
        "constant(0.1).",
        "constant(0.1)..scaled(2)"
      })
  void anythingElseIsAnError(String expression) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(expression))
        .withMessageContaining("expected");
  }
}
