package io.github.descent4j.internal.program;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program as it stands, operation by operation over a block: the specification. It needs no code
 * generation, so it runs in a native image too. One instance serves one thread.
 */
final class Interpreter implements FloatLoop, DoubleLoop {
  /** Elements in a block as the update rules have them; others may have more. */
  static final int BLOCK = 512;

  /** An expression, and the registers of its arguments. */
  private record Instruction(Expression expression, int first, int second) {}

  /** Where the contents of a register go. */
  private record Result(int array, int register) {}

  private final Instruction[] instructions;
  private final Result[] results;
  private float[][] floats;
  private double[][] doubles;

  Interpreter(Program program) {
    List<Expression> order = program.order();
    Map<Expression, Integer> registers = new HashMap<>();
    instructions = new Instruction[order.size()];
    for (int i = 0; i < instructions.length; i++) {
      Expression expression = order.get(i);
      registers.put(expression, i);
      Expression[] arguments = expression.arguments;
      int first = arguments.length == 0 ? i : registers.get(arguments[0]);
      int second = arguments.length < 2 ? first : registers.get(arguments[1]);
      instructions[i] = new Instruction(expression, first, second);
    }
    results = program.stores().entrySet().stream()
        .map(store -> new Result(store.getKey(), registers.get(store.getValue())))
        .toArray(Result[]::new);
  }

  @Override
  public void run(float[][] arrays, int n, float[] numbers) {
    if (floats == null || floats[0].length < n) {
      floats = new float[instructions.length][Math.max(BLOCK, n)];
    }
    for (int i = 0; i < instructions.length; i++) {
      Expression expression = instructions[i].expression;
      switch (expression.operation) {
        case INPUT -> System.arraycopy(arrays[expression.index], 0, floats[i], 0, n);
        case SCALAR -> Arrays.fill(floats[i], 0, n, numbers[expression.index]);
        case CONSTANT -> Arrays.fill(floats[i], 0, n, (float) expression.constant);
        default ->
          BlockOperations.apply(
              expression.operation,
              floats[i],
              floats[instructions[i].first],
              floats[instructions[i].second],
              n);
      }
    }
    for (Result result : results) {
      System.arraycopy(floats[result.register], 0, arrays[result.array], 0, n);
    }
  }

  @Override
  public void run(double[][] arrays, int n, double[] numbers) {
    if (doubles == null || doubles[0].length < n) {
      doubles = new double[instructions.length][Math.max(BLOCK, n)];
    }
    for (int i = 0; i < instructions.length; i++) {
      Expression expression = instructions[i].expression;
      switch (expression.operation) {
        case INPUT -> System.arraycopy(arrays[expression.index], 0, doubles[i], 0, n);
        case SCALAR -> Arrays.fill(doubles[i], 0, n, numbers[expression.index]);
        case CONSTANT -> Arrays.fill(doubles[i], 0, n, expression.constant);
        default ->
          BlockOperations.apply(
              expression.operation,
              doubles[i],
              doubles[instructions[i].first],
              doubles[instructions[i].second],
              n);
      }
    }
    for (Result result : results) {
      System.arraycopy(doubles[result.register], 0, arrays[result.array], 0, n);
    }
  }
}
