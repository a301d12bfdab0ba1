package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rectification against decimals of 80 digits. */
class RAdamTest {
  private static final MathContext DIGITS = new MathContext(80);

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 1 - 1e-6, 1 - 1e-7, 1 - 1e-8, 1 - 1e-9
      })
  void keepsItsDigitsForEveryBeta2(double beta2) {
    for (int t : new int[] {
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000
    }) {
      BigDecimal rho = rho(beta2, t);
      double expected = rho.doubleValue();
      assertThat(RAdam.rho(beta2, t))
          .as("rho at t = %d", t)
          .isCloseTo(expected, within(2e-12 * expected));
      if (expected > 4.01) {
        double expectedRatio = ratio(beta2, rho).doubleValue();
        assertThat(RAdam.rectification(beta2, RAdam.rho(beta2, t)))
            .as("r at t = %d", t)
            .isCloseTo(expectedRatio, within(1e-12 * expectedRatio));
      }
    }
  }

  @Test
  void saysThatItNeverRectifies() {
    assertThat(Warnings.of(() -> RAdam.builder().beta2(0.5).build()))
        .containsExactly(
            "RAdam never rectifies: beta2 = 0.5 gives rho_inf = 3.0, which does not exceed"
                + " rectificationThreshold = 5.0");
    assertThat(Warnings.of(
            () -> RAdam.builder().beta2(0.75).rectificationThreshold(7).build()))
        .hasSize(1);
    assertThat(Warnings.of(
            () -> RAdam.builder().beta2(0.75).rectificationThreshold(6.9).build()))
        .isEmpty();
    assertThat(Warnings.of(() -> AdaBelief.builder().beta2(0.5).rectified(true).build()))
        .containsExactly(
            "AdaBelief never rectifies: beta2 = 0.5 gives rho_inf = 3.0, which does not exceed 5.0");
    assertThat(Warnings.of(() -> AdaBelief.builder().beta2(0.5).build())).isEmpty();
    assertThat(Warnings.of(() -> AdaBelief.builder().rectified(true).build())).isEmpty();
  }

  /** At t = 5 rho_t is a little below 5, whatever beta2: the threshold is not passed. */
  @Test
  void doesNotRectifyTooEarlyAtTheExtreme() {
    for (double beta2 = 0.9; beta2 < 1 - 1e-12; beta2 += (1 - beta2) / 2) {
      assertThat(RAdam.rho(beta2, 5)).as("beta2 = %s", beta2).isLessThanOrEqualTo(5);
    }
  }

  private static BigDecimal limit(double beta2) {
    return BigDecimal.valueOf(2)
        .divide(BigDecimal.ONE.subtract(new BigDecimal(beta2)), DIGITS)
        .subtract(BigDecimal.ONE);
  }

  private static BigDecimal rho(double beta2, int t) {
    BigDecimal power = new BigDecimal(beta2).pow(t, DIGITS);
    BigDecimal correction = BigDecimal.ONE.subtract(power, DIGITS);
    return limit(beta2)
        .subtract(BigDecimal.valueOf(2L * t).multiply(power).divide(correction, DIGITS), DIGITS);
  }

  private static BigDecimal ratio(double beta2, BigDecimal rho) {
    BigDecimal limit = limit(beta2);
    BigDecimal four = BigDecimal.valueOf(4);
    BigDecimal two = BigDecimal.valueOf(2);
    BigDecimal above = rho.subtract(four).multiply(rho.subtract(two)).multiply(limit);
    BigDecimal below = limit.subtract(four).multiply(limit.subtract(two)).multiply(rho);
    return above.divide(below, DIGITS).sqrt(DIGITS);
  }
}
