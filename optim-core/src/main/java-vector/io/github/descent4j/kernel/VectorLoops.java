package io.github.descent4j.kernel;

import static io.github.descent4j.kernel.VectorSteps.LANES;
import static io.github.descent4j.kernel.VectorSteps.decayed;
import static io.github.descent4j.kernel.VectorSteps.gradient;
import static io.github.descent4j.kernel.VectorSteps.memory;
import static io.github.descent4j.kernel.VectorSteps.root;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Those of {@link FloatLoops} that have no corrected moments, vector by vector. */
final class VectorLoops {

  private VectorLoops() {}

  static void sgd(Chunk c, float lr) {
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

  static void momentum(Chunk c, float lr, float mu, float gain) {
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

  static void nesterov(Chunk c, float lr, float mu) {
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

  static void adaGrad(Chunk c, float lr, float epsilonInside, float epsilonOutside) {
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

  static void rmsProp(
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

  static void rmsPropMomentum(
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

  static void rmsPropCentered(
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

  static void rmsPropCenteredMomentum(
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

  static void adaDelta(Chunk c, float lr, float rho, float oneMinusRho, float epsilon) {
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
}
