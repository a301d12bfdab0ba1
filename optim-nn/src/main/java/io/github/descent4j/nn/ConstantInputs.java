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

  /** Constant inputs so close together are packed with their neighbours: a copy costs more than to multiply them. */
  private static final int SHORTEST_GAP = 4;

  /** To pack a weight and to unpack its gradient costs about as much as to multiply them by so many examples. */
  private static final int EXAMPLES_A_WEIGHT = 12;

  private final Loops<A> loops;
  private final int inputs;
  private final A row;

  /** The first example; at the end what each constant input is, and 0 for the others. */
  private final A first;

  private final A spread;
  private final double[] spreads;
  private final int[] begins;
  private final int[] ends;
  private final Memory constantsMemory;
  private int runs;
  private int varying;

  ConstantInputs(DataType type, Loops<A> loops, int inputs) {
    this.loops = loops;
    this.inputs = inputs;
    row = loops.allocate(inputs);
    first = loops.allocate(inputs);
    spread = loops.allocate(inputs);
    spreads = new double[inputs];
    begins = new int[inputs / SHORTEST_GAP + 1];
    ends = new int[begins.length];
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
    for (int i = 0; i < runs; i++) {
      loops.zero(first, begins[i], ends[i] - begins[i]);
    }
    loops.put(constantsMemory, 0, first, 0, inputs);
    return true;
  }

  /** Finds the runs of inputs that vary. */
  private boolean pays(int rows) {
    loops.toDoubles(spread, spreads, inputs);
    runs = 0;
    for (int i = 0; i < inputs; i++) {
      // What is not a number counts as varying.
      if (spreads[i] != 0) {
        if (runs == 0 || i - ends[runs - 1] >= SHORTEST_GAP) {
          begins[runs++] = i;
        }
        ends[runs - 1] = i + 1;
      }
    }
    varying = 0;
    for (int i = 0; i < runs; i++) {
      varying += ends[i] - begins[i];
    }
    return varying > 0 && (long) rows * (inputs - varying) >= (long) EXAMPLES_A_WEIGHT * inputs;
  }

  /** Inputs that vary, and those packed with them. */
  int varying() {
    return varying;
  }

  /** What each constant input is; 0 for the others. */
  A constants() {
    return first;
  }

  /** The same for native code. */
  Memory constantsMemory() {
    return constantsMemory;
  }

  /** Copies the elements of inputs that vary next to each other. */
  void pack(A all, A packed) {
    int at = 0;
    for (int i = 0; i < runs; i++) {
      int n = ends[i] - begins[i];
      loops.copy(all, begins[i], packed, at, n);
      at += n;
    }
  }

  /** Copies the elements of inputs that vary to their places. */
  void unpack(A packed, A all) {
    int at = 0;
    for (int i = 0; i < runs; i++) {
      int n = ends[i] - begins[i];
      loops.copy(packed, at, all, begins[i], n);
      at += n;
    }
  }
}
