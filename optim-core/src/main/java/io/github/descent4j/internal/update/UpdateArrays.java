package io.github.descent4j.internal.update;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Loops;

/**
 * The arrays of one parameter by the places that a program gives them: value, gradient and slots, all paired by
 * logical index.
 */
public final class UpdateArrays {
  private final ArrayMemory[] arrays;
  private final ArrayMemory[] slots;
  private final char order;
  private final ArrayMemory master;
  private final boolean wide;
  private final boolean denseInC;
  private final boolean dense;

  /** What vector loops take of nearly all parameters. */
  private final Object[] firstWindow;

  /**
   * Of a parameter.
   *
   * @param value null for a parameter of zeros whose gradient is to receive what is taken off
   * @param gradient of the parameter's type and shape
   * @param slots of the arithmetic's type and as many elements; the rule's first, others may follow
   * @param slotCount how many of the slots are the rule's
   * @param master the value in float, for a value of a half type; null if there is none
   * @param order the logical order in which elements are paired
   */
  public UpdateArrays(
      ArrayMemory value,
      ArrayMemory gradient,
      ArrayMemory[] slots,
      int slotCount,
      ArrayMemory master,
      char order) {
    arrays = new ArrayMemory[Description.SLOTS + slotCount];
    arrays[Description.VALUE] = value;
    arrays[Description.GRADIENT] = gradient;
    System.arraycopy(slots, 0, arrays, Description.SLOTS, slotCount);
    this.slots = slots;
    this.master = master;
    this.order = order;
    wide = gradient.isDouble();
    denseInC = isDense('c');
    dense = isDense(order);
    firstWindow = new Object[arrays.length];
    if (Loops.chosen().inMemory() && (dense || denseInC) && gradient.length() > 0) {
      fill(firstWindow, 0);
    }
  }

  private boolean isDense(char asked) {
    boolean all = arrays[Description.VALUE] != null;
    for (ArrayMemory array : arrays) {
      all = all && array.isDenseInOwnType(asked) && array.isDouble() == wide;
    }
    return all;
  }

  /** Whether these are the memory of value, gradient and slots. */
  public boolean isOf(ArrayMemory value, ArrayMemory gradient, ArrayMemory[] slots) {
    return arrays[Description.VALUE] == value
        && arrays[Description.GRADIENT] == gradient
        && this.slots == slots;
  }

  /** Value, gradient and slots. */
  int count() {
    return arrays.length;
  }

  /** An array by its place. */
  ArrayMemory get(int array) {
    return arrays[array];
  }

  /** The value in float, null if there is none. */
  ArrayMemory master() {
    return master;
  }

  /** The logical order in which elements are paired. */
  char order() {
    return order;
  }

  /** Whether the arithmetic is in double. */
  public boolean isWide() {
    return wide;
  }

  /** Whether the value has memory of its own and no master. */
  boolean isPlain() {
    return arrays[Description.VALUE] != null && master == null;
  }

  /** Whether loops can run straight over the memory, elements in the order of these arrays. */
  public boolean isDense() {
    return dense;
  }

  /** Whether loops can run straight over the memory, elements in 'c' order. */
  public boolean isDenseInC() {
    return denseInC;
  }

  /** The memory of a window, as vector loops take it. */
  Object[] loopMemory(int window) {
    if (window == 0) {
      return firstWindow;
    }
    Object[] memory = new Object[arrays.length];
    fill(memory, window);
    return memory;
  }

  private void fill(Object[] memory, int window) {
    for (int a = 0; a < arrays.length; a++) {
      memory[a] = arrays[a].loopMemory(window);
    }
  }
}
