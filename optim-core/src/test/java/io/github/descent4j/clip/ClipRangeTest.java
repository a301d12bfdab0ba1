package io.github.descent4j.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.decorator.ClippedOptimizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Clips by a norm are right to rounding wherever the gradients are finite. */
class ClipRangeTest {
  private static final double MAX = Double.MAX_VALUE;

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 1e38, 1e-3", "FLOAT, 1e38, 1e-6", "FLOAT, 1e38, 1e-8", "FLOAT, 3e38, 1e-30",
    "FLOAT, 1e-30, 1e-35", "HALF, 300, 1", "DOUBLE, 1e308, 1e-8", "DOUBLE, 1e308, 1e-300",
    "DOUBLE, 1e160, 1e-160", "DOUBLE, 1e-300, 1e-305", "DOUBLE, 1.7e308, 1"
  })
  void aSingleElementIsScaledToTheLimit(DataType type, double g, double limit) {
    for (GradientClip clip : new GradientClip[] {
      GradientClip.byGlobalNorm(limit),
      GradientClip.byNorm(limit),
      GradientClip.byNorm(limit, Norm.L1),
      GradientClip.byGlobalNorm(limit, Norm.MAX)
    }) {
      double tolerance = type == DataType.DOUBLE ? 1e-15 : 2e-7;
      assertThat(step(clip, type, g, 0)[0])
          .as("%s of %s in %s", clip, g, type)
          .isCloseTo(-limit, within(limit * tolerance));
    }
  }

  @Test
  void aNormBeyondTheRangeOfDoubleIsClipped() {
    double[] moved = step(GradientClip.byGlobalNorm(1), DataType.DOUBLE, MAX, MAX);
    assertThat(moved[0]).isCloseTo(-Math.sqrt(0.5), within(1e-15));
    assertThat(step(GradientClip.byNorm(1), DataType.DOUBLE, MAX, -MAX)[1])
        .isCloseTo(Math.sqrt(0.5), within(1e-15));
    assertThat(step(GradientClip.byNorm(1, Norm.L1), DataType.DOUBLE, MAX, MAX)[0])
        .isCloseTo(-0.5, within(1e-15));
  }

  @Test
  void aNormBeyondTheRangeOfDoubleIsClippedOverSeveralParameters() {
    INDArray a = Nd4j.createFromArray(0.0);
    INDArray b = Nd4j.createFromArray(0.0);
    ClippedOptimizer optimizer = new Sgd(1).clipped(GradientClip.byGlobalNorm(1));
    optimizer.step(Parameters.of(
        Parameter.of("a", a, Nd4j.createFromArray(MAX)),
        Parameter.of("b", b, Nd4j.createFromArray(-MAX))));
    assertThat(a.getDouble(0)).isCloseTo(-Math.sqrt(0.5), within(1e-15));
    assertThat(b.getDouble(0)).isCloseTo(Math.sqrt(0.5), within(1e-15));
    assertThat(optimizer.lastNorm()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void nestedClipsBeyondTheRangeOfFloatLoseNothing() {
    INDArray value = Nd4j.createFromArray(0f);
    new Sgd(1)
        .clipped(GradientClip.byGlobalNorm(1e-30))
        .clipped(GradientClip.byGlobalNorm(1e-20))
        .step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e38f))));
    assertThat(value.getDouble(0)).isCloseTo(-1e-30, within(3e-37));
  }

  @Test
  void aNormThatIsInfiniteBecauseAnElementIsStaysSo() {
    double[] moved =
        step(GradientClip.byGlobalNorm(1), DataType.DOUBLE, Double.POSITIVE_INFINITY, 3);
    assertThat(moved[0]).isNaN();
    assertThat(moved[1]).isZero();
  }

  @Test
  void equalLimitsGiveEveryElementTheirValue() {
    double[] moved = step(GradientClip.byValue(2, 2), DataType.DOUBLE, -9, 9);
    assertThat(moved).containsExactly(-2, -2);
  }

  @Test
  void aClipByValueHasNoNorm() {
    ClippedOptimizer optimizer = new Sgd(1).clipped(GradientClip.byValue(1));
    optimizer.step(Parameters.of(Parameter.of("w", Nd4j.zeros(2), Nd4j.ones(2))));
    assertThat(optimizer.lastNorm()).isNaN();
  }

  @Test
  void aClipOfOnesOwnIsByTheL2NormUnlessItSaysSo() {
    GradientClip own = step -> 0;
    assertThat(own.norm()).isEqualTo(Norm.L2);
  }

  private static double[] step(GradientClip clip, DataType type, double... g) {
    INDArray value = Nd4j.zeros(type, g.length);
    INDArray gradient = TestArrays.create(type, new long[] {g.length}, g);
    new Sgd(1).clipped(clip).step(Parameters.of(Parameter.of("w", value, gradient)));
    return value.castTo(DataType.DOUBLE).toDoubleVector();
  }
}
