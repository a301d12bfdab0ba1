package io.github.descent4j.kernel;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops of {@link FloatLoops} with the Vector API, straight over the memory of the arrays: no
 * copies to the heap and back.
 *
 * <p>The same operations in the same order on every element, so the same bits. What a loop cannot
 * take is left in the chunk for the scalar kernels: arrays that are not dense floats, and the last
 * elements that do not fill a vector.
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
    if (c.isDenseFloat()) {
      sgd(c, (float) learningRate);
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.sgd(c, learningRate);
  }

  private static void sgd(Chunk c, float lr) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      momentum(c, (float) learningRate, (float) mu, (float) gain);
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.momentum(c, learningRate, mu, gain);
  }

  private static void momentum(Chunk c, float lr, float mu, float gain) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory vMemory = memory(c.slot(0), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      nesterov(c, (float) learningRate, (float) mu);
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.nesterov(c, learningRate, mu);
  }

  private static void nesterov(Chunk c, float lr, float mu) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory vMemory = memory(c.slot(0), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      adaGrad(
          c,
          (float) learningRate,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.adaGrad(c, learningRate, epsilonInside, epsilonOutside);
  }

  private static void adaGrad(Chunk c, float lr, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rmsProp(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rmsProp(c, learningRate, rho, epsilonInside, epsilonOutside);
  }

  private static void rmsProp(
      Chunk c, float lr, float rho, float oneMinusRho, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rmsPropMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rmsPropMomentum(c, learningRate, rho, mu, epsilonInside, epsilonOutside);
  }

  private static void rmsPropMomentum(
      Chunk c,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    VectorMemory bMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rmsPropCentered(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rmsPropCentered(c, learningRate, rho, epsilonInside, epsilonOutside);
  }

  private static void rmsPropCentered(
      Chunk c, float lr, float rho, float oneMinusRho, float epsilonInside, float epsilonOutside) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    VectorMemory mMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rmsPropCenteredMomentum(
          c,
          (float) learningRate,
          (float) rho,
          (float) (1 - rho),
          (float) mu,
          ScalarKernels.positive(epsilonInside),
          ScalarKernels.positive(epsilonOutside));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rmsPropCenteredMomentum(c, learningRate, rho, mu, epsilonInside, epsilonOutside);
  }

  private static void rmsPropCenteredMomentum(
      Chunk c,
      float lr,
      float rho,
      float oneMinusRho,
      float mu,
      float epsilonInside,
      float epsilonOutside) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    VectorMemory mMemory = memory(c.slot(1), c);
    VectorMemory bMemory = memory(c.slot(2), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      adaDelta(
          c, (float) learningRate, (float) rho, (float) (1 - rho), ScalarKernels.positive(epsilon));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.adaDelta(c, learningRate, rho, epsilon);
  }

  private static void adaDelta(Chunk c, float lr, float rho, float oneMinusRho, float epsilon) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory sMemory = memory(c.slot(0), c);
    VectorMemory xMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      adam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.adam(c, beta1, beta2, stepSize, rootScale, epsilon);
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
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory mMemory = memory(c.slot(0), c);
    VectorMemory vMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
  public void yogi(
      Chunk c, double beta1, double beta2, double stepSize, double rootScale, double epsilon) {
    if (c.isDenseFloat()) {
      yogi(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) (1 - beta2),
          (float) stepSize,
          (float) rootScale,
          ScalarKernels.positive(epsilon));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.yogi(c, beta1, beta2, stepSize, rootScale, epsilon);
  }

  private static void yogi(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory mMemory = memory(c.slot(0), c);
    VectorMemory vMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rAdam(
          c,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) stepSize,
          ScalarKernels.positive(epsilon));
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rAdam(c, beta1, beta2, stepSize, epsilon);
  }

  private static void rAdam(
      Chunk c,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float epsilon) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory mMemory = memory(c.slot(0), c);
    VectorMemory vMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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
    if (c.isDenseFloat()) {
      rAdamUnrectified(
          c, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2), (float)
              stepSize);
      c.skip(c.remaining() / LANES * LANES);
    }
    scalar.rAdamUnrectified(c, beta1, beta2, stepSize);
  }

  private static void rAdamUnrectified(
      Chunk c, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float stepSize) {
    VectorMemory pMemory = memory(c.value(), c);
    VectorMemory gMemory = memory(c.gradient(), c);
    VectorMemory mMemory = memory(c.slot(0), c);
    VectorMemory vMemory = memory(c.slot(1), c);
    Prelude prelude = c.prelude();
    long from = c.windowOffset();
    int n = c.remaining() / LANES * LANES;
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

  /** What happens to the gradient ahead of the rule, as {@link Chunk} does it block by block. */
  private static FloatVector gradient(FloatVector g, FloatVector p, Prelude prelude) {
    if (prelude.scale != 1) {
      g = g.mul(prelude.scale);
    }
    if (prelude.clamps) {
      g = g.max(prelude.lower).min(prelude.upper);
    }
    if (prelude.coupledDecay != 0) {
      g = g.add(p.mul(prelude.coupledDecay));
    }
    return g;
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

  private static VectorMemory memory(Span span, Chunk c) {
    return (VectorMemory) span.attachment(c.window(), VectorMemory::new);
  }
}
