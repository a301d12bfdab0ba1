package io.github.descent4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against decimals of 80 digits. */
class BiasCorrectionTest {
  private static final MathContext DIGITS = new MathContext(80);

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.1,
        0.5,
        0.9,
        0.99,
        0.999,
        0.9999,
        0.99999,
        1 - 1e-7,
        1 - 1e-9,
        1 - 1e-12,
        1 - 0x1p-53
      })
  void isRightToAFewUnitsInTheLastPlaceHoweverNearToOneTheFactorIs(double beta) {
    for (int t : new int[] {1, 2, 3, 5, 6, 7, 10, 100, 1000, 1_000_000, 10_000_000}) {
      BigDecimal exact = BigDecimal.ONE.subtract(new BigDecimal(beta).pow(t, DIGITS), DIGITS);
      double expected = exact.doubleValue();
      // From 2^-10 on it is a plain subtraction, whose error is half a unit of 1.
      assertThat(BiasCorrection.of(beta, t))
          .as("1 - %s^%d", beta, t)
          .isCloseTo(expected, within(Math.max(4 * Math.ulp(expected), expected * 2e-13)));
    }
  }

  @Test
  void isZerosComplementOfNothing() {
    assertThat(BiasCorrection.of(0, 1)).isEqualTo(1);
    assertThat(BiasCorrection.of(0.9, Long.MAX_VALUE)).isEqualTo(1);
  }
}
