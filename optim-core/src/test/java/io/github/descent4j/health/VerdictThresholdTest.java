package io.github.descent4j.health;

import static io.github.descent4j.health.GradientVerdict.EXPLODING;
import static io.github.descent4j.health.GradientVerdict.HEALTHY;
import static io.github.descent4j.health.GradientVerdict.VANISHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.decorator.AdjustableOptimizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Each threshold is that of the setting, and what is exactly on it is on the healthy side. All numbers are powers of two. */
class VerdictThresholdTest {
  private final INDArray value = Nd4j.ones(DataType.DOUBLE, 1, 1);
  private final INDArray gradient = Nd4j.ones(DataType.DOUBLE, 1, 1);
  private final INDArray laterGradient = Nd4j.ones(DataType.DOUBLE, 1, 1);
  private final Parameters parameters = Parameters.of(
      Parameter.of("w", value, gradient),
      Parameter.of(
          "later", Nd4j.valueArrayOf(new long[] {1, 1}, 1024.0, DataType.DOUBLE), laterGradient));
  private final AdjustableOptimizer sgd = new Sgd(0x1p-10).adjustable();

  private GradientVerdict verdict(GradientMonitor monitor) {
    return monitor.health().get(0).verdict();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10, false",
    "10, 10.5, true",
    "2, 2, false",
    "2, 2.25, true",
    "Infinity, 1e9, false"
  })
  void anUpdateExplodesAboveTheRatio(double threshold, double ratio, boolean explodes) {
    GradientMonitor monitor =
        GradientMonitor.builder().explodingUpdate(threshold).build();
    sgd.learningRate(ratio);
    sgd.monitored(monitor).step(parameters);
    assertThat(monitor.health().get(0).updateRatio()).isEqualTo(ratio);
    assertThat(verdict(monitor)).isEqualTo(explodes ? EXPLODING : HEALTHY);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 10})
  void theDefaultOfTheRatioIsTen(double more) {
    GradientMonitor monitor = GradientMonitor.builder().build();
    sgd.learningRate(10 + more);
    sgd.monitored(monitor).step(parameters);
    assertThat(verdict(monitor)).isEqualTo(more > 0 ? EXPLODING : HEALTHY);
  }

  /** Fifty steps of norm 1, then one. The update is the rate times the norm over the parameter, 1. */
  @ParameterizedTest
  @CsvSource({
    "4, 4, 0.0625, 0.0625, false",
    "4, 4.5, 0.0625, 0.0625, true",
    "8, 4.5, 0.0625, 0.0625, false",
    "100, 100, 0.0625, 1, false",
    "100, 101, 0.0625, 1, true",
    "4, 8, 1, 0.125, false",
    "4, 8, 0.5, 0.125, true",
    "4, 8, Infinity, 1, false",
  })
  void growthExplodesAboveItsFactorAndWithALargeUpdate(
      double factor, double norm, double large, double rate, boolean explodes) {
    GradientMonitor monitor = GradientMonitor.builder()
        .patience(1)
        .explodingGrowth(factor)
        .largeUpdate(large)
        .explodingUpdate(Double.POSITIVE_INFINITY)
        .build();
    var monitored = sgd.monitored(monitor);
    sgd.learningRate(0x1p-40);
    for (int step = 0; step < 50; step++) {
      monitored.step(parameters);
      assertThat(verdict(monitor)).isEqualTo(HEALTHY);
    }
    value.assign(1);
    gradient.assign(norm);
    sgd.learningRate(rate);
    monitored.step(parameters);
    assertThat(monitor.health().get(0).updateRatio()).isEqualTo(rate * norm);
    assertThat(verdict(monitor)).isEqualTo(explodes ? EXPLODING : HEALTHY);
  }

  @ParameterizedTest
  @CsvSource({
    "0x1p-5, 0x1p-5, false",
    "0x1p-5, 0x1p-6, true",
    "0x1p-7, 0x1p-6, false",
    "0, 1e-300, false"
  })
  void aGradientVanishesBelowThePartOfALaterOne(double part, double norm, boolean vanishes) {
    GradientMonitor monitor =
        GradientMonitor.builder().patience(1).vanishing(part).build();
    gradient.assign(norm);
    sgd.monitored(monitor).step(parameters);
    // Where the step is rounded away the parameter is unmoved, which is asked last.
    assertThat(verdict(monitor) == VANISHING).isEqualTo(vanishes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 7})
  void aVerdictThatIsNotMadeAtOnceNeedsThePatience(int patience) {
    GradientMonitor monitor = GradientMonitor.builder().patience(patience).build();
    gradient.assign(0x1p-12);
    var monitored = sgd.monitored(monitor);
    for (int step = 1; step <= patience; step++) {
      assertThat(monitor.report().isHealthy()).isTrue();
      monitored.step(parameters);
    }
    assertThat(verdict(monitor)).isEqualTo(VANISHING);
    assertThat(monitor.health().get(0).since()).isOne();
  }

  /** Ten steps are enough to know what is usual: 2, if every other norm is 1, and the others are 3. */
  @ParameterizedTest
  @CsvSource({"10, 8, false", "10, 9, true", "9, 9, false"})
  void growthIsBesideTheMeanOfAtLeastTenNorms(int steps, double norm, boolean explodes) {
    GradientMonitor monitor = GradientMonitor.builder()
        .patience(1)
        .explodingGrowth(4)
        .largeUpdate(0)
        .explodingUpdate(Double.POSITIVE_INFINITY)
        .build();
    var monitored = sgd.monitored(monitor);
    sgd.learningRate(0x1p-20);
    for (int step = 0; step < steps; step++) {
      gradient.assign(step % 2 == 0 ? 1 : 3);
      monitored.step(parameters);
      assertThat(verdict(monitor)).isEqualTo(HEALTHY);
    }
    gradient.assign(norm);
    monitored.step(parameters);
    assertThat(verdict(monitor)).isEqualTo(explodes ? EXPLODING : HEALTHY);
  }
}
