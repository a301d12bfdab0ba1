package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Asgd;
import io.github.descent4j.DAdaptSgd;
import io.github.descent4j.Ftrl;
import io.github.descent4j.Golden;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.constraint.ProximalMap;
import io.github.descent4j.constraint.Units;
import io.github.descent4j.schedule.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What happens behind a step, when, and with what rate. */
class ProximalOptimizerTest {
  private static final Schedule SCHEDULE = step -> 0.125 * (step + 1);

  private final INDArray value = Nd4j.createFromArray(1.0, 1.0);
  private final INDArray gradient = Nd4j.createFromArray(0.0, -4.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  @TempDir
  private Path folder;

  /** The steps at which it was applied, and their rates. */
  private static final class Recorder implements ProximalMap {
    private final List<Double> rates = new ArrayList<>();

    @Override
    public void requireFit(Parameters parameters) {}

    @Override
    public void apply(Parameters parameters, double step) {
      rates.add(step);
    }
  }

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices().stream()
        .filter(rule -> !rule.isOf("DAdaptSgd") && !rule.isOf("Ftrl"))
        .toList();
  }

  /** Their next step would make the parameters anew. */
  @Test
  void rulesThatDoNotGoOnFromValuesAreRefused() {
    for (Optimizer rule :
        List.of(new DAdaptSgd(), new Ftrl(), ScheduleFree.sgd().build())) {
      assertThatThrownBy(() -> rule.projected(Projection.nonNegative()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(
              "expected one that goes on from the parameters as they are, which ScheduleFree, DAdaptSgd and Ftrl do not");
    }
  }

  /** The step of the rule and then the map, whatever the rule: slots never see it. */
  @ParameterizedTest
  @MethodSource("all")
  void theMapFollowsTheStepOfTheRule(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      SplittableRandom random = new SplittableRandom(3);
      INDArray w = TestArrays.create(type, new long[] {6, 5}, TestArrays.uniform(random, 30));
      INDArray byHand = w.dup();
      Optimizer plain = optimizer.create().get();
      ProximalMap map = ProximalMap.sparseGroupLasso(0.5, 0.25, Units.OUTPUTS_FIRST);
      Optimizer decorated =
          optimizer.create().get().proximal(map).projected(Projection.maxNorm(0.75));
      for (int step = 0; step < 5; step++) {
        INDArray g = TestArrays.create(type, w.shape(), TestArrays.gradients(random, 30));
        decorated.step(Parameters.of(Parameter.of("w", w, g)));
        double rate = plain.learningRate();
        Parameters hand = Parameters.of(Parameter.of("w", byHand, g));
        plain.step(hand);
        map.apply(hand, rate);
        Projection.maxNorm(0.75).project(hand);
        assertSameBits("step " + step, w, byHand);
      }
      for (String slot : plain.state().slots("w")) {
        assertSameBits(slot, decorated.state().slot("w", slot), plain.state().slot("w", slot));
      }
    }
  }

  /** That of Asgd has the points ahead of the map. */
  @Test
  void theAverageOutsideIsOfPointsOfTheSet() {
    Asgd rule = Asgd.builder().learningRate(1).lambda(0).t0(0).build();
    AveragedOptimizer optimizer =
        rule.projected(Projection.box(0, 2)).averaged(WeightAverage.equal());
    optimizer.step(parameters);
    optimizer.step(parameters);
    // 1 + 4 and 2 + 4, both cut to 2.
    assertThat(rule.state().slot("w", "ax").getDouble(1)).isEqualTo(6);
    assertThat(optimizer.average("w").getDouble(1)).isEqualTo(2);
  }

  @Test
  void aMomentumGoesOnPointingOutOfTheSet() {
    Optimizer optimizer =
        Momentum.builder().learningRate(0.5).momentum(0.5).build().projected(Projection.box(0, 2));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1, 2);
    assertThat(optimizer.state().slot("w", "v").toDoubleVector()).containsExactly(0, -4);
    // v = 0.5 * -4 + 3 = 1: only now it turns.
    gradient.assign(Nd4j.createFromArray(0.0, 3.0));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1, 1.5);
  }

  @Test
  void theRateIsThatOfTheStep() {
    Recorder recorder = new Recorder();
    new Sgd(0.5).proximal(recorder).step(parameters);
    assertThat(recorder.rates).containsExactly(0.5);
    recorder.rates.clear();

    for (Optimizer optimizer : List.of(
        new Sgd(9).scheduled(SCHEDULE).proximal(recorder),
        new Sgd(9).proximal(recorder).scheduled(SCHEDULE),
        new Sgd(9).scheduled(s -> 7).proximal(recorder).scheduled(SCHEDULE))) {
      optimizer.step(parameters);
      optimizer.step(parameters);
      assertThat(recorder.rates).as("%s", optimizer).containsExactly(0.125, 0.25);
      recorder.rates.clear();
    }

    AdjustableOptimizer adjustable = new Sgd(9).adjustable();
    Optimizer outside = adjustable.proximal(recorder);
    adjustable.learningRate(0.75);
    outside.step(parameters);
    Optimizer groups = Optimizer.groups()
        .group("none", p -> false, new Sgd(1).proximal(new Recorder()))
        .otherwise(new Sgd(0.5).proximal(recorder), 0.25)
        .build();
    groups.step(parameters);
    groups.scheduled(SCHEDULE).step(parameters);
    assertThat(recorder.rates).containsExactly(0.75, 0.5 * 0.25, 0.25 * 0.25);
  }

  /** As a schedule of a user's own would. */
  @Test
  void theRateIsThatOfADecoratorOfOnesOwn() {
    Optimizer halving = new Decorator(new Sgd(0.5)) {
      @Override
      public double learningRate() {
        return 0.25;
      }

      @Override
      protected void check(StepContext context) {
        context.learningRate(0.25);
        super.check(context);
      }
    };
    Recorder recorder = new Recorder();
    INDArray w = Nd4j.createFromArray(1f, 2f);
    halving
        .proximal(recorder)
        .step(Parameters.of(Parameter.of("w", w, Nd4j.createFromArray(4f, 8f))));
    assertThat(recorder.rates).containsExactly(0.25);
    assertThat(w.toFloatVector()).containsExactly(0, 0);
  }

  /** A rule may lower the rate that it is handed. */
  @Test
  void theRateIsThatOfARuleWhichLowersIt() {
    Recorder recorder = new Recorder();
    Optimizer rule = io.github.descent4j.AdaGrad.builder()
        .learningRate(0.5)
        .learningRateDecay(1)
        .build()
        .proximal(recorder);
    rule.step(parameters);
    rule.scheduled(step -> 1).step(parameters);
    assertThat(recorder.rates).containsExactly(0.5, 0.5);
  }

  /** By hand, lambda and alpha being 1: a half of 0.5 is 0.25, and then 0.25 / (1 + 0.25); of halves of the rates themselves it would be 0.5 / (1 + 0.5) / 2. */
  @Test
  void theFactorOfAGroupComesAheadOfTheRule() {
    List<UnaryOperator<Optimizer>> givers =
        List.of(rule -> rule, rule -> rule.scheduled(step -> 0.5), rule -> {
          AdjustableOptimizer adjustable = rule.adjustable();
          adjustable.learningRate(0.5);
          return adjustable;
        });
    for (UnaryOperator<Optimizer> giver : givers) {
      Recorder recorder = new Recorder();
      Asgd rule = Asgd.builder().learningRate(0.5).lambda(1).alpha(1).build();
      GroupedOptimizer inside = Optimizer.groups()
          .otherwise(giver.apply(rule).proximal(recorder), 0.5)
          .build();
      Optimizer groups = Optimizer.groups().otherwise(inside).build();
      groups.step(parameters);
      assertThat(inside.learningRate("otherwise")).isEqualTo(0.25 / 1.25);
      assertThat(groups.learningRate()).isEqualTo(0.25 / 1.25);
      groups.step(parameters);
      assertThat(recorder.rates).containsExactly(0.25, 0.25 / 1.25);
    }
  }

  @Test
  void withoutAStepThereIsNoMap() {
    Recorder recorder = new Recorder();
    Optimizer window = new Sgd(0.5).accumulated(3).proximal(recorder);
    for (int call = 1; call <= 6; call++) {
      window.step(parameters);
      assertThat(recorder.rates).hasSize(call / 3);
    }
    Optimizer inside = new Sgd(0.5).proximal(recorder).accumulated(2);
    inside.step(parameters);
    assertThat(recorder.rates).hasSize(2);
    inside.step(parameters);
    assertThat(recorder.rates).hasSize(3);

    gradient.assign(Double.NaN);
    value.assign(5);
    for (NonFinite policy : NonFinite.values()) {
      for (Optimizer guarded : List.of(
          new Sgd(0.5).guarded(policy).projected(Projection.box(0, 1)),
          new Sgd(0.5).projected(Projection.box(0, 1)).guarded(policy))) {
        try {
          guarded.step(parameters);
          assertThat(policy).isEqualTo(NonFinite.SKIP);
        } catch (NonFiniteGradientException e) {
          assertThat(policy).isEqualTo(NonFinite.FAIL);
        }
        assertThat(value.toDoubleVector()).containsExactly(5, 5);
        assertThat(guarded.steps()).isZero();
      }
    }
  }

  @Test
  void clippedGradientsMoveWhatIsProjected() {
    Optimizer optimizer =
        new Sgd(1).projected(Projection.l2Ball(1)).clipped(GradientClip.byGlobalNorm(2));
    optimizer.step(parameters);
    double norm = Math.sqrt(10);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 / norm, 3 / norm}, within(1e-15));
  }

  /** Also when the group that has taken most steps is not the one. */
  @Test
  void aroundGroupsAllIsMappedWhenOneHasTakenAStep() {
    INDArray b = Nd4j.createFromArray(0.0);
    INDArray bGradient = Nd4j.createFromArray(Double.NaN);
    Parameters two = Parameters.of(parameters.get("w"), Parameter.of("b", b, bGradient));
    Optimizer groups = Optimizer.groups()
        .group("b", p -> p.name().equals("b"), new Sgd(1).guarded(NonFinite.SKIP))
        .otherwise(new Sgd(1).guarded(NonFinite.SKIP))
        .build()
        .projected(Projection.box(0, 2));
    groups.step(two);
    assertThat(value.toDoubleVector()).containsExactly(1, 2);
    bGradient.assign(-5);
    gradient.assign(Double.NaN);
    groups.step(two);
    assertThat(groups.steps()).isEqualTo(1);
    assertThat(b.toDoubleVector()).containsExactly(2);
    assertThatThrownBy(() -> groups.proximal(ProximalMap.l1(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "expected one without groups, whose learning rates differ: proximal(...) belongs inside of them");
  }

  /** What does not fit fails ahead of the step, in one group and with it in all. */
  @Test
  void aMapThatDoesNotFitChangesNothing() {
    INDArray b = Nd4j.createFromArray(1.0);
    Parameters two =
        Parameters.of(parameters.get("w"), Parameter.of("b", b, Nd4j.createFromArray(1.0)));
    Projection plane = Projection.hyperplane(Nd4j.createFromArray(1.0, 1.0), 1);
    Projection own = all -> all.get("c").value().muli(2);
    List<Optimizer> failing = List.of(
        new Adam().projected(plane),
        new Adam().projected(own),
        new Adam().projected(plane.only("w", "c")),
        new Adam().projected(Projection.nonNegative().only("w").then(plane)),
        Optimizer.groups()
            .group("w", p -> p.name().equals("w"), new Adam())
            .otherwise(new Adam().projected(plane))
            .build());
    for (Optimizer optimizer : failing) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> optimizer.step(two)).isInstanceOf(IllegalArgumentException.class);
        assertThat(value.toDoubleVector()).containsExactly(1, 1);
        assertThat(b.toDoubleVector()).containsExactly(1);
        assertThat(optimizer.steps()).isZero();
        assertThat(optimizer.state().parameters()).isEmpty();
      }
    }
    Optimizer fits = new Sgd(1).projected(plane.only("w"));
    fits.step(two);
    assertThat(value.toDoubleVector()).containsExactly(-1.5, 2.5);
  }

  /** An optimizer that extends nothing of this library has a rate of its own, and takes those handed in. */
  @Test
  void aForeignOptimizerIsMappedToo() {
    Recorder recorder = new Recorder();
    Optimizer foreign = new Optimizer() {
      private final Sgd inside = new Sgd(0.5);

      @Override
      public void step(Parameters all) {
        inside.step(all);
      }

      @Override
      public void step(StepContext context) {
        inside.step(context);
      }

      @Override
      public long steps() {
        return inside.steps();
      }

      @Override
      public double learningRate() {
        return inside.learningRate();
      }

      @Override
      public io.github.descent4j.OptimizerState state() {
        return inside.state();
      }
    };
    foreign.proximal(recorder).step(parameters);
    foreign.proximal(recorder).scheduled(SCHEDULE).step(parameters);
    assertThat(recorder.rates).containsExactly(0.5, 0.25);
    assertThat(value.toDoubleVector()).containsExactly(1, 1 + 4 * 0.5 + 4 * 0.25);
  }

  /** The file is that of the optimizer without it. */
  @Test
  void trainingGoesOnWithTheSameBits() {
    Optimizer saved = constrained();
    run(saved, parameters, 0);
    saved.state().save(folder.resolve("state"));
    parameters.save(folder.resolve("values"));
    run(saved, parameters, 5);

    INDArray other = Nd4j.createFromArray(9.0, 9.0);
    Parameters others = Parameters.of(Parameter.of("w", other, other.dup()));
    Optimizer loaded = constrained();
    run(loaded, others, 2);
    loaded.state().load(folder.resolve("state"), others);
    others.load(folder.resolve("values"));
    run(loaded, others, 5);
    assertSameBits("resumed", other, value);
    new Adam(0.5).state().load(folder.resolve("state"));
  }

  private static Optimizer constrained() {
    return new Adam(0.5).proximal(ProximalMap.l1(0.1)).projected(Projection.l1Ball(1.5));
  }

  private static void run(Optimizer optimizer, Parameters parameters, int from) {
    for (int step = from; step < from + 5; step++) {
      double[] numbers = TestArrays.uniform(new SplittableRandom(step), 2);
      parameters.get(0).gradient().assign(Nd4j.createFromArray(numbers));
      optimizer.step(parameters);
      double[] now = Golden.numbers(parameters.get(0).value());
      assertThat(Math.abs(now[0]) + Math.abs(now[1])).isLessThanOrEqualTo(1.5 + 1e-15);
    }
  }

  @Test
  void isPrintedAsItIsCalled() {
    assertThat(new Sgd(0.1).proximal(ProximalMap.l1(0.5)).projected(Projection.nonNegative()))
        .hasToString(new Sgd(0.1) + ".proximal(l1(0.5)).projected(nonNegative())");
    assertThatThrownBy(() -> new Sgd(0.1).projected(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("map is null, expected a projection or a proximal map");
  }
}
