package io.github.descent4j.benchmarks;

import java.util.Arrays;

/**
 * What a step of the rules does whose elements depend on each other, in double and apart from the library: the yardstick of {@code
 * NormedStep}, as {@link Formula} is of the element-wise rules.
 */
public enum NormedFormula {
  /** The paper's, with the ratio of norms for all parameters. */
  LAMB("Lamb") {
    @Override
    void step(Model x, double[][] g, int t) {
      for (int i = 0; i < g.length; i++) {
        double[] u = new double[g[i].length];
        for (int j = 0; j < u.length; j++) {
          x.m[i][j] = 0.9 * x.m[i][j] + 0.1 * g[i][j];
          x.v[i][j] = 0.999 * x.v[i][j] + 0.001 * g[i][j] * g[i][j];
          double mean = x.m[i][j] / (1 - Math.pow(0.9, t));
          u[j] = mean / (Math.sqrt(x.v[i][j] / (1 - Math.pow(0.999, t))) + 1e-6);
        }
        double rate = 1e-3 * Math.sqrt(dot(x.p[i], x.p[i]) / dot(u, u));
        for (int j = 0; j < u.length; j++) {
          x.p[i][j] -= rate * u[j];
        }
      }
    }
  },
  /** The paper's; the average of squared norms is the first number of v. */
  NOVO_GRAD("NovoGrad") {
    @Override
    void step(Model x, double[][] g, int t) {
      for (int i = 0; i < g.length; i++) {
        double square = dot(g[i], g[i]);
        x.v[i][0] = t == 1 ? square : 0.98 * x.v[i][0] + 0.02 * square;
        for (int j = 0; j < g[i].length; j++) {
          x.m[i][j] = 0.95 * x.m[i][j] + g[i][j] / (Math.sqrt(x.v[i][0]) + 1e-8);
          x.p[i][j] -= 0.01 * x.m[i][j];
        }
      }
    }
  },
  /** The paper's. */
  LARS("Lars") {
    @Override
    void step(Model x, double[][] g, int t) {
      for (int i = 0; i < g.length; i++) {
        double norm = Math.sqrt(dot(g[i], g[i]));
        double rate = 1e-3 * Math.sqrt(dot(x.p[i], x.p[i])) / norm;
        for (int j = 0; j < g[i].length; j++) {
          x.m[i][j] = 0.9 * x.m[i][j] + rate * g[i][j];
          x.p[i][j] -= x.m[i][j];
        }
      }
    }
  },
  /** The paper's, of matrices of ten rows: row means in m, column means in v. */
  ADAFACTOR("Adafactor") {
    @Override
    void step(Model x, double[][] g, int t) {
      double share = Math.pow(t, -0.8);
      for (int i = 0; i < g.length; i++) {
        int columns = g[i].length / ROWS;
        double[] rows = x.m[i];
        double[] ofColumns = x.v[i];
        double[] r = new double[ROWS];
        double[] c = new double[columns];
        for (int j = 0; j < g[i].length; j++) {
          double square = g[i][j] * g[i][j];
          r[j / columns] += square / columns;
          c[j % columns] += square / ROWS;
        }
        double mean = 0;
        for (int row = 0; row < ROWS; row++) {
          rows[row] += share * (r[row] - rows[row]);
          mean += rows[row] / ROWS;
        }
        for (int column = 0; column < columns; column++) {
          ofColumns[column] += share * (c[column] - ofColumns[column]);
        }
        double[] u = new double[g[i].length];
        for (int j = 0; j < u.length; j++) {
          u[j] = g[i][j] / Math.sqrt(rows[j / columns] * ofColumns[j % columns] / mean);
        }
        double alpha = 0.01 * Math.sqrt(dot(x.p[i], x.p[i]) / u.length);
        double clip = Math.max(1, Math.sqrt(dot(u, u) / u.length));
        for (int j = 0; j < u.length; j++) {
          x.p[i][j] -= alpha / clip * u[j];
        }
      }
    }
  },
  /** The authors' code. */
  PRODIGY("Prodigy") {
    @Override
    void step(Model x, double[][] g, int t) {
      double d = x.d;
      double beta3 = Math.sqrt(0.999);
      double length = 0;
      double product = 0;
      for (int i = 0; i < g.length; i++) {
        for (int j = 0; j < g[i].length; j++) {
          product += g[i][j] * (x.p0[i][j] - x.p[i][j]);
          x.m[i][j] = 0.9 * x.m[i][j] + 0.1 * d * g[i][j];
          x.v[i][j] = 0.999 * x.v[i][j] + 0.001 * d * d * g[i][j] * g[i][j];
          x.s[i][j] = beta3 * x.s[i][j] + d / D0 * d * g[i][j];
          length += Math.abs(x.s[i][j]);
        }
      }
      x.numerator = beta3 * x.numerator + d / D0 * d * product;
      x.d = Math.max(d, x.numerator / length);
      for (int i = 0; i < g.length; i++) {
        for (int j = 0; j < g[i].length; j++) {
          x.p[i][j] -= d * x.m[i][j] / (Math.sqrt(x.v[i][j]) + x.d * 1e-8);
        }
      }
    }
  },
  /** The authors' code. */
  DADAPT_ADAM("DAdaptAdam") {
    @Override
    void step(Model x, double[][] g, int t) {
      double d = x.d;
      double q = Math.sqrt(0.999);
      double length = 0;
      double product = 0;
      for (int i = 0; i < g.length; i++) {
        for (int j = 0; j < g[i].length; j++) {
          product += d * g[i][j] * x.s[i][j] / (Math.sqrt(x.v[i][j]) + 1e-8);
          x.m[i][j] = 0.9 * x.m[i][j] + 0.1 * d * g[i][j];
          x.v[i][j] = 0.999 * x.v[i][j] + 0.001 * g[i][j] * g[i][j];
          x.s[i][j] = q * x.s[i][j] + (1 - q) * d * g[i][j];
          length += Math.abs(x.s[i][j]);
          x.p[i][j] -= x.m[i][j] / (Math.sqrt(x.v[i][j]) + 1e-8);
        }
      }
      x.numerator = q * x.numerator + (1 - q) * product;
      x.d = Math.max(d, x.numerator / ((1 - q) * length));
    }
  },
  /** The authors' code. */
  DADAPT_SGD("DAdaptSgd") {
    @Override
    void step(Model x, double[][] g, int t) {
      if (t == 1) {
        x.firstNorm = Math.sqrt(Arrays.stream(g).mapToDouble(a -> dot(a, a)).sum());
      }
      double rate = x.d / x.firstNorm;
      double length = 0;
      for (int i = 0; i < g.length; i++) {
        x.numerator += rate * dot(g[i], x.s[i]);
        for (int j = 0; j < g[i].length; j++) {
          x.s[i][j] += rate * g[i][j];
          x.p[i][j] = x.p0[i][j] - x.s[i][j];
        }
        length += dot(x.s[i], x.s[i]);
      }
      x.d = Math.max(x.d, 2 * x.numerator / Math.sqrt(length));
    }
  };

  /** Of the matrices that a rule of matrices is given. */
  public static final int ROWS = 10;

  /** The first estimate of the rules that have one: large, so that a step is seen. */
  public static final double D0 = 0.01;

  /** Steps to validate over. */
  public static final int STEPS = 3;

  /** A model in double, and what the rules remember of it. */
  static final class Model {
    final double[][] p;
    final double[][] p0;
    final double[][] m;
    final double[][] v;
    final double[][] s;
    double d = D0;
    double numerator;
    double firstNorm;

    Model(int count, int length) {
      p = new double[count][length];
      m = new double[count][length];
      v = new double[count][length];
      s = new double[count][length];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < length; j++) {
          p[i][j] = Inputs.parameter(i * length + j);
        }
      }
      p0 = Arrays.stream(p).map(double[]::clone).toArray(double[][]::new);
    }
  }

  private final String label;

  NormedFormula(String label) {
    this.label = label;
  }

  /** The formula of the optimizer of this name. */
  public static NormedFormula of(String label) {
    return Arrays.stream(values())
        .filter(formula -> formula.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no optimizer is called " + label));
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  abstract void step(Model x, double[][] g, int t);

  /**
   * Requires that parameters which started from {@link Inputs#parameter} and have taken {@link #STEPS} steps with the gradients of
   * {@link Inputs} are where this formula puts them.
   *
   * @param actual the parameters, of one length
   * @throws IllegalStateException naming the first element that is not
   */
  public void check(float[][] actual) {
    int length = actual[0].length;
    Model x = new Model(actual.length, length);
    double[][] g = new double[actual.length][length];
    for (int t = 1; t <= STEPS; t++) {
      for (int i = 0; i < g.length; i++) {
        for (int j = 0; j < length; j++) {
          g[i][j] = Inputs.gradient(i * length + j) * Inputs.scale(t);
        }
      }
      step(x, g, t);
    }
    for (int i = 0; i < actual.length; i++) {
      for (int j = 0; j < length; j++) {
        if (!(Math.abs(actual[i][j] - x.p[i][j]) <= Formula.TOLERANCE)) {
          throw new IllegalStateException("descent4j is not " + label + ": element " + j + " of "
              + i + " is " + actual[i][j] + ", expected " + x.p[i][j]);
        }
      }
    }
  }
}
