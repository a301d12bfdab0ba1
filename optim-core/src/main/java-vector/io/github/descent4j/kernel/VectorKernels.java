package io.github.descent4j.kernel;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops of {@link FloatLoops} with the Vector API, straight over the memory of the arrays: no
 * copies to the heap and back.
 *
 * <p>The same operations in the same order on every element, so the same bits. Arrays that are not
 * dense floats are the scalar kernels' work.
 */
final class VectorKernels implements Kernels {
  private static final int LANES = VectorMemory.SPECIES.length();

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
      sgd(c, (float) learningRate);
    }
  }

  private static void sgd(Chunk c, float lr) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      p = p.sub(g.mul(lr));
      pMemory.store(p, at);
    }
  }

  @Override
  public void momentum(Chunk c, double learningRate, double mu, double gain) {
    if (!c.isDenseFloat()) {
      scalar.momentum(c, learningRate, mu, gain);
      return;
    }
    while (c.nextVectors(LANES)) {
      momentum(c, (float) learningRate, (float) mu, (float) gain);
    }
  }

  private static void momentum(Chunk c, float lr, float mu, float gain) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory vMemory = memory(c, Chunk.SLOTS);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector v = vMemory.load(at);
      v = v.mul(mu).add(g.mul(gain));
      p = p.sub(v.mul(lr));
      vMemory.store(v, at);
      pMemory.store(p, at);
    }
  }

  @Override
  public void nesterov(Chunk c, double learningRate, double mu) {
    if (!c.isDenseFloat()) {
      scalar.nesterov(c, learningRate, mu);
      return;
    }
    while (c.nextVectors(LANES)) {
      nesterov(c, (float) learningRate, (float) mu);
    }
  }

  private static void nesterov(Chunk c, float lr, float mu) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory vMemory = memory(c, Chunk.SLOTS);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector v = vMemory.load(at);
      v = v.mul(mu).add(g);
      p = p.sub(g.add(v.mul(mu)).mul(lr));
      vMemory.store(v, at);
      pMemory.store(p, at);
    }
  }

  @Override
  public void adaGrad(Chunk c, double learningRate, double epsilonInside, double epsilonOutside) {
    if (!c.isDenseFloat()) {
      scalar.adaGrad(c, learningRate, epsilonInside, epsilonOutside);
      return;
    }
    while (c.nextVectors(LANES)) {
      adaGrad(
          c,
          (float) learningRate,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void adaGrad(Chunk c, float lr, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      s = s.add(g.mul(g));
      p = p.sub(g.div(root(s, epsilonInside).add(epsilonOutside)).mul(lr));
      sMemory.store(s, at);
      pMemory.store(p, at);
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
      rmsProp(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void rmsProp(
      Chunk c, float lr, float rho, float oneMinusRho, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      s = s.mul(rho).add(g.mul(g).mul(oneMinusRho));
      p = p.sub(g.div(root(s, epsilonInside).add(epsilonOutside)).mul(lr));
      sMemory.store(s, at);
      pMemory.store(p, at);
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
      rmsPropMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void rmsPropMomentum(
      Chunk c,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    VectorMemory bMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      FloatVector b = bMemory.load(at);
      s = s.mul(rho).add(g.mul(g).mul(oneMinusRho));
      b = b.mul(mu).add(g.div(root(s, epsilonInside).add(epsilonOutside)));
      p = p.sub(b.mul(lr));
      sMemory.store(s, at);
      bMemory.store(b, at);
      pMemory.store(p, at);
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
      rmsPropCentered(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void rmsPropCentered(
      Chunk c, float lr, float rho, float oneMinusRho, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    VectorMemory mMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      FloatVector m = mMemory.load(at);
      s = s.mul(rho).add(g.mul(g).mul(oneMinusRho));
      m = m.mul(rho).add(g.mul(oneMinusRho));
      FloatVector variance = s.sub(m.mul(m)).max(0f);
      p = p.sub(g.div(root(variance, epsilonInside).add(epsilonOutside)).mul(lr));
      sMemory.store(s, at);
      mMemory.store(m, at);
      pMemory.store(p, at);
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
      rmsPropCenteredMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void rmsPropCenteredMomentum(
      Chunk c,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    VectorMemory mMemory = memory(c, Chunk.SLOTS + 1);
    VectorMemory bMemory = memory(c, Chunk.SLOTS + 2);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      FloatVector m = mMemory.load(at);
      FloatVector b = bMemory.load(at);
      s = s.mul(rho).add(g.mul(g).mul(oneMinusRho));
      m = m.mul(rho).add(g.mul(oneMinusRho));
      FloatVector variance = s.sub(m.mul(m)).max(0f);
      b = b.mul(mu).add(g.div(root(variance, epsilonInside).add(epsilonOutside)));
      p = p.sub(b.mul(lr));
      sMemory.store(s, at);
      mMemory.store(m, at);
      bMemory.store(b, at);
      pMemory.store(p, at);
    }
  }

  @Override
  public void adaDelta(Chunk c, double learningRate, double rho, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.adaDelta(c, learningRate, rho, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      adaDelta(
          c, (float) learningRate, (float) rho, (float) (1 - rho), ScalarKernels.positive(epsilon));
    }
  }

  private static void adaDelta(Chunk c, float lr, float rho, float oneMinusRho, float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory sMemory = memory(c, Chunk.SLOTS);
    VectorMemory xMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector s = sMemory.load(at);
      FloatVector x = xMemory.load(at);
      s = s.mul(rho).add(g.mul(g).mul(oneMinusRho));
      FloatVector d =
          x.add(epsilon).div(s.add(epsilon)).lanewise(VectorOperators.SQRT).mul(g);
      p = p.sub(d.mul(lr));
      x = x.mul(rho).add(d.mul(d).mul(oneMinusRho));
      sMemory.store(s, at);
      xMemory.store(x, at);
      pMemory.store(p, at);
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
      adam(
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

  private static void adam(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.mul(beta2).add(g.mul(g).mul(oneMinusBeta2));
      FloatVector root = v.lanewise(VectorOperators.SQRT);
      p = p.sub(m.div(root.mul(rootScale).add(epsilon)).mul(stepSize));
      mMemory.store(m, at);
      vMemory.store(v, at);
      pMemory.store(p, at);
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
      amsGrad(
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

  private static void amsGrad(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    VectorMemory vMaxMemory = memory(c, Chunk.SLOTS + 2);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      FloatVector vMax = vMaxMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.mul(beta2).add(g.mul(g).mul(oneMinusBeta2));
      vMax = vMax.max(v);
      FloatVector root = vMax.lanewise(VectorOperators.SQRT);
      p = p.sub(m.div(root.mul(rootScale).add(epsilon)).mul(stepSize));
      mMemory.store(m, at);
      vMemory.store(v, at);
      vMaxMemory.store(vMax, at);
      pMemory.store(p, at);
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
      yogi(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
    }
  }

  private static void yogi(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      FloatVector g2 = g.mul(g);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.sub(sign(v.sub(g2)).mul(g2).mul(oneMinusBeta2));
      FloatVector root = v.lanewise(VectorOperators.SQRT);
      p = p.sub(m.div(root.mul(rootScale).add(epsilon)).mul(stepSize));
      mMemory.store(m, at);
      vMemory.store(v, at);
      pMemory.store(p, at);
    }
  }

  @Override
  public void rAdam(Chunk c, double beta1, double beta2, double stepSize, double epsilon) {
    if (!c.isDenseFloat()) {
      scalar.rAdam(c, beta1, beta2, stepSize, epsilon);
      return;
    }
    while (c.nextVectors(LANES)) {
      rAdam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          ScalarKernels.positive(epsilon));
    }
  }

  private static void rAdam(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.mul(beta2).add(g.mul(g).mul(oneMinusBeta2));
      p = p.sub(m.div(v.lanewise(VectorOperators.SQRT).add(epsilon)).mul(stepSize));
      mMemory.store(m, at);
      vMemory.store(v, at);
      pMemory.store(p, at);
    }
  }

  @Override
  public void rAdamUnrectified(Chunk c, double beta1, double beta2, double stepSize) {
    if (!c.isDenseFloat()) {
      scalar.rAdamUnrectified(c, beta1, beta2, stepSize);
      return;
    }
    while (c.nextVectors(LANES)) {
      rAdamUnrectified(
          c, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float)
              stepSize);
    }
  }

  private static void rAdamUnrectified(
      Chunk c, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float stepSize) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.mul(beta2).add(g.mul(g).mul(oneMinusBeta2));
      p = p.sub(m.mul(stepSize));
      mMemory.store(m, at);
      vMemory.store(v, at);
      pMemory.store(p, at);
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
      nAdam(
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

  private static void nAdam(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float gradientStep,
      float momentumStep,
      float rootScale,
      float epsilon) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory vMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector v = vMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      v = v.mul(beta2).add(g.mul(g).mul(oneMinusBeta2));
      FloatVector root = v.lanewise(VectorOperators.SQRT);
      FloatVector step = g.mul(gradientStep).add(m.mul(momentumStep));
      p = p.sub(step.div(root.mul(rootScale).add(epsilon)));
      mMemory.store(m, at);
      vMemory.store(v, at);
      pMemory.store(p, at);
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
      adaMax(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) stepSize,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
    }
  }

  private static void adaMax(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float stepSize,
      float epsilonInside,
      float epsilonOutside) {
    VectorMemory pMemory = memory(c, Chunk.VALUE);
    VectorMemory gMemory = memory(c, Chunk.GRADIENT);
    VectorMemory mMemory = memory(c, Chunk.SLOTS);
    VectorMemory uMemory = memory(c, Chunk.SLOTS + 1);
    Prelude prelude = c.prelude();
    long from = c.vectorsOffset();
    int n = c.n;
    for (int i = 0; i < n; i += LANES) {
      long at = from + 4L * i;
      FloatVector p = pMemory.load(at);
      FloatVector g = gradient(gMemory.load(at), p, prelude);
      p = decayed(p, prelude);
      FloatVector m = mMemory.load(at);
      FloatVector u = uMemory.load(at);
      m = m.mul(beta1).add(g.mul(oneMinusBeta1));
      u = u.mul(beta2).max(g.abs().add(epsilonInside));
      p = p.sub(m.div(u.add(epsilonOutside)).mul(stepSize));
      mMemory.store(m, at);
      uMemory.store(u, at);
      pMemory.store(p, at);
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

  /** What happens to the gradient ahead of the rule, as {@link Chunk} does it block by block. */
  private static FloatVector gradient(FloatVector g, FloatVector p, Prelude prelude) {
    g = transformed(g, prelude);
    return prelude.coupledDecay != 0 ? g.add(p.mul(prelude.coupledDecay)) : g;
  }

  private static FloatVector transformed(FloatVector g, Prelude prelude) {
    if (prelude.scale != 1) {
      g = g.mul(prelude.scale);
    }
    return prelude.clamps ? g.max(prelude.lower).min(prelude.upper) : g;
  }

  private static FloatVector decayed(FloatVector p, Prelude prelude) {
    return prelude.decoupledDecay != 0 ? p.sub(p.mul(prelude.decoupledDecay)) : p;
  }

  private static FloatVector root(FloatVector s, float epsilonInside) {
    return s.add(epsilonInside).lanewise(VectorOperators.SQRT);
  }

  /** {@link FloatLoops}'s sign, lane by lane. */
  private static FloatVector sign(FloatVector x) {
    return x.mul(0x1p127f).mul(0x1p127f).min(1f).max(-1f);
  }

  private static VectorMemory memory(Chunk c, int array) {
    return (VectorMemory) c.vectors(array, VectorMemory::new);
  }

  private static VectorMemory memory(NormChunk c) {
    return (VectorMemory) c.memory(VectorMemory::new);
  }
}
