package io.github.descent4j.internal.program;

import static org.objectweb.asm.Opcodes.AALOAD;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.IF_ICMPGE;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.ISTORE;

import io.github.descent4j.internal.program.LoopGenerator.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;

/** Writes loops over blocks on the heap, which C2 vectorizes: {@link FloatLoop} and {@link DoubleLoop}. */
final class BlockLoopWriter extends LoopWriter {

  BlockLoopWriter(Program program, Target target, ClassWriter writer, String className) {
    super(program, target, writer, className);
  }

  @Override
  void write() {
    List<LoopSplit.Part> parts = program.split().parts();
    String descriptor = "([[" + element + "I[" + element + ")V";
    if (parts.size() == 1) {
      begin(ACC_PUBLIC, "run", descriptor);
      blockLoop(parts.get(0), 1);
      end();
      return;
    }
    for (int i = 0; i < parts.size(); i++) {
      begin(ACC_PRIVATE | ACC_STATIC, "run" + (i + 1), descriptor);
      blockLoop(parts.get(i), 0);
      end();
    }
    begin(ACC_PUBLIC, "run", descriptor);
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
      loadElement();
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
      loadElement();
      keep(expression);
    });
    computeStored(part.stores);
    part.stores.forEach((place, value) -> {
      code.visitVarInsn(ALOAD, arrays.get(place));
      code.visitVarInsn(ILOAD, i);
      emit(value);
      storeElement();
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
}
