package io.github.descent4j.schedule;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        Schedules.linearWarmup(0, 0.1).then(Schedules.cosine(0.1, 20)),
        Schedules.linearWarmup(0, 0.01, 0.1),
        Schedules.constant(0.2).then(0, Schedules.constant(0.1)),
        Schedules.cosine(0.1, 5).perEpoch(10),
        Schedules.linearWarmup(7, 0.1)
            .then(Schedules.multiStep(0.1, 0.5, 2, 4)
                .then(6, Schedules.constant(1))
                .perEpoch(10)),
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
  void numbersMayHaveAPlus() {
    assertThat(Schedules.parse("constant(+1e+2)")).hasToString("constant(100.0)");
  }

  @Test
  void aNegativeNumberIsReadBeforeItIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("constant(-1)"))
        .withMessage("rate is -1.0, expected a finite number >= 0");
  }

  @Test
  void lambdasAndPlateausHaveNone() {
    Schedule lambda = step -> 0.1;
    Schedule plateau = ReduceOnPlateau.builder().learningRate(0.1).build().schedule();
    for (Schedule schedule : List.of(lambda, plateau)) {
      assertThat(schedule.expression()).isEmpty();
      assertThat(schedule.scaled(2).expression()).isEmpty();
      assertThat(schedule.perEpoch(2).expression()).isEmpty();
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
        "constant(0.1)..scaled(2)",
        "constant(0.1).perEpoch(0)",
        "constant(0.1).perEpoch(1.5)",
        "constant(0.1)\0",
        "constant(0.1)\0.scaled(2)"
      })
  void anythingElseIsAnError(String expression) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(expression))
        .withMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          cosin(0.1, 10)                  | cosine in place of cosin at character 0
          Cosine(0.1, 10)                 | cosine in place of Cosine at character 0
          linear_warmup(10, 0.1)          | linearWarmup in place of linear_warmup at character 0
          lienar(0.1, 0, 5)               | linear in place of lienar at character 0
          triangular3(0.1, 1, 5, 5)       | triangular or triangular2 in place of triangular3 at character 0
          constant(1).scale(2)            | scaled in place of scale at character 12
          constant(1).then(5, cosin (1, 5)) | cosine in place of cosin at character 20
          constant(1).pctStart(0.1)       | perEpoch, scaled or then in place of pctStart at character 12
          oneCycle(1, 9).pctstart(0.1)    | pctStart in place of pctstart at character 15
          """)
  void anUnknownNameGetsTheNearest(String expression, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(expression))
        .withMessage("expression is '" + expression + "', expected " + expected);
  }

  @Test
  void aNameLikeNoneGetsAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("warmRestartsPlease(1)"))
        .withMessage("expression is 'warmRestartsPlease(1)', expected constant, cosine, "
            + "cosineWarmRestarts, exponentialDecay, factor, linear, linearWarmup, multiStep, "
            + "oneCycle, piecewiseConstant, polynomial, polynomialDecay, step, triangular or "
            + "triangular2 in place of warmRestartsPlease at character 0");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
          cosine(0.1, 1.5)                ; cosine(initialRate, steps) or cosine(initialRate, endRate, steps) at character 0
          constant(1).then (x)            ; then(next) or then(boundary, next) at character 12
          oneCycle(1, 9).annealing(SINE)  ; annealing(COSINE|LINEAR) at character 15
          multiStep(0.1)                  ; multiStep(initialRate, gamma, milestones...) at character 0
          """)
  void otherArgumentsGetTheParameters(String expression, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(expression))
        .withMessage("expression is '" + expression + "', expected " + expected);
  }

  @Test
  void deepAndLongOnesAreRefusedBeforeTheyAreRead() {
    String deep = "scaled(".repeat(2_000);
    String nested = "constant(1).then(1, ".repeat(2_000) + "constant(1)" + ")".repeat(2_000);
    for (String expression : List.of(deep, nested, "(".repeat(100_000))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Schedules.parse(expression))
          .withMessageContaining(
              "', expected at most 100 calls within one another, not one more at")
          .satisfies(ScheduleExpressionTest::isShort);
    }
    for (int calls : new int[] {1_000, 5_000}) {
      String chain = "constant(1)" + ".then(1, step(1, 2, 1))".repeat(calls / 2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Schedules.parse(chain))
          .withMessageContaining("', expected at most 1000 calls, not one more at character ")
          .satisfies(ScheduleExpressionTest::isShort);
    }
    String chain = "constant(1)" + ".then(1, constant(1))".repeat(10_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(chain))
        .withMessageStartingWith(
            "expression has 210011 characters, expected at most 100000: 'const")
        .satisfies(ScheduleExpressionTest::isShort);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("x".repeat(100_000)))
        .satisfies(ScheduleExpressionTest::isShort);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("x".repeat(99_998) + "()"))
        .satisfies(ScheduleExpressionTest::isShort);
  }

  /** The longest and deepest there may be, in a thread whose stack is small. */
  @Test
  void whatIsWithinTheLimitsIsReadAndHasRates() throws Exception {
    String deep = "constant(1).then(1, ".repeat(99) + "constant(2)" + ")".repeat(99);
    String chain = "constant(2)" + ".scaled(1)".repeat(999);
    String milestones = LongStream.rangeClosed(1, 15_000)
        .mapToObj(Long::toString)
        .collect(joining(",", "multiStep(2, 1,", ")"));
    double[] rates = new double[3];
    Thread thread = new Thread(
        null,
        () -> {
          rates[0] = Schedules.parse(deep).at(99);
          rates[1] = Schedules.parse(chain).at(99);
          rates[2] = Schedules.parse(milestones).at(99);
        },
        "small",
        512 * 1024);
    thread.start();
    thread.join();
    assertThat(rates).containsExactly(2, 2, 2);
  }

  private static void isShort(Throwable thrown) {
    assertThat(thrown.getMessage().length()).isLessThan(600);
  }

  @Test
  void theLastPrintableCharacterIsShownAsItIs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("~"))
        .withMessage("expression is '~', expected a name or a number at character 0");
  }

  @Test
  void messagesShowTheSurroundingsWithoutControlCharacters() {
    String escape = "\u001b[31m\n";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("constant(1)" + escape))
        .withMessage(
            "expression is 'constant(1)\\u001b[31m\\u000a', expected the end at character 11");
    String long1 = "constant(1)" + ".scaled(1)".repeat(50);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(long1 + "!" + ".scaled(1)".repeat(50)))
        .withMessage("expression is '..." + ".scaled(1)".repeat(10) + "!" + ".scaled(1)".repeat(9)
            + ".scaled(1...', expected the end at character 511");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse("\u202e\ud800" + "\n".repeat(500)))
        .satisfies(ScheduleExpressionTest::isShort)
        .withMessageMatching("[ -~]+");
  }
}
