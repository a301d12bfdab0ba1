package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.descent4j.rule.UpdateRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the rules that estimate their own rate do with the estimate. */
class ParameterFreeTest {
  @TempDir
  private Path folder;

  static List<Supplier<UpdateRule>> rules() {
    return List.of(
        Prodigy::new,
        () -> Prodigy.builder().biasCorrection(true).decayInUpdate(0.1).build(),
        () -> Prodigy.builder().safeguardWarmup(true).dCoefficient(2).build(),
        DAdaptAdam::new,
        () -> DAdaptAdam.builder().biasCorrection(true).decayInUpdate(0.1).build(),
        DAdaptSgd::new,
        () -> DAdaptSgd.builder().momentum(0.9).build());
  }

  /** The authors' DAdaptSGD gives NaN there, Optax's forms of the others too. */
  @ParameterizedTest
  @MethodSource("rules")
  void firstGradientsOfZerosAreWaitedOut(Supplier<UpdateRule> create) {
    UpdateRule waiting = create.get();
    UpdateRule fresh = create.get();
    Map<String, Double> atFirst = waiting.remembered();
    INDArray start = Nd4j.createFromArray(1.5, -2, 0.25);
    INDArray value = start.dup();
    for (int step = 0; step < 3; step++) {
      waiting.step(Parameters.of(Parameter.of("w", value, Nd4j.zeros(DataType.DOUBLE, 3))));
    }
    assertSameBits("value", value, start);
    assertThat(waiting.remembered()).isEqualTo(atFirst);
    INDArray expected = start.dup();
    descend(waiting, value, 20);
    descend(fresh, expected, 20);
    assertSameBits("value", value, expected);
    assertThat(waiting.remembered()).isEqualTo(fresh.remembered());
    assertThat(fresh.remembered().get("d")).isGreaterThan(atFirst.get("d"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theEstimateIsOfAllParametersTogether(Supplier<UpdateRule> create) {
    UpdateRule whole = create.get();
    UpdateRule parts = create.get();
    INDArray value = Nd4j.createFromArray(1.5, -2, 0.25);
    INDArray left = Nd4j.createFromArray(1.5, -2);
    INDArray right = Nd4j.createFromArray(new double[] {0.25});
    for (int step = 0; step < 20; step++) {
      whole.step(Parameters.of(Parameter.of("w", value, value.mul(2))));
      parts.step(Parameters.of(
          Parameter.of("left", left, left.mul(2)), Parameter.of("right", right, right.mul(2))));
    }
    assertThat(parts.remembered().get("d"))
        .isCloseTo(whole.remembered().get("d"), withinPercentage(1e-8));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aFailedStepLeavesWhatIsRemembered(Supplier<UpdateRule> create) {
    UpdateRule rule = create.get();
    boolean[] fails = {false};
    Optimizer both = Optimizer.groups()
        .group("estimated", parameter -> parameter.name().equals("w"), rule)
        .otherwise(UpdateRule.of(
            "Failing",
            1,
            f -> f.wholeParameter(w -> {
              if (fails[0]) {
                throw new IllegalStateException("fails");
              }
            })))
        .build();
    INDArray value = Nd4j.createFromArray(1.5, -2);
    Parameter other = Parameter.of("other", Nd4j.ones(2), Nd4j.ones(2));
    for (int step = 0; step < 5; step++) {
      both.step(Parameters.of(Parameter.of("w", value, value.mul(2)), other));
    }
    Map<String, Double> before = rule.remembered();
    fails[0] = true;
    assertThatThrownBy(
            () -> both.step(Parameters.of(Parameter.of("w", value, value.mul(3)), other)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("fails");
    assertThat(rule.remembered()).isEqualTo(before);
    fails[0] = false;
    both.step(Parameters.of(Parameter.of("w", value, value.mul(3)), other));
    assertThat(rule.remembered()).isNotEqualTo(before);
  }

  /** It spreads no further than in a rule that is element-wise. */
  @ParameterizedTest
  @MethodSource("rules")
  void aGradientThatIsNotFiniteLeavesTheEstimate(Supplier<UpdateRule> create) {
    UpdateRule rule = create.get();
    INDArray value = Nd4j.createFromArray(1.5, -2, 0.25);
    descend(rule, value, 5);
    Map<String, Double> before = rule.remembered();
    for (double hostile : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray gradient = value.mul(2);
      gradient.putScalar(1, hostile);
      rule.step(Parameters.of(Parameter.of("w", value, gradient)));
      assertThat(rule.remembered()).isEqualTo(before);
    }
    assertThat(value.getDouble(1)).isNaN();
    assertThat(value.getDouble(0)).isFinite();
    assertThat(value.getDouble(2)).isFinite();
  }

  @Test
  void theEstimateGrowsAsFastAsIsAllowed() {
    for (UpdateRule rule : List.of(
        Prodigy.builder().growthRate(1.5).build(),
        DAdaptAdam.builder().growthRate(1.5).build(),
        DAdaptSgd.builder().growthRate(1.5).build())) {
      INDArray value = Nd4j.createFromArray(1.5, -2, 0.25);
      double d = 1e-6;
      boolean grows = false;
      for (int step = 0; step < 10; step++) {
        descend(rule, value, 1);
        double now = rule.remembered().get("d");
        // Prodigy's leaves d0 in one jump.
        double most = rule instanceof Prodigy && d == 1e-6 ? 1e-3 : 1.5 * d;
        assertThat(now).as("%s", rule).isBetween(d, most);
        grows |= now == 1.5 * d;
        d = now;
      }
      assertThat(grows).as("%s", rule).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theEstimateIsSavedWithTheState(Supplier<UpdateRule> create) {
    UpdateRule saved = create.get();
    INDArray value = Nd4j.createFromArray(1.5, -2, 0.25);
    descend(saved, value, 9);
    Path file = folder.resolve("rule.npz");
    saved.state().save(file);
    UpdateRule loaded = create.get();
    loaded.state().load(file);
    assertThat(loaded.remembered()).isEqualTo(saved.remembered());
    INDArray resumed = value.dup();
    descend(saved, value, 9);
    descend(loaded, resumed, 9);
    assertSameBits("value", resumed, value);
  }

  @Test
  void theEstimateIsReadAndIsInTheRate() {
    INDArray value = Nd4j.createFromArray(1.5, -2, 0.25);
    Prodigy prodigy = new Prodigy(0.5);
    DAdaptAdam adam = new DAdaptAdam(0.5);
    DAdaptSgd sgd = new DAdaptSgd();
    for (UpdateRule rule : List.of(prodigy, adam, sgd)) {
      descend(rule, value.dup(), 9);
    }
    assertThat(prodigy.d()).isGreaterThan(1e-6).isEqualTo(prodigy.remembered().get("d"));
    assertThat(prodigy.learningRate()).isEqualTo(0.5 * prodigy.d());
    assertThat(adam.d()).isGreaterThan(1e-6).isEqualTo(adam.remembered().get("d"));
    assertThat(adam.learningRate()).isEqualTo(0.5 * adam.d());
    assertThat(sgd.d()).isGreaterThan(1e-6).isEqualTo(sgd.remembered().get("d"));
  }

  /** The estimate stays as it is then. */
  @Test
  void theEstimateNeedNotGrow() {
    assertThat(Prodigy.builder().growthRate(1).build().growthRate()).isEqualTo(1);
    assertThat(DAdaptAdam.builder().growthRate(1).build().growthRate()).isEqualTo(1);
    assertThat(DAdaptSgd.builder().growthRate(1).build().growthRate()).isEqualTo(1);
  }

  @Test
  void whatCannotBeIsRefused() {
    refused(
        "growthRate is 0.5, expected a number >= 1, or infinity",
        () -> Prodigy.builder().growthRate(0.5).build());
    refused(
        "growthRate is NaN, expected a number >= 1, or infinity",
        () -> DAdaptAdam.builder().growthRate(Double.NaN).build());
    refused(
        "d0 is 0.0, expected a finite number > 0",
        () -> DAdaptSgd.builder().d0(0).build());
    WeightDecay decoupled = WeightDecay.decoupled(0.1);
    refused(
        "weightDecay is " + decoupled
            + ", expected none or a coupled one: DAdaptSgd makes the parameter of p0 and s",
        () -> DAdaptSgd.builder().weightDecay(decoupled).build());
    refused(
        "weightDecay is " + decoupled + " beside decayInUpdate 0.2, expected one of both",
        () -> Prodigy.builder().weightDecay(decoupled).decayInUpdate(0.2).build());
    refused(
        "weightDecay is " + decoupled + " beside decayInUpdate 0.2, expected one of both",
        () -> DAdaptAdam.builder().weightDecay(decoupled).decayInUpdate(0.2).build());
  }

  private static void refused(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  /** On the sum of squares. */
  private static void descend(UpdateRule rule, INDArray value, int steps) {
    for (int step = 0; step < steps; step++) {
      rule.step(Parameters.of(Parameter.of("w", value, value.mul(2))));
    }
  }
}
