package io.github.descent4j.nn.train;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import java.util.Objects;
import java.util.function.Predicate;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A penalty on large weights: lambda1 |w|₁ + lambda2 / 2 |w|₂². With lambda2 = 0 it is the lasso's L1 penalty, with lambda1 = 0 ridge
 * regression's.
 *
 * <p>{@link Trainer} adds its gradient, lambda1 sign(w) + lambda2 w with sign(0) = 0, to that of the loss before the optimizer's step:
 * clipping, accumulation and the optimizer's moments see the sum. (A decoupled weight decay, as AdamW's, does not go through them; a
 * coupled one is lambda2 on all parameters.) The losses that the trainer reports are without the penalty.
 *
 * <p>It applies to parameters of at least two dimensions, the weights of dense and convolutional layers, unless {@link #on} says
 * otherwise.
 *
 * <p>H. Zou, T. Hastie: Regularization and variable selection via the elastic net. Journal of the Royal Statistical Society B 67(2), 2005;
 * R. Tibshirani: Regression shrinkage and selection via the lasso. The same, B 58(1), 1996.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).penalty(ElasticNet.of(1e-5, 1e-4)).build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class ElasticNet implements WeightPenalty {
  private static final int BLOCK = 1024;

  /** {@code w HUGE HUGE} is at least 1 for the smallest positive w: the sign without a branch that would be mispredicted. */
  private static final float HUGE = 0x1p126f;

  private static final double DOUBLE_HUGE = 0x1p1022;

  private final double lambda1;
  private final double lambda2;
  private final Predicate<Parameter> parameters;

  private ElasticNet(double lambda1, double lambda2, Predicate<Parameter> parameters) {
    this.lambda1 = lambda1;
    this.lambda2 = lambda2;
    this.parameters = parameters;
  }

  /**
   * A penalty on all weights.
   *
   * @param lambda1 strength of the L1 penalty, at least 0 and finite
   * @param lambda2 strength of the squared L2 penalty, at least 0 and finite
   * @throws IllegalArgumentException if a value is not as stated
   */
  public static ElasticNet of(double lambda1, double lambda2) {
    return new ElasticNet(
        require("lambda1", lambda1),
        require("lambda2", lambda2),
        parameter -> parameter.value().rank() > 1);
  }

  private static double require(String name, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected a finite number of at least 0");
    }
    return value;
  }

  /**
   * The same penalty on other parameters.
   *
   * @param parameters which ones
   */
  public ElasticNet on(Predicate<Parameter> parameters) {
    return new ElasticNet(lambda1, lambda2, Objects.requireNonNull(parameters, "parameters"));
  }

  /**
   * The penalty.
   *
   * @param parameters FLOAT or DOUBLE
   * @return lambda1 |w|₁ + lambda2 / 2 |w|₂² over those that it applies to
   */
  @Override
  public double value(Parameters parameters) {
    double sum = 0;
    for (Parameter parameter : parameters) {
      if (this.parameters.test(parameter)) {
        Memory values = Memory.of(parameter.value());
        double[] w = new double[values.length()];
        values.getDoubles(0, w, w.length);
        for (double weight : w) {
          sum += lambda1 * Math.abs(weight) + lambda2 / 2 * weight * weight;
        }
      }
    }
    return sum;
  }

  /**
   * Adds the penalty's gradient to the gradients.
   *
   * @param parameters FLOAT or DOUBLE, in 'c' order without gaps
   */
  @Override
  public void addGradient(Parameters parameters) {
    if (lambda1 == 0 && lambda2 == 0) {
      return;
    }
    for (Parameter parameter : parameters) {
      if (this.parameters.test(parameter)) {
        Memory values = Memory.of(parameter.value());
        Memory gradients = Memory.of(parameter.gradient());
        if (values.dataType() == DataType.FLOAT) {
          addFloats(values, gradients);
        } else {
          addDoubles(values, gradients);
        }
      }
    }
  }

  private void addFloats(Memory values, Memory gradients) {
    float[] w = new float[BLOCK];
    float[] g = new float[BLOCK];
    float l1 = (float) lambda1;
    float l2 = (float) lambda2;
    for (int from = 0; from < values.length(); from += BLOCK) {
      int n = Math.min(BLOCK, values.length() - from);
      values.get(from, w, 0, n);
      gradients.get(from, g, 0, n);
      for (int i = 0; i < n; i++) {
        g[i] += l1 * Math.max(-1, Math.min(1, w[i] * HUGE * HUGE)) + l2 * w[i];
      }
      gradients.put(from, g, 0, n);
    }
  }

  private void addDoubles(Memory values, Memory gradients) {
    double[] w = new double[BLOCK];
    double[] g = new double[BLOCK];
    for (int from = 0; from < values.length(); from += BLOCK) {
      int n = Math.min(BLOCK, values.length() - from);
      values.get(from, w, 0, n);
      gradients.get(from, g, 0, n);
      for (int i = 0; i < n; i++) {
        double sign = Math.max(-1, Math.min(1, w[i] * DOUBLE_HUGE * DOUBLE_HUGE));
        g[i] += lambda1 * sign + lambda2 * w[i];
      }
      gradients.put(from, g, 0, n);
    }
  }

  /** The strengths, such as {@code L1 1.0E-5, L2 1.0E-4}. */
  @Override
  public String toString() {
    return "L1 " + lambda1 + ", L2 " + lambda2;
  }
}
