package io.github.descent4j.internal.program;

import static org.objectweb.asm.Opcodes.AALOAD;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.I2L;
import static org.objectweb.asm.Opcodes.IAND;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.IF_ICMPEQ;
import static org.objectweb.asm.Opcodes.IF_ICMPGE;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKEINTERFACE;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.L2I;
import static org.objectweb.asm.Opcodes.LADD;
import static org.objectweb.asm.Opcodes.LLOAD;
import static org.objectweb.asm.Opcodes.LMUL;
import static org.objectweb.asm.Opcodes.LSTORE;
import static org.objectweb.asm.Opcodes.POP;

import io.github.descent4j.internal.program.LoopGenerator.Target;
import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;

/**
 * Writes loops straight over memory off the heap: one with vectors, and one for the elements that do not fill a vector. For
 * {@link MemoryLoop}.
 */
final class MemoryLoopWriter extends LoopWriter {
  private static final String VECTORS = "jdk/incubator/vector/";
  private static final String SPECIES = "L" + VECTORS + "VectorSpecies;";
  private static final String MASK = "L" + VECTORS + "VectorMask;";
  private static final String COMPARISON = "VectorOperators$Comparison;";
  private static final String BYTE_ORDER = "Ljava/nio/ByteOrder;";
  private static final String LOOPS = "io/github/descent4j/internal/program/MemoryLoop";
  private static final String LAYOUT = "java/lang/foreign/ValueLayout";

  // Locals of both loops: memory 0, from 1 and 2, first 3, end 4, numbers 5, blocks 6.
  private static final int FROM = 1;
  private static final int FIRST = 3;
  private static final int END = 4;
  private static final int GIVEN_NUMBERS = 5;
  private static final int BLOCKS = 6;

  private final int lanes;

  /** Bytes of an element. */
  private final int width;

  /** The class of a vector, and as it stands in descriptors. */
  private final String vectorClass;

  private final String vector;

  /** Whether locals hold vectors, or else elements. */
  private boolean inVectors;

  MemoryLoopWriter(
      Program program, Target target, int lanes, ClassWriter writer, String className) {
    super(program, target, writer, className);
    this.lanes = lanes;
    width = target.wide ? Double.BYTES : Float.BYTES;
    vectorClass = VECTORS + (target.wide ? "DoubleVector" : "FloatVector");
    vector = "L" + vectorClass + ";";
  }

  @Override
  void write() {
    String method = "([Ljava/lang/Object;JILjava/lang/Object;Ljava/lang/Object;)V";
    String loop = "([Ljava/lang/Object;JII[" + element + "[[" + element + ")V";
    begin(ACC_PRIVATE | ACC_STATIC, "vectors", loop);
    vectorLoop();
    end();
    begin(ACC_PRIVATE | ACC_STATIC, "rest", loop);
    restLoop();
    end();
    begin(ACC_PUBLIC, "run", method);
    int whole = nextLocal;
    code.visitVarInsn(ILOAD, 4);
    push(-lanes); // Lanes are a power of two.
    code.visitInsn(IAND);
    code.visitVarInsn(ISTORE, whole);
    call("vectors", loop, () -> code.visitInsn(ICONST_0), whole);
    Label done = new Label();
    code.visitVarInsn(ILOAD, whole);
    code.visitVarInsn(ILOAD, 4);
    code.visitJumpInsn(IF_ICMPEQ, done);
    call("rest", loop, () -> code.visitVarInsn(ILOAD, whole), 4);
    code.visitLabel(done);
    end();
  }

  private void call(String name, String descriptor, Runnable from, int to) {
    code.visitVarInsn(ALOAD, 1);
    code.visitVarInsn(LLOAD, 2);
    from.run();
    code.visitVarInsn(ILOAD, to);
    code.visitVarInsn(ALOAD, 5);
    code.visitTypeInsn(CHECKCAST, "[" + element);
    code.visitVarInsn(ALOAD, 6);
    code.visitTypeInsn(CHECKCAST, "[[" + element);
    code.visitMethodInsn(INVOKESTATIC, className, name, descriptor, false);
  }

  private void vectorLoop() {
    inVectors = true;
    Map<Integer, Integer> arrays = memoryLocals();
    for (Expression expression : program.order()) {
      if (expression.isNumber()) {
        species();
        if (expression.operation == Operation.SCALAR) {
          code.visitVarInsn(ALOAD, GIVEN_NUMBERS);
          push(expression.index);
          loadElement();
        } else {
          constant(expression.constant);
        }
        code.visitMethodInsn(
            INVOKESTATIC, vectorClass, "broadcast", "(" + SPECIES + element + ")" + vector, false);
        keep(expression);
      }
    }
    loop(arrays, lanes);
  }

  private void restLoop() {
    inVectors = false;
    Map<Integer, Integer> arrays = memoryLocals();
    for (Expression expression : program.order()) {
      if (expression.operation == Operation.SCALAR) {
        code.visitVarInsn(ALOAD, GIVEN_NUMBERS);
        push(expression.index);
        loadElement();
        keep(expression);
      }
    }
    loop(arrays, 1);
  }

  private void loop(Map<Integer, Integer> arrays, int step) {
    int i = nextLocal++;
    int at = nextLocal;
    nextLocal += 2;
    // A start that C2 knows lets it take the checks of offsets out of the loop.
    if (inVectors) {
      code.visitInsn(ICONST_0);
    } else {
      code.visitVarInsn(ILOAD, FIRST);
    }
    code.visitVarInsn(ISTORE, i);
    Label top = new Label();
    Label bottom = new Label();
    code.visitLabel(top);
    code.visitVarInsn(ILOAD, i);
    code.visitVarInsn(ILOAD, END);
    code.visitJumpInsn(IF_ICMPGE, bottom);
    code.visitVarInsn(LLOAD, FROM);
    code.visitLdcInsn((long) width);
    code.visitVarInsn(ILOAD, i);
    code.visitInsn(I2L);
    code.visitInsn(LMUL);
    code.visitInsn(LADD);
    code.visitVarInsn(LSTORE, at);
    for (Expression expression : program.order()) {
      if (expression.operation == Operation.INPUT) {
        load(expression.index, arrays, i, at);
        keep(expression);
      }
    }
    computeStored(program.stores());
    // All stores last: C2 does not move computation across the barriers around memory off the heap.
    program.stores().forEach((array, value) -> store(array, value, arrays, i, at));
    code.visitIincInsn(i, step);
    code.visitJumpInsn(GOTO, top);
    code.visitLabel(bottom);
  }

  private boolean isOnHeap(int array) {
    return array >= program.parameterArrays();
  }

  private Map<Integer, Integer> memoryLocals() {
    Map<Integer, Integer> arrays = new HashMap<>();
    for (int array = 0; array < program.arrays(); array++) {
      if (!program.uses(array)) {
        continue;
      }
      if (isOnHeap(array)) {
        code.visitVarInsn(ALOAD, BLOCKS);
        push(array - program.parameterArrays());
        code.visitInsn(AALOAD);
      } else {
        code.visitVarInsn(ALOAD, 0);
        push(array);
        code.visitInsn(AALOAD);
        code.visitTypeInsn(CHECKCAST, target.memory);
      }
      arrays.put(array, nextLocal);
      code.visitVarInsn(ASTORE, nextLocal++);
    }
    return arrays;
  }

  private void load(int array, Map<Integer, Integer> arrays, int i, int at) {
    if (isOnHeap(array)) {
      if (inVectors) {
        species();
        code.visitVarInsn(ALOAD, arrays.get(array));
        code.visitVarInsn(ILOAD, i);
        code.visitMethodInsn(
            INVOKESTATIC,
            vectorClass,
            "fromArray",
            "(" + SPECIES + "[" + element + "I)" + vector,
            false);
      } else {
        code.visitVarInsn(ALOAD, arrays.get(array));
        code.visitVarInsn(ILOAD, i);
        loadElement();
      }
      return;
    }
    if (inVectors) {
      species();
      address(arrays.get(array), at);
      code.visitFieldInsn(GETSTATIC, LOOPS, "ORDER", BYTE_ORDER);
      String from = target.isBuffer() ? "fromByteBuffer" : "fromMemorySegment";
      code.visitMethodInsn(
          INVOKESTATIC,
          vectorClass,
          from,
          "(" + SPECIES + "L" + target.memory + ";" + offset() + BYTE_ORDER + ")" + vector,
          false);
    } else if (target.isBuffer()) {
      address(arrays.get(array), at);
      String get = target.wide ? "getDouble" : "getFloat";
      code.visitMethodInsn(INVOKEVIRTUAL, target.memory, get, "(I)" + element, false);
    } else {
      code.visitVarInsn(ALOAD, arrays.get(array));
      layout();
      code.visitVarInsn(LLOAD, at);
      code.visitMethodInsn(
          INVOKEINTERFACE, target.memory, "get", "(" + layoutType() + "J)" + element, true);
    }
  }

  private void store(int array, Expression value, Map<Integer, Integer> arrays, int i, int at) {
    if (isOnHeap(array)) {
      if (inVectors) {
        emit(value);
        code.visitVarInsn(ALOAD, arrays.get(array));
        code.visitVarInsn(ILOAD, i);
        code.visitMethodInsn(
            INVOKEVIRTUAL, vectorClass, "intoArray", "([" + element + "I)V", false);
      } else {
        code.visitVarInsn(ALOAD, arrays.get(array));
        code.visitVarInsn(ILOAD, i);
        emit(value);
        storeElement();
      }
    } else if (inVectors) {
      emit(value);
      address(arrays.get(array), at);
      code.visitFieldInsn(GETSTATIC, LOOPS, "ORDER", BYTE_ORDER);
      String into = target.isBuffer() ? "intoByteBuffer" : "intoMemorySegment";
      code.visitMethodInsn(
          INVOKEVIRTUAL,
          vectorClass,
          into,
          "(L" + target.memory + ";" + offset() + BYTE_ORDER + ")V",
          false);
    } else if (target.isBuffer()) {
      address(arrays.get(array), at);
      emit(value);
      String put = target.wide ? "putDouble" : "putFloat";
      code.visitMethodInsn(
          INVOKEVIRTUAL, target.memory, put, "(I" + element + ")Ljava/nio/ByteBuffer;", false);
      code.visitInsn(POP);
    } else {
      code.visitVarInsn(ALOAD, arrays.get(array));
      layout();
      code.visitVarInsn(LLOAD, at);
      emit(value);
      code.visitMethodInsn(
          INVOKEINTERFACE, target.memory, "set", "(" + layoutType() + "J" + element + ")V", true);
    }
  }

  /** Pushes a memory and an offset in it. */
  private void address(int memory, int at) {
    code.visitVarInsn(ALOAD, memory);
    code.visitVarInsn(LLOAD, at);
    if (target.isBuffer()) {
      code.visitInsn(L2I);
    }
  }

  private String offset() {
    return target.isBuffer() ? "I" : "J";
  }

  private String layoutType() {
    return "L" + LAYOUT + (target.wide ? "$OfDouble;" : "$OfFloat;");
  }

  private void layout() {
    String name = target.wide ? "JAVA_DOUBLE_UNALIGNED" : "JAVA_FLOAT_UNALIGNED";
    code.visitFieldInsn(GETSTATIC, LAYOUT, name, layoutType());
  }

  private void species() {
    code.visitFieldInsn(GETSTATIC, vectorClass, "SPECIES_PREFERRED", SPECIES);
  }

  // ---- What is kept in locals and computed is vectors, in the loop that has them.

  @Override
  void storeLocal(int local) {
    if (inVectors) {
      code.visitVarInsn(ASTORE, local);
    } else {
      super.storeLocal(local);
    }
  }

  @Override
  void loadLocal(int local) {
    if (inVectors) {
      code.visitVarInsn(ALOAD, local);
    } else {
      super.loadLocal(local);
    }
  }

  @Override
  int localSize() {
    return inVectors ? 1 : super.localSize();
  }

  @Override
  void compute(Expression expression) {
    if (!inVectors) {
      super.compute(expression);
      return;
    }
    for (Expression argument : expression.arguments) {
      emit(argument);
    }
    String withVector = "(L" + VECTORS + "Vector;)" + vector;
    switch (expression.operation) {
      case ADD -> onVector("add", withVector);
      case SUBTRACT -> onVector("sub", withVector);
      case MULTIPLY -> onVector("mul", withVector);
      case DIVIDE -> onVector("div", withVector);
      case MINIMUM -> onVector("min", withVector);
      case MAXIMUM -> onVector("max", withVector);
      case SQUARE_ROOT -> onVector("sqrt", "()" + vector);
      case ABSOLUTE -> onVector("abs", "()" + vector);
      case SIGN -> {
        // Comparisons, which processors do in fewer instructions than Java's minimum and maximum.
        // Zeros and NaN stay.
        int x = nextLocal++;
        storeLocal(x);
        loadLocal(x);
        blend(1, x, "GT");
        blend(-1, x, "LT");
      }
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(expression.operation);
    }
  }

  /** Puts a number into the lanes in which a local is greater or less than 0. */
  private void blend(double value, int local, String comparison) {
    constant(value);
    loadLocal(local);
    code.visitFieldInsn(
        GETSTATIC, VECTORS + "VectorOperators", comparison, "L" + VECTORS + COMPARISON);
    constant(0);
    onVector("compare", "(L" + VECTORS + COMPARISON + element + ")" + MASK);
    onVector("blend", "(" + element + MASK + ")" + vector);
  }

  private void onVector(String method, String descriptor) {
    code.visitMethodInsn(INVOKEVIRTUAL, vectorClass, method, descriptor, false);
  }
}
