package io.github.descent4j.constraint;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowGradient;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.Objective;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The arithmetic of a penalty by hand, its state, and what it refuses. */
class PenaltyTest {
  private final INDArray w = Nd4j.createFromArray(3.0, 4.0);
  private final INDArray b = Nd4j.createFromArray(2.0);
  private final Parameters parameters = Parameters.of(
      Parameter.of("w", w, Nd4j.createFromArray(0.5, 0.25)),
      Parameter.of("b", b, Nd4j.createFromArray(1.0)));

  /** |w|^2 - 23: 2 at first. The gradient of b is 0, and left out. */
  private static double norm(Parameters all) {
    INDArray value = all.get("w").value();
    all.get("w").gradient().assign(value.mul(2));
    return value.mul(value).sumNumber().doubleValue() - 23;
  }

  /** b - 3: -1 at first. */
  private static double bound(Parameters all) {
    all.get("b").gradient().assign(1);
    return all.get("b").value().getDouble(0) - 3;
  }

  private static Penalty.Builder both(Penalty.Builder builder) {
    return builder.atMostZero("norm", PenaltyTest::norm).atMostZero("bound", PenaltyTest::bound);
  }

  private double[] gradient(String name) {
    return parameters.get(name).gradient().toDoubleVector();
  }

  @Test
  void aQuadraticPenaltyIsThatOfWhatIsViolated() {
    Penalty penalty = both(Penalty.quadratic()).weight(4).build();
    // 4/2 2^2, force 4 2 = 8 times (6, 8).
    assertThat(penalty.addTo(parameters)).isEqualTo(8);
    assertThat(gradient("w")).containsExactly(48.5, 64.25);
    assertThat(gradient("b")).containsExactly(1);
    assertThat(w.toDoubleVector()).containsExactly(3, 4);

    assertThat(penalty.update(parameters)).isEqualTo(2);
    assertThat(penalty.weight()).isEqualTo(40);
    assertThat(penalty.multipliers())
        .containsExactly(Map.entry("norm", 8.0), Map.entry("bound", 0.0));
    // The estimate is no part of it: 40/2 2^2.
    assertThat(penalty.addTo(parameters)).isEqualTo(80);
  }

  @Test
  void anAugmentedLagrangianHasItsMultipliersInIt() {
    Penalty penalty = both(Penalty.augmentedLagrangian()).weight(4).growth(2).build();
    assertThat(penalty.addTo(parameters)).isEqualTo(8);
    assertThat(gradient("w")).containsExactly(48.5, 64.25);
    // 2 is no progress over nothing, and better than infinite.
    assertThat(penalty.update(parameters)).isEqualTo(2);
    assertThat(penalty.weight()).isEqualTo(4);
    assertThat(penalty.multipliers())
        .containsExactly(Map.entry("norm", 8.0), Map.entry("bound", 0.0));

    // lambda 8, c -0.5: force 8 - 2 = 6, (36 - 64) / 8; b: c 0.25, force 1, 1 / 8.
    w.assign(Nd4j.createFromArray(Math.sqrt(22.5), 0));
    b.assign(3.25);
    parameters.forEach(parameter -> parameter.gradient().assign(0));
    assertThat(penalty.addTo(parameters)).isCloseTo(-3.5 + 0.125, within(1e-13));
    assertThat(gradient("w")[0]).isCloseTo(6 * 2 * Math.sqrt(22.5), within(1e-13));
    assertThat(gradient("b")).containsExactly(1);
    // -0.5 is slack that the multiplier does not need: a violation, too. It has fallen to a
    // quarter.
    assertThat(penalty.update(parameters)).isCloseTo(0.5, within(1e-14));
    assertThat(penalty.multipliers().get("norm")).isCloseTo(6, within(1e-13));
    assertThat(penalty.multipliers().get("bound")).isEqualTo(1);
    assertThat(penalty.weight()).isEqualTo(4);
    // It has not fallen: max(-0.5, -6/4), max(0.25, -1/4).
    penalty.update(parameters);
    assertThat(penalty.weight()).isEqualTo(8);
  }

  @Test
  void theWeightGrowsNoFurtherThanItMay() {
    Penalty penalty = both(Penalty.quadratic()).maxWeight(50).build();
    penalty.update(parameters);
    assertThat(penalty.weight()).isEqualTo(50);
    w.assign(0);
    assertThat(penalty.update(parameters)).isZero();
    assertThat(penalty.addTo(parameters)).isZero();
    assertThat(gradient("w")).containsExactly(0.5, 0.25);
    Penalty satisfied = both(Penalty.quadratic()).build();
    satisfied.update(parameters);
    assertThat(satisfied.weight()).isEqualTo(10);
  }

  /** Gradients are added in the parameters' own arrays, whatever their layout; what is empty stays so. */
  @Test
  void layoutsMakeNoDifference() {
    INDArray first = null;
    for (Layout layout : Layout.values()) {
      INDArray value =
          TestArrays.lay(Nd4j.linspace(1, 12, 12, DataType.FLOAT).reshape(3, 4), layout);
      INDArray gradient = TestArrays.lay(Nd4j.ones(DataType.FLOAT, 3, 4), layout);
      INDArray none = Nd4j.empty(DataType.FLOAT);
      Parameters all =
          Parameters.of(Parameter.of("w", value, gradient), Parameter.of("none", none, none));
      Penalty.quadratic().atMostZero("norm", PenaltyTest::norm).build().addTo(all);
      first = first == null ? gradient : first;
      assertSameBits(layout.toString(), gradient, first);
    }
    // 10 (650 - 23) 2 is what the first element has of it.
    assertThat(first.getDouble(0)).isEqualTo(1 + 10 * 627 * 2);
  }

  @Test
  void gradientsOfRowsAreRefusedAheadOfEverything() {
    INDArray head = Nd4j.ones(2);
    INDArray gradient = Nd4j.ones(2);
    INDArray table = Nd4j.ones(3, 2);
    Parameters mixed = Parameters.of(
        Parameter.of("head", head, gradient),
        Parameter.ofRows("table", table, RowGradient.of(new long[] {1}, Nd4j.ones(1, 2))));
    Penalty penalty = Penalty.quadratic()
        .atMostZero("norm", all -> {
          all.get("head").gradient().assign(1);
          return 1;
        })
        .build();
    assertThatThrownBy(() -> penalty.addTo(mixed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("gradient of parameter 'table' is given as rows, expected");
    assertThat(gradient).isEqualTo(Nd4j.ones(2));
  }

  @Test
  void trainingGoesOnFromAWeightAndMultipliers() {
    Penalty penalty = both(Penalty.augmentedLagrangian()).build();
    penalty.update(parameters);
    penalty.update(parameters);
    Penalty other = both(Penalty.augmentedLagrangian()).build();
    other.restore(penalty.weight(), penalty.multipliers(), penalty.violation());
    assertThat(other.weight()).isEqualTo(100);
    assertThat(other.addTo(parameters)).isEqualTo(penalty.addTo(parameters));

    Map<String, Double> negative = new LinkedHashMap<>(penalty.multipliers());
    negative.put("bound", -1.0);
    assertThatThrownBy(() -> other.restore(1, negative, 1))
        .hasMessage("multiplier of 'bound' is -1.0, expected a finite number >= 0");
    assertThatThrownBy(() -> other.restore(0, penalty.multipliers(), 1))
        .hasMessage("weight is 0.0, expected a number in (0, 1.0E8]");
    assertThatThrownBy(() -> other.restore(1, Map.of("norm", 1.0), 1))
        .hasMessage("multipliers are of [norm], expected those of [norm, bound]");
    assertThat(other.weight()).isEqualTo(100);
    assertThat(other.multipliers()).isEqualTo(penalty.multipliers());
    // The violation before decides whether the weight grows.
    other.update(parameters);
    penalty.update(parameters);
    assertThat(other.weight()).isEqualTo(penalty.weight());
    assertThat(other.violation()).isEqualTo(penalty.violation());
  }

  /** min (x - 2)^2 with x <= 1, multiplier 2, by steps and updates in between. */
  @Test
  void trainsWithAnyOptimizer() {
    INDArray x = Nd4j.createFromArray(0.0);
    INDArray gradient = Nd4j.createFromArray(0.0);
    Parameters one = Parameters.of(Parameter.of("x", x, gradient));
    Penalty penalty = Penalty.augmentedLagrangian()
        .atMostZero("x", all -> {
          all.get("x").gradient().assign(1);
          return all.get("x").value().getDouble(0) - 1;
        })
        .build();
    Optimizer optimizer = new Sgd(0.05);
    for (int step = 1; step <= 2000; step++) {
      gradient.assign(x.sub(2).mul(2));
      penalty.addTo(one);
      optimizer.step(one);
      if (step % 50 == 0) {
        penalty.update(one);
      }
    }
    assertThat(x.getDouble(0)).isCloseTo(1, within(1e-9));
    assertThat(penalty.multipliers().get("x")).isCloseTo(2, within(1e-8));
    assertThat(penalty.weight()).isEqualTo(10);
  }

  @Test
  void aConstraintThatIsNotFiniteChangesNothing() {
    Penalty penalty = Penalty.augmentedLagrangian()
        .atMostZero("norm", PenaltyTest::norm)
        .atMostZero("log", all -> Math.log(all.get("b").value().getDouble(0) - 2.5))
        .build();
    for (Runnable call :
        new Runnable[] {() -> penalty.addTo(parameters), () -> penalty.update(parameters)}) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("constraint 'log' is NaN, expected a finite number");
    }
    assertThat(gradient("w")).containsExactly(0.5, 0.25);
    assertThat(penalty.weight()).isEqualTo(10);
    assertThat(penalty.multipliers().values()).containsOnly(0.0);
    Objective zero = all -> 0;
    assertThat(penalty.over(zero).evaluate(parameters)).isNaN();
  }

  /** No point satisfies both: the worst violation is as small as it can be, and the result says so. */
  @Test
  void constraintsThatContradictEachOtherDoNotConverge() {
    Parameters one =
        Parameters.of(Parameter.of("b", Nd4j.createFromArray(0.0), Nd4j.createFromArray(0.0)));
    Penalty penalty = Penalty.quadratic()
        .atMostZero("bound", PenaltyTest::bound)
        .atMostZero("least", all -> {
          all.get("b").gradient().assign(-1);
          return 5 - all.get("b").value().getDouble(0);
        })
        .maxRounds(4)
        .build();
    Objective nothing = all -> {
      all.get("b").gradient().assign(0);
      return 0;
    };
    PenaltyResult result = penalty.minimize(new LBfgs(), nothing, one);
    assertThat(result.converged()).isFalse();
    assertThat(result.rounds()).isEqualTo(4);
    assertThat(result.violation()).isCloseTo(1, within(1e-6));
    assertThat(one.get("b").value().getDouble(0)).isCloseTo(4, within(1e-6));
  }

  @Test
  void settingsAreChecked() {
    Map<String, Runnable> wrong = new LinkedHashMap<>();
    Penalty.Builder builder = both(Penalty.quadratic());
    wrong.put("weight is 0.0, expected a finite number > 0", () -> builder.weight(0));
    wrong.put("growth is 0.5, expected a finite number >= 1", () -> builder.growth(0.5));
    wrong.put("tolerance is -1.0, expected a finite number >= 0", () -> builder.tolerance(-1));
    wrong.put("maxRounds is 0, expected a number >= 1", () -> builder.maxRounds(0));
    wrong.put(
        "maxWeight is 5.0, expected a finite number >= 10.0",
        () -> both(Penalty.quadratic()).maxWeight(5).build());
    wrong.put(
        "constraints are empty, expected at least one",
        () -> Penalty.quadratic().build());
    wrong.put(
        "name of a constraint is 'norm', expected a name that is not empty and none of [norm, bound]",
        () -> builder.atMostZero("norm", PenaltyTest::norm));
    wrong.forEach((message, call) ->
        assertThatThrownBy(call::run).isInstanceOf(RuntimeException.class).hasMessage(message));
  }

  @Test
  void aFunctionWithThePenaltyIsTheirSum() {
    Objective loss = all -> {
      all.get("w").gradient().assign(1);
      all.get("b").gradient().assign(0);
      return 5;
    };
    Penalty penalty = both(Penalty.quadratic()).weight(4).build();
    assertThat(penalty.over(loss).evaluate(parameters)).isEqualTo(5 + 8);
    assertThat(gradient("w")).containsExactly(49, 65);
    assertThat(gradient("b")).containsExactly(0);
    assertThat(penalty.violation()).isInfinite();
  }

  /** c is -5: of that 6/4 would take the multiplier to 0, and no more is missed. */
  @Test
  void slackIsMissedAsFarAsTheMultiplierReaches() {
    Penalty penalty = both(Penalty.augmentedLagrangian()).weight(4).build();
    penalty.restore(4, Map.of("norm", 6.0, "bound", 0.0), 3);
    assertThat(penalty.violation()).isEqualTo(3);
    w.assign(3);
    assertThat(penalty.update(parameters)).isEqualTo(1.5);
    assertThat(penalty.violation()).isEqualTo(1.5);
    assertThat(penalty.multipliers().get("norm")).isZero();
  }

  @Test
  void theBoundsOfWhatIsRestoredAreInside() {
    Penalty penalty = both(Penalty.augmentedLagrangian()).maxWeight(50).build();
    penalty.restore(50, Map.of("norm", 0.0, "bound", 0.0), 0);
    assertThat(penalty.weight()).isEqualTo(50);
    assertThat(penalty.violation()).isZero();
    Map<String, Double> without = new LinkedHashMap<>();
    without.put("norm", null);
    without.put("bound", 1.0);
    assertThatThrownBy(() -> penalty.restore(50, without, 0))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("multiplier of 'norm' is null, expected a number >= 0");
    assertThatThrownBy(() -> Penalty.quadratic().atMostZero("c", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("constraint 'c' is null, expected a function");
  }

  /** A violation of the tolerance itself is within it: one minimization, and the weight stays. */
  @Test
  void aViolationOfTheToleranceIsNoMore() {
    Penalty penalty = Penalty.quadratic()
        .atMostZero("c", all -> 0.25)
        .weight(2)
        .tolerance(0.25)
        .build();
    Objective bowl = all -> {
      INDArray x = all.get("w").value();
      all.get("w").gradient().assign(x);
      all.get("b").gradient().assign(0);
      return x.mul(x).sumNumber().doubleValue() / 2;
    };
    PenaltyResult result = penalty.minimize(new LBfgs(), bowl, parameters);
    assertThat(result.rounds()).isOne();
    assertThat(result.converged()).isTrue();
    assertThat(result.violation()).isEqualTo(0.25);
    assertThat(penalty.weight()).isEqualTo(2);
    assertThat(penalty)
        .hasToString("Penalty(quadratic, constraints=[c], weight=2.0, growth=10.0, maxWeight=1.0E8,"
            + " tolerance=0.25, maxRounds=50)");
  }
}
