package io.github.descent4j.mnist.landscape;

import io.github.descent4j.batch.Backtracking;
import io.github.descent4j.batch.Bfgs;
import io.github.descent4j.batch.ConjugateGradient;
import io.github.descent4j.batch.GradientDescent;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.Minimizer;
import io.github.descent4j.batch.Newton;
import java.util.Locale;

/** The methods that search along lines and need no learning rate, at their defaults. */
public enum BatchMethod {
  /** With the exact Hessian. */
  NEWTON {
    @Override
    Minimizer minimizer(int iterations) {
      return Newton.builder().maxIterations(iterations).build();
    }
  },
  /** With an approximation of the Hessian's inverse. */
  BFGS {
    @Override
    Minimizer minimizer(int iterations) {
      return Bfgs.builder().maxIterations(iterations).build();
    }
  },
  /** With the last ten steps in its place. */
  LBFGS {
    @Override
    Minimizer minimizer(int iterations) {
      return LBfgs.builder().maxIterations(iterations).build();
    }
  },
  /** Conjugate gradients. */
  CG {
    @Override
    Minimizer minimizer(int iterations) {
      return ConjugateGradient.builder().maxIterations(iterations).build();
    }
  },
  /** Gradient descent, each step as long as Armijo's condition lets it be. */
  ARMIJO {
    @Override
    Minimizer minimizer(int iterations) {
      return GradientDescent.builder()
          .maxIterations(iterations)
          .lineSearch(new Backtracking())
          .build();
    }
  };

  abstract Minimizer minimizer(int iterations);

  /** The name in tables and pictures. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
