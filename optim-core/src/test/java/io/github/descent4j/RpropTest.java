package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Rprop.Variant;
import io.github.descent4j.decorator.NonFinite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden files of Rprop do not show. */
class RpropTest {

  /** Their product is 0 in float, their signs' is not. */
  @Test
  void signsAreMultipliedAndNotGradients() {
    Rprop optimizer = new Rprop();
    INDArray value = Nd4j.zeros(DataType.FLOAT, 1);
    for (float gradient : new float[] {1e-30f, 1e-30f, -1e-30f}) {
      optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(gradient))));
    }
    assertThat(optimizer.state().slot("w", "size").getFloat(0)).isEqualTo(0.01f * 1.2f * 0.5f);
  }

  /** An infinite gradient has a sign too, and leaves nothing behind that is not finite. */
  @Test
  void anInfiniteGradientIsAStepLikeOthers() {
    Rprop optimizer = new Rprop();
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 1);
    for (double gradient : new double[] {1, Double.NEGATIVE_INFINITY, 1}) {
      optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(gradient))));
    }
    assertThat(value.getDouble(0)).isEqualTo(-0.01 - 0.005);
  }

  @Test
  void theLearningRateIsAFactorOfEveryStep() {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 1);
    Optimizer optimizer = new Rprop().scheduled(step -> step == 0 ? 1 : 0.5);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(3.0)));
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-0.01);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-0.01 - 0.5 * (0.01 * 1.2));
  }

  @Test
  void aStepWithoutItsLossFailsAndChangesNothing() {
    Rprop optimizer = Rprop.builder().variant(Variant.IRPROP_PLUS).build();
    INDArray value = Nd4j.ones(DataType.FLOAT, 2);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.ones(DataType.FLOAT, 2)));
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("loss of step 1 is missing, expected a call of loss(value)");
    assertThat(optimizer.state().parameters()).isEmpty();
    optimizer.loss(3);
    optimizer.step(parameters);
    INDArray before = value.dup();
    assertThatThrownBy(() -> optimizer.step(parameters))
        .hasMessageStartingWith("loss of step 2 is missing");
    TestArrays.assertSameBits("value", value, before);
    assertThat(optimizer.steps()).isEqualTo(1);
    assertThat(optimizer.state().slot("w", "loss").getDouble(0)).isEqualTo(3);
  }

  @Test
  void aLossIsANumberAndForOneVariantAlone() {
    Rprop optimizer = Rprop.builder().variant(Variant.IRPROP_PLUS).build();
    assertThatThrownBy(() -> optimizer.loss(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("loss is NaN, expected a finite number");
    assertThatThrownBy(() -> new Rprop().loss(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("variant is IRPROP_MINUS, expected IRPROP_PLUS");
  }

  @Test
  void findsTheRulesThatNeedALoss() {
    Rprop plus = Rprop.builder().variant(Variant.IRPROP_PLUS).build();
    assertThat(Rprop.needingLoss(plus.guarded(NonFinite.FAIL))).containsExactly(plus);
    assertThat(Rprop.needingLoss(new Rprop())).isEmpty();
    assertThat(Rprop.needingLoss(new Adam())).isEmpty();
  }

  @Test
  void theFirstStepIsBetweenTheSmallestAndTheLargest() {
    assertThatThrownBy(() -> Rprop.builder().initialStep(60).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "initialStep is 60.0, expected a number from stepMin, 1.0E-6, to stepMax, 50.0");
    assertThat(Rprop.builder().initialStep(50).build().initialStep()).isEqualTo(50);
    assertThat(Rprop.builder().initialStep(1e-6).build().initialStep()).isEqualTo(1e-6);
  }

  /** The loss of the step before, in double beside parameters in float, decides after loading too. */
  @Test
  void theLossIsInTheStateFile(@TempDir Path folder) {
    for (double next : List.of(1 + 1e-12, 1.0)) {
      INDArray value = Nd4j.zeros(DataType.FLOAT, 1);
      INDArray gradient = Nd4j.createFromArray(1f);
      Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
      Rprop first = Rprop.builder().variant(Variant.IRPROP_PLUS).build();
      first.loss(1);
      first.step(parameters);
      first.state().save(folder.resolve("state.npz"));

      Rprop second = Rprop.builder().variant(Variant.IRPROP_PLUS).build();
      second.state().load(folder.resolve("state.npz"), parameters);
      gradient.assign(-1);
      second.loss(next);
      second.step(parameters);
      assertThat(value.getFloat(0)).isEqualTo(next > 1 ? 0 : -0.01f);
      assertThat(second.state().slot("w", "loss").getDouble(0)).isEqualTo(next);
    }
  }
}
