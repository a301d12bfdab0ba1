package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InitializersTest {
  private static final long[] DENSE = {200, 300};
  private static final long[] CONVOLUTION = {64, 32, 5, 4};

  static Stream<Arguments> variances() {
    int convIn = 32 * 5 * 4;
    int convOut = 64 * 5 * 4;
    return Stream.of(
        Arguments.of(Initializers.xavierUniform(), DENSE, 2.0 / 500, true),
        Arguments.of(Initializers.xavierNormal(), DENSE, 2.0 / 500, false),
        Arguments.of(Initializers.heUniform(), DENSE, 2.0 / 300, true),
        Arguments.of(Initializers.heNormal(), DENSE, 2.0 / 300, false),
        Arguments.of(Initializers.xavierUniform(), CONVOLUTION, 2.0 / (convIn + convOut), true),
        Arguments.of(Initializers.xavierNormal(), CONVOLUTION, 2.0 / (convIn + convOut), false),
        Arguments.of(Initializers.heUniform(), CONVOLUTION, 2.0 / convIn, true),
        Arguments.of(Initializers.heNormal(), CONVOLUTION, 2.0 / convIn, false));
  }

  @ParameterizedTest
  @MethodSource("variances")
  void hasTheVarianceOfItsPaper(
      Initializer initializer, long[] shape, double variance, boolean uniform) {
    INDArray weight = Nd4j.create(DataType.DOUBLE, shape);
    initializer.initialize(weight, new SplittableRandom(7));
    double[] values = Arrays.values(weight);
    int n = values.length;
    double mean = DoubleStream.of(values).average().orElseThrow();
    double squares = DoubleStream.of(values).map(v -> v * v).sum() / n;
    double greatest = DoubleStream.of(values).map(Math::abs).max().orElseThrow();
    double deviation = Math.sqrt(variance);

    assertThat(mean).isCloseTo(0, within(4 * deviation / Math.sqrt(n)));
    assertThat(squares).isCloseTo(variance, within(4 * variance * Math.sqrt(2.0 / n)));
    if (uniform) {
      double bound = Math.sqrt(3 * variance);
      assertThat(greatest).isBetween(0.999 * bound, bound);
    } else {
      double beyond =
          DoubleStream.of(values).filter(v -> Math.abs(v) > 2 * deviation).count();
      assertThat(beyond / n).isCloseTo(0.0455, within(0.004));
      assertThat(greatest).isGreaterThan(3.5 * deviation);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    for (Initializer initializer : new Initializer[] {
      Initializers.xavierUniform(),
      Initializers.xavierNormal(),
      Initializers.heUniform(),
      Initializers.heNormal()
    }) {
      INDArray a = Nd4j.create(DataType.FLOAT, 30, 40);
      INDArray b = Nd4j.create(DataType.FLOAT, 30, 40);
      INDArray c = Nd4j.create(DataType.FLOAT, 30, 40);
      initializer.initialize(a, new SplittableRandom(7));
      initializer.initialize(b, new SplittableRandom(7));
      initializer.initialize(c, new SplittableRandom(8));
      assertThat(Arrays.values(b)).isEqualTo(Arrays.values(a));
      assertThat(Arrays.values(c)).isNotEqualTo(Arrays.values(a));
    }
  }

  @Test
  void doesNotDependOnTheMemoryOrder() {
    INDArray c = Nd4j.create(DataType.FLOAT, new long[] {30, 40}, 'c');
    INDArray f = Nd4j.create(DataType.FLOAT, new long[] {30, 40}, 'f');
    Initializers.heNormal().initialize(c, new SplittableRandom(7));
    Initializers.heNormal().initialize(f, new SplittableRandom(7));
    assertThat(Arrays.values(f)).isEqualTo(Arrays.values(c));
  }

  @Test
  void constant() {
    INDArray weight = Nd4j.create(DataType.FLOAT, 3, 2);
    Initializers.constant(0.25).initialize(weight, new SplittableRandom(7));
    assertThat(Arrays.values(weight)).containsOnly(0.25);
    assertThatThrownBy(() -> Initializers.constant(Double.NaN))
        .hasMessage("value is NaN, expected a finite number");
  }

  @Test
  void refusesAnArrayThatIsNoWeight() {
    INDArray bias = Nd4j.create(DataType.FLOAT, 3);
    assertThatThrownBy(() -> Initializers.heNormal().initialize(bias, new SplittableRandom(7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight has rank 1, expected 2 (dense) or 4 (convolution)");
  }
}
