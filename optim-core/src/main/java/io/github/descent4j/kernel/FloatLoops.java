package io.github.descent4j.kernel;

/**
 * The arithmetic in float: one short loop an update rule, in order of increasing complexity.
 *
 * <p>Every loop indexes all its arrays alike and has no branch, which lets C2 vectorize it. There is
 * no {@code Math.fma}: without the hardware it is many times slower, and with it the bits
 * differ. The update rules of {@link DoubleLoops} are the same line by line.
 */
final class FloatLoops {

  private FloatLoops() {}

  static void scale(float[] g, int n, float factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }

  static void clamp(float[] g, int n, float lower, float upper) {
    for (int i = 0; i < n; i++) {
      g[i] = Math.min(Math.max(g[i], lower), upper);
    }
  }

  static void addDecay(float[] g, float[] p, int n, float coefficient) {
    for (int i = 0; i < n; i++) {
      g[i] += coefficient * p[i];
    }
  }

  static void decay(float[] p, int n, float coefficient) {
    for (int i = 0; i < n; i++) {
      p[i] -= coefficient * p[i];
    }
  }

  /** Subtracts from 0, which keeps the sign of 0 positive. */
  static void negate(float[] p, int n) {
    for (int i = 0; i < n; i++) {
      p[i] = 0 - p[i];
    }
  }

  static void widen(double[] wide, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      wide[i] = g[i];
    }
  }

  static void addAbsolute(float[] lanes, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += Math.abs(g[i]);
    }
  }

  static void addSquares(float[] lanes, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i] * g[i];
    }
  }

  static void maxAbsolute(float[] lanes, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] = Math.max(lanes[i], Math.abs(g[i]));
    }
  }

  static void sgd(float[] p, float[] g, int n, float lr) {
    for (int i = 0; i < n; i++) {
      p[i] -= lr * g[i];
    }
  }

  static void momentum(float[] p, float[] g, float[] v, int n, float lr, float mu, float gain) {
    for (int i = 0; i < n; i++) {
      v[i] = mu * v[i] + gain * g[i];
      p[i] -= lr * v[i];
    }
  }

  static void nesterov(float[] p, float[] g, float[] v, int n, float lr, float mu) {
    for (int i = 0; i < n; i++) {
      v[i] = mu * v[i] + g[i];
      p[i] -= lr * (g[i] + mu * v[i]);
    }
  }

  static void adaGrad(
      float[] p, float[] g, float[] s, int n, float lr, float epsilonInside, float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] += g[i] * g[i];
      p[i] -= lr * (g[i] / (sqrt(s[i] + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsProp(
      float[] p,
      float[] g,
      float[] s,
      int n,
      float lr,
      float rho,
      float oneMinusRho,
      float epsilonInside,
      float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      p[i] -= lr * (g[i] / (sqrt(s[i] + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsPropMomentum(
      float[] p,
      float[] g,
      float[] s,
      float[] b,
      int n,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      b[i] = mu * b[i] + g[i] / (sqrt(s[i] + epsilonInside) + epsilonOutside);
      p[i] -= lr * b[i];
    }
  }

  static void rmsPropCentered(
      float[] p,
      float[] g,
      float[] s,
      float[] m,
      int n,
      float lr,
      float rho,
      float oneMinusRho,
      float epsilonInside,
      float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      m[i] = rho * m[i] + oneMinusRho * g[i];
      // Rounding can make the variance negative.
      float variance = Math.max(s[i] - m[i] * m[i], 0f);
      p[i] -= lr * (g[i] / (sqrt(variance + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsPropCenteredMomentum(
      float[] p,
      float[] g,
      float[] s,
      float[] m,
      float[] b,
      int n,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      m[i] = rho * m[i] + oneMinusRho * g[i];
      float variance = Math.max(s[i] - m[i] * m[i], 0f);
      b[i] = mu * b[i] + g[i] / (sqrt(variance + epsilonInside) + epsilonOutside);
      p[i] -= lr * b[i];
    }
  }

  static void adaDelta(
      float[] p,
      float[] g,
      float[] s,
      float[] x,
      int n,
      float lr,
      float rho,
      float oneMinusRho,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      float d = sqrt((x[i] + epsilon) / (s[i] + epsilon)) * g[i];
      p[i] -= lr * d;
      x[i] = rho * x[i] + oneMinusRho * (d * d);
    }
  }

  static void adam(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * (m[i] / (sqrt(v[i]) * rootScale + epsilon));
    }
  }

  static void amsGrad(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      float[] vMax,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      vMax[i] = Math.max(vMax[i], v[i]);
      p[i] -= stepSize * (m[i] / (sqrt(vMax[i]) * rootScale + epsilon));
    }
  }

  static void yogi(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float beta1,
      float oneMinusBeta1,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      float g2 = g[i] * g[i];
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] -= oneMinusBeta2 * (sign(v[i] - g2) * g2);
      p[i] -= stepSize * (m[i] / (sqrt(v[i]) * rootScale + epsilon));
    }
  }

  static void rAdam(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * (m[i] / (sqrt(v[i]) + epsilon));
    }
  }

  static void rAdamUnrectified(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * m[i];
    }
  }

  static void nAdam(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float gradientStep,
      float momentumStep,
      float rootScale,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= (gradientStep * g[i] + momentumStep * m[i]) / (sqrt(v[i]) * rootScale + epsilon);
    }
  }

  static void adaMax(
      float[] p,
      float[] g,
      float[] m,
      float[] u,
      int n,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float stepSize,
      float epsilonInside,
      float epsilonOutside) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      u[i] = Math.max(beta2 * u[i], Math.abs(g[i]) + epsilonInside);
      p[i] -= stepSize * (m[i] / (u[i] + epsilonOutside));
    }
  }

  private static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /** The sign of x, 0 of 0, without the branch that would keep the loop from being vectorized. */
  private static float sign(float x) {
    return Math.max(-1f, Math.min(1f, x * 0x1p127f * 0x1p127f));
  }
}
