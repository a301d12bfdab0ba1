package io.github.descent4j.health;

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
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import io.github.descent4j.schedule.Schedules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** When each verdict begins, holds and ends. */
class GradientVerdictTest extends MonitoredModel {

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
}
