package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.AdaDelta;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AdjustableOptimizerTest {
  private final INDArray value = Nd4j.createFromArray(1.0);
  private final Parameters parameters =
      Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1.0)));

  static List<OptimizerCase> all() {
    return OptimizerCase.all();
  }

  /** Every optimizer, AdaDelta included. */
  @ParameterizedTest
  @MethodSource("all")
  void aRateThatIsSetIsThatOfASchedule(OptimizerCase optimizer) {
    double[] rates = {0.3, 0.2, 0, 0.1};
    AdjustableOptimizer adjustable = optimizer.create().get().adjustable();
    Optimizer scheduled = optimizer.create().get().scheduled(step -> rates[(int) step]);
    INDArray byHand = value.dup();
    for (double rate : rates) {
      adjustable.learningRate(rate);
      assertThat(adjustable.learningRate()).isEqualTo(scheduled.learningRate());
      adjustable.step(parameters);
      scheduled.step(Parameters.of(Parameter.of("w", byHand, parameters.get(0).gradient())));
    }
    assertSameBits("value", value, byHand);
  }

  @ParameterizedTest
  @MethodSource("all")
  void untilThenTheRateIsTheOptimizersOwn(OptimizerCase optimizer) {
    AdjustableOptimizer adjustable = optimizer.create().get().adjustable();
    Optimizer plain = optimizer.create().get();
    INDArray byHand = value.dup();
    assertThat(adjustable.learningRate()).isEqualTo(plain.learningRate());
    adjustable.step(parameters);
    plain.step(Parameters.of(Parameter.of("w", byHand, parameters.get(0).gradient())));
    assertSameBits("value", value, byHand);
  }

  @Test
  void itReplacesTheScheduleInsideUntilItIsReset() {
    AdjustableOptimizer optimizer = new Sgd(9).scheduled(step -> step + 1).adjustable();
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(0);
    optimizer.learningRate(0.25);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-0.25);
    optimizer.resetLearningRate();
    assertThat(optimizer.learningRate()).isEqualTo(3);
    assertThat(optimizer.toString()).endsWith(".adjustable()");
  }

  @Test
  void aScheduleOutsideReplacesIt() {
    AdjustableOptimizer adjustable = new Sgd(9).adjustable();
    Optimizer optimizer = adjustable.scheduled(step -> 0.5);
    adjustable.learningRate(0.25);
    assertThat(optimizer.learningRate()).isEqualTo(0.5);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(0.5);
  }

  @Test
  void groupsMultiplyItAndHaveTheirOwn() {
    AdjustableOptimizer inside = new Sgd(9).adjustable();
    AdjustableOptimizer outside =
        Optimizer.groups().otherwise(inside, 0.5).build().adjustable();
    inside.learningRate(0.5);
    assertThat(outside.learningRate()).isEqualTo(0.25);
    outside.learningRate(1);
    assertThat(outside.learningRate()).isEqualTo(0.5);
    outside.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(0.5);
  }

  @Test
  void aRateOutOfItsRangeChangesNothing() {
    AdjustableOptimizer optimizer = new AdaDelta().adjustable();
    optimizer.learningRate(0.5);
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> optimizer.learningRate(rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("learningRate is " + rate + ", expected a finite number >= 0");
    }
    assertThat(optimizer.learningRate()).isEqualTo(0.5);
  }
}
