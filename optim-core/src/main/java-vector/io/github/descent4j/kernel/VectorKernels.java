package io.github.descent4j.kernel;

import static io.github.descent4j.kernel.VectorSteps.LANES;
import static io.github.descent4j.kernel.VectorSteps.memory;
import static io.github.descent4j.kernel.VectorSteps.transformed;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;

/**
 * The loops of {@link FloatLoops} with the Vector API, straight over the memory of the arrays: no
 * copies to the heap and back.
 *
 * <p>The same operations in the same order on every element, so the same bits. Arrays that are not
 * dense floats are the scalar kernels' work.
 */
final class VectorKernels implements Kernels {
  private final Kernels scalar = new ScalarKernels();

  /** Fails where the running JVM's Vector API is not the one that this was compiled with. */
  VectorKernels() {
    VectorMemory probe = new VectorMemory(ByteBuffer.allocateDirect(Float.BYTES * LANES));
    probe.store(probe.load(0), 0);
  }

  @Override
  public void sgd(Chunk c, double learningRate) {
    if (!c.isDenseFloat()) {
      scalar.sgd(c, learningRate);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.sgd(c, (float) learningRate);
    }
  }

  @Override
  public void momentum(Chunk c, double learningRate, double mu, double gain) {
    if (!c.isDenseFloat()) {
      scalar.momentum(c, learningRate, mu, gain);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.momentum(c, (float) learningRate, (float) mu, (float) gain);
    }
  }

  @Override
  public void nesterov(Chunk c, double learningRate, double mu) {
    if (!c.isDenseFloat()) {
      scalar.nesterov(c, learningRate, mu);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.nesterov(c, (float) learningRate, (float) mu);
    }
  }

  @Override
  public void adaGrad(Chunk c, double learningRate, double epsilonInside, double epsilonOutside) {
    if (!c.isDenseFloat()) {
      scalar.adaGrad(c, learningRate, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.adaGrad(
          c,
          (float) learningRate,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  @Override
  public void rmsProp(
      Chunk c, double learningRate, double rho, double epsilonInside, double epsilonOutside) {
    if (!c.isDenseFloat()) {
      scalar.rmsProp(c, learningRate, rho, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.rmsProp(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
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
    if (!c.isDenseFloat()) {
      scalar.rmsPropMomentum(c, learningRate, rho, mu, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.rmsPropMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  @Override
  public void rmsPropCentered(
      Chunk c, double learningRate, double rho, double epsilonInside, double epsilonOutside) {
    if (!c.isDenseFloat()) {
      scalar.rmsPropCentered(c, learningRate, rho, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.rmsPropCentered(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
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
    if (!c.isDenseFloat()) {
      scalar.rmsPropCenteredMomentum(c, learningRate, rho, mu, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.rmsPropCenteredMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  @Override
  public void adaDelta(Chunk c, double learningRate, double rho, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.adaDelta(c, learningRate, rho, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorLoops.adaDelta(
          c, (float) learningRate, (float) rho, (float) (1 - rho), ScalarKernels.positive(epsilon));
    }
  }

  @Override
  public void adam(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.adam(c, beta1, beta2, stepSize, rootScale, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.adam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
    }
  }

  @Override
  public void amsGrad(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.amsGrad(c, beta1, beta2, stepSize, rootScale, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.amsGrad(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
    }
  }

  @Override
  public void yogi(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.yogi(c, beta1, beta2, stepSize, rootScale, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.yogi(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
    }
  }

  @Override
  public void rAdam(Chunk c, double beta1, double beta2, double stepSize, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.rAdam(c, beta1, beta2, stepSize, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.rAdam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          ScalarKernels.positive(epsilon));
    }
  }

  @Override
  public void rAdamUnrectified(Chunk c, double beta1, double beta2, double stepSize) {
    if (!c.isDenseFloat()) {
      scalar.rAdamUnrectified(c, beta1, beta2, stepSize);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.rAdamUnrectified(
          c, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float)
              stepSize);
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
    if (!c.isDenseFloat()) {
      scalar.nAdam(c, beta1, beta2, gradientStep, momentumStep, rootScale, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.nAdam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) gradientStep,
          (float) momentumStep,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
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
    if (!c.isDenseFloat()) {
      scalar.adaMax(c, beta1, beta2, stepSize, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      VectorAdamLoops.adaMax(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) stepSize,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  @Override
  public void addAbsolute(NormChunk c) {
    while (c.nextInMemory()) {
      VectorMemory gMemory = memory(c);
      long from = c.memoryOffset();
      for (int i = 0; i < NormChunk.LANES; i += LANES) {
        FloatVector g = transformed(gMemory.load(from + 4L * i), c.prelude());
        lanes(c, i).add(g.abs()).intoArray(c.lanes, i);
      }
    }
    scalar.addAbsolute(c);
  }

  @Override
  public void addSquares(NormChunk c) {
    while (c.nextInMemory()) {
      VectorMemory gMemory = memory(c);
      long from = c.memoryOffset();
      for (int i = 0; i < NormChunk.LANES; i += LANES) {
        FloatVector g = transformed(gMemory.load(from + 4L * i), c.prelude());
        lanes(c, i).add(g.mul(g)).intoArray(c.lanes, i);
      }
    }
    scalar.addSquares(c);
  }

  @Override
  public void maxAbsolute(NormChunk c) {
    while (c.nextInMemory()) {
      VectorMemory gMemory = memory(c);
      long from = c.memoryOffset();
      for (int i = 0; i < NormChunk.LANES; i += LANES) {
        FloatVector g = transformed(gMemory.load(from + 4L * i), c.prelude());
        lanes(c, i).max(g.abs()).intoArray(c.lanes, i);
      }
    }
    scalar.maxAbsolute(c);
  }

  private static FloatVector lanes(NormChunk c, int from) {
    return FloatVector.fromArray(VectorMemory.SPECIES, c.lanes, from);
  }
}
