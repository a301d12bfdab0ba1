package io.github.descent4j.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What the loops over vectors share: the memory of a chunk, and what happens ahead of the rule. */
final class VectorSteps {
  static final int LANES = VectorMemory.SPECIES.length();

  private VectorSteps() {}

  /** What happens to the gradient ahead of the rule, as {@link Chunk} does it block by block. */
  static FloatVector gradient(FloatVector g, FloatVector p, Prelude prelude) {
    g = transformed(g, prelude);
    return prelude.coupledDecay != 0 ? g.add(p.mul(prelude.coupledDecay)) : g;
  }

  static FloatVector transformed(FloatVector g, Prelude prelude) {
    if (prelude.scale != 1) {
      g = g.mul(prelude.scale);
    }
    return prelude.clamps ? g.max(prelude.lower).min(prelude.upper) : g;
  }

  static FloatVector decayed(FloatVector p, Prelude prelude) {
    return prelude.decoupledDecay != 0 ? p.sub(p.mul(prelude.decoupledDecay)) : p;
  }

  static FloatVector root(FloatVector s, float epsilonInside) {
    return s.add(epsilonInside).lanewise(VectorOperators.SQRT);
  }

  /** {@link FloatLoops}'s sign, lane by lane. */
  static FloatVector sign(FloatVector x) {
    return x.mul(0x1p127f).mul(0x1p127f).min(1f).max(-1f);
  }

  static VectorMemory memory(Chunk c, int array) {
    return (VectorMemory) c.vectors(array, VectorMemory::new);
  }

  static VectorMemory memory(NormChunk c) {
    return (VectorMemory) c.memory(VectorMemory::new);
  }
}
