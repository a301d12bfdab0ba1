package io.github.descent4j.mnist.landscape;

import io.github.descent4j.Adam;
import io.github.descent4j.AmsGrad;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Yogi;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The online problem on which Adam goes to the worst point (Reddi, Kale and Kumar 2018, "On the convergence of Adam and
 * beyond", Theorem 1).
 *
 * <p>On [-1, 1] the loss of step t is {@code C x} if {@code t mod 3 = 1} and {@code -x} otherwise. With C = 3 three losses sum
 * to x, so -1 is best and 1 is worst. As in the theorem beta1 is 0, beta2 is {@code 1 / (1 + C²)} and the rate falls as
 * {@code 1 / sqrt(t)}; after each step the point is put back into the interval.
 */
public final class ReddiExample {
  private static final double C = 3;
  private static final double BETA2 = 1 / (1 + C * C);
  private static final double RATE = 0.3;

  private ReddiExample() {}

  /** The point before the first step, which is 0, and after each, by optimizer. */
  public static Map<String, double[]> play(int steps) {
    Map<String, double[]> points = new LinkedHashMap<>();
    points.put("adam", play(Adam.builder().beta1(0).beta2(BETA2).build(), steps));
    points.put("amsgrad", play(AmsGrad.builder().beta1(0).beta2(BETA2).build(), steps));
    points.put("yogi", play(Yogi.builder().beta1(0).beta2(BETA2).build(), steps));
    return points;
  }

  /** The sum of the losses that a player has paid, each at the point before its step; the best point would have paid {@code -t / 3}. */
  public static double losses(double... points) {
    double sum = 0;
    for (int t = 1; t < points.length; t++) {
      sum += slope(t) * points[t - 1];
    }
    return sum;
  }

  private static double slope(int t) {
    return t % 3 == 1 ? C : -1;
  }

  private static double[] play(Optimizer optimizer, int steps) {
    Optimizer falling = optimizer.scheduled(step -> RATE / Math.sqrt(step + 1));
    INDArray x = Nd4j.create(DataType.DOUBLE, 1);
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 1);
    Parameters parameters = Parameters.of(Parameter.of("x", x, gradient));
    double[] points = new double[steps + 1];
    for (int t = 1; t <= steps; t++) {
      gradient.putScalar(0, slope(t));
      falling.step(parameters);
      points[t] = Math.max(-1, Math.min(1, x.getDouble(0)));
      x.putScalar(0, points[t]);
    }
    return points;
  }
}
