package io.github.descent4j.mnist.tour;

/** Straight lines on paper with two logarithmic axes. */
final class PowerLaw {
  private PowerLaw() {}

  /** The exponent p of the {@code y = c x^p} that fits best: least squares of the logarithms. */
  static double exponent(double[] x, double[] y) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += Math.log(x[i]) / x.length;
      meanY += Math.log(y[i]) / x.length;
    }
    double together = 0;
    double alone = 0;
    for (int i = 0; i < x.length; i++) {
      double offset = Math.log(x[i]) - meanX;
      together += offset * (Math.log(y[i]) - meanY);
      alone += offset * offset;
    }
    return together / alone;
  }
}
