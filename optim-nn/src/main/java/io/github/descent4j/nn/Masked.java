package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;

/** Copies an array with some elements set to 0 and the others scaled: what {@link Dropout} and {@link DropConnect} share. */
final class Masked<A> {
  private static final int BLOCK = 2048;

  private final Loops<A> loops;
  private final DataType type;
  private final A block;

  private Masked(Loops<A> loops, DataType type) {
    this.loops = loops;
    this.type = type;
    block = loops.allocate(BLOCK);
  }

  static Masked<?> of(DataType type) {
    return new Masked<>(Loops.of(type), type);
  }

  DataType type() {
    return type;
  }

  /** Element i of the target becomes that of the source times {@code scale}, or 0 unless {@code keep[i]}. */
  void copy(Memory source, Memory target, boolean[] keep, double scale) {
    for (int from = 0; from < source.length(); from += BLOCK) {
      int n = Math.min(BLOCK, source.length() - from);
      loops.get(source, from, block, 0, n);
      loops.dropout(block, keep, from, scale, n);
      loops.put(target, from, block, 0, n);
    }
  }
}
