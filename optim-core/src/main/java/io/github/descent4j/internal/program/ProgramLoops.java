package io.github.descent4j.internal.program;

/** The loops of one program: over blocks, and straight over memory where there are such. */
public final class ProgramLoops {
  private final Program program;
  private final Loops loops;
  private final int blocks;
  private final boolean[] reads;
  private final boolean[] writes;
  private FloatLoop floats;
  private DoubleLoop doubles;
  private MemoryLoop floatVectors;
  private MemoryLoop doubleVectors;

  ProgramLoops(Program program, Loops loops) {
    this.program = program;
    this.loops = loops;
    blocks = program.arrays() + loops.scratchArrays(program);
    reads = new boolean[program.arrays()];
    writes = new boolean[program.arrays()];
    for (int array = 0; array < reads.length; array++) {
      reads[array] = program.reads(array);
      writes[array] = program.writes(array);
    }
  }

  /** Makes those of a type, before threads need them. */
  void make(boolean wide) {
    if (wide && doubles == null) {
      doubleVectors = loops.inMemory() ? loops.vectors(program, true) : null;
      doubles = loops.doubles(program);
    } else if (!wide && floats == null) {
      floatVectors = loops.inMemory() ? loops.vectors(program, false) : null;
      floats = loops.floats(program);
    }
  }

  /** The program. */
  public Program program() {
    return program;
  }

  /** Whether an array is read. */
  public boolean reads(int array) {
    return reads[array];
  }

  /** Whether an array is written. */
  public boolean writes(int array) {
    return writes[array];
  }

  /** How many blocks the loops over blocks need. */
  public int blocks() {
    return blocks;
  }

  /** The loop over blocks of floats. */
  public FloatLoop floats() {
    return floats;
  }

  /** The loop over blocks of doubles. */
  public DoubleLoop doubles() {
    return doubles;
  }

  /** The loop straight over memory, null if there is none. */
  public MemoryLoop inMemory(boolean wide) {
    return wide ? doubleVectors : floatVectors;
  }
}
