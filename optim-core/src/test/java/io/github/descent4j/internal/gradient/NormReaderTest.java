package io.github.descent4j.internal.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.memory.ArrayMemory;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NormReaderTest {
  private final NormReader reader = new NormReader();
  private final GradientTransform identity = new GradientTransform();

  @Test
  void agreesWithExactArithmetic() {
    for (int n : new int[] {0, 1, 4, 511, 512, 513, 32_768, 32_769, 100_000}) {
      double[] numbers = TestArrays.uniform(new SplittableRandom(n), n);
      INDArray array = TestArrays.create(DataType.DOUBLE, new long[] {n}, numbers);
      BigDecimal squares = BigDecimal.ZERO;
      BigDecimal sum = BigDecimal.ZERO;
      for (double number : numbers) {
        BigDecimal exact = new BigDecimal(number);
        squares = squares.add(exact.multiply(exact));
        sum = sum.add(exact.abs());
      }
      double l2 = squares.sqrt(MathContext.DECIMAL64).doubleValue();
      assertThat(measure(array, Norm.L2)).isCloseTo(l2, within(l2 * 1e-14));
      assertThat(measure(array, Norm.L1)).isCloseTo(sum.doubleValue(), within(l2 * 1e-12));
      assertThat(measure(array, Norm.MAX))
          .isEqualTo(Arrays.stream(numbers).map(Math::abs).max().orElse(0));
    }
  }

  @Test
  void normsOfFloatsAgreeWithDoubleToTheLastBitsOfFloat() {
    for (int n : new int[] {1, 513, 16_384, 16_385, 100_000}) {
      INDArray array = TestArrays.create(
          DataType.FLOAT, new long[] {n}, TestArrays.uniform(new SplittableRandom(n), n));
      INDArray wide = array.castTo(DataType.DOUBLE);
      for (Norm norm : Norm.values()) {
        double exact = measure(wide, norm);
        assertThat(measure(array, norm)).isCloseTo(exact, within(exact * 0x1p-24));
      }
    }
  }

  @Test
  void squaresThatLeaveTheRangeOfFloatDoNotHideTheNorm() {
    for (float x : new float[] {0x1p126f, 0x1p70f, 0x1p-70f, 0x1p-126f, Float.MIN_VALUE, 0}) {
      INDArray array = Nd4j.valueArrayOf(new long[] {20_000}, x, DataType.FLOAT);
      array.putScalar(7, -x);
      double l2 = x * Math.sqrt(20_000);
      assertThat(measure(array, Norm.L2)).isCloseTo(l2, within(l2 * 1e-7));
      assertThat(reader.isFinite(0)).isTrue();
      double l1 = x * 20_000d;
      assertThat(measure(array, Norm.L1)).isCloseTo(l1, within(l1 * 1e-7));
      assertThat(measure(array, Norm.MAX)).isEqualTo(x);
    }
  }

  @Test
  void squaresThatLeaveTheRangeOfDoubleDoNotHideTheNorm() {
    for (double x : new double[] {1e300, Double.MAX_VALUE / 4, 1e-200, Double.MIN_VALUE, 1e-310}) {
      INDArray array = Nd4j.createFromArray(0.6 * x, -0.8 * x, 0);
      double exact = Math.hypot(0.6 * x, 0.8 * x);
      assertThat(measure(array, Norm.L2)).isCloseTo(exact, within(exact * 1e-14));
      assertThat(reader.isFinite(0)).isTrue();
    }
  }

  @Test
  void neitherMemoryOrderNorStridesChangeTheBits() {
    INDArray array = TestArrays.create(
        DataType.FLOAT, new long[] {230, 171}, TestArrays.uniform(new SplittableRandom(5), 39_330));
    for (Norm norm : Norm.values()) {
      double expected = measure(array, norm);
      for (Layout layout : Layout.values()) {
        assertThat(measure(TestArrays.lay(array, layout), norm)).isEqualTo(expected);
      }
    }
  }

  @Test
  void nonFiniteElementsShowInEveryNorm() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray array = Nd4j.ones(type, 1000);
      for (Norm norm : Norm.values()) {
        array.putScalar(700, Double.NEGATIVE_INFINITY);
        assertThat(measure(array, norm)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(reader.isFinite(0)).isFalse();
        array.putScalar(20, Double.NaN);
        assertThat(measure(array, norm)).isNaN();
        assertThat(reader.isFinite(0)).isFalse();
        array.putScalar(700, 1).putScalar(20, 1);
        assertThat(measure(array, norm)).isFinite();
        assertThat(reader.isFinite(0)).isTrue();
      }
    }
  }

  @Test
  void measuresWhatATransformLeaves() {
    GradientTransform transform = new GradientTransform();
    transform.scale(2);
    transform.clamp(-3, 5);
    transform.scale(0.5);
    INDArray array = Nd4j.createFromArray(1f, -4f, 100f);
    assertThat(measure(array, transform, Norm.L1)).isEqualTo(1 + 1.5 + 2.5);
  }

  private double measure(INDArray array, Norm norm) {
    return measure(array, identity, norm);
  }

  private double measure(INDArray array, GradientTransform transform, Norm norm) {
    reader.clear();
    reader.add(ArrayMemory.of(array), transform);
    reader.measure(norm);
    return reader.norm(0);
  }
}
