package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden files of Ftrl do not show. */
class FtrlTest {

  /** It is one of all steps together: gradients that add up to more get past it. */
  @Test
  void thePenaltyMakesParametersExactlyZero() {
    INDArray value = Nd4j.createFromArray(3.0, 0.7);
    INDArray gradient = value.dup();
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer optimizer = Ftrl.builder().learningRate(1).lambda1(2).build();
    for (int step = 0; step < 100; step++) {
      gradient.putScalar(0, value.getDouble(0) - 1);
      gradient.putScalar(1, (value.getDouble(1) - 1) / 100);
      optimizer.step(parameters);
    }
    assertThat(value.getDouble(0)).isCloseTo(1, within(0.05));
    assertThat(value.getDouble(1)).isZero();
  }

  /** With the paper's z a rate of half would halve what has been learned. */
  @Test
  void aLowerRateKeepsWhatHasBeenLearned() {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 1);
    INDArray gradient = Nd4j.createFromArray(1.0);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer optimizer = new Ftrl().scheduled(step -> step < 10 ? 0.5 : 1e-3);
    for (int step = 0; step < 10; step++) {
      optimizer.step(parameters);
    }
    double learned = value.getDouble(0);
    assertThat(learned).isLessThan(-1);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isCloseTo(learned - 1e-3 / (1 + Math.sqrt(11)), within(1e-14));
  }

  /** So what moves parameters between steps is refused. */
  @Test
  void aValueThatIsSetFromOutsideDoesNotLast() {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 1);
    INDArray gradient = Nd4j.createFromArray(1.0);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer optimizer = new Ftrl();
    optimizer.step(parameters);
    double learned = value.getDouble(0);
    assertThat(learned).isEqualTo(-0.1 / 2);
    value.assign(7);
    gradient.assign(0);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(learned);
  }

  @Test
  void whatWouldBeUndoneOrDividesByZeroIsRefused() {
    assertThatThrownBy(
            () -> Ftrl.builder().weightDecay(WeightDecay.decoupled(0.1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("weightDecay is ")
        .hasMessageEndingWith("expected coupled weight decay for Ftrl");
    assertThatThrownBy(() -> Ftrl.builder().beta(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "beta is 0.0 beside initialAccumulator 0.0, expected one of the two above 0, in float too");
  }
}
