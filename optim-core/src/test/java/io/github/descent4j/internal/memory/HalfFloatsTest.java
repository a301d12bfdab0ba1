package io.github.descent4j.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HalfFloatsTest {

  @Test
  void everyHalfSurvivesTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfFloats.fromHalf((short) bits);
      float brain = HalfFloats.fromBfloat16((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(HalfFloats.toHalf(value)).isEqualTo((short) bits);
      } else {
        assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(value))).isNaN();
      }
      if (!Float.isNaN(brain)) {
        assertThat(HalfFloats.toBfloat16(brain)).isEqualTo((short) bits);
      } else {
        assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(brain))).isNaN();
      }
    }
  }

  /** 2^exponent (1 + mantissa/1024), worked out without bit tricks. */
  @Test
  void halvesHaveTheValueOfTheirFormat() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      int exponent = bits >> 10;
      int mantissa = bits & 0x3ff;
      double expected = exponent == 0
          ? Math.scalb((double) mantissa, -24)
          : Math.scalb(1 + mantissa / 1024.0, exponent - 15);
      assertThat((double) HalfFloats.fromHalf((short) bits)).isEqualTo(expected);
      assertThat((double) HalfFloats.fromHalf((short) (bits | 0x8000))).isEqualTo(-expected);
    }
  }

  @Test
  void roundsToTheNearestWithTiesToEven() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isNaN(value)) {
        continue;
      }
      assertNearest(value, HalfFloats.fromHalf(HalfFloats.toHalf(value)), 0x1p-24, 0x1p-11, 65520);
      assertNearest(
          value,
          HalfFloats.fromBfloat16(HalfFloats.toBfloat16(value)),
          0x1p-133,
          0x1p-8,
          0x1.ffp127);
    }
    assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(2049f))).isEqualTo(2048f);
    assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(2051f))).isEqualTo(2052f);
    assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(65519f))).isEqualTo(65504f);
    assertThat(HalfFloats.fromHalf(HalfFloats.toHalf(65520f))).isInfinite();
    assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(257f))).isEqualTo(256f);
    assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(259f))).isEqualTo(260f);
  }

  private static void assertNearest(
      float value, float rounded, double unit, double half, double overflow) {
    if (Math.abs((double) value) >= overflow) {
      assertThat(rounded).isEqualTo(Math.copySign(Float.POSITIVE_INFINITY, value));
      return;
    }
    double error = Math.abs((double) rounded - value);
    assertThat(error).isLessThanOrEqualTo(Math.max(unit / 2, Math.abs((double) value) * half));
  }

  /** The arrays of a user are converted by ND4J: reading must agree with it. */
  @Test
  void readsWhatNd4jWrites() {
    for (DataType type : new DataType[] {DataType.FLOAT16, DataType.BFLOAT16}) {
      INDArray array = Nd4j.linspace(-3, 3, 999, DataType.FLOAT).castTo(type);
      float[] loaded = new float[999];
      ArrayMemory.of(array).load('c', 0, 999, loaded, new long[999]);
      assertThat(loaded).isEqualTo(array.castTo(DataType.FLOAT).toFloatVector());
    }
  }
}
