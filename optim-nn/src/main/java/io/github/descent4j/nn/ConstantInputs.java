package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which inputs are the same in every example of a batch, as at the border of images: a third of MNIST's pixels, in a batch of 128. For all
 * examples together they do what one number does for each output, so a layer can add them to its bias and multiply the others alone.
 */
final class ConstantInputs<A> {
  /** Rows that are looked at before most inputs of most layers are known to vary. */
  private static final int FIRST_ROWS = 16;

  /** To pack a weight and to unpack its gradient costs about as much as to multiply them by so many examples. */
  private static final int EXAMPLES_A_WEIGHT = 12;

  private final Loops<A> loops;
  private final int inputs;
  private final A row;

  /** The first example; at the end what each constant input is, and 0 for the others. */
  private final A first;

  private final A spread;
  private final double[] spreads;
  private final Memory constantsMemory;

  /** Which inputs vary, in order. */
  private final int[] varyingInputs;

  private int varying;

  ConstantInputs(DataType type, Loops<A> loops, int inputs) {
    this.loops = loops;
    this.inputs = inputs;
    row = loops.allocate(inputs);
    first = loops.allocate(inputs);
    spread = loops.allocate(inputs);
    spreads = new double[inputs];
    varyingInputs = new int[inputs];
    constantsMemory = Memory.of(Nd4j.create(type, inputs));
  }

  /**
   * Begins with the first examples of a batch.
   *
   * @return false if so many inputs vary already that to go on does not pay
   */
  boolean begin(Memory x) {
    loops.get(x, 0, first, 0, inputs);
    loops.zero(spread, 0, inputs);
    int rows = x.length() / inputs;
    compare(x, 1, Math.min(FIRST_ROWS, rows), row, spread);
    return pays(rows);
  }

  /** Compares examples with the first one, in any thread: the greatest distances are joined later. */
  void compare(Memory x, int from, int to, A row, A spread) {
    for (int i = from; i < to; i++) {
      loops.get(x, i * inputs, row, 0, inputs);
      loops.maxDistance(spread, row, first, inputs);
    }
  }

  /** Adds what was seen of some examples. */
  void join(A spread) {
    loops.max(this.spread, spread, inputs);
  }

  /** Ends with all examples compared, and says whether it pays to leave out what is constant. */
  boolean end(int rows) {
    if (!pays(rows)) {
      return false;
    }
    for (int i = 0; i < varying; i++) {
      loops.zero(first, varyingInputs[i], 1);
    }
    loops.put(constantsMemory, 0, first, 0, inputs);
    return true;
  }

  /** Finds the inputs that vary. */
  private boolean pays(int rows) {
    loops.toDoubles(spread, spreads, inputs);
    varying = 0;
    for (int i = 0; i < inputs; i++) {
      // What is not a number counts as varying.
      if (spreads[i] != 0) {
        varyingInputs[varying++] = i;
      }
    }
    return varying > 0 && (long) rows * (inputs - varying) >= (long) EXAMPLES_A_WEIGHT * inputs;
  }

  /** How many inputs vary. */
  int varying() {
    return varying;
  }

  /** What each constant input is, for native code; 0 for the others. */
  Memory constantsMemory() {
    return constantsMemory;
  }

  /** Copies the elements of inputs that vary next to each other. */
  void pack(A all, A packed) {
    loops.pick(all, varyingInputs, varying, packed);
  }

  /** Sets all elements: those of inputs that vary to what is packed, the others to their constants times a factor. */
  void unpack(A packed, double factor, A all) {
    loops.scaled(first, factor, all, inputs);
    loops.place(packed, varyingInputs, varying, all);
  }
}
