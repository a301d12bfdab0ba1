package io.github.descent4j.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of floats straight from and to memory off the heap, as byte buffers (JDK 17 to 20). */
final class VectorMemory {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private final ByteBuffer window;

  VectorMemory(ByteBuffer window) {
    this.window = window;
  }

  FloatVector load(long offset) {
    return FloatVector.fromByteBuffer(SPECIES, window, (int) offset, ByteOrder.nativeOrder());
  }

  void store(FloatVector vector, long offset) {
    vector.intoByteBuffer(window, (int) offset, ByteOrder.nativeOrder());
  }
}
