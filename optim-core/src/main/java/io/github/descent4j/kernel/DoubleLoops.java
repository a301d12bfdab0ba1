package io.github.descent4j.kernel;

/**
 * The arithmetic in double: one short loop an update rule, in order of increasing complexity.
 *
 * <p>Every loop indexes all its arrays alike and has no branch, which lets C2 vectorize it. There is
 * no {@code Math.fma}: without the hardware it is many times slower, and with it the bits
 * differ. The update rules of {@link FloatLoops} are the same line by line.
 */
final class DoubleLoops {

  private DoubleLoops() {}

  static void scale(double[] g, int n, double factor) {
    for (int i = 0; i < n; i++) {
      g[i] *= factor;
    }
  }

  static void clamp(double[] g, int n, double lower, double upper) {
    for (int i = 0; i < n; i++) {
      g[i] = Math.min(Math.max(g[i], lower), upper);
    }
  }

  static void addDecay(double[] g, double[] p, int n, double coefficient) {
    for (int i = 0; i < n; i++) {
      g[i] += coefficient * p[i];
    }
  }

  static void decay(double[] p, int n, double coefficient) {
    for (int i = 0; i < n; i++) {
      p[i] -= coefficient * p[i];
    }
  }

  static void addAbsolute(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += Math.abs(g[i]);
    }
  }

  static void addSquares(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i] * g[i];
    }
  }

  static void maxAbsolute(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] = Math.max(lanes[i], Math.abs(g[i]));
    }
  }

  /** Zero times a finite number is zero, times any other NaN: a test that vectorizes. */
  static void addZeros(double[] lanes, double[] g, int n) {
    for (int i = 0; i < n; i++) {
      lanes[i] += g[i] * 0;
    }
  }

  /** Subtracts from 0, which keeps the sign of 0 positive. */
  static void negate(double[] p, int n) {
    for (int i = 0; i < n; i++) {
      p[i] = 0 - p[i];
    }
  }

  static void sgd(double[] p, double[] g, int n, double lr) {
    for (int i = 0; i < n; i++) {
      p[i] -= lr * g[i];
    }
  }

  static void momentum(
      double[] p, double[] g, double[] v, int n, double lr, double mu, double gain) {
    for (int i = 0; i < n; i++) {
      v[i] = mu * v[i] + gain * g[i];
      p[i] -= lr * v[i];
    }
  }

  static void nesterov(double[] p, double[] g, double[] v, int n, double lr, double mu) {
    for (int i = 0; i < n; i++) {
      v[i] = mu * v[i] + g[i];
      p[i] -= lr * (g[i] + mu * v[i]);
    }
  }

  static void adaGrad(
      double[] p,
      double[] g,
      double[] s,
      int n,
      double lr,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] += g[i] * g[i];
      p[i] -= lr * (g[i] / (Math.sqrt(s[i] + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsProp(
      double[] p,
      double[] g,
      double[] s,
      int n,
      double lr,
      double rho,
      double oneMinusRho,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      p[i] -= lr * (g[i] / (Math.sqrt(s[i] + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsPropMomentum(
      double[] p,
      double[] g,
      double[] s,
      double[] b,
      int n,
      double lr,
      double rho,
      double oneMinusRho,
      double mu,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      b[i] = mu * b[i] + g[i] / (Math.sqrt(s[i] + epsilonInside) + epsilonOutside);
      p[i] -= lr * b[i];
    }
  }

  static void rmsPropCentered(
      double[] p,
      double[] g,
      double[] s,
      double[] m,
      int n,
      double lr,
      double rho,
      double oneMinusRho,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      m[i] = rho * m[i] + oneMinusRho * g[i];
      double variance = Math.max(s[i] - m[i] * m[i], 0d);
      p[i] -= lr * (g[i] / (Math.sqrt(variance + epsilonInside) + epsilonOutside));
    }
  }

  static void rmsPropCenteredMomentum(
      double[] p,
      double[] g,
      double[] s,
      double[] m,
      double[] b,
      int n,
      double lr,
      double rho,
      double oneMinusRho,
      double mu,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      m[i] = rho * m[i] + oneMinusRho * g[i];
      double variance = Math.max(s[i] - m[i] * m[i], 0d);
      b[i] = mu * b[i] + g[i] / (Math.sqrt(variance + epsilonInside) + epsilonOutside);
      p[i] -= lr * b[i];
    }
  }

  static void adaDelta(
      double[] p,
      double[] g,
      double[] s,
      double[] x,
      int n,
      double lr,
      double rho,
      double oneMinusRho,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
      double d = Math.sqrt((x[i] + epsilon) / (s[i] + epsilon)) * g[i];
      p[i] -= lr * d;
      x[i] = rho * x[i] + oneMinusRho * (d * d);
    }
  }

  static void adam(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double oneMinusBeta2,
      double stepSize,
      double rootScale,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * (m[i] / (Math.sqrt(v[i]) * rootScale + epsilon));
    }
  }

  static void amsGrad(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      double[] vMax,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double oneMinusBeta2,
      double stepSize,
      double rootScale,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      vMax[i] = Math.max(vMax[i], v[i]);
      p[i] -= stepSize * (m[i] / (Math.sqrt(vMax[i]) * rootScale + epsilon));
    }
  }

  static void yogi(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      int n,
      double beta1,
      double oneMinusBeta1,
      double oneMinusBeta2,
      double stepSize,
      double rootScale,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      double g2 = g[i] * g[i];
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] -= oneMinusBeta2 * (sign(v[i] - g2) * g2);
      p[i] -= stepSize * (m[i] / (Math.sqrt(v[i]) * rootScale + epsilon));
    }
  }

  static void rAdam(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double oneMinusBeta2,
      double stepSize,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * (m[i] / (Math.sqrt(v[i]) + epsilon));
    }
  }

  static void rAdamUnrectified(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double oneMinusBeta2,
      double stepSize) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= stepSize * m[i];
    }
  }

  static void nAdam(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double oneMinusBeta2,
      double gradientStep,
      double momentumStep,
      double rootScale,
      double epsilon) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      v[i] = beta2 * v[i] + oneMinusBeta2 * (g[i] * g[i]);
      p[i] -= (gradientStep * g[i] + momentumStep * m[i]) / (Math.sqrt(v[i]) * rootScale + epsilon);
    }
  }

  static void adaMax(
      double[] p,
      double[] g,
      double[] m,
      double[] u,
      int n,
      double beta1,
      double oneMinusBeta1,
      double beta2,
      double stepSize,
      double epsilonInside,
      double epsilonOutside) {
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + oneMinusBeta1 * g[i];
      u[i] = Math.max(beta2 * u[i], Math.abs(g[i]) + epsilonInside);
      p[i] -= stepSize * (m[i] / (u[i] + epsilonOutside));
    }
  }

  /** The sign of x, 0 of 0, without the branch that would keep the loop from being vectorized. */
  private static double sign(double x) {
    return Math.max(-1d, Math.min(1d, x * 0x1p1023 * 0x1p1023));
  }
}
