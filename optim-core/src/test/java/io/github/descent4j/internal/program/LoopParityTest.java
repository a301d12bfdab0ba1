package io.github.descent4j.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.internal.program.Program.Pass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiled loops do what the interpreter does, bit for bit: random programs, every preparation, lengths around
 * every vector, and numbers at the ends of the range.
 */
class LoopParityTest {
  private static final int BLOCK = Interpreter.BLOCK;
  private static final int SLOTS = 3;

  static List<Integer> seeds() {
    List<Integer> seeds = new ArrayList<>();
    for (int seed = 0; seed < 60; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void compiledLoopsGiveTheBitsOfTheInterpreter(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Description description = random(random, 4 + seed);
    for (Pass pass :
        description.normCount() == 0 ? List.of(Pass.UPDATE) : List.of(Pass.UPDATE, Pass.NORMS)) {
      for (int preparation : new int[] {0, random.nextInt(32), random.nextInt(32), 31}) {
        Program program = Program.of(description, random.nextInt(2), preparation, pass);
        for (int n : new int[] {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100, 511, 512}) {
          compareFloats(description, program, n, random);
          compareDoubles(description, program, n, random);
        }
      }
    }
  }

  private static void compareFloats(
      Description description, Program program, int n, SplittableRandom random) {
    float[] numbers = new float[description.numberCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) number(random);
    }
    float[][] expected = new float[program.arrays()][BLOCK];
    for (float[] array : expected) {
      for (int i = 0; i < BLOCK; i++) {
        array[i] = (float) number(random);
      }
    }
    int scratch = new LoopSplit(program).scratchArrays();
    float[][] compiled = new float[program.arrays() + scratch][];
    for (int a = 0; a < compiled.length; a++) {
      compiled[a] = a < expected.length ? expected[a].clone() : new float[BLOCK];
    }
    float[][] initial = compiled.clone();
    for (int a = 0; a < initial.length; a++) {
      initial[a] = compiled[a].clone();
    }
    new Interpreter(program).run(expected, n, numbers);
    if (Loops.chosen().kind() == Loops.Kind.INTERPRETED) {
      return;
    }
    Loops.chosen().floats(program).run(compiled, n, numbers);
    for (int a = 0; a < expected.length; a++) {
      assertThat(bits(compiled[a])).as("array %d of\n%s", a, program).isEqualTo(bits(expected[a]));
    }
    if (Loops.chosen().inMemory()) {
      Object[] memory = new Object[program.parameterArrays()];
      ByteBuffer[] bytes = new ByteBuffer[memory.length];
      for (int a = 0; a < memory.length; a++) {
        bytes[a] = ByteBuffer.allocateDirect(4 * (BLOCK + 5)).order(ByteOrder.nativeOrder());
        bytes[a].asFloatBuffer().put(5, initial[a]);
        memory[a] = Loops.chosen().memory(bytes[a]);
      }
      float[][] blocks = new float[program.arrays() - program.parameterArrays()][];
      for (int b = 0; b < blocks.length; b++) {
        blocks[b] = initial[memory.length + b];
      }
      Loops.chosen().vectors(program, false).run(memory, 4 * 5, n, numbers, blocks);
      for (int a = 0; a < expected.length; a++) {
        float[] actual = new float[BLOCK];
        if (a < memory.length) {
          bytes[a].asFloatBuffer().get(5, actual);
        } else {
          actual = blocks[a - memory.length];
        }
        assertThat(bits(actual)).as("array %d of\n%s", a, program).isEqualTo(bits(expected[a]));
      }
    }
  }

  private static void compareDoubles(
      Description description, Program program, int n, SplittableRandom random) {
    double[] numbers = new double[description.numberCount()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(random);
    }
    double[][] expected = new double[program.arrays()][BLOCK];
    for (double[] array : expected) {
      for (int i = 0; i < BLOCK; i++) {
        array[i] = number(random);
      }
    }
    int scratch = new LoopSplit(program).scratchArrays();
    double[][] compiled = new double[program.arrays() + scratch][];
    double[][] initial = new double[compiled.length][];
    for (int a = 0; a < compiled.length; a++) {
      compiled[a] = a < expected.length ? expected[a].clone() : new double[BLOCK];
      initial[a] = compiled[a].clone();
    }
    new Interpreter(program).run(expected, n, numbers);
    if (Loops.chosen().kind() == Loops.Kind.INTERPRETED) {
      return;
    }
    Loops.chosen().doubles(program).run(compiled, n, numbers);
    for (int a = 0; a < expected.length; a++) {
      assertThat(bits(compiled[a])).as("array %d of\n%s", a, program).isEqualTo(bits(expected[a]));
    }
    if (Loops.chosen().inMemory()) {
      Object[] memory = new Object[program.parameterArrays()];
      ByteBuffer[] bytes = new ByteBuffer[memory.length];
      for (int a = 0; a < memory.length; a++) {
        bytes[a] = ByteBuffer.allocateDirect(8 * (BLOCK + 3)).order(ByteOrder.nativeOrder());
        bytes[a].asDoubleBuffer().put(3, initial[a]);
        memory[a] = Loops.chosen().memory(bytes[a]);
      }
      double[][] blocks = new double[program.arrays() - program.parameterArrays()][];
      for (int b = 0; b < blocks.length; b++) {
        blocks[b] = initial[memory.length + b];
      }
      Loops.chosen().vectors(program, true).run(memory, 8 * 3, n, numbers, blocks);
      for (int a = 0; a < expected.length; a++) {
        double[] actual = new double[BLOCK];
        if (a < memory.length) {
          bytes[a].asDoubleBuffer().get(3, actual);
        } else {
          actual = blocks[a - memory.length];
        }
        assertThat(bits(actual)).as("array %d of\n%s", a, program).isEqualTo(bits(expected[a]));
      }
    }
  }

  /** A program too large for one loop gives the same in several, in whatever number. */
  @ParameterizedTest
  @MethodSource("seeds")
  void everyLoopOfASplitIsSmallEnoughAndNothingIsLost(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Program program = Program.of(random(random, 4 + seed), 0, random.nextInt(32), Pass.UPDATE);
    for (double limit : new double[] {LoopSplit.LIMIT, 40, 30}) {
      LoopSplit split = new LoopSplit(program, limit);
      int computed = 0;
      for (LoopSplit.Part part : split.parts()) {
        assertThat(part.cost() <= limit || part.computed.size() == 1).isTrue();
        computed += part.computed.size();
      }
      assertThat(computed).isEqualTo((int)
          program.order().stream().filter(Expression::isComputed).count());
    }
  }

  /** A description with all operations, choices, and norms in one of three. */
  private static Description random(SplittableRandom random, int size) {
    Description d = new Description("random");
    List<Expression> made = new ArrayList<>();
    made.add(d.input(Description.VALUE));
    made.add(d.input(Description.GRADIENT));
    for (int s = 0; s < SLOTS; s++) {
      made.add(d.input(d.slot("s" + s)));
    }
    for (int k = 0; k < 4; k++) {
      made.add(d.number("k" + k, () -> 0.5, false));
    }
    made.add(d.constant(random.nextDouble(-2, 2)));
    for (int i = 0; i < size; i++) {
      if (i == size / 2 && random.nextInt(3) == 0) {
        made.add(d.ofNorms("norm", false, n -> n[0], made.get(random.nextInt(5)), made.get(1)));
        continue;
      }
      Expression a = made.get(random.nextInt(made.size()));
      Expression b = made.get(random.nextInt(made.size()));
      made.add(
          switch (random.nextInt(12)) {
            case 0, 1 -> d.add(a, b);
            case 2 -> d.subtract(a, b);
            case 3, 4 -> d.multiply(a, b);
            case 5 -> d.divide(a, b);
            case 6 -> d.minimum(a, b);
            case 7 -> d.maximum(a, b);
            case 8 -> d.squareRoot(a);
            case 9 -> d.absolute(a);
            case 10 -> d.sign(a);
            default -> d.either(() -> true, a, b);
          });
    }
    for (int array = 0; array < 2 + SLOTS; array++) {
      if (array != Description.GRADIENT) {
        d.set(array, made.get(made.size() - 1 - random.nextInt(made.size() / 2)));
      }
    }
    d.complete();
    return d;
  }

  private static double number(SplittableRandom random) {
    return switch (random.nextInt(24)) {
      case 0 -> 0;
      case 1 -> -0.0;
      case 2 -> Double.NaN;
      case 3 -> Double.POSITIVE_INFINITY;
      case 4 -> Double.NEGATIVE_INFINITY;
      case 5 -> Float.MIN_VALUE;
      case 6 -> -Float.MAX_VALUE;
      case 7 -> Double.MIN_VALUE;
      case 8 -> Double.MAX_VALUE;
      case 9 -> 1e-20;
      default -> random.nextDouble(-2, 2);
    };
  }

  private static int[] bits(float[] array) {
    int[] bits = new int[array.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(array[i]);
    }
    return bits;
  }

  private static long[] bits(double[] array) {
    long[] bits = new long[array.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToLongBits(array[i]);
    }
    return bits;
  }
}
