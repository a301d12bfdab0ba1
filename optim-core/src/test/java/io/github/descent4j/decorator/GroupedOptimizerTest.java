package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GroupedOptimizerTest {
  private final INDArray w = Nd4j.ones(DataType.DOUBLE, 2, 3);
  private final INDArray b = Nd4j.ones(DataType.DOUBLE, 3, 1);
  private final INDArray gradW = Nd4j.ones(DataType.DOUBLE, 2, 3).mul(3);
  private final INDArray gradB = Nd4j.ones(DataType.DOUBLE, 3, 1).mul(-4);
  private final Parameters parameters =
      Parameters.of(Parameter.of("w", w, gradW), Parameter.of("b", b, gradB));

  private static boolean isBias(Parameter parameter) {
    return parameter.name().startsWith("b");
  }

  /** Whose parameters do not depend on each other. */
  static List<OptimizerCase> apart() {
    return all().stream().filter(optimizer -> !optimizer.isOfModel()).toList();
  }

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("apart")
  void groupsOfEqualSettingsAreTheOptimizerItself(OptimizerCase optimizer) {
    Optimizer one = optimizer.create().get().clipped(GradientClip.byGlobalNorm(1));
    Optimizer grouped = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, optimizer.create().get())
        .otherwise(optimizer.create().get())
        .build()
        .clipped(GradientClip.byGlobalNorm(1));
    INDArray w2 = w.dup();
    INDArray b2 = b.dup();
    Parameters copies = Parameters.of(Parameter.of("w", w2, gradW), Parameter.of("b", b2, gradB));
    for (int step = 0; step < 8; step++) {
      gradW.muli(-0.7);
      one.step(parameters);
      // Every other step from new objects, which are routed again.
      grouped.step(
          step % 2 == 0
              ? copies
              : Parameters.of(Parameter.of("b", b2, gradB), Parameter.of("w", w2, gradW.dup())));
    }
    assertSameBits("w", w2, w);
    assertSameBits("b", b2, b);
    assertThat(grouped.steps()).isEqualTo(8);
    assertThat(grouped.state().parameters()).containsExactlyInAnyOrder("w", "b");
    for (String name : List.of("w", "b")) {
      assertThat(grouped.state().steps(name)).isEqualTo(8);
      assertThat(grouped.state().slots(name)).containsExactlyElementsOf(optimizer.slots());
      for (String slot : optimizer.slots()) {
        assertSameBits(slot, grouped.state().slot(name, slot), one.state().slot(name, slot));
      }
    }
  }

  @Test
  void theFirstGroupThatMatchesTakesAParameter() {
    GroupedOptimizer optimizer = Optimizer.groups()
        .group("first", p -> p.name().equals("b"), new Sgd(0.5))
        .group("second", p -> true, new Sgd(0.25))
        .otherwise(new Sgd(99))
        .build();
    optimizer.step(parameters);
    assertThat(b.getDouble(0)).isEqualTo(1 + 0.5 * 4);
    assertThat(w.getDouble(0)).isEqualTo(1 - 0.25 * 3);
    assertThat(optimizer.groups()).containsExactly("first", "second", "otherwise");
    assertThat(optimizer.groupOf(parameters.get("w"))).isEqualTo("second");
  }

  @Test
  void aParameterOfNoGroupIsAnErrorAndChangesNothing() {
    GroupedOptimizer optimizer = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, new Sgd(1))
        .build();
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w DOUBLE[2, 3]' belongs to no group, expected one of [biases] to"
            + " take it, or otherwise()");
    assertThat(b.getDouble(0)).isEqualTo(1);
    assertThat(optimizer.steps()).isZero();
  }

  @Test
  void decayCanBeForSomeOnly() {
    gradW.assign(0);
    gradB.assign(0);
    Optimizer optimizer = Optimizer.groups()
        .group("no decay", GroupedOptimizerTest::isBias, new Adam(0.1))
        .otherwise(Adam.builder()
            .learningRate(0.1)
            .weightDecay(WeightDecay.decoupled(0.5))
            .build())
        .build();
    optimizer.step(parameters);
    assertThat(b.getDouble(0)).isEqualTo(1);
    assertThat(w.getDouble(0)).isCloseTo(1 - 0.1 * 0.5, within(1e-15));
  }

  @Test
  void aScheduleOutsideIsMultipliedByTheFactorOfTheGroup() {
    Optimizer optimizer = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, new Sgd(7).scheduled(step -> 8), 0.5)
        .otherwise(new Sgd(9))
        .build()
        .scheduled(step -> 0.25 * (step + 1));
    assertThat(optimizer.learningRate()).isEqualTo(0.125);
    optimizer.step(parameters);
    assertThat(b.getDouble(0)).isEqualTo(1 + 0.125 * 4);
    assertThat(w.getDouble(0)).isEqualTo(1 - 0.25 * 3);
    optimizer.step(parameters);
    assertThat(b.getDouble(0)).isEqualTo(1 + (0.125 + 0.25) * 4);
    assertThat(optimizer.steps()).isEqualTo(2);
  }

  @Test
  void withoutAScheduleOutsideTheGroupsHaveTheirOwnRatesTimesTheFactor() {
    GroupedOptimizer optimizer = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, new Sgd(99).scheduled(step -> step + 1), 0.5)
        .otherwise(new Sgd(0.125), 2)
        .build();
    optimizer.step(Parameters.of(parameters.get("w")));
    assertThat(w.getDouble(0)).isEqualTo(1 - 0.25 * 3);
    // The group without a parameter has counted the step too.
    assertThat(optimizer.learningRate("biases")).isEqualTo(0.5 * 2);
    assertThat(optimizer.learningRate()).isEqualTo(0.5 * 2);
    assertThat(optimizer.learningRate("otherwise")).isEqualTo(0.25);
    optimizer.step(parameters);
    assertThat(b.getDouble(0)).isEqualTo(1 + 0.5 * 2 * 4);
    assertThatThrownBy(() -> optimizer.learningRate("head"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("group name is 'head', expected one of [biases, otherwise]");
  }

  @Test
  void aFactorReachesDecoupledDecayAndNestedGroups() {
    GroupedOptimizer inside = Optimizer.groups()
        .otherwise(
            Sgd.builder()
                .learningRate(1)
                .weightDecay(WeightDecay.decoupled(0.5))
                .build(),
            0.5)
        .build();
    Optimizer optimizer = Optimizer.groups().otherwise(inside, 0.5).build();
    gradW.assign(0);
    optimizer.step(Parameters.of(parameters.get("w")));
    assertThat(w.getDouble(0)).isEqualTo(1 - 0.25 * 0.5);
    assertThat(optimizer.learningRate()).isEqualTo(0.25);
  }

  @Test
  void clipsOutsideSeeTheModelAndThoseInsideTheGroup() {
    ClippedOptimizer insideB = new Sgd(1).clipped(GradientClip.byGlobalNorm(1));
    ClippedOptimizer outside = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, insideB)
        .otherwise(new Sgd(1))
        .build()
        .clipped(GradientClip.byGlobalNorm(5));
    outside.step(parameters);
    double norm = Math.sqrt(6 * 9 + 3 * 16);
    assertThat(outside.lastNorm()).isCloseTo(norm, within(1e-14));
    assertThat(w.getDouble(0)).isCloseTo(1 - 3 * 5 / norm, within(1e-14));
    assertThat(insideB.lastNorm()).isCloseTo(Math.sqrt(3 * 16) * 5 / norm, within(1e-14));
    assertThat(b.getDouble(0)).isCloseTo(1 + 1 / Math.sqrt(3), within(1e-14));
  }

  @Test
  void aGuardInAGroupSkipsThatGroupAlone() {
    GuardedOptimizer guarded = new Sgd(1).guarded(NonFinite.SKIP);
    Optimizer optimizer = Optimizer.groups()
        .group("biases", GroupedOptimizerTest::isBias, guarded)
        .otherwise(new Sgd(1))
        .build();
    gradB.putScalar(1, Double.NaN);
    optimizer.step(parameters);
    assertThat(guarded.skippedSteps()).isEqualTo(1);
    assertThat(b.getDouble(0)).isEqualTo(1);
    assertThat(w.getDouble(0)).isEqualTo(-2);
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  /** Whichever group fails, and for whatever reason, no group has been updated. */
  @ParameterizedTest
  @MethodSource("all")
  void aFailureOfOneGroupLeavesAllUntouched(OptimizerCase optimizer) {
    boolean[] fails = new boolean[1];
    for (boolean biasesFirst : new boolean[] {true, false}) {
      Optimizer rated = optimizer.create().get().scheduled(step -> fails[0] ? Double.NaN : 1e-3);
      Optimizer guarded = optimizer.create().get().guarded(NonFinite.FAIL);
      Optimizer grouped = Optimizer.groups()
          .group("one", GroupedOptimizerTest::isBias, biasesFirst ? rated : guarded)
          .otherwise(biasesFirst ? guarded : rated)
          .build();
      grouped.step(parameters);
      List<INDArray> before = snapshot(grouped);

      fails[0] = true;
      assertThatThrownBy(() -> grouped.step(parameters))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("learning rate of a schedule is NaN");
      fails[0] = false;
      INDArray guardedGradient = biasesFirst ? gradW : gradB;
      double good = guardedGradient.getDouble(0);
      guardedGradient.putScalar(0, Double.NaN);
      assertThatThrownBy(() -> grouped.step(parameters))
          .isInstanceOf(NonFiniteGradientException.class);
      guardedGradient.putScalar(0, good);
      Parameters reshaped = Parameters.of(
          Parameter.of("b", Nd4j.ones(DataType.DOUBLE, 4, 1), Nd4j.ones(DataType.DOUBLE, 4, 1)),
          parameters.get("w"));
      assertThatThrownBy(() -> grouped.step(reshaped))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected [3, 1] as at its first step");

      List<INDArray> after = snapshot(grouped);
      for (int i = 0; i < before.size(); i++) {
        assertSameBits("array " + i, after.get(i), before.get(i));
      }
      assertThat(grouped.steps()).isEqualTo(1);
      assertThat(grouped.state().steps("w")).isEqualTo(1);
      grouped.step(parameters);
      assertThat(grouped.steps()).as("no group is locked").isEqualTo(2);
    }
  }

  private List<INDArray> snapshot(Optimizer optimizer) {
    OptimizerState state = optimizer.state();
    List<INDArray> all = new java.util.ArrayList<>(List.of(w.dup(), b.dup()));
    for (String name : state.parameters()) {
      for (String slot : state.slots(name)) {
        all.add(state.slot(name, slot).dup());
      }
    }
    return all;
  }

  @Test
  void aParameterKeepsItsGroup() {
    boolean[] swapped = new boolean[1];
    GroupedOptimizer optimizer = Optimizer.groups()
        .group("a", p -> isBias(p) != swapped[0], new Adam())
        .otherwise(new Adam())
        .build();
    optimizer.step(parameters);
    swapped[0] = true;
    Parameters again = Parameters.of(parameters.get("w"), parameters.get("b"));
    assertThatThrownBy(() -> optimizer.step(again))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 'w' belongs to group 'a', expected 'otherwise' as at its first step");
  }

  @Test
  void stateNamesWhatItDoesNotHave() {
    Optimizer optimizer = Optimizer.groups().otherwise(new Adam()).build();
    optimizer.step(parameters);
    assertBad(
        "parameter name is 'x', expected one that has been stepped: [w, b]",
        () -> optimizer.state().slots("x"));
  }

  /** Counts what it is told of each step. */
  private static final class Told extends Decorator {
    private int commits;
    private int releases;
    private boolean fails;

    Told(Optimizer inner) {
      super(inner);
    }

    @Override
    protected void commit(StepContext context) {
      super.commit(context);
      commits++;
      if (fails) {
        throw new IllegalStateException("as told");
      }
    }

    @Override
    protected void release() {
      super.release();
      releases++;
    }
  }

  @Test
  void aStepIsEitherTakenOrReleasedDownToNestedGroups() {
    Told first = new Told(new Sgd(1));
    Told second = new Told(new Sgd(1));
    Optimizer nested = Optimizer.groups().otherwise(second).build();
    Optimizer groups = Optimizer.groups()
        .group("w", p -> p.name().equals("w"), first)
        .group("b", GroupedOptimizerTest::isBias, nested)
        .otherwise(new Sgd(1).guarded(NonFinite.FAIL))
        .build();
    groups.step(parameters);
    assertThat(List.of(first.commits, second.commits)).containsOnly(1);
    assertThat(List.of(first.releases, second.releases)).containsOnly(0);
    INDArray bad = Nd4j.createFromArray(Double.NaN);
    Parameters more = Parameters.of(
        parameters.get("w"),
        parameters.get("b"),
        Parameter.of("c", Nd4j.createFromArray(1.0), bad));
    assertThatThrownBy(() -> groups.step(more)).isInstanceOf(NonFiniteGradientException.class);
    assertThat(List.of(first.commits, second.commits)).containsOnly(1);
    assertThat(List.of(first.releases, second.releases)).containsOnly(1);
    groups.step(parameters);
    assertThat(List.of(first.commits, second.commits)).containsOnly(2);
  }

  /** What fails in the second half is no reason to refuse the next step. */
  @Test
  void groupsBehindOneThatFailsInTheSecondHalfAreReleased() {
    Told failing = new Told(new Sgd(1));
    Told behind = new Told(new Sgd(1));
    Optimizer groups = Optimizer.groups()
        .group("w", p -> p.name().equals("w"), failing)
        .otherwise(behind)
        .build();
    failing.fails = true;
    assertThatThrownBy(() -> groups.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("as told");
    assertThat(behind.releases).isOne();
    assertThat(behind.commits).isZero();
    failing.fails = false;
    groups.step(parameters);
    assertThat(behind.commits).isOne();
  }

  @Test
  void theFactorOfAGroupIsInItsTextAndInItsRate() {
    AdjustableOptimizer adjustable = new Sgd(0.5).adjustable();
    Decorator own = new Decorator(new Sgd(9)) {
      @Override
      public double learningRate() {
        return 0.25;
      }
    };
    GroupedOptimizer groups = Optimizer.groups()
        .group("half", GroupedOptimizerTest::isBias, adjustable, 0.5)
        .group("own", p -> p.name().equals("own"), own, 0.5)
        .otherwise(new Sgd(0.5))
        .build();
    assertThat(groups.learningRate("half")).isEqualTo(0.25);
    adjustable.learningRate(0.75);
    assertThat(groups.learningRate("half")).isEqualTo(0.375);
    assertThat(groups.learningRate("own")).isEqualTo(0.125);
    assertThat(groups.learningRate("otherwise")).isEqualTo(0.5);
    assertThat(groups.toString())
        .startsWith("Groups[half: 0.5 x Sgd(")
        .endsWith(", otherwise: Sgd(learningRate=0.5, weightDecay=none)]");
  }

  @Test
  void groupsAreValidatedWhenTheyAreAdded() {
    Adam adam = new Adam();
    Optimizer foreign = new Optimizer() {
      @Override
      public void step(Parameters parameters) {}

      @Override
      public long steps() {
        return 0;
      }

      @Override
      public double learningRate() {
        return 0;
      }

      @Override
      public OptimizerState state() {
        return adam.state();
      }

      @Override
      public String toString() {
        return "Foreign";
      }
    };
    assertBad(
        "name of a group is '', expected a name",
        () -> Optimizer.groups().group("", GroupedOptimizerTest::isBias, adam));
    assertBad(
        "name of a group is 'a', expected a name that is not taken",
        () -> Optimizer.groups()
            .group("a", GroupedOptimizerTest::isBias, adam)
            .group("a", GroupedOptimizerTest::isBias, new Adam()));
    assertBad(
        "optimizer of group 'b' is taken, expected an optimizer of its own, not that of group 'a'",
        () -> Optimizer.groups()
            .group("a", GroupedOptimizerTest::isBias, adam.guarded(NonFinite.SKIP))
            .group("b", GroupedOptimizerTest::isBias, adam.scheduled(step -> 1)));
    assertBad(
        "group is 'b', expected groups ahead of otherwise(), which takes all the rest",
        () -> Optimizer.groups()
            .otherwise(adam)
            .group("b", GroupedOptimizerTest::isBias, new Adam()));
    assertBad(
        "optimizer of group 'a' is Foreign.guarded(SKIP), expected one that extends UpdateRule, Decorator or"
            + " TwoPhaseOptimizer, down to its rule: all groups are checked ahead of the first update",
        () -> Optimizer.groups()
            .group("a", GroupedOptimizerTest::isBias, foreign.guarded(NonFinite.SKIP)));
    assertBad(
        "rateFactor is -1.0, expected a finite number >= 0",
        () -> Optimizer.groups().group("a", GroupedOptimizerTest::isBias, adam, -1));
    assertThatThrownBy(() -> Optimizer.groups().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("groups are empty, expected at least one group");
    assertThatThrownBy(() -> Optimizer.groups().group("a", null, adam))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("members of group 'a' are null, expected a predicate");
    assertThatThrownBy(() -> Optimizer.groups().group("a", GroupedOptimizerTest::isBias, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("optimizer of group 'a' is null, expected an optimizer");
  }

  private static void assertBad(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
