package io.github.descent4j.kernel;

import static io.github.descent4j.kernel.VectorSteps.LANES;
import static io.github.descent4j.kernel.VectorSteps.decayed;
import static io.github.descent4j.kernel.VectorSteps.gradient;
import static io.github.descent4j.kernel.VectorSteps.memory;
import static io.github.descent4j.kernel.VectorSteps.root;
import static io.github.descent4j.kernel.VectorSteps.sign;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The loops of {@link FloatLoops} for Adam and its relatives, vector by vector. */
final class VectorAdamLoops {

  private VectorAdamLoops() {}

  static void adam(
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

  static void amsGrad(
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

  static void yogi(
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

  static void rAdam(
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

  static void rAdamUnrectified(
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

  static void nAdam(
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

  static void adaMax(
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
}
