package io.github.descent4j.health;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.health.GradientVerdict.DEAD;
import static io.github.descent4j.health.GradientVerdict.EXPLODING;
import static io.github.descent4j.health.GradientVerdict.HEALTHY;
import static io.github.descent4j.health.GradientVerdict.UNMOVED;
import static io.github.descent4j.health.GradientVerdict.VANISHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.schedule.Schedules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientMonitorTest {
  /** Of two layers, in the order of the model. */
  private final INDArray firstGradient = Nd4j.ones(DataType.DOUBLE, 2, 3);

  private final INDArray biasGradient = Nd4j.ones(DataType.DOUBLE, 3);
  private final INDArray lastGradient = Nd4j.ones(DataType.DOUBLE, 3, 2);
  private final Parameters parameters = Parameters.of(
      Parameter.of("first", Nd4j.ones(DataType.DOUBLE, 2, 3), firstGradient),
      Parameter.of("bias", Nd4j.zeros(DataType.DOUBLE, 3), biasGradient),
      Parameter.of("last", Nd4j.ones(DataType.DOUBLE, 3, 2), lastGradient));
  private final GradientMonitor monitor = GradientMonitor.builder().patience(3).build();

  static List<OptimizerCase> all() {
    return OptimizerCase.all();
  }

  @Test
  void measuresWhatOneComputesByHand() {
    firstGradient.assign(2);
    new Sgd(0.25).monitored(monitor).step(parameters);
    ParameterHealth first = health("first");
    assertThat(first.step()).isEqualTo(1);
    assertThat(first.gradientNorm()).isCloseTo(2 * Math.sqrt(6), within(1e-15));
    assertThat(first.gradientRms()).isCloseTo(2, within(1e-15));
    assertThat(first.parameterNorm()).isCloseTo(Math.sqrt(6), within(1e-15));
    assertThat(first.updateRatio()).isCloseTo(0.5, within(1e-15));
    assertThat(first.verdict()).isEqualTo(HEALTHY);
    assertThat(first.since()).isEqualTo(1);
    assertThat(health("bias").updateRatio()).as("of a parameter that is 0").isNaN();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void measuresArraysOfEveryLayoutAndType(Layout layout) {
    SplittableRandom random = new SplittableRandom(7);
    long[] shape = {5, 7};
    for (DataType type :
        new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16}) {
      INDArray value = create(type, shape, random, layout);
      INDArray gradient = create(type, shape, random, layout);
      INDArray before = value.castTo(DataType.DOUBLE).dup();
      GradientMonitor fresh = GradientMonitor.builder().build();
      new Sgd(0.25).monitored(fresh).step(Parameters.of(Parameter.of("w", value, gradient)));
      ParameterHealth health = fresh.health().get(0);
      double norm = before.norm2Number().doubleValue();
      double update = value.castTo(DataType.DOUBLE).sub(before).norm2Number().doubleValue();
      assertThat(health.parameterNorm()).isCloseTo(norm, within(1e-6));
      assertThat(health.updateRatio()).isCloseTo(update / norm, within(1e-6));
      assertThat(health.gradientNorm())
          .isCloseTo(gradient.castTo(DataType.DOUBLE).norm2Number().doubleValue(), within(1e-6));
    }
  }

  private static INDArray create(
      DataType type, long[] shape, SplittableRandom random, Layout layout) {
    double[] numbers = TestArrays.uniform(random, TestArrays.length(shape));
    return TestArrays.lay(TestArrays.create(type, shape, numbers), layout);
  }

  @ParameterizedTest
  @MethodSource("all")
  void changesNoBitOfTraining(OptimizerCase optimizer) {
    INDArray plainValue = Nd4j.linspace(DataType.FLOAT, -1, 0.1, 21).reshape(3, 7);
    INDArray monitoredValue = plainValue.dup();
    INDArray gradient = Nd4j.create(DataType.FLOAT, 3, 7);
    Optimizer plain = optimizer.create().get();
    Optimizer monitored = optimizer.create().get().monitored(monitor);
    for (int step = 0; step < 12; step++) {
      gradient.assign(plainValue.mul(step - 4));
      plain.step(Parameters.of(Parameter.of("w", plainValue, gradient)));
      monitored.step(Parameters.of(Parameter.of("w", monitoredValue, gradient)));
    }
    assertSameBits("w", monitoredValue, plainValue);
    assertThat(monitor.lastStep()).isEqualTo(12);
  }

  @Test
  void aGradientThatIsNotFiniteExplodesAtOnce() {
    Optimizer optimizer = new Sgd(0.01).monitored(monitor);
    optimizer.step(parameters);
    lastGradient.putScalar(0, 1, Double.POSITIVE_INFINITY);
    optimizer.step(parameters);
    assertThat(health("last").verdict()).isEqualTo(EXPLODING);
    assertThat(health("last").since()).isEqualTo(2);
    assertThat(health("last").gradientNorm()).isInfinite();
    assertThat(health("first").verdict()).isEqualTo(HEALTHY);
    assertThat(monitor.report().isHealthy()).isFalse();
    assertThat(monitor.report().onsets())
        .containsExactly(new GradientReport.Onset(2, "last", EXPLODING));
  }

  @Test
  void aStepThatAGuardInsideRefusesIsObserved() {
    lastGradient.putScalar(0, 1, Double.NaN);
    Optimizer failing = new Sgd().guarded(NonFinite.FAIL).monitored(monitor);
    assertThatThrownBy(() -> failing.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(health("last").verdict()).isEqualTo(EXPLODING);
    assertThat(health("first").updateRatio()).isNaN();

    GradientMonitor other = GradientMonitor.builder().build();
    new Sgd().guarded(NonFinite.SKIP).monitored(other).step(parameters);
    assertThat(other.health().get(2).verdict()).isEqualTo(EXPLODING);
    assertThat(other.health().get(0).updateRatio()).isNaN();
  }

  @Test
  void anUpdateBeyondTheWeightExplodesAtOnceAndOneOfABiasDoesNot() {
    parameters.get("bias").value().assign(0.01);
    Optimizer optimizer = new Sgd(9).monitored(monitor);
    optimizer.step(parameters);
    assertThat(monitor.report().isHealthy()).isTrue();
    firstGradient.assign(10);
    optimizer.step(parameters);
    assertThat(health("first").updateRatio()).isCloseTo(90 / 8.0, within(1e-12));
    assertThat(health("first").verdict()).isEqualTo(EXPLODING);
    assertThat(health("bias").verdict()).isEqualTo(HEALTHY);
  }

  @Test
  void growthExplodesWhenItStaysAndUpdatesAreLarge() {
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    repeat(20, optimizer);
    firstGradient.assign(150);
    biasGradient.assign(1e-3);
    repeat(2, optimizer);
    firstGradient.assign(1);
    optimizer.step(parameters);
    assertThat(health("first").verdict()).as("two outliers").isEqualTo(HEALTHY);

    firstGradient.assign(500);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(EXPLODING);
    assertThat(health("first").since()).isEqualTo(24);
    assertThat(health("last").verdict()).isEqualTo(HEALTHY);

    GradientMonitor clipped = GradientMonitor.builder().patience(3).build();
    firstGradient.assign(1);
    Optimizer cured = new Sgd(1e-3).clipped(GradientClip.byGlobalNorm(1)).monitored(clipped);
    repeat(20, cured);
    firstGradient.assign(500);
    repeat(5, cured);
    assertThat(clipped.report().isHealthy()).as("clipped updates are small").isTrue();
  }

  @Test
  void aGradientOfZerosIsDeadWhenItStays() {
    Optimizer optimizer = new Adam().monitored(monitor);
    optimizer.step(parameters);
    biasGradient.assign(0);
    repeat(2, optimizer);
    assertThat(health("bias").verdict()).isEqualTo(HEALTHY);
    optimizer.step(parameters);
    assertThat(health("bias").verdict()).isEqualTo(DEAD);
    assertThat(health("bias").since()).as("the first of the three").isEqualTo(2);
    biasGradient.assign(1e-300);
    repeat(2, optimizer);
    assertThat(health("bias").verdict()).isEqualTo(DEAD);
    optimizer.step(parameters);
    assertThat(health("bias").verdict()).as("gradients come").isEqualTo(HEALTHY);
    assertThat(health("bias").since()).isEqualTo(5);
  }

  @Test
  void aWeightVanishesAgainstThoseBehindIt() {
    firstGradient.assign(0.9e-3);
    biasGradient.assign(1e-9);
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    repeat(2, optimizer);
    assertThat(monitor.report().isHealthy()).isTrue();
    optimizer.step(parameters);
    assertThat(health("first").verdict()).isEqualTo(VANISHING);
    assertThat(health("first").since()).isEqualTo(1);
    assertThat(health("bias").verdict()).as("not a weight").isEqualTo(HEALTHY);
    assertThat(health("last").verdict()).as("the scale").isEqualTo(HEALTHY);

    firstGradient.assign(1.1e-3);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(HEALTHY);
  }

  @Test
  void gradientsThatBecomeSmallTogetherOrTowardsTheEndDoNotVanish() {
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    lastGradient.assign(1e-6);
    repeat(5, optimizer);
    assertThat(monitor.report().isHealthy()).isTrue();
    firstGradient.assign(1e-6);
    repeat(5, optimizer);
    assertThat(monitor.report().isHealthy()).isTrue();
  }

  @Test
  void whatHasVanishedIsCuredByItsOwnGrowthAlone() {
    firstGradient.assign(1e-6);
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(VANISHING);
    lastGradient.assign(1e-6);
    repeat(5, optimizer);
    assertThat(health("first").verdict())
        .as("the last layer has come to rest")
        .isEqualTo(VANISHING);
    assertThat(health("first").since()).isEqualTo(1);
    firstGradient.assign(1.1e-3);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(HEALTHY);
    firstGradient.assign(1e-6);
    repeat(5, optimizer);
    assertThat(health("first").verdict()).as("as small as the last").isEqualTo(HEALTHY);
  }

  @Test
  void whatVanishesEntirelyIsDead() {
    firstGradient.assign(1e-6);
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    repeat(3, optimizer);
    firstGradient.assign(0);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(DEAD);
    firstGradient.assign(1);
    repeat(3, optimizer);
    assertThat(health("first").verdict()).isEqualTo(HEALTHY);
  }

  /** The common mistake: 10 epochs, and a schedule that counts steps. */
  @Test
  void aScheduleThatHasEndedAtZeroLeavesEverythingUnmoved() {
    Optimizer optimizer = new Adam().scheduled(Schedules.cosine(1e-2, 10)).monitored(monitor);
    repeat(12, optimizer);
    assertThat(monitor.report().isHealthy()).as("two steps").isTrue();
    optimizer.step(parameters);
    assertThat(monitor.health())
        .extracting(ParameterHealth::verdict)
        .containsExactly(UNMOVED, UNMOVED, UNMOVED);
    assertThat(monitor.health()).extracting(ParameterHealth::since).containsOnly(11L);
    assertThat(health("first").updateRatio()).isZero();
    assertThat(monitor.report().onsets().get(0))
        .isEqualTo(new GradientReport.Onset(11, "last", UNMOVED));
    assertThat(monitor.report().toString()).contains("unmoved since step 11");

    GradientMonitor other = GradientMonitor.builder().patience(3).build();
    repeat(1_000, new Adam().scheduled(Schedules.cosine(1e-2, 10).perEpoch(100)).monitored(other));
    assertThat(other.report().isHealthy()).as("epochs").isTrue();
  }

  /** Half the distance from 1 to the number below it, which is where the step to it begins. */
  @ParameterizedTest
  @CsvSource({"BFLOAT16, 0x1p-9", "HALF, 0x1p-12", "FLOAT, 0x1p-25", "DOUBLE, 0x1p-54"})
  void stepsThatAreRoundedAwayLeaveAParameterUnmoved(DataType type, double half) {
    INDArray value = Nd4j.ones(type, 2, 3);
    Parameters rounded = Parameters.of(Parameter.of("w", value, Nd4j.ones(type, 2, 3)));
    AdjustableOptimizer sgd = new Sgd(half * 0.99).adjustable();
    Optimizer optimizer = sgd.monitored(monitor);
    for (int step = 0; step < 3; step++) {
      optimizer.step(rounded);
    }
    assertThat(value.minNumber().doubleValue()).isEqualTo(1);
    assertThat(health("w").verdict()).isEqualTo(UNMOVED);
    assertThat(health("w").since()).isEqualTo(1);

    sgd.learningRate(half * 1.01);
    for (int step = 0; step < 3; step++) {
      optimizer.step(rounded);
    }
    assertThat(health("w").updateRatio()).isPositive();
    assertThat(health("w").verdict()).isEqualTo(HEALTHY);
    assertThat(health("w").since()).isEqualTo(4);
  }

  @Test
  void oneElementThatMovesIsEnough() {
    INDArray value = Nd4j.ones(DataType.BFLOAT16, 2, 3);
    value.putScalar(1, 2, 0.01);
    Parameters rounded =
        Parameters.of(Parameter.of("w", value, Nd4j.ones(DataType.BFLOAT16, 2, 3)));
    Optimizer optimizer = new Sgd(1e-4).monitored(monitor);
    for (int step = 0; step < 5; step++) {
      optimizer.step(rounded);
    }
    assertThat(health("w").verdict()).isEqualTo(HEALTHY);
  }

  @Test
  void whatHasNoGradientIsDeadAndWhatVanishesVanishesWhateverMoves() {
    firstGradient.assign(1e-6);
    biasGradient.assign(0);
    repeat(5, new Sgd(0).monitored(monitor));
    assertThat(monitor.health())
        .extracting(ParameterHealth::verdict)
        .containsExactly(VANISHING, DEAD, UNMOVED);
  }

  /** Outside of an accumulation only every third call takes a step; a guard may take none. */
  @Test
  void aStepThatIsNotTakenSaysNothingOfMotion() {
    Optimizer optimizer = new Sgd(0).accumulated(3).monitored(monitor);
    repeat(8, optimizer);
    assertThat(monitor.report().isHealthy()).as("two steps in eight calls").isTrue();
    optimizer.step(parameters);
    assertThat(health("first").verdict()).isEqualTo(UNMOVED);
    assertThat(health("first").since()).isEqualTo(1);
    repeat(5, optimizer);
    assertThat(health("first").verdict()).isEqualTo(UNMOVED);

    GradientMonitor other = GradientMonitor.builder().patience(3).build();
    lastGradient.assign(Double.NaN);
    repeat(5, new Sgd().guarded(NonFinite.SKIP).monitored(other));
    assertThat(other.health())
        .extracting(ParameterHealth::verdict)
        .containsExactly(HEALTHY, HEALTHY, EXPLODING);
  }

  @Test
  void troubleBeginsAtTheEndOfTheModel() {
    firstGradient.assign(Double.NaN);
    lastGradient.assign(Double.NaN);
    Optimizer optimizer = new Sgd().monitored(monitor);
    repeat(3, optimizer);
    assertThat(monitor.report().onsets())
        .containsExactly(
            new GradientReport.Onset(1, "last", EXPLODING),
            new GradientReport.Onset(1, "first", EXPLODING));
  }

  @Test
  void anOnsetHasTheStepAtWhichItBeganAndIsToldOnce() {
    biasGradient.assign(0);
    Optimizer optimizer = new Sgd(1e-3).monitored(monitor);
    optimizer.step(parameters);
    lastGradient.assign(Double.NaN);
    repeat(2, optimizer);
    biasGradient.assign(1);
    repeat(3, optimizer);
    assertThat(health("bias").verdict()).isEqualTo(HEALTHY);
    biasGradient.assign(0);
    repeat(3, optimizer);
    assertThat(monitor.report().onsets())
        .as("dead was sure after exploding, and began before")
        .containsExactly(
            new GradientReport.Onset(1, "bias", DEAD),
            new GradientReport.Onset(2, "last", EXPLODING));
    assertThat(health("bias").since()).isEqualTo(7);
  }

  @Test
  void observesEveryFewSteps() {
    GradientMonitor third = GradientMonitor.builder().every(3).build();
    Optimizer optimizer = new Sgd(0.1).monitored(third);
    List<Long> observed = new ArrayList<>();
    for (int step = 0; step < 8; step++) {
      optimizer.step(parameters);
      observed.add(third.lastStep());
    }
    assertThat(observed).containsExactly(1L, 1L, 1L, 4L, 4L, 4L, 7L, 7L);
  }

  @Test
  void seesWhatTheDecoratorsOutsideHaveLeft() {
    GradientMonitor inside = GradientMonitor.builder().build();
    GradientMonitor outside = GradientMonitor.builder().build();
    new Sgd()
        .monitored(inside)
        .clipped(GradientClip.byNorm(0.5))
        .clipped(GradientClip.byValue(-0.5, 0.5))
        .monitored(outside)
        .step(parameters);
    assertThat(outside.health().get(0).gradientNorm()).isCloseTo(Math.sqrt(6), within(1e-15));
    assertThat(inside.health().get(0).gradientNorm()).isCloseTo(0.5, within(1e-15));
    assertThat(inside.health().get(0).updateRatio())
        .isEqualTo(outside.health().get(0).updateRatio());
  }

  @Test
  void countsStepsAndNotMicroSteps() {
    GradientMonitor outside = GradientMonitor.builder().build();
    Optimizer optimizer = new Sgd(0.1).monitored(monitor).accumulated(3).monitored(outside);
    repeat(2, optimizer);
    assertThat(monitor.lastStep()).isZero();
    assertThat(outside.health().get(0).updateRatio()).isNaN();
    optimizer.step(parameters);
    assertThat(monitor.lastStep()).isEqualTo(1);
    assertThat(outside.lastStep()).isEqualTo(1);
    assertThat(outside.health().get(0).updateRatio()).isPositive();
  }

  @Test
  void aFailedStepIsNotObserved() {
    Optimizer optimizer = new Sgd().scheduled(step -> -1).monitored(monitor);
    assertThatThrownBy(() -> optimizer.step(parameters)).isInstanceOf(IllegalStateException.class);
    assertThat(monitor.lastStep()).isZero();
    assertThat(monitor.health()).isEmpty();
  }

  @Test
  void goesAroundAnyUpdate() {
    for (int step = 0; step < 3; step++) {
      monitor.beforeStep(parameters);
      parameters.get("first").value().muli(0.75);
      monitor.afterStep();
    }
    assertThat(monitor.lastStep()).isEqualTo(3);
    assertThat(health("first").updateRatio()).isCloseTo(0.25, within(1e-15));
    assertThat(health("last").updateRatio()).isZero();
  }

  @Test
  void stateFilesKnowNothingOfIt(@TempDir Path folder) {
    Optimizer plain = new Adam().averaged(WeightAverage.ema(0.9));
    plain.step(parameters);
    Path file = folder.resolve("plain.npz");
    plain.state().save(file);
    Optimizer monitored = new Adam().monitored(monitor).averaged(WeightAverage.ema(0.9));
    monitored.state().load(file, parameters);
    monitored.step(parameters);
    assertThat(monitor.lastStep()).isEqualTo(2);

    monitored.state().save(file);
    plain.state().load(file, parameters);
    assertThat(plain.steps()).isEqualTo(2);
  }

  @Test
  void parametersMayJoinLaterAndKeepTheirShapes() {
    Optimizer optimizer = new Sgd(0.1).monitored(monitor);
    optimizer.step(Parameters.of(parameters.get("first")));
    optimizer.step(parameters);
    assertThat(monitor.health().stream().map(ParameterHealth::since)).containsExactly(1L, 2L, 2L);

    INDArray other = Nd4j.ones(DataType.DOUBLE, 3, 3);
    GradientMonitor byHand = GradientMonitor.builder().build();
    byHand.beforeStep(parameters);
    byHand.afterStep();
    assertThatThrownBy(
            () -> byHand.beforeStep(Parameters.of(Parameter.of("last", other, other.dup()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'last' has shape [3, 3], expected [3, 2] as at its first step");
    byHand.beforeStep(parameters);
    byHand.afterStep();
    assertThat(byHand.lastStep()).isEqualTo(2);
  }

  @Test
  void arraysWithoutElementsAndScalarsAreHealthy() {
    Parameters odd = Parameters.of(
        Parameter.of("empty", Nd4j.empty(DataType.FLOAT), Nd4j.empty(DataType.FLOAT)),
        Parameter.of("scalar", Nd4j.scalar(2f), Nd4j.scalar(1f)));
    Optimizer optimizer = new Sgd(0.1).monitored(monitor);
    for (int step = 0; step < 5; step++) {
      optimizer.step(odd);
    }
    assertThat(monitor.report().isHealthy()).isTrue();
    assertThat(health("empty").gradientRms()).isZero();
  }

  @Test
  void theReportIsATable() {
    firstGradient.assign(0);
    biasGradient.assign(Double.NaN);
    repeat(3, new Sgd(1e-3).monitored(monitor));
    assertThat(monitor.report()).hasToString("""
            step 3  gradient norm   gradient RMS  parameter norm  update ratio  verdict
            first        0.00e+00       0.00e+00        2.45e+00      0.00e+00  dead since step 1
            bias                -              -               -             -  exploding since step 1
            last         2.45e+00       1.00e+00        2.44e+00      1.00e-03  healthy
            began: exploding at step 1 in bias
            """.replace("\n", System.lineSeparator()));
  }

  @Test
  void hasOneUse() {
    new Sgd().monitored(monitor);
    assertThatThrownBy(() -> new Adam().monitored(monitor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("monitor is used by Sgd(")
        .hasMessageEndingWith(", expected one of this optimizer's own");
    assertThatThrownBy(() -> monitor.beforeStep(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("monitor is used by Sgd(");
    assertThatThrownBy(() -> new Sgd().monitored(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("monitor is null, expected a gradient monitor");

    GradientMonitor byHand = GradientMonitor.builder().build();
    assertThatThrownBy(byHand::afterStep)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("afterStep() was called, expected beforeStep() ahead of it");
    byHand.beforeStep(parameters);
    byHand.afterStep();
    assertThatThrownBy(byHand::afterStep).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Adam().monitored(byHand))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("monitor has been told of 1 steps, expected one of this optimizer's own");
  }

  @Test
  void settingsAreValidated() {
    assertRefused(
        GradientMonitor.builder().every(0), "every is 0.0, expected a finite number >= 1.0");
    assertRefused(
        GradientMonitor.builder().patience(0), "patience is 0.0, expected a finite number >= 1.0");
    assertRefused(
        GradientMonitor.builder().vanishing(-1),
        "vanishing is -1.0, expected a finite number >= 0");
    assertRefused(
        GradientMonitor.builder().explodingGrowth(1),
        "explodingGrowth is 1.0, expected a number > 1");
    assertRefused(
        GradientMonitor.builder().largeUpdate(Double.NaN),
        "largeUpdate is NaN, expected a number >= 0");
    assertRefused(
        GradientMonitor.builder().explodingUpdate(0),
        "explodingUpdate is 0.0, expected a number > 0");
    assertThat(GradientMonitor.builder().every(10).build())
        .hasToString("GradientMonitor(every=10, patience=5, vanishing=0.001, explodingGrowth=100.0,"
            + " largeUpdate=0.1, explodingUpdate=10.0)");
  }

  private static void assertRefused(GradientMonitor.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private void repeat(int steps, Optimizer optimizer) {
    Collections.nCopies(steps, parameters).forEach(optimizer::step);
  }

  private ParameterHealth health(String name) {
    return monitor.health().stream()
        .filter(health -> health.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
