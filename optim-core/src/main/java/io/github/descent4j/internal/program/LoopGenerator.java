package io.github.descent4j.internal.program;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes the class file of a program: the operations of {@link BlockOperations} in the order of the program, fused
 * into one loop, or into as many as {@link LoopSplit} asks for.
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
  private static final String VECTORS = "jdk/incubator/vector/";
  private static final String SPECIES = "L" + VECTORS + "VectorSpecies;";
  private static final String BYTE_ORDER = "Ljava/nio/ByteOrder;";
  private static final String LOOPS = INTERNAL + "MemoryLoop";
  private static final String LAYOUT = "java/lang/foreign/ValueLayout";

  private final Program program;
  private final Target target;
  private final int lanes;

  /** The letter of a primitive type, and whether it takes two places among the locals. */
  private final String element;

  private final int width;

  /** The class of a vector, as it stands in descriptors. */
  private final String vectorClass;

  private final String vector;
  private final String className;

  // Of the method being written.
  private MethodVisitor code;
  private boolean inVectors;
  private int nextLocal;
  private final Map<Expression, Integer> locals = new HashMap<>();

  private LoopGenerator(Program program, Target target, int lanes) {
    this.program = program;
    this.target = target;
    this.lanes = lanes;
    element = target.wide ? "D" : "F";
    width = target.wide ? Double.BYTES : Float.BYTES;
    vectorClass = VECTORS + (target.wide ? "DoubleVector" : "FloatVector");
    vector = "L" + vectorClass + ";";
    className = PACKAGE + className(program, target);
  }

  /**
   * Writes the class file.
   *
   * @param lanes of a vector; 0 for blocks on the heap
   */
  static byte[] generate(Program program, Target target, int lanes) {
    return new LoopGenerator(program, target, lanes).generate();
  }

  /** The simple name of the class. */
  static String className(Program program, Target target) {
    String name = program.name().replaceAll("[^\\w]", "_");
    return name + (target.wide ? "_double" : "_float") + (target.isVector() ? "_vector" : "");
  }

  private byte[] generate() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES) {
      @Override
      protected String getCommonSuperClass(String a, String b) {
        return "java/lang/Object"; // Finding it would load classes by name.
      }
    };
    String loop = target.isVector() ? "MemoryLoop" : target.wide ? "DoubleLoop" : "FloatLoop";
    writer.visit(
        V17, ACC_PUBLIC | ACC_FINAL | ACC_SUPER, className, null, "java/lang/Object", new String[] {
          INTERNAL + loop
        });
    writer.visitSource(program.name() + ".formula", null);
    MethodVisitor constructor = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    constructor.visitCode();
    constructor.visitVarInsn(ALOAD, 0);
    constructor.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    constructor.visitInsn(RETURN);
    constructor.visitMaxs(0, 0);
    constructor.visitEnd();
    if (target.isVector()) {
      writeVectors(writer);
    } else {
      writeBlocks(writer);
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private void begin(ClassWriter writer, int access, String name, String descriptor) {
    code = writer.visitMethod(access, name, descriptor, null, null);
    code.visitCode();
    locals.clear();
    nextLocal = (access & ACC_STATIC) == 0 ? 1 : 0;
    for (Type argument : Type.getArgumentTypes(descriptor)) {
      nextLocal += argument.getSize();
    }
  }

  private void end() {
    code.visitInsn(RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  // ---- Blocks on the heap.

  private void writeBlocks(ClassWriter writer) {
    List<LoopSplit.Part> parts = new LoopSplit(program).parts();
    String descriptor = "([[" + element + "I[" + element + ")V";
    if (parts.size() == 1) {
      begin(writer, ACC_PUBLIC, "run", descriptor);
      blockLoop(parts.get(0), 1);
      end();
      return;
    }
    for (int i = 0; i < parts.size(); i++) {
      begin(writer, ACC_PRIVATE | ACC_STATIC, "run" + (i + 1), descriptor);
      blockLoop(parts.get(i), 0);
      end();
    }
    begin(writer, ACC_PUBLIC, "run", descriptor);
    for (int i = 0; i < parts.size(); i++) {
      code.visitVarInsn(ALOAD, 1);
      code.visitVarInsn(ILOAD, 2);
      code.visitVarInsn(ALOAD, 3);
      code.visitMethodInsn(INVOKESTATIC, className, "run" + (i + 1), descriptor, false);
    }
    end();
  }

  /** One loop: arrays, n and numbers are the first arguments from a local on. */
  private void blockLoop(LoopSplit.Part part, int arguments) {
    inVectors = false;
    Map<Integer, Integer> arrays = new HashMap<>();
    List<Integer> places = new ArrayList<>(part.loads.values());
    places.addAll(part.stores.keySet());
    for (int place : places) {
      if (!arrays.containsKey(place)) {
        code.visitVarInsn(ALOAD, arguments);
        push(place);
        code.visitInsn(AALOAD);
        arrays.put(place, nextLocal);
        code.visitVarInsn(ASTORE, nextLocal++);
      }
    }
    for (Expression expression : numbersOf(part)) {
      code.visitVarInsn(ALOAD, arguments + 2);
      push(expression.index);
      code.visitInsn(target.wide ? DALOAD : FALOAD);
      keep(expression);
    }
    int i = nextLocal++;
    code.visitInsn(ICONST_0);
    code.visitVarInsn(ISTORE, i);
    Label top = new Label();
    Label bottom = new Label();
    code.visitLabel(top);
    code.visitVarInsn(ILOAD, i);
    code.visitVarInsn(ILOAD, arguments + 1);
    code.visitJumpInsn(IF_ICMPGE, bottom);
    part.loads.forEach((expression, place) -> {
      code.visitVarInsn(ALOAD, arrays.get(place));
      code.visitVarInsn(ILOAD, i);
      code.visitInsn(target.wide ? DALOAD : FALOAD);
      keep(expression);
    });
    int line = 1;
    for (Map.Entry<Integer, Expression> store : part.stores.entrySet()) {
      line(line++);
      emit(store.getValue());
      if (!locals.containsKey(store.getValue())) {
        keep(store.getValue());
      } else {
        code.visitInsn(target.wide ? POP2 : POP);
      }
    }
    part.stores.forEach((place, value) -> {
      code.visitVarInsn(ALOAD, arrays.get(place));
      code.visitVarInsn(ILOAD, i);
      emit(value);
      code.visitInsn(target.wide ? DASTORE : FASTORE);
    });
    code.visitIincInsn(i, 1);
    code.visitJumpInsn(GOTO, top);
    code.visitLabel(bottom);
  }

  private static List<Expression> numbersOf(LoopSplit.Part part) {
    List<Expression> numbers = new ArrayList<>();
    List<Expression> users = new ArrayList<>(part.computed);
    users.addAll(part.stores.values());
    for (Expression user : users) {
      addNumber(user, numbers);
      for (Expression argument : user.arguments) {
        addNumber(argument, numbers);
      }
    }
    return numbers;
  }

  private static void addNumber(Expression expression, List<Expression> numbers) {
    if (expression.operation == Operation.SCALAR && !numbers.contains(expression)) {
      numbers.add(expression);
    }
  }

  // ---- Vectors in memory.

  private void writeVectors(ClassWriter writer) {
    String method = "([Ljava/lang/Object;JILjava/lang/Object;Ljava/lang/Object;)V";
    String loop = "([Ljava/lang/Object;JII[" + element + "[[" + element + ")V";
    begin(writer, ACC_PRIVATE | ACC_STATIC, "vectors", loop);
    vectorLoop();
    end();
    begin(writer, ACC_PRIVATE | ACC_STATIC, "rest", loop);
    restLoop();
    end();
    begin(writer, ACC_PUBLIC, "run", method);
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

  // Locals of both loops: memory 0, from 1 and 2, first 3, end 4, numbers 5, blocks 6.
  private static final int FROM = 1;
  private static final int FIRST = 3;
  private static final int END = 4;
  private static final int GIVEN_NUMBERS = 5;
  private static final int BLOCKS = 6;

  private void vectorLoop() {
    inVectors = true;
    Map<Integer, Integer> arrays = memoryLocals();
    for (Expression expression : program.order()) {
      if (expression.isNumber()) {
        species();
        if (expression.operation == Operation.SCALAR) {
          code.visitVarInsn(ALOAD, GIVEN_NUMBERS);
          push(expression.index);
          code.visitInsn(target.wide ? DALOAD : FALOAD);
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
        code.visitInsn(target.wide ? DALOAD : FALOAD);
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
    int line = 1;
    for (Expression value : program.stores().values()) {
      line(line++);
      emit(value);
      if (!locals.containsKey(value)) {
        keep(value);
      } else {
        code.visitInsn(!inVectors && target.wide ? POP2 : POP);
      }
    }
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
        code.visitInsn(target.wide ? DALOAD : FALOAD);
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
        code.visitInsn(target.wide ? DASTORE : FASTORE);
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

  // ---- What both have in common.

  private void line(int number) {
    Label label = new Label();
    code.visitLabel(label);
    code.visitLineNumber(number, label);
  }

  /** Keeps what is on the stack in a local. */
  private void keep(Expression expression) {
    locals.put(expression, nextLocal);
    code.visitVarInsn(inVectors ? ASTORE : target.wide ? DSTORE : FSTORE, nextLocal);
    nextLocal += !inVectors && target.wide ? 2 : 1;
  }

  /** Pushes the value of an expression, which is computed once. */
  private void emit(Expression expression) {
    if (!locals.containsKey(expression)) {
      if (expression.operation == Operation.CONSTANT) {
        constant(expression.constant);
        return;
      }
      if (inVectors) {
        computeVector(expression);
      } else {
        compute(expression);
      }
      if (program.uses(expression) == 1) {
        return;
      }
      keep(expression);
    }
    code.visitVarInsn(inVectors ? ALOAD : target.wide ? DLOAD : FLOAD, locals.get(expression));
  }

  private void constant(double value) {
    code.visitLdcInsn(target.wide ? (Object) value : (Object) (float) value);
  }

  private void compute(Expression expression) {
    for (Expression argument : expression.arguments) {
      emit(argument);
    }
    String one = "(" + element + ")" + element;
    String two = "(" + element + element + ")" + element;
    switch (expression.operation) {
      case ADD -> code.visitInsn(target.wide ? DADD : FADD);
      case SUBTRACT -> code.visitInsn(target.wide ? DSUB : FSUB);
      case MULTIPLY -> code.visitInsn(target.wide ? DMUL : FMUL);
      case DIVIDE -> code.visitInsn(target.wide ? DDIV : FDIV);
      case MINIMUM -> math("min", two);
      case MAXIMUM -> math("max", two);
      case ABSOLUTE -> math("abs", one);
      case SQUARE_ROOT -> {
        if (!target.wide) {
          code.visitInsn(F2D);
        }
        math("sqrt", "(D)D");
        if (!target.wide) {
          code.visitInsn(D2F);
        }
      }
      case SIGN -> {
        for (int twice = 0; twice < 2; twice++) {
          constant(huge());
          code.visitInsn(target.wide ? DMUL : FMUL);
        }
        constant(1);
        math("min", two);
        constant(-1);
        math("max", two);
      }
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(expression.operation);
    }
  }

  /** Twice this times the smallest number is above 1. */
  private double huge() {
    return target.wide ? 0x1p1023 : 0x1p127;
  }

  private void math(String method, String descriptor) {
    code.visitMethodInsn(INVOKESTATIC, "java/lang/Math", method, descriptor, false);
  }

  private void computeVector(Expression expression) {
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
        String withElement = "(" + element + ")" + vector;
        for (int twice = 0; twice < 2; twice++) {
          constant(huge());
          onVector("mul", withElement);
        }
        constant(1);
        onVector("min", withElement);
        constant(-1);
        onVector("max", withElement);
      }
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(expression.operation);
    }
  }

  private void onVector(String method, String descriptor) {
    code.visitMethodInsn(INVOKEVIRTUAL, vectorClass, method, descriptor, false);
  }

  private void push(int number) {
    if (number >= -1 && number <= 5) {
      code.visitInsn(ICONST_0 + number);
    } else if (number >= Byte.MIN_VALUE && number <= Byte.MAX_VALUE) {
      code.visitIntInsn(BIPUSH, number);
    } else {
      code.visitIntInsn(SIPUSH, number);
    }
  }
}
