package io.github.descent4j.kernel;

/**
 * The loops of rules whose velocity adds up steps instead of gradients: the learning rate is inside.
 * For other libraries' numbers, so there is one form, over the current block of a chunk.
 */
final class RateInsideLoops {

  private RateInsideLoops() {}

  static void nesterov(Chunk c, double learningRate, double mu) {
    if (c.isDouble()) {
      nesterov(c.p64, c.g64, c.s64[0], c.n, learningRate, mu);
    } else {
      nesterov(c.p32, c.g32, c.s32[0], c.n, (float) learningRate, (float) mu);
    }
  }

  static void rmsProp(
      Chunk c,
      double lr,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside,
      boolean centered) {
    if (c.isDouble()) {
      moments(c.g64, c.s64[0], centered ? c.s64[1] : null, c.n, rho, 1 - rho);
      double[] b = c.s64[centered ? 2 : 1];
      for (int i = 0; i < c.n; i++) {
        double mean = centered ? c.s64[1][i] : 0;
        double variance = Math.max(c.s64[0][i] - mean * mean, 0);
        double root = Math.sqrt(variance + epsilonInside) + epsilonOutside;
        b[i] = mu * b[i] + lr * (c.g64[i] / root);
        c.p64[i] -= b[i];
      }
      return;
    }
    moments(c.g32, c.s32[0], centered ? c.s32[1] : null, c.n, (float) rho, (float) (1 - rho));
    float inside = ScalarKernels.positive(epsilonInside);
    float outside = ScalarKernels.positive(epsilonOutside);
    float[] b = c.s32[centered ? 2 : 1];
    for (int i = 0; i < c.n; i++) {
      float mean = centered ? c.s32[1][i] : 0;
      float variance = Math.max(c.s32[0][i] - mean * mean, 0);
      float root = (float) Math.sqrt(variance + inside) + outside;
      b[i] = (float) mu * b[i] + (float) lr * (c.g32[i] / root);
      c.p32[i] -= b[i];
    }
  }

  private static void nesterov(double[] p, double[] g, double[] v, int n, double lr, double mu) {
    for (int i = 0; i < n; i++) {
      double step = lr * g[i];
      v[i] = mu * v[i] + step;
      p[i] -= step + mu * v[i];
    }
  }

  private static void nesterov(float[] p, float[] g, float[] v, int n, float lr, float mu) {
    for (int i = 0; i < n; i++) {
      float step = lr * g[i];
      v[i] = mu * v[i] + step;
      p[i] -= step + mu * v[i];
    }
  }

  private static void moments(
      double[] g, double[] s, double[] m, int n, double rho, double oneMinusRho) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
    }
    for (int i = 0; m != null && i < n; i++) {
      m[i] = rho * m[i] + oneMinusRho * g[i];
    }
  }

  private static void moments(
      float[] g, float[] s, float[] m, int n, float rho, float oneMinusRho) {
    for (int i = 0; i < n; i++) {
      s[i] = rho * s[i] + oneMinusRho * (g[i] * g[i]);
    }
    for (int i = 0; m != null && i < n; i++) {
      m[i] = rho * m[i] + oneMinusRho * g[i];
    }
  }
}
