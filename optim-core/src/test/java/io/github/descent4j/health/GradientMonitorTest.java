package io.github.descent4j.health;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.health.GradientVerdict.HEALTHY;
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
import io.github.descent4j.decorator.WeightAverage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientMonitorTest extends MonitoredModel {
  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
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
  void anArrayThatIsClosedDuringTheStepIsNamed() {
    GradientMonitor byHand = GradientMonitor.builder().build();
    INDArray gradient = Nd4j.ones(2);
    byHand.beforeStep(Parameters.of(Parameter.of("w", Nd4j.ones(2), gradient)));
    gradient.close();
    assertThatThrownBy(byHand::afterStep)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'w' has been closed, expected an open array");
    assertThat(byHand.lastStep()).isZero();
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
}
