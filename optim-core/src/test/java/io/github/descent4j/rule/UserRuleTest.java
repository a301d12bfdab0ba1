package io.github.descent4j.rule;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.rule.UserRuleRuns.assertSame;
import static io.github.descent4j.rule.UserRuleRuns.model;
import static io.github.descent4j.rule.UserRuleRuns.run;
import static io.github.descent4j.rule.UserRuleRuns.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.AveragedOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.schedule.Schedules;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rules of a user's own have all that those of the library have, whichever of the doors they take. */
class UserRuleTest {
  private static final List<DataType> TYPES =
      List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);

  @TempDir
  private Path folder;

  private enum Direction {
    SIGN,
    PLAIN
  }

  /** One rule for each of the doors. */
  private enum Door {
    ELEMENTS {
      @Override
      void define(Formula f, double beta) {
        Scalar kept = f.hyperparameter("beta", beta, Range.FRACTION);
        Scalar epsilon = f.epsilon("epsilon", 1e-8);
        Direction direction = f.option("direction", Direction.PLAIN);
        int power = f.option("power", 2);
        boolean corrected = f.option("corrected", true);
        Slot m = f.slot("m");
        Slot scale = f.slot("scale", 0.5);
        Term next = m.set(m.mix(kept, f.gradient()));
        Term largest = scale.set(scale.maximum(next.absolute()));
        Scalar rate = f.scalar("rate", s -> s.learningRate() / s.biasCorrection(kept));
        Term step = direction == Direction.SIGN ? next.sign() : next.over(largest.plus(epsilon));
        f.subtract((corrected ? rate : f.learningRate()).times(step.times(power)));
      }
    },
    NORMS {
      @Override
      void define(Formula f, double beta) {
        Scalar kept = f.hyperparameter("beta", beta, Range.FRACTION);
        Slot m = f.slot("m");
        Term next = m.set(m.mix(kept, f.gradient()));
        Scalar trust =
            f.ofNorms("trust", n -> n[0] > 0 && n[1] > 0 ? n[0] / n[1] : 1, f.parameter(), next);
        f.subtract(f.learningRate().times(trust).times(next));
      }
    },
    MODEL_NORMS {
      @Override
      void define(Formula f, double beta) {
        Scalar kept = f.hyperparameter("beta", beta, Range.FRACTION);
        Slot m = f.slot("m");
        Term next = m.set(m.mix(kept, f.gradient()));
        Scalar shrink = f.ofModelNorms("shrink", n -> 1 / Math.max(1, n[0]), next);
        f.subtract(f.learningRate().times(shrink).times(next));
      }
    },
    WHOLE {
      @Override
      void define(Formula f, double beta) {
        double kept = f.hyperparameter("beta", beta, Range.FRACTION).value();
        f.wholeParameter(w -> {
          INDArray m = w.slot("m", w.value().shape());
          INDArray calls = w.slot("calls");
          calls.addi(1);
          m.muli(kept).addi(w.gradient().mul(1 - kept));
          w.value().subi(m.mul(w.learningRate()));
        });
      }
    };

    abstract void define(Formula f, double beta);

    UpdateRule rule(double beta) {
      return UpdateRule.of("test." + name(), 0.1, f -> define(f, beta));
    }

    UpdateRule rule() {
      return rule(0.75);
    }

    UpdateRule decayed(WeightDecay decay) {
      return UpdateRule.define("test." + name(), 0.1, f -> define(f, 0.75))
          .weightDecay(decay)
          .build();
    }
  }

  @Test
  void hyperparametersPrintAndCanBeRead() {
    UpdateRule rule = Door.ELEMENTS.rule();
    assertThat(rule)
        .hasToString(
            "test.ELEMENTS(learningRate=0.1, beta=0.75, epsilon=1.0E-8, direction=PLAIN, power=2,"
                + " corrected=true, weightDecay=none)");
    assertThat(rule.hyperparameters()).containsEntry("power", 2).containsEntry("beta", 0.75);
    assertThat(Door.ELEMENTS.decayed(WeightDecay.coupled(0.5)).toString())
        .endsWith("weightDecay=coupled(0.5))");
    assertThat(rule.learningRate()).isEqualTo(0.1);
    assertThat(rule.formula()).contains("m' = ").contains("scale' = max(");
    assertThat(Door.WHOLE.rule().formula()).contains("whole parameters");
  }

  @Test
  void theStateTellsOfWhatItIs() {
    UpdateRule rule = UpdateRule.of("Plain", 0.5, f -> f.subtract(f.gradient()));
    assertThat(rule.state()).hasToString(rule + " after 0 steps of []");
    rule.step(model(DataType.FLOAT));
    assertThat(rule.state()).hasToString(rule + " after 1 steps of [p0, p1]");
    assertThat(rule.weightDecay()).hasToString("none");
    WeightDecay decay = WeightDecay.coupled(0.5);
    assertThat(Door.NORMS.decayed(decay).weightDecay()).isSameAs(decay);
    assertThatThrownBy(() -> rule.state().parameters().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> rule.hyperparameters().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> rule.remembered().put("n", 1.0))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void everyLayoutHasTheSameBits(Door door) {
    for (DataType type : TYPES) {
      long[][] shapes = TestArrays.SHAPES.stream()
          .filter(shape -> door != Door.WHOLE || TestArrays.length(shape) > 0)
          .toArray(long[][]::new);
      Parameters dense = model(type, Layout.C_ORDER, shapes);
      run(door.rule(), dense, 0, 3);
      for (Layout layout : Layout.values()) {
        Parameters laid = model(type, layout, shapes);
        run(door.rule(), laid, 0, 3);
        for (int i = 0; i < laid.size(); i++) {
          assertSameBits(
              type + " " + layout + " " + laid.get(i),
              laid.get(i).value(),
              dense.get(i).value());
        }
      }
    }
  }

  @Test
  void theElementsAreThoseOfTheFormula() {
    Parameters parameters = model(DataType.DOUBLE);
    double p = parameters.get(0).value().getDouble(1, 2);
    double m = 0;
    double scale = 0.5;
    UpdateRule rule = Door.ELEMENTS.rule();
    for (int t = 1; t <= 4; t++) {
      run(rule, parameters, t, t + 1);
      double g = parameters.get(0).gradient().getDouble(1, 2);
      m = 0.75 * m + 0.25 * g;
      scale = Math.max(scale, Math.abs(m));
      p -= 0.1 / (1 - Math.pow(0.75, t)) * (m / (scale + 1e-8) * 2);
    }
    assertThat(parameters.get(0).value().getDouble(1, 2)).isCloseTo(p, within(1e-14));
    assertThat(rule.state().slots("p0")).containsExactly("m", "scale");
    assertThat(rule.state().slot("p0", "scale").getDouble(1, 2)).isCloseTo(scale, within(1e-15));
    assertThat(rule.state().steps("p0")).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void weightDecayWorksBothWays(Door door) {
    Parameters coupled = model(DataType.DOUBLE);
    INDArray before = coupled.get(0).value().dup();
    run(door.decayed(WeightDecay.coupled(0.5)), coupled, 0, 1);
    Parameters byHand = model(DataType.DOUBLE);
    UpdateRule plain = door.rule();
    run(UpdateRule.of("none", 0, f -> f.update(f.parameter())), byHand, 0, 1);
    byHand.forEach(p -> p.gradient().addi(p.value().mul(0.5)));
    plain.step(byHand);
    assertThat(coupled.get(0).value().sub(byHand.get(0).value()).amaxNumber().doubleValue())
        .isLessThan(1e-15);

    Parameters decoupled = model(DataType.DOUBLE);
    run(door.decayed(WeightDecay.decoupled(0.5)), decoupled, 0, 1);
    Parameters shrunk = model(DataType.DOUBLE);
    shrunk.forEach(p -> p.value().muli(1 - 0.1 * 0.5));
    run(door.rule(), shrunk, 0, 1);
    assertThat(decoupled.get(0).value().sub(shrunk.get(0).value()).amaxNumber().doubleValue())
        .isLessThan(1e-15);
    assertThat(decoupled.get(0).value()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void schedulesAndClipsOfAllKindsAreThoseOfGradientsByHand(Door door) {
    List<UnaryOperator<Optimizer>> clips = List.of(
        o -> o.clipped(GradientClip.byGlobalNorm(0.5)),
        o -> o.clipped(GradientClip.byNorm(0.5)),
        o -> o.clipped(GradientClip.byValue(-0.25, 0.5)),
        o -> o.clippedAdaptively(AdaptiveClip.of(0.01)),
        o -> o.clipped(GradientClip.byValue(-0.25, 0.5)).clipped(GradientClip.byNorm(0.5)));
    for (UnaryOperator<Optimizer> clip : clips) {
      Parameters clipped = model(DataType.DOUBLE);
      run(clip.apply(door.rule().scheduled(step -> 0.1 * step + 0.1)), clipped, 0, 3);
      // The gradients that such a clip hands to a rule which notes them, taken to another step.
      Parameters byHand = model(DataType.DOUBLE);
      UpdateRule rule = door.rule();
      for (int step = 0; step < 3; step++) {
        int rate = step;
        List<INDArray> before = values(byHand);
        run(
            clip.apply(UpdateRule.of("taken", 1, f -> f.update(f.gradient()))),
            byHand,
            step,
            step + 1);
        for (int i = 0; i < byHand.size(); i++) {
          byHand.get(i).gradient().assign(byHand.get(i).value());
          byHand.get(i).value().assign(before.get(i));
        }
        rule.scheduled(s -> 0.1 * rate + 0.1).step(byHand);
      }
      for (int i = 0; i < clipped.size(); i++) {
        INDArray difference = clipped.get(i).value().sub(byHand.get(i).value());
        assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-14);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void kStepsALoadAndKStepsAre2kStepsInsideEverything(Door door) {
    for (DataType type : TYPES) {
      Path file = folder.resolve(door + "" + type + ".npz");
      Path values = folder.resolve(door + "" + type + "-values.npz");
      Parameters through = model(type);
      Optimizer first = decorated(door);
      run(first, through, 0, 5);
      first.state().save(file);
      through.save(values);
      run(first, through, 5, 10);

      Parameters resumed = model(type);
      Optimizer second = decorated(door);
      run(second, resumed, 50, 53);
      second.state().load(file, resumed);
      resumed.load(values);
      run(second, resumed, 5, 10);
      assertSame(door + " " + type, resumed, values(through));
      Path again = folder.resolve("again.npz");
      Path expected = folder.resolve("expected.npz");
      first.state().save(expected);
      second.state().save(again);
      assertThat(again).hasSameBinaryContentAs(expected);
    }
  }

  private static Optimizer decorated(Door door) {
    return Optimizer.groups()
        .group(
            "seven", p -> p.value().rank() == 1, door.rule(0.5).clipped(GradientClip.byNorm(1)), 2)
        .otherwise(door.decayed(WeightDecay.decoupled(0.1)))
        .build()
        .scheduled(Schedules.linearWarmup(3, 0.1).then(Schedules.constant(0.05)))
        .averaged(WeightAverage.ema(0.9))
        .clipped(GradientClip.byGlobalNorm(1))
        .accumulated(2)
        .guarded(NonFinite.SKIP)
        .monitored(GradientMonitor.builder().build());
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aChangedHyperparameterIsRefusedOnLoad(Door door) {
    Path file = folder.resolve("state.npz");
    UpdateRule saved = door.rule(0.75);
    run(saved, model(DataType.FLOAT), 0, 1);
    saved.state().save(file);
    UpdateRule other = door.rule(0.5);
    assertThatThrownBy(() -> other.state().load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("has hyperparameter beta = 0.75, expected 0.5 as in test." + door);
    UpdateRule renamed = UpdateRule.of("test.other", 0.1, f -> door.define(f, 0.75));
    assertThatThrownBy(() -> renamed.state().load(file))
        .hasMessageContaining("expected \"test.other\"");
    assertThat(other.steps()).isZero();
    assertThat(renamed.state().parameters()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void averagesGuardsAndMonitorsSeeIt(Door door) {
    GradientMonitor monitor = GradientMonitor.builder().build();
    AveragedOptimizer averaged = door.rule().averaged(WeightAverage.equal());
    Optimizer optimizer = averaged.monitored(monitor).guarded(NonFinite.FAIL);
    Parameters parameters = model(DataType.DOUBLE);
    run(optimizer, parameters, 0, 1);
    INDArray first = parameters.get(0).value().dup();
    run(optimizer, parameters, 1, 2);
    INDArray mean = first.add(parameters.get(0).value()).mul(0.5);
    assertThat(averaged.average("p0").sub(mean).amaxNumber().doubleValue()).isLessThan(1e-15);
    assertThat(monitor.report().parameters()).hasSize(2);
    List<INDArray> before = values(parameters);
    parameters.get(1).gradient().putScalar(3, Double.NaN);
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessageContaining("'p1'");
    assertSame("after a refused step", parameters, before);
    assertThat(optimizer.steps()).isEqualTo(2);
  }

  @Test
  void normsOfTheModelAreThoseOfAllParametersTogether() {
    Parameters parameters = model(DataType.DOUBLE);
    double[] seen = {0, 0};
    UpdateRule.of(
            "seen",
            1,
            f -> f.subtract(f.ofModelNorms(
                    "model",
                    n -> {
                      seen[0] = n[0];
                      seen[1] = n[1];
                      return 0;
                    },
                    f.parameter(),
                    f.gradient())
                .times(f.gradient())))
        .clipped(GradientClip.byGlobalNorm(0.5))
        .step(parameters);
    double p = parameters.get(0).value().norm2Number().doubleValue();
    double q = parameters.get(1).value().norm2Number().doubleValue();
    assertThat(seen[0]).isCloseTo(Math.hypot(p, q), within(1e-14));
    assertThat(seen[1]).isCloseTo(0.5, within(1e-14));
  }

  @Test
  void masterValuesKeepWhatHalfTypesWouldLose() {
    Parameters parameters = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.BFLOAT16, 3), Nd4j.ones(DataType.BFLOAT16, 3)));
    UpdateRule rule = UpdateRule.define(
            "Own", 1e-3, f -> f.subtract(f.learningRate().times(f.gradient())))
        .masterValues(true)
        .build();
    for (int step = 0; step < 100; step++) {
      rule.step(parameters);
    }
    assertThat(parameters.get(0).value().getDouble(0)).isCloseTo(0.9, within(4e-3));
    assertThat(rule.state().slots("w")).containsExactly("master");
  }

  @Test
  void aTermTakesNumbers() {
    UpdateRule rule =
        UpdateRule.of("Own", 1, f -> f.subtract(f.gradient().minus(1).over(2).minimum(3)));
    INDArray value = Nd4j.zeros(3);
    rule.step(Parameters.of(Parameter.of("p", value, Nd4j.createFromArray(5f, 9f, 1f))));
    assertThat(value.toFloatVector()).containsExactly(-2, -3, 0);
  }

  @Test
  void theCopiesOfAWholeParameterAreFreedAfterTheStepAndAfterAFailure() {
    List<INDArray> copies = new ArrayList<>();
    UpdateRule rule = UpdateRule.of(
        "Own",
        0.1,
        f -> f.wholeParameter(w -> {
          copies.addAll(List.of(w.value(), w.gradient(), w.slot("m", 2)));
          if (w.t() == 3) {
            throw new IllegalStateException("step 3");
          }
        }));
    Parameters parameters = Parameters.of(
        Parameter.of("p", Nd4j.createFromArray(1f, 2f), Nd4j.createFromArray(3f, 4f)));

    rule.step(parameters);
    assertThat(copies).extracting(INDArray::wasClosed).containsExactly(true, true, false);
    rule.step(parameters);
    assertThat(copies.subList(3, 6)).allMatch(INDArray::wasClosed);
    assertThatIllegalStateException().isThrownBy(() -> rule.step(parameters));
    assertThat(copies.subList(6, 9)).allMatch(INDArray::wasClosed);
    assertThat(copies.get(2).wasClosed()).isFalse(); // the slot itself
  }

  @Test
  void theCopiesOfAWholeParameterAreFreedWhereAnotherGroupFails() {
    List<INDArray> copies = new ArrayList<>();
    UpdateRule rule = UpdateRule.of(
        "Own",
        0.1,
        f ->
            f.wholeParameter(w -> copies.addAll(List.of(w.value(), w.gradient(), w.slot("m", 2)))));
    Optimizer groups = Optimizer.groups()
        .group("whole", parameter -> parameter.name().equals("p"), rule)
        .otherwise(new Sgd().guarded(NonFinite.FAIL))
        .build();
    Parameters parameters = Parameters.of(
        Parameter.of("p", Nd4j.createFromArray(1f, 2f), Nd4j.createFromArray(3f, 4f)),
        Parameter.of("q", Nd4j.createFromArray(1f), Nd4j.createFromArray(Float.NaN)));

    assertThatThrownBy(() -> groups.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(copies).hasSize(3).allMatch(INDArray::wasClosed);
  }
}
