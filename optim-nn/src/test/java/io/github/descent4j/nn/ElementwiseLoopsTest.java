package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the same formulas in plain Java, also for what is not finite; the elements behind the first n stay as they are. */
class ElementwiseLoopsTest {
  private static final int LENGTH = 2050;
  private static final FloatLoops FLOATS = FloatLoops.INSTANCE;
  private static final DoubleLoops DOUBLES = DoubleLoops.INSTANCE;

  private static float[] floats(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] special = {
      0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY, 1e-30f, 1e30f
    };
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = random.nextInt(4) == 0
          ? special[random.nextInt(special.length)]
          : (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  private static double[] doubles(long seed) {
    float[] values = floats(seed);
    double[] wide = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      wide[i] = Math.abs(values[i]) == Float.MIN_VALUE
          ? Math.copySign(Double.MIN_VALUE, values[i])
          : values[i] / 3.0;
    }
    return wide;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512, 513, 2048})
  void floatsAreThoseOfTheFormula(int n) {
    float[] a = floats(1);
    float[] b = floats(2);
    float[] c = floats(3);
    float[] d = floats(4);
    float[] e = floats(5);
    float[] f = floats(6);
    float[][] found = {
      a.clone(), b.clone(), a.clone(), b.clone(), c.clone(), d.clone(), e.clone(), a.clone(),
      d.clone()
    };
    float[][] expected = {
      a.clone(), b.clone(), a.clone(), b.clone(), c.clone(), d.clone(), e.clone(), a.clone(),
      d.clone()
    };
    FLOATS.relu(found[0], n);
    FLOATS.sigmoidGradient(a.clone(), found[1], n);
    FLOATS.max(found[2], b.clone(), n);
    FLOATS.tanhGradient(a.clone(), found[3], n);
    FLOATS.addDeviations(a.clone(), b.clone(), found[4], found[5], n);
    FLOATS.multiply(found[6], 0.3, n);
    FLOATS.normalizeGradient(found[7], b.clone(), c.clone(), d.clone(), e.clone(), f.clone(), n);
    FLOATS.maxDistance(found[8], a.clone(), b.clone(), n);
    for (int i = 0; i < n; i++) {
      expected[0][i] = Math.max(a[i], 0);
      expected[1][i] = b[i] * (a[i] * (1 - a[i]));
      expected[2][i] = Math.max(a[i], b[i]);
      expected[3][i] = b[i] * (1 - a[i] * a[i]);
      float deviation = a[i] - b[i];
      expected[4][i] = c[i] + deviation;
      expected[5][i] = d[i] + deviation * deviation;
      expected[6][i] = e[i] * 0.3f;
      expected[7][i] = a[i] * d[i] + (b[i] - c[i]) * e[i] + f[i];
      expected[8][i] = Math.max(d[i], Math.abs(a[i] - b[i]));
    }
    for (int formula = 0; formula < found.length; formula++) {
      assertThat(found[formula]).as("formula %d", formula).isEqualTo(expected[formula]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512, 513, 2048})
  void doublesAreThoseOfTheFormula(int n) {
    double[] a = doubles(1);
    double[] b = doubles(2);
    double[] c = doubles(3);
    double[] d = doubles(4);
    double[] e = doubles(5);
    double[][] found = {a.clone(), d.clone(), e.clone(), a.clone(), c.clone(), b.clone()};
    double[][] expected = {a.clone(), d.clone(), e.clone(), a.clone(), c.clone(), b.clone()};
    DOUBLES.relu(found[0], n);
    DOUBLES.addProducts(a.clone(), b.clone(), c.clone(), found[1], found[2], n);
    DOUBLES.normalize(found[3], b.clone(), c.clone(), d.clone(), n);
    DOUBLES.multiply(found[4], 0.3, n);
    DOUBLES.maxDistance(found[5], c.clone(), d.clone(), n);
    for (int i = 0; i < n; i++) {
      expected[0][i] = Math.max(a[i], 0);
      expected[1][i] = d[i] + a[i];
      expected[2][i] = e[i] + a[i] * (b[i] - c[i]);
      expected[3][i] = (a[i] - b[i]) * c[i] + d[i];
      expected[4][i] = c[i] * 0.3;
      expected[5][i] = Math.max(b[i], Math.abs(c[i] - d[i]));
    }
    for (int formula = 0; formula < found.length; formula++) {
      assertThat(found[formula]).as("formula %d", formula).isEqualTo(expected[formula]);
    }
  }

  /** Finite gradients are stopped or passed on as they are, however small a y above 0 is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 513, 2048})
  void gradientsOfRectifiersAndPlacesOfMaximaAreSelected(int n) {
    float[] small = {0, Float.MIN_VALUE, 1e-30f, 1, 3e38f};
    float[] y = new float[LENGTH];
    float[] dy = new float[LENGTH];
    float[] x = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      y[i] = small[i % 5];
      dy[i] = i - 1000.5f;
      x[i] = i % 3 == 0 ? y[i] : y[i] - Math.max(Math.ulp(y[i]), 1e-3f);
    }
    float[] gradient = dy.clone();
    FLOATS.reluGradient(y, gradient, n);
    float[] count = new float[LENGTH];
    Arrays.fill(count, 4);
    FLOATS.countBelow(x, y, count, n);
    for (int i = 0; i < n; i++) {
      assertThat(gradient[i] + 0f).isEqualTo(y[i] > 0 ? dy[i] : 0);
      assertThat(count[i]).isEqualTo(x[i] == y[i] ? 0 : 5);
    }
  }
}
