package io.github.descent4j.internal.program;

import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.BIPUSH;
import static org.objectweb.asm.Opcodes.D2F;
import static org.objectweb.asm.Opcodes.DADD;
import static org.objectweb.asm.Opcodes.DALOAD;
import static org.objectweb.asm.Opcodes.DASTORE;
import static org.objectweb.asm.Opcodes.DDIV;
import static org.objectweb.asm.Opcodes.DLOAD;
import static org.objectweb.asm.Opcodes.DMUL;
import static org.objectweb.asm.Opcodes.DSTORE;
import static org.objectweb.asm.Opcodes.DSUB;
import static org.objectweb.asm.Opcodes.F2D;
import static org.objectweb.asm.Opcodes.FADD;
import static org.objectweb.asm.Opcodes.FALOAD;
import static org.objectweb.asm.Opcodes.FASTORE;
import static org.objectweb.asm.Opcodes.FDIV;
import static org.objectweb.asm.Opcodes.FLOAD;
import static org.objectweb.asm.Opcodes.FMUL;
import static org.objectweb.asm.Opcodes.FSTORE;
import static org.objectweb.asm.Opcodes.FSUB;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.POP;
import static org.objectweb.asm.Opcodes.POP2;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.SIPUSH;

import io.github.descent4j.internal.program.LoopGenerator.Target;
import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/** What stands in a loop: numbers and expressions, each computed once and kept in a local. */
abstract class LoopWriter {
  final Program program;
  final Target target;
  final String className;

  /** The letter of the elements' type. */
  final String element;

  private final ClassWriter writer;

  // Of the method being written.
  MethodVisitor code;
  int nextLocal;
  final Map<Expression, Integer> locals = new HashMap<>();

  LoopWriter(Program program, Target target, ClassWriter writer, String className) {
    this.program = program;
    this.target = target;
    this.writer = writer;
    this.className = className;
    element = target.wide ? "D" : "F";
  }

  /** Writes the methods of the class. */
  abstract void write();

  final void begin(int access, String name, String descriptor) {
    code = writer.visitMethod(access, name, descriptor, null, null);
    code.visitCode();
    line(1); // Where it stays until a statement begins: elements are loaded ahead of all.
    locals.clear();
    nextLocal = (access & ACC_STATIC) == 0 ? 1 : 0;
    for (Type argument : Type.getArgumentTypes(descriptor)) {
      nextLocal += argument.getSize();
    }
  }

  final void end() {
    code.visitInsn(RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  /** Loads an element of an array on the heap, whose array and index are on the stack. */
  final void loadElement() {
    code.visitInsn(target.wide ? DALOAD : FALOAD);
  }

  /** Stores one, behind its array and index. */
  final void storeElement() {
    code.visitInsn(target.wide ? DASTORE : FASTORE);
  }

  void storeLocal(int local) {
    code.visitVarInsn(target.wide ? DSTORE : FSTORE, local);
  }

  void loadLocal(int local) {
    code.visitVarInsn(target.wide ? DLOAD : FLOAD, local);
  }

  int localSize() {
    return target.wide ? 2 : 1;
  }

  /** Computes what is stored, and keeps it: all stores come behind all computation. */
  final void computeStored(Map<Integer, Expression> stores) {
    stores.forEach((array, value) -> {
      if (program.line(array)
          > 0) { // What goes from one loop to the next is in no line of its own.
        line(program.line(array));
      }
      emit(value);
      if (locals.containsKey(value)) {
        code.visitInsn(localSize() == 2 ? POP2 : POP);
      } else {
        keep(value);
      }
    });
  }

  /** Says which line of the program's text the following is of. */
  private void line(int number) {
    Label label = new Label();
    code.visitLabel(label);
    code.visitLineNumber(number, label);
  }

  /** Keeps what is on the stack in a local. */
  final void keep(Expression expression) {
    locals.put(expression, nextLocal);
    storeLocal(nextLocal);
    nextLocal += localSize();
  }

  /** Pushes the value of an expression, which is computed once. */
  final void emit(Expression expression) {
    if (!locals.containsKey(expression)) {
      if (expression.operation == Operation.CONSTANT) {
        constant(expression.constant);
        return;
      }
      compute(expression);
      if (program.uses(expression) == 1) {
        return;
      }
      keep(expression);
    }
    loadLocal(locals.get(expression));
  }

  final void constant(double value) {
    code.visitLdcInsn(target.wide ? (Object) value : (Object) (float) value);
  }

  /** Pushes the result of an operation. */
  void compute(Expression expression) {
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
  final double huge() {
    return target.wide ? 0x1p1023 : 0x1p127;
  }

  final void math(String method, String descriptor) {
    code.visitMethodInsn(INVOKESTATIC, "java/lang/Math", method, descriptor, false);
  }

  final void push(int number) {
    if (number >= -1 && number <= 5) {
      code.visitInsn(ICONST_0 + number);
    } else if (number >= Byte.MIN_VALUE && number <= Byte.MAX_VALUE) {
      code.visitIntInsn(BIPUSH, number);
    } else {
      code.visitIntInsn(SIPUSH, number);
    }
  }
}
