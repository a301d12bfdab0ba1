package io.github.descent4j.internal.memory;

/**
 * Conversions between float and the two 16-bit formats, to nearest with ties to even.
 *
 * <p>JavaCPP's indexers truncate bfloat16, which would bias every update towards zero, and the JDK
 * has {@code Float.floatToFloat16} only from release 20.
 */
final class HalfFloats {
  private static final int INFINITY_16 = 0x7c00;
  private static final int QUIET_NAN_16 = 0x7e00;

  /** 2^-112: the ratio of a half's exponent bias to a float's, so that subnormals come out right. */
  private static final float REBIAS = 0x1p-112f;

  private HalfFloats() {}

  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= INFINITY_16) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    float value = Float.intBitsToFloat(magnitude << 13) / REBIAS;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(magnitude)) {
      return (short) (sign | QUIET_NAN_16);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | INFINITY_16);
    }
    if (magnitude < 0x1p-14f) {
      // Adding 2^-1 leaves a subnormal half's bits, rounded by the hardware, in the low mantissa.
      int rounded = Float.floatToRawIntBits(magnitude + 0.5f) - Float.floatToRawIntBits(0.5f);
      return (short) (sign | rounded);
    }
    int raw = Float.floatToRawIntBits(magnitude) - (112 << 23);
    return (short) (sign | roundToEven(raw, 13));
  }

  static float fromBfloat16(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) roundToEven(bits, 16);
  }

  /** Drops the low bits of a sign-free or whole bit pattern; a carry moves into the exponent. */
  private static int roundToEven(int bits, int dropped) {
    int half = (1 << (dropped - 1)) - 1;
    return (bits + half + (bits >>> dropped & 1)) >>> dropped;
  }
}
