package io.github.descent4j.internal.program;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;

/**
 * Writes the class file of a program: the operations of {@link BlockOperations} in the order of the program, fused
 * into one loop, or into as many as {@link LoopSplit} asks for.
 *
 * <p>{@link BlockLoopWriter} and {@link MemoryLoopWriter} write the loops, {@link LoopWriter} what stands in them.
 *
 * <p>The class has the program's name, and its lines are those of the program's text: a stack trace or a profiler
 * shows both.
 */
final class LoopGenerator {

  /** What the loops of a class run over. */
  enum Target {
    /** Blocks on the heap: {@link FloatLoop}. */
    FLOATS(false, null),
    /** Blocks on the heap: {@link DoubleLoop}. */
    DOUBLES(true, null),
    /** Vectors of floats in byte buffers: {@link MemoryLoop}. */
    FLOAT_BUFFERS(false, "java/nio/ByteBuffer"),
    /** Vectors of doubles in byte buffers: {@link MemoryLoop}. */
    DOUBLE_BUFFERS(true, "java/nio/ByteBuffer"),
    /** Vectors of floats in memory segments: {@link MemoryLoop}. */
    FLOAT_SEGMENTS(false, "java/lang/foreign/MemorySegment"),
    /** Vectors of doubles in memory segments: {@link MemoryLoop}. */
    DOUBLE_SEGMENTS(true, "java/lang/foreign/MemorySegment");

    final boolean wide;

    /** The class of the memory, null for blocks on the heap. */
    final String memory;

    Target(boolean wide, String memory) {
      this.wide = wide;
      this.memory = memory;
    }

    boolean isVector() {
      return memory != null;
    }

    boolean isBuffer() {
      return this == FLOAT_BUFFERS || this == DOUBLE_BUFFERS;
    }
  }

  private static final String PACKAGE = "io/github/descent4j/generated/";
  private static final String INTERNAL = "io/github/descent4j/internal/program/";

  private LoopGenerator() {}

  /** The simple name of the class. */
  static String className(Program program, Target target) {
    String name = program.name().replaceAll("[^\\w]", "_");
    return name + (target.wide ? "_double" : "_float") + (target.isVector() ? "_vector" : "");
  }

  /**
   * Writes the class file.
   *
   * @param lanes of a vector; 0 for blocks on the heap
   */
  static byte[] generate(Program program, Target target, int lanes) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES) {
      @Override
      protected String getCommonSuperClass(String a, String b) {
        return "java/lang/Object"; // Finding it would load classes by name.
      }
    };
    String className = PACKAGE + className(program, target);
    String loop = target.isVector() ? "MemoryLoop" : target.wide ? "DoubleLoop" : "FloatLoop";
    String[] interfaces = {INTERNAL + loop};
    int access = ACC_PUBLIC | ACC_FINAL | ACC_SUPER;
    writer.visit(V17, access, className, null, "java/lang/Object", interfaces);
    writer.visitSource(program.name() + ".formula", null);
    MethodVisitor constructor = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    constructor.visitCode();
    constructor.visitVarInsn(ALOAD, 0);
    constructor.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    constructor.visitInsn(RETURN);
    constructor.visitMaxs(0, 0);
    constructor.visitEnd();
    if (target.isVector()) {
      new MemoryLoopWriter(program, target, lanes, writer, className).write();
    } else {
      new BlockLoopWriter(program, target, writer, className).write();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }
}
