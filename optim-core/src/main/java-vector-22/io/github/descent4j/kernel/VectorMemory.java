package io.github.descent4j.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of floats straight from and to memory off the heap, as memory segments (JDK 22 on). */
final class VectorMemory {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private final MemorySegment segment;

  VectorMemory(ByteBuffer window) {
    segment = MemorySegment.ofBuffer(window);
  }

  FloatVector load(long offset) {
    return FloatVector.fromMemorySegment(SPECIES, segment, offset, ByteOrder.nativeOrder());
  }

  void store(FloatVector vector, long offset) {
    vector.intoMemorySegment(segment, offset, ByteOrder.nativeOrder());
  }
}
