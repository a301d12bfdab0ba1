package io.github.descent4j.benchmarks.batch;

import cc.mallet.optimize.LimitedMemoryBFGS;
import cc.mallet.optimize.Optimizable;
import cc.mallet.optimize.OptimizationException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.MaxIter;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.hipparchus.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import smile.math.BFGS;
import smile.math.DifferentiableMultivariateFunction;

/**
 * The other libraries, each at its defaults but without a tolerance of its own. MALLET is started anew, without its history, where it
 * throws or ends at a tolerance that cannot be set.
 */
final class Peers {
  private static final int HISTORY = 10;

  private Peers() {}

  static void mallet(Counted function, double[] start) {
    Logger.getLogger("").setLevel(Level.OFF);
    double[] x = start.clone();
    Optimizable.ByGradientValue negative = new Optimizable.ByGradientValue() {
      @Override
      public double getValue() {
        return -function.value(x);
      }

      @Override
      public void getValueGradient(double[] buffer) {
        double[] gradient = function.gradient(x);
        for (int i = 0; i < buffer.length; i++) {
          buffer[i] = -gradient[i];
        }
      }

      @Override
      public int getNumParameters() {
        return x.length;
      }

      @Override
      public void getParameters(double[] buffer) {
        System.arraycopy(x, 0, buffer, 0, x.length);
      }

      @Override
      public double getParameter(int index) {
        return x[index];
      }

      @Override
      public void setParameters(double[] parameters) {
        System.arraycopy(parameters, 0, x, 0, x.length);
      }

      @Override
      public void setParameter(int index, double value) {
        x[index] = value;
      }
    };
    // It throws where the curvature along a step has the wrong sign, and ends at a gradient of norm
    // 1e-3, which cannot be set: a
    // new one goes on from there.
    for (int i = 0; i < 10; i++) {
      try {
        LimitedMemoryBFGS optimizer = new LimitedMemoryBFGS(negative);
        optimizer.setTolerance(0);
        optimizer.optimize(10_000);
      } catch (OptimizationException e) {
        // The next one goes on.
      }
    }
  }

  static void smile(Counted function, double[] start) {
    DifferentiableMultivariateFunction smooth = new DifferentiableMultivariateFunction() {
      private static final long serialVersionUID = 1;

      @Override
      public double f(double[] x) {
        return function.value(x);
      }

      @Override
      public double g(double[] x, double[] gradient) {
        double value = function.value(x);
        System.arraycopy(function.gradient(x), 0, gradient, 0, gradient.length);
        return value;
      }
    };
    BFGS.minimize(smooth, HISTORY, start.clone(), Double.MIN_VALUE, Minimize.MOST_ITERATIONS);
  }

  static void hipparchus(Counted function, double[] start) {
    try {
      new NonLinearConjugateGradientOptimizer(
              NonLinearConjugateGradientOptimizer.Formula.POLAK_RIBIERE,
              (iteration, previous, current) -> false)
          .optimize(
              new MaxEval(100_000),
              new MaxIter(10_000),
              GoalType.MINIMIZE,
              new InitialGuess(start),
              new ObjectiveFunction(function::value),
              new ObjectiveFunctionGradient(x -> function.gradient(x).clone()));
    } catch (MathRuntimeException e) {
      // A limit, which the table shows as given up.
    }
  }
}
