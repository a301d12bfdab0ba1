package io.github.descent4j.kernel;

/**
 * The scalar implementation, always available: rounds the scalars once and hands every block to the
 * loop of its type.
 *
 * <p>{@link FloatLoops} and {@link DoubleLoops} are the specification of the arithmetic.
 */
public final class ScalarKernels implements Kernels {

  @Override
  public void sgd(Chunk c, double learningRate) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.sgd(c.p64, c.g64, c.n, learningRate);
      } else {
        FloatLoops.sgd(c.p32, c.g32, c.n, (float) learningRate);
      }
    }
  }

  @Override
  public void momentum(Chunk c, double learningRate, double mu, double gain) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.momentum(c.p64, c.g64, c.s64[0], c.n, learningRate, mu, gain);
      } else {
        FloatLoops.momentum(
            c.p32, c.g32, c.s32[0], c.n, (float) learningRate, (float) mu, (float) gain);
      }
    }
  }

  @Override
  public void nesterov(Chunk c, double learningRate, double mu) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.nesterov(c.p64, c.g64, c.s64[0], c.n, learningRate, mu);
      } else {
        FloatLoops.nesterov(c.p32, c.g32, c.s32[0], c.n, (float) learningRate, (float) mu);
      }
    }
  }

  @Override
  public void adaGrad(Chunk c, double learningRate, double epsilonInside, double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.adaGrad(
            c.p64, c.g64, c.s64[0], c.n, learningRate, epsilonInside, epsilonOutside);
      } else {
        FloatLoops.adaGrad(
            c.p32,
            c.g32,
            c.s32[0],
            c.n,
            (float) learningRate,
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void rmsProp(
      Chunk c, double learningRate, double rho, double epsilonInside, double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rmsProp(
            c.p64, c.g64, c.s64[0], c.n, learningRate, rho, 1 - rho, epsilonInside, epsilonOutside);
      } else {
        FloatLoops.rmsProp(
            c.p32,
            c.g32,
            c.s32[0],
            c.n,
            (float) learningRate,
            (float) rho,
            (float) (1 - rho),
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void rmsPropMomentum(
      Chunk c,
      double learningRate,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rmsPropMomentum(
            c.p64,
            c.g64,
            c.s64[0],
            c.s64[1],
            c.n,
            learningRate,
            rho,
            1 - rho,
            mu,
            epsilonInside,
            epsilonOutside);
      } else {
        FloatLoops.rmsPropMomentum(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) learningRate,
            (float) rho,
            (float) (1 - rho),
            (float) mu,
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void rmsPropCentered(
      Chunk c, double learningRate, double rho, double epsilonInside, double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rmsPropCentered(
            c.p64,
            c.g64,
            c.s64[0],
            c.s64[1],
            c.n,
            learningRate,
            rho,
            1 - rho,
            epsilonInside,
            epsilonOutside);
      } else {
        FloatLoops.rmsPropCentered(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) learningRate,
            (float) rho,
            (float) (1 - rho),
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void rmsPropCenteredMomentum(
      Chunk c,
      double learningRate,
      double rho,
      double mu,
      double epsilonInside,
      double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rmsPropCenteredMomentum(
            c.p64,
            c.g64,
            c.s64[0],
            c.s64[1],
            c.s64[2],
            c.n,
            learningRate,
            rho,
            1 - rho,
            mu,
            epsilonInside,
            epsilonOutside);
      } else {
        FloatLoops.rmsPropCenteredMomentum(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.s32[2],
            c.n,
            (float) learningRate,
            (float) rho,
            (float) (1 - rho),
            (float) mu,
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void adaDelta(Chunk c, double learningRate, double rho, double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.adaDelta(
            c.p64, c.g64, c.s64[0], c.s64[1], c.n, learningRate, rho, 1 - rho, epsilon);
      } else {
        FloatLoops.adaDelta(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) learningRate,
            (float) rho,
            (float) (1 - rho),
            positive(epsilon));
      }
    }
  }

  @Override
  public void adam(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.adam(
            c.p64, c.g64, c.s64[0], c.s64[1], c.n, beta1, 1 - beta1, beta2, 1 - beta2, stepSize,
            rootScale, epsilon);
      } else {
        FloatLoops.adam(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) stepSize,
            (float) rootScale,
            positive(epsilon));
      }
    }
  }

  @Override
  public void amsGrad(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.amsGrad(
            c.p64, c.g64, c.s64[0], c.s64[1], c.s64[2], c.n, beta1, 1 - beta1, beta2, 1 - beta2,
            stepSize, rootScale, epsilon);
      } else {
        FloatLoops.amsGrad(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.s32[2],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) stepSize,
            (float) rootScale,
            positive(epsilon));
      }
    }
  }

  @Override
  public void yogi(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.yogi(
            c.p64, c.g64, c.s64[0], c.s64[1], c.n, beta1, 1 - beta1, 1 - beta2, stepSize, rootScale,
            epsilon);
      } else {
        FloatLoops.yogi(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) (1 - beta2),
            (float) stepSize,
            (float) rootScale,
            positive(epsilon));
      }
    }
  }

  @Override
  public void rAdam(Chunk c, double beta1, double beta2, double stepSize, double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rAdam(
            c.p64, c.g64, c.s64[0], c.s64[1], c.n, beta1, 1 - beta1, beta2, 1 - beta2, stepSize,
            epsilon);
      } else {
        FloatLoops.rAdam(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) stepSize,
            positive(epsilon));
      }
    }
  }

  @Override
  public void rAdamUnrectified(Chunk c, double beta1, double beta2, double stepSize) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.rAdamUnrectified(
            c.p64, c.g64, c.s64[0], c.s64[1], c.n, beta1, 1 - beta1, beta2, 1 - beta2, stepSize);
      } else {
        FloatLoops.rAdamUnrectified(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) stepSize);
      }
    }
  }

  @Override
  public void nAdam(
      Chunk c,
      double beta1,
      double beta2,
      double gradientStep,
      double momentumStep,
      double rootScale,
      double epsilon) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.nAdam(
            c.p64,
            c.g64,
            c.s64[0],
            c.s64[1],
            c.n,
            beta1,
            1 - beta1,
            beta2,
            1 - beta2,
            gradientStep,
            momentumStep,
            rootScale,
            epsilon);
      } else {
        FloatLoops.nAdam(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) gradientStep,
            (float) momentumStep,
            (float) rootScale,
            positive(epsilon));
      }
    }
  }

  @Override
  public void adaMax(
      Chunk c,
      double beta1,
      double beta2,
      double stepSize,
      double epsilonInside,
      double epsilonOutside) {
    while (c.next()) {
      if (c.isDouble()) {
        DoubleLoops.adaMax(
            c.p64,
            c.g64,
            c.s64[0],
            c.s64[1],
            c.n,
            beta1,
            1 - beta1,
            beta2,
            stepSize,
            epsilonInside,
            epsilonOutside);
      } else {
        FloatLoops.adaMax(
            c.p32,
            c.g32,
            c.s32[0],
            c.s32[1],
            c.n,
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) stepSize,
            positive(epsilonInside),
            positive(epsilonOutside));
      }
    }
  }

  @Override
  public void addAbsolute(NormChunk c) {
    while (c.next()) {
      FloatLoops.addAbsolute(c.lanes, c.g, c.n);
    }
  }

  @Override
  public void addSquares(NormChunk c) {
    while (c.next()) {
      FloatLoops.addSquares(c.lanes, c.g, c.n);
    }
  }

  @Override
  public void maxAbsolute(NormChunk c) {
    while (c.next()) {
      FloatLoops.maxAbsolute(c.lanes, c.g, c.n);
    }
  }

  /** Rounds a positive number to a positive number: an epsilon that vanished would divide 0 by 0. */
  static float positive(double epsilon) {
    float rounded = (float) epsilon;
    return rounded == 0 && epsilon > 0 ? Float.MIN_VALUE : rounded;
  }
}
