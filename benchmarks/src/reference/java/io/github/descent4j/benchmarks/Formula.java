package io.github.descent4j.benchmarks;

import java.util.Arrays;

/**
 * What one step does to one element, in double: the yardstick that every implementation is held to
 * before it is timed. Written out once more, apart from the library, without sharing a line with it.
 *
 * <p>The hyperparameters are those that every implementation is given. Gradients are at least 1/16 in
 * size (see {@link Inputs}), so that the place of epsilon, on which libraries differ, stays below the
 * {@link #TOLERANCE}.
 */
public enum Formula {
  SGD("Sgd", 3) {
    @Override
    void update(double[] x, double g, int t) {
      x[0] -= 0.01 * g;
    }
  },
  MOMENTUM("Momentum", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + g;
      x[0] -= 0.01 * x[1];
    }
  },
  NESTEROV("Nesterov", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + g;
      x[0] -= 0.01 * (g + 0.9 * x[1]);
    }
  },
  ADAGRAD("AdaGrad", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] += g * g;
      x[0] -= 0.01 * g / Math.sqrt(x[1] + 1e-7);
    }
  },
  RMSPROP("RmsProp", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g * g;
      x[0] -= 1e-3 * g / Math.sqrt(x[1] + 1e-8);
    }
  },
  ADADELTA("AdaDelta", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g * g;
      double d = Math.sqrt((x[2] + 1e-6) / (x[1] + 1e-6)) * g;
      x[0] -= d;
      x[2] = 0.9 * x[2] + 0.1 * d * d;
    }
  },
  ADAM("Adam", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] = 0.999 * x[2] + 0.001 * g * g;
      x[0] -= 1e-3 * (x[1] / CORRECTION_1[t]) / (Math.sqrt(x[2] / CORRECTION_2[t]) + 1e-8);
    }
  },
  ADAMW("AdamW", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[0] -= 1e-3 * 0.01 * x[0];
      ADAM.update(x, g, t);
    }
  },
  /** With beta2 = 0.9, so that the moment falls while validating and its maximum does not. */
  AMSGRAD("AmsGrad", 9) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] = 0.9 * x[2] + 0.1 * g * g;
      x[3] = Math.max(x[3], x[2]);
      x[0] -= 1e-3 * (x[1] / CORRECTION_1[t]) / (Math.sqrt(x[3] / CORRECTION_1[t]) + 1e-8);
    }
  },
  YOGI("Yogi", 7) {
    @Override
    void start(double[] x) {
      x[2] = 1e-6;
    }

    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] -= 0.001 * Math.signum(x[2] - g * g) * g * g;
      x[0] -= 0.01 * (x[1] / CORRECTION_1[t]) / (Math.sqrt(x[2] / CORRECTION_2[t]) + 1e-3);
    }
  },
  RADAM("RAdam", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] = 0.999 * x[2] + 0.001 * g * g;
      double mean = x[1] / CORRECTION_1[t];
      double rhoInf = 2 / (1 - 0.999) - 1;
      double rho = rhoInf - 2 * t * (1 - CORRECTION_2[t]) / CORRECTION_2[t];
      double rectified = 1;
      if (rho > 5) {
        double r = (rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho);
        rectified = Math.sqrt(r * CORRECTION_2[t]) / (Math.sqrt(x[2]) + 1e-8);
      }
      x[0] -= 1e-3 * mean * rectified;
    }

    /** Rectification starts at the sixth step. */
    @Override
    public int steps() {
      return 8;
    }
  },
  NADAM("NAdam", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] = 0.999 * x[2] + 0.001 * g * g;
      double product = 1;
      for (int i = 1; i <= t; i++) {
        product *= mu(i);
      }
      double momentum = mu(t + 1) * x[1] / (1 - product * mu(t + 1));
      double step = (1 - mu(t)) * g / (1 - product) + momentum;
      x[0] -= 2e-3 * step / (Math.sqrt(x[2] / CORRECTION_2[t]) + 1e-8);
    }

    private double mu(int t) {
      return 0.9 * (1 - Math.pow(0.96, 0.004 * t) / 2);
    }
  },
  ADAMAX("AdaMax", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[2] = Math.max(0.999 * x[2], Math.abs(g));
      x[0] -= 2e-3 * (x[1] / CORRECTION_1[t]) / (x[2] + 1e-8);
    }
  },
  SIGN_SGD("SignSgd", 3) {
    @Override
    void update(double[] x, double g, int t) {
      x[0] -= 0.01 * Math.signum(g);
    }
  },
  SIGNUM("Signum", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      x[0] -= 0.01 * Math.signum(x[1]);
    }
  },
  QHM("Qhm", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.999 * x[1] + 0.001 * g;
      x[0] -= 0.3 * g + 0.7 * x[1];
    }
  },
  QHADAM("QhAdam", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.995 * x[1] + 0.005 * g;
      x[2] = 0.999 * x[2] + 0.001 * g * g;
      double mean = 0.3 * g + 0.7 * x[1] / (1 - Math.pow(0.995, t));
      x[0] -= 1e-3 * mean / (Math.sqrt(x[2] / CORRECTION_2[t]) + 1e-8);
    }
  },
  ADABELIEF("AdaBelief", 7) {
    @Override
    void update(double[] x, double g, int t) {
      x[1] = 0.9 * x[1] + 0.1 * g;
      double surprise = g - x[1];
      x[2] = 0.999 * x[2] + 0.001 * surprise * surprise + 1e-8;
      x[0] -= 1e-3 * (x[1] / CORRECTION_1[t]) / (Math.sqrt(x[2] / CORRECTION_2[t]) + 1e-8);
    }
  },
  ADAN("Adan", 11) {
    @Override
    void update(double[] x, double g, int t) {
      double difference = t == 1 ? 0 : g - x[4];
      x[4] = g;
      x[1] = 0.98 * x[1] + 0.02 * g;
      x[2] = 0.92 * x[2] + 0.08 * difference;
      double ahead = g + 0.92 * difference;
      x[3] = 0.99 * x[3] + 0.01 * ahead * ahead;
      double step = x[1] / (1 - Math.pow(0.98, t)) + 0.92 * x[2] / (1 - Math.pow(0.92, t));
      x[0] -= 1e-3 * step / (Math.sqrt(x[3] / (1 - Math.pow(0.99, t))) + 1e-8);
    }
  },
  LION("Lion", 5) {
    @Override
    void update(double[] x, double g, int t) {
      x[0] -= 1e-4 * Math.signum(0.9 * x[1] + 0.1 * g);
      x[1] = 0.99 * x[1] + 0.01 * g;
    }
  },
  ASGD("Asgd", 5) {
    @Override
    void update(double[] x, double g, int t) {
      double eta = 0.01 / Math.pow(1 + 1e-6 * (t - 1), 0.75);
      x[0] = (1 - 1e-4 * eta) * x[0] - eta * g;
      x[1] = x[0];
    }
  },
  RPROP("Rprop", 7) {
    @Override
    void start(double[] x) {
      x[2] = 0.01;
    }

    @Override
    void update(double[] x, double g, int t) {
      double s = Math.signum(g) * x[1];
      x[2] = Math.min(Math.max(x[2] * (s > 0 ? 1.2 : s < 0 ? 0.5 : 1), 1e-6), 50);
      x[1] = s < 0 ? 0 : Math.signum(g);
      x[0] -= x[2] * x[1];
    }
  },
  FTRL("Ftrl", 7) {
    @Override
    void update(double[] x, double g, int t) {
      double z = t == 1 ? -x[0] : x[1];
      double root = Math.sqrt(x[2] + g * g);
      x[1] = z + 0.1 * g - (root - Math.sqrt(x[2])) * x[0];
      x[2] += g * g;
      x[0] = -x[1] / (1 + root);
    }
  };

  /** How far a float32 parameter may be from the formula's after {@link #steps}. */
  public static final double TOLERANCE = 2e-6;

  private static final int LONGEST = 8;
  private static final double[] CORRECTION_1 = corrections(0.9);
  private static final double[] CORRECTION_2 = corrections(0.999);

  private final String label;
  private final int passes;

  Formula(String label, int passes) {
    this.label = label;
    this.passes = passes;
  }

  /** The formula of the optimizer of this name. */
  public static Formula of(String label) {
    return Arrays.stream(values())
        .filter(formula -> formula.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no optimizer is called " + label));
  }

  /** 1 - beta^t for every t. */
  private static double[] corrections(double beta) {
    double[] corrections = new double[LONGEST + 1];
    for (int t = 1; t <= LONGEST; t++) {
      corrections[t] = 1 - Math.pow(beta, t);
    }
    return corrections;
  }

  /** The optimizer's name. */
  public String label() {
    return label;
  }

  /** Arrays that a step has to read (gradient, parameter, slots) plus those it has to write. */
  public int passes() {
    return passes;
  }

  /** Arrays of a step: all are read, and all but the gradient written. */
  public int arrays() {
    return (passes + 1) / 2;
  }

  /** Steps to validate over. */
  public int steps() {
    return 3;
  }

  /** Gives the slots, from x[1] on, their first values, if not zero. */
  void start(double[] x) {}

  /** Takes step t, from 1: x[0] is the parameter. */
  abstract void update(double[] x, double g, int t);

  /**
   * Requires that parameters which started from {@link Inputs#parameter} and have taken {@link #steps}
   * steps with the gradients of {@link Inputs} are where this formula puts them.
   *
   * @param who names the implementation in the error
   * @param first the index of the first element among all parameters
   * @param actual the parameters
   * @throws IllegalStateException naming the first element that is not
   */
  public void check(String who, int first, float[] actual) {
    double[] x = new double[5];
    for (int i = 0; i < actual.length; i++) {
      Arrays.fill(x, 0);
      x[0] = Inputs.parameter(first + i);
      start(x);
      for (int t = 1; t <= steps(); t++) {
        update(x, Inputs.gradient(first + i) * Inputs.scale(t), t);
      }
      if (!(Math.abs(actual[i] - x[0]) <= TOLERANCE)) {
        throw new IllegalStateException(who + " is not " + label + ": after " + steps()
            + " steps, element " + (first + i) + " is " + actual[i] + ", expected " + x[0]);
      }
    }
  }
}
