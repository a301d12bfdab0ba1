package io.github.descent4j.internal.program;

import java.util.stream.IntStream;

/** The loops of one program: over blocks, and straight over memory where there are such. */
public final class ProgramLoops {
  private final Program program;
  private final Loops loops;
  private final int blocks;
  private final int[] reads;
  private final int[] writes;
  private FloatLoop floats;
  private DoubleLoop doubles;
  private MemoryLoop floatVectors;
  private MemoryLoop doubleVectors;

  ProgramLoops(Program program, Loops loops) {
    this.program = program;
    this.loops = loops;
    blocks = program.arrays() + loops.scratchArrays(program);
    reads = IntStream.range(0, program.parameterArrays()).filter(program::reads).toArray();
    writes =
        IntStream.range(0, program.parameterArrays()).filter(program::writes).toArray();
  }

  /** Makes the one that arrays need, before threads need it. */
  void make(boolean wide, boolean dense) {
    boolean straight = dense && loops.inMemory();
    if (wide) {
      if (straight && doubleVectors == null) {
        doubleVectors = loops.vectors(program, true);
      } else if (!straight && doubles == null) {
        doubles = loops.doubles(program);
      }
    } else if (straight && floatVectors == null) {
      floatVectors = loops.vectors(program, false);
    } else if (!straight && floats == null) {
      floats = loops.floats(program);
    }
  }

  /** The program. */
  public Program program() {
    return program;
  }

  /** The places of a parameter's arrays that are read; not to be changed. */
  public int[] reads() {
    return reads;
  }

  /** The places of a parameter's arrays that are written; not to be changed. */
  public int[] writes() {
    return writes;
  }

  /** How many blocks the loops over blocks need. */
  public int blocks() {
    return blocks;
  }

  /** The loop over blocks of floats, for arrays that are not dense or where there are no vectors. */
  public FloatLoop floats() {
    return floats;
  }

  /** The same for doubles. */
  public DoubleLoop doubles() {
    return doubles;
  }

  /** The loop straight over the memory of dense arrays, null where there are no vectors. */
  public MemoryLoop inMemory(boolean wide) {
    return wide ? doubleVectors : floatVectors;
  }
}
