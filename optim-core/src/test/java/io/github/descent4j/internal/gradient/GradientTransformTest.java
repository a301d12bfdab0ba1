package io.github.descent4j.internal.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Any sequence of factors and clamps, folded into one, against the same one after the other. */
class GradientTransformTest {
  private static final double[] GRADIENTS = {
    0, -0.0, 1, -1, 0.3, -0.3, 2.5, -7, 1e3, -1e3, 1e-8, -1e-8, 40, -40
  };

  @Test
  void sequencesAreWhatTheirPartsAre() {
    SplittableRandom random = new SplittableRandom(17);
    int disjoint = 0;
    for (int trial = 0; trial < 2000; trial++) {
      GradientTransform folded = new GradientTransform();
      double[] expected = GRADIENTS.clone();
      double lowest = Double.NEGATIVE_INFINITY;
      double highest = Double.POSITIVE_INFINITY;
      for (int part = 1 + random.nextInt(5); part > 0; part--) {
        if (random.nextInt(3) == 0) {
          double factor = random.nextInt(5) == 0 ? 0 : Math.pow(10, random.nextDouble(-3, 3));
          folded.scale(factor);
          lowest *= factor == 0 ? 1 : factor;
          highest *= factor == 0 ? 1 : factor;
          for (int i = 0; i < expected.length; i++) {
            expected[i] *= factor;
          }
        } else {
          double a = bound(random);
          double b = bound(random);
          // One side may be open, and no bound is infinite on the wrong side.
          double lower = random.nextInt(6) == 0 ? Double.NEGATIVE_INFINITY : Math.min(a, b);
          double upper = random.nextInt(6) == 0 ? Double.POSITIVE_INFINITY : Math.max(a, b);
          disjoint += upper < lowest || lower > highest ? 1 : 0;
          lowest = Math.min(Math.max(lowest, lower), upper);
          highest = Math.min(Math.max(highest, lower), upper);
          folded.clamp(lower, upper);
          for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.min(Math.max(expected[i], lower), upper);
          }
        }
      }
      double[] actual = GRADIENTS.clone();
      folded.apply(actual, actual.length);
      float[] floats = new float[GRADIENTS.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) GRADIENTS[i];
      }
      folded.apply(floats, floats.length);
      for (int i = 0; i < actual.length; i++) {
        String element = "trial " + trial + ", gradient " + GRADIENTS[i];
        assertThat(actual[i])
            .as(element)
            .isCloseTo(expected[i], within(1e-14 * Math.abs(expected[i])));
        assertThat((double) floats[i])
            .as(element + " as float")
            .isCloseTo(expected[i], within(1e-6 * Math.abs(expected[i])));
        assertThat(Math.abs(actual[i])).isLessThanOrEqualTo(folded.bound());
      }
      boolean zeroStays = expected[0] == 0;
      assertThat(folded.keepsZero()).as("trial %d", trial).isEqualTo(zeroStays);
    }
    assertThat(disjoint).as("clamps that have nothing in common").isGreaterThan(100);
  }

  private static double bound(SplittableRandom random) {
    return random.nextInt(6) == 0
        ? 0
        : random.nextDouble(-1, 1) * Math.pow(10, random.nextDouble(-2, 3));
  }

  /** What is left of the range of the first is the nearest bound of the second. */
  @ParameterizedTest
  @CsvSource({"-1, 1, 3, 5, 3", "3, 5, -1, 1, 1", "-5, -3, -1, 1, -1", "-1, 1, -5, -3, -3"})
  void ofDisjointClampsOneNumberIsLeft(
      double lower, double upper, double nextLower, double nextUpper, double left) {
    GradientTransform transform = new GradientTransform();
    transform.clamp(lower, upper);
    transform.clamp(nextLower, nextUpper);
    double[] gradients = GRADIENTS.clone();
    transform.apply(gradients, gradients.length);
    assertThat(gradients).containsOnly(left);
    assertThat(transform.bound()).isEqualTo(Math.abs(left));
    assertThat(transform.keepsZero()).isFalse();
    assertThat(transform.isIdentity()).isFalse();
    transform.reset();
    assertThat(transform.isIdentity()).isTrue();
  }
}
