package io.github.descent4j.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The functions of the golden files, of one vector: written from their definitions. */
abstract class Problem implements Objective {
  private int evaluations;
  private double firstBelow1e5 = Double.NaN;
  private double firstBelow1e8 = Double.NaN;

  /** The value; fills the gradient. */
  abstract double value(double[] x, double[] gradient);

  /** Fills the Hessian, or fails where the tests need none. */
  void hessian(double[] x, double[][] hessian) {
    throw new UnsupportedOperationException();
  }

  static Problem of(JsonNode problem) {
    return switch (problem.get("kind").textValue()) {
      case "quadratic" -> new Quadratic(matrix(problem.get("A")), Golden.numbers(problem.get("b")));
      case "rosenbrock" -> new Rosenbrock();
      case "beale" -> new Beale();
      case "booth" -> new Booth();
      case "logistic_l2" ->
        new Logistic(
            matrix(problem.get("X")),
            Golden.numbers(problem.get("y")),
            problem.get("lambda").doubleValue());
      case "least_squares" ->
        new LeastSquares(matrix(problem.get("X")), Golden.numbers(problem.get("y")));
      case "softmax_mlp" ->
        new SoftmaxMlp(
            Golden.shape(problem.get("layers")),
            matrix(problem.get("X")),
            Golden.numbers(problem.get("labels")),
            problem.get("lambda").doubleValue());
      default -> throw new IllegalArgumentException(problem.toString());
    };
  }

  static double[][] matrix(JsonNode rows) {
    double[][] matrix = new double[rows.size()][];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = Golden.numbers(rows.get(i));
    }
    return matrix;
  }

  static Parameters at(double... x) {
    return at(DataType.DOUBLE, x);
  }

  static Parameters at(DataType type, double... x) {
    INDArray value = Nd4j.create(x, new long[] {x.length}, 'c').castTo(type).dup();
    return Parameters.of(Parameter.of("x", value, Nd4j.create(type, x.length)));
  }

  static double[] where(Parameters parameters) {
    return Golden.numbers(parameters.get(0).value());
  }

  @Override
  public double evaluate(Parameters parameters) {
    double[] x = where(parameters);
    double[] gradient = new double[x.length];
    double value = value(x, gradient);
    evaluations++;
    double largest = Vectors.maxNorm(gradient);
    if (Double.isNaN(firstBelow1e5) && largest <= 1e-5) {
      firstBelow1e5 = evaluations;
    }
    if (Double.isNaN(firstBelow1e8) && largest <= 1e-8) {
      firstBelow1e8 = evaluations;
    }
    INDArray array = parameters.get(0).gradient();
    for (int i = 0; i < x.length; i++) {
      array.putScalar(i, gradient[i]);
    }
    return value;
  }

  /** At which evaluation the largest element of the gradient was first at most 1e-5, NaN if never. */
  double evaluationsTo1e5() {
    return firstBelow1e5;
  }

  double evaluationsTo1e8() {
    return firstBelow1e8;
  }

  Objective withItsHessian() {
    return withHessian((parameters, hessian) -> {
          double[] x = where(parameters);
          double[][] rows = new double[x.length][x.length];
          hessian(x, rows);
          for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x.length; j++) {
              hessian.putScalar(i, j, rows[i][j]);
            }
          }
        })
        .withHessianProduct((parameters, vector, product) -> {
          double[] x = where(parameters);
          double[][] rows = new double[x.length][x.length];
          hessian(x, rows);
          multiply(rows, vector, product);
        });
  }

  private static void multiply(double[][] rows, List<INDArray> vector, List<INDArray> product) {
    double[] v = Golden.numbers(vector.get(0));
    for (int i = 0; i < v.length; i++) {
      product.get(0).putScalar(i, Vectors.dot(rows[i], v));
    }
  }

  static final class Quadratic extends Problem {
    final double[][] a;
    final double[] b;

    Quadratic(double[][] a, double[] b) {
      this.a = a;
      this.b = b;
    }

    @Override
    double value(double[] x, double[] gradient) {
      double value = 0;
      for (int i = 0; i < x.length; i++) {
        double product = 0;
        for (int j = 0; j < x.length; j++) {
          product += a[i][j] * x[j];
        }
        gradient[i] = product - b[i];
        value += x[i] * (0.5 * product - b[i]);
      }
      return value;
    }

    @Override
    void hessian(double[] x, double[][] hessian) {
      for (int i = 0; i < x.length; i++) {
        hessian[i] = a[i].clone();
      }
    }
  }

  /** In any even number of dimensions: the sum over pairs. */
  static final class Rosenbrock extends Problem {
    @Override
    double value(double[] x, double[] gradient) {
      double value = 0;
      for (int i = 0; i < x.length; i += 2) {
        double u = 1 - x[i];
        double v = x[i + 1] - x[i] * x[i];
        value += u * u + 100 * v * v;
        gradient[i] = -2 * u - 400 * x[i] * v;
        gradient[i + 1] = 200 * v;
      }
      return value;
    }

    @Override
    void hessian(double[] x, double[][] hessian) {
      for (int i = 0; i < x.length; i += 2) {
        hessian[i][i] = 2 + 1200 * x[i] * x[i] - 400 * x[i + 1];
        hessian[i][i + 1] = -400 * x[i];
        hessian[i + 1][i] = -400 * x[i];
        hessian[i + 1][i + 1] = 200;
      }
    }
  }

  static final class Beale extends Problem {
    private static final double[] C = {1.5, 2.25, 2.625};

    @Override
    double value(double[] x, double[] gradient) {
      double value = 0;
      double y = x[1];
      for (int k = 1; k <= 3; k++) {
        double power = Math.pow(y, k);
        double u = C[k - 1] - x[0] + x[0] * power;
        value += u * u;
        gradient[0] += 2 * u * (power - 1);
        gradient[1] += 2 * u * x[0] * k * Math.pow(y, k - 1.0);
      }
      return value;
    }

    @Override
    void hessian(double[] x, double[][] hessian) {
      double y = x[1];
      for (int k = 1; k <= 3; k++) {
        double power = Math.pow(y, k);
        double lower = k * Math.pow(y, k - 1.0);
        double lowest = k * (k - 1) * Math.pow(y, Math.max(0, k - 2.0));
        double u = C[k - 1] - x[0] + x[0] * power;
        hessian[0][0] += 2 * (power - 1) * (power - 1);
        hessian[0][1] += 2 * (x[0] * lower * (power - 1) + u * lower);
        hessian[1][1] += 2 * (x[0] * lower * x[0] * lower + u * x[0] * lowest);
      }
      hessian[1][0] = hessian[0][1];
    }
  }

  static final class Booth extends Problem {
    @Override
    double value(double[] x, double[] gradient) {
      double u = x[0] + 2 * x[1] - 7;
      double v = 2 * x[0] + x[1] - 5;
      gradient[0] = 2 * u + 4 * v;
      gradient[1] = 4 * u + 2 * v;
      return u * u + v * v;
    }

    @Override
    void hessian(double[] x, double[][] hessian) {
      hessian[0] = new double[] {10, 8};
      hessian[1] = new double[] {8, 10};
    }
  }

  static final class Logistic extends Problem {
    private final double[][] features;
    private final double[] labels;
    private final double lambda;

    Logistic(double[][] features, double[] labels, double lambda) {
      this.features = features;
      this.labels = labels;
      this.lambda = lambda;
    }

    @Override
    double value(double[] w, double[] gradient) {
      double value = 0;
      for (int i = 0; i < labels.length; i++) {
        double sign = 2 * labels[i] - 1;
        double margin = -sign * Vectors.dot(features[i], w);
        value += (Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))) / labels.length;
        Vectors.add(gradient, -sign * sigmoid(margin) / labels.length, features[i]);
      }
      Vectors.add(gradient, lambda, w);
      return value + lambda / 2 * Vectors.dot(w, w);
    }

    @Override
    void hessian(double[] w, double[][] hessian) {
      for (int i = 0; i < labels.length; i++) {
        double p = sigmoid(Vectors.dot(features[i], w));
        for (int j = 0; j < w.length; j++) {
          Vectors.add(hessian[j], p * (1 - p) * features[i][j] / labels.length, features[i]);
        }
      }
      for (int j = 0; j < w.length; j++) {
        hessian[j][j] += lambda;
      }
    }

    private static double sigmoid(double z) {
      return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
    }
  }

  static final class LeastSquares extends Problem {
    private final double[][] features;
    private final double[] labels;

    LeastSquares(double[][] features, double[] labels) {
      this.features = features;
      this.labels = labels;
    }

    @Override
    double value(double[] w, double[] gradient) {
      double value = 0;
      for (int i = 0; i < labels.length; i++) {
        double residual = Vectors.dot(features[i], w) - labels[i];
        value += residual * residual / (2 * labels.length);
        Vectors.add(gradient, residual / labels.length, features[i]);
      }
      return value;
    }
  }

  static final class SoftmaxMlp extends Problem {
    private final int in;
    private final int hidden;
    private final int out;
    private final double[][] features;
    private final double[] labels;
    private final double lambda;

    SoftmaxMlp(long[] layers, double[][] features, double[] labels, double lambda) {
      in = (int) layers[0];
      hidden = (int) layers[1];
      out = (int) layers[2];
      this.features = features;
      this.labels = labels;
      this.lambda = lambda;
    }

    @Override
    double value(double[] p, double[] gradient) {
      int b1 = hidden * in;
      int w2 = b1 + hidden;
      int b2 = w2 + out * hidden;
      double value = 0;
      for (int n = 0; n < labels.length; n++) {
        double[] h = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          double z = p[b1 + j];
          for (int i = 0; i < in; i++) {
            z += p[j * in + i] * features[n][i];
          }
          h[j] = Math.tanh(z);
        }
        double[] logits = new double[out];
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < out; k++) {
          logits[k] = p[b2 + k];
          for (int j = 0; j < hidden; j++) {
            logits[k] += p[w2 + k * hidden + j] * h[j];
          }
          greatest = Math.max(greatest, logits[k]);
        }
        double sum = 0;
        for (double logit : logits) {
          sum += Math.exp(logit - greatest);
        }
        int label = (int) labels[n];
        value += (greatest + Math.log(sum) - logits[label]) / labels.length;
        double[] ofHidden = new double[hidden];
        for (int k = 0; k < out; k++) {
          double error =
              (Math.exp(logits[k] - greatest) / sum - (k == label ? 1 : 0)) / labels.length;
          gradient[b2 + k] += error;
          for (int j = 0; j < hidden; j++) {
            gradient[w2 + k * hidden + j] += error * h[j];
            ofHidden[j] += error * p[w2 + k * hidden + j];
          }
        }
        for (int j = 0; j < hidden; j++) {
          double error = ofHidden[j] * (1 - h[j] * h[j]);
          gradient[b1 + j] += error;
          for (int i = 0; i < in; i++) {
            gradient[j * in + i] += error * features[n][i];
          }
        }
      }
      Vectors.add(gradient, lambda, p);
      return value + lambda / 2 * Vectors.dot(p, p);
    }

    /**
     * Of an example with logits z, their softmax s and errors e = s - label: the sum over k, l of (s_k [k = l] - s_k s_l) dz_k dz_l', plus
     * the sum over k of e_k times the second derivatives of z_k, which are 0 but for two weights of the hidden layer's same unit, and for
     * such a weight with the unit's weight of the output.
     */
    @Override
    void hessian(double[] p, double[][] hessian) {
      int b1 = hidden * in;
      int w2 = b1 + hidden;
      int b2 = w2 + out * hidden;
      int size = b2 + out;
      for (int n = 0; n < labels.length; n++) {
        // The inputs with a 1 for the bias, and where their weights are.
        double[] x = new double[in + 1];
        System.arraycopy(features[n], 0, x, 0, in);
        x[in] = 1;
        double[] h = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          double z = 0;
          for (int i = 0; i <= in; i++) {
            z += p[weight(j, i)] * x[i];
          }
          h[j] = Math.tanh(z);
        }
        double[][] slopes = new double[out][size];
        double[] s = new double[out];
        double sum = 0;
        for (int k = 0; k < out; k++) {
          double z = p[b2 + k];
          slopes[k][b2 + k] = 1;
          for (int j = 0; j < hidden; j++) {
            double weight = p[w2 + k * hidden + j];
            z += weight * h[j];
            slopes[k][w2 + k * hidden + j] = h[j];
            for (int i = 0; i <= in; i++) {
              slopes[k][weight(j, i)] = weight * (1 - h[j] * h[j]) * x[i];
            }
          }
          s[k] = Math.exp(z);
          sum += s[k];
        }
        double[] mean = new double[size];
        for (int k = 0; k < out; k++) {
          s[k] /= sum;
          Vectors.add(mean, s[k], slopes[k]);
        }
        for (int a = 0; a < size; a++) {
          for (int k = 0; k < out; k++) {
            Vectors.add(hessian[a], s[k] * slopes[k][a] / labels.length, slopes[k]);
          }
          Vectors.add(hessian[a], -mean[a] / labels.length, mean);
        }
        for (int k = 0; k < out; k++) {
          double error = (s[k] - (k == (int) labels[n] ? 1 : 0)) / labels.length;
          for (int j = 0; j < hidden; j++) {
            int output = w2 + k * hidden + j;
            double slope = 1 - h[j] * h[j];
            for (int i = 0; i <= in; i++) {
              hessian[output][weight(j, i)] += error * slope * x[i];
              hessian[weight(j, i)][output] += error * slope * x[i];
              for (int m = 0; m <= in; m++) {
                hessian[weight(j, i)][weight(j, m)] +=
                    error * p[output] * -2 * h[j] * slope * x[i] * x[m];
              }
            }
          }
        }
      }
      for (int a = 0; a < size; a++) {
        hessian[a][a] += lambda;
      }
    }

    /** Where the weight of an input of a hidden unit is; the input behind the last one is the bias. */
    private int weight(int unit, int input) {
      return input < in ? unit * in + input : hidden * in + unit;
    }
  }

  /** A strictly convex quadratic of eigenvalues from 1 to {@code condition}. */
  static Quadratic quadratic(int n, long seed, double condition) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] a = new double[n][n];
    double[] direction = new double[n];
    for (int i = 0; i < n; i++) {
      a[i][i] = Math.pow(condition, i / Math.max(1.0, n - 1));
      direction[i] = random.nextDouble(-1, 1);
    }
    // A reflection on both sides keeps the eigenvalues.
    double square = Vectors.dot(direction, direction);
    double[][] reflection = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        reflection[i][j] = (i == j ? 1 : 0) - 2 * direction[i] * direction[j] / square;
      }
    }
    double[] b = random.doubles(n, -1, 1).toArray();
    return new Quadratic(product(reflection, product(a, reflection)), b);
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < a.length; k++) {
        Vectors.add(product[i], a[i][k], b[k]);
      }
    }
    return product;
  }
}
