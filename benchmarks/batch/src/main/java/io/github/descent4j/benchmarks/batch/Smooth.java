package io.github.descent4j.benchmarks.batch;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A function to minimize, on plain arrays: all libraries evaluate the same code. */
interface Smooth {

  /** Where the search starts. */
  double[] start();

  /** The value; fills the gradient. */
  double evaluate(double[] x, double[] gradient);

  /**
   * The function of Rosenbrock in which each element but the ends is in two terms: the sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2. From
   * four dimensions on it has a second minimum, near x[0] = -1, of a value of about 4.
   */
  static Smooth rosenbrock(int n) {
    return new Smooth() {
      @Override
      public double[] start() {
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
          x[i] = i % 2 == 0 ? -1.2 : 1;
        }
        return x;
      }

      @Override
      public double evaluate(double[] x, double[] gradient) {
        Arrays.fill(gradient, 0);
        double value = 0;
        for (int i = 0; i + 1 < n; i++) {
          double u = 1 - x[i];
          double v = x[i + 1] - x[i] * x[i];
          value += u * u + 100 * v * v;
          gradient[i] += -2 * u - 400 * x[i] * v;
          gradient[i + 1] += 200 * v;
        }
        return value;
      }
    };
  }

  /**
   * Softmax regression with L2 penalty: weights [features + 1, classes], the last row the biases. Features of zero, which most pixels of
   * digits are, cost nothing.
   */
  static Smooth softmaxRegression(Points points, double lambda) {
    int[] labels = points.labels;
    int classes = points.classes;
    int features = points.features[0].length;
    int[][] columns = new int[labels.length][];
    float[][] values = new float[labels.length][];
    for (int n = 0; n < labels.length; n++) {
      float[] x = points.features[n];
      columns[n] = IntStream.range(0, features).filter(j -> x[j] != 0).toArray();
      values[n] = new float[columns[n].length];
      for (int i = 0; i < values[n].length; i++) {
        values[n][i] = x[columns[n][i]];
      }
    }
    return new Smooth() {
      @Override
      public double[] start() {
        return new double[(features + 1) * classes];
      }

      @Override
      public double evaluate(double[] w, double[] gradient) {
        Arrays.fill(gradient, 0);
        int biases = features * classes;
        double value = 0;
        double[] p = new double[classes];
        for (int n = 0; n < labels.length; n++) {
          int[] column = columns[n];
          float[] x = values[n];
          System.arraycopy(w, biases, p, 0, classes);
          for (int i = 0; i < x.length; i++) {
            addScaled(x[i], w, column[i] * classes, p, 0, classes);
          }
          double greatest = Double.NEGATIVE_INFINITY;
          for (double z : p) {
            greatest = Math.max(greatest, z);
          }
          double labelled = p[labels[n]];
          double sum = 0;
          for (int k = 0; k < classes; k++) {
            p[k] = Math.exp(p[k] - greatest);
            sum += p[k];
          }
          value += (greatest + Math.log(sum) - labelled) / labels.length;
          for (int k = 0; k < classes; k++) {
            p[k] = (p[k] / sum - (k == labels[n] ? 1 : 0)) / labels.length;
          }
          for (int i = 0; i < x.length; i++) {
            addScaled(x[i], p, 0, gradient, column[i] * classes, classes);
          }
          addScaled(1, p, 0, gradient, biases, classes);
        }
        for (int i = 0; i < w.length; i++) {
          value += lambda / 2 * w[i] * w[i];
          gradient[i] += lambda * w[i];
        }
        return value;
      }
    };
  }

  private static void addScaled(
      double scale, double[] from, int start, double[] to, int offset, int count) {
    for (int k = 0; k < count; k++) {
      to[offset + k] += scale * from[start + k];
    }
  }

  /** Points with labels. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  record Points(float[][] features, int[] labels, int classes) {

    /** The first ones. */
    Points first(int count) {
      return new Points(Arrays.copyOf(features, count), Arrays.copyOf(labels, count), classes);
    }
  }

  /** Three classes of points around the corners of a cube, which overlap: for where there are no digits. */
  static Points overlappingClasses() {
    SplittableRandom random = new SplittableRandom(1);
    float[][] features = new float[2000][20];
    int[] labels = new int[2000];
    for (int n = 0; n < 2000; n++) {
      labels[n] = n % 3;
      for (int j = 0; j < 20; j++) {
        double scale = Math.pow(10, j / 10.0 - 1);
        double shift = j % 3 == labels[n] ? 0.5 : 0;
        features[n][j] = (float) (scale * (shift + random.nextDouble(-1, 1)));
      }
    }
    return new Points(features, labels, 3);
  }
}
