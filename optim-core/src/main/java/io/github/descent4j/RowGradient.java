package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.memory.RowSums;
import io.github.descent4j.internal.state.ParameterState;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A gradient that is 0 but for some rows, such as that of an embedding: their indices, and a block with a row for each. A
 * row is all that has one index in the first dimension.
 *
 * <pre>{@code
 * RowGradient gradient = RowGradient.of(new long[] {7, 2, 7}, block); // block of 3 rows; the first and the last are added
 * Parameters parameters = Parameters.of(Parameter.ofRows("embedding", table, gradient));
 * }</pre>
 *
 * <p>Rows that are given several times are added up, in double and in the order given, and rounded once. What is
 * returned is in ascending order, each row once.
 *
 * <p>The indices are copied. The block is not, as a step would take twice the time: like any gradient, it must stay as it
 * is until the step has been taken. {@code docs/sparse-rows.md} says which rules and decorators take it.
 */
public final class RowGradient {
  private final DataType type;
  private final RowSums sums;
  private final INDArray given;
  private final ArrayMemory givenMemory;

  /** Where each row is in what was given; null if that is the sums. */
  private final int[] places;

  /** The sums, made when somebody asks. */
  private INDArray block;

  private ArrayMemory memory;

  private RowGradient(DataType type, RowSums sums, INDArray given) {
    this.type = type;
    this.sums = sums;
    if (sums.repeats()) {
      makeBlock(given);
      this.given = block;
      givenMemory = memory;
      places = null;
    } else {
      this.given = given;
      givenMemory = ArrayMemory.of(given);
      places = sums.places();
    }
  }

  private void makeBlock(INDArray of) {
    block = sums.of(of, ParameterState.slotType(type));
    memory = ArrayMemory.of(block);
  }

  /**
   * Of rows in any order.
   *
   * @param rows their indices in the parameter, each from 0 to 2^31 - 2; may repeat, may be none
   * @param block of shape {@code [rows.length, ...]}: FLOAT, DOUBLE, FLOAT16 or BFLOAT16
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if ND4J's backend is not that of the CPU, or the block has been closed
   * @throws IllegalArgumentException if the type is not one of the four, the block has not as many rows as there are
   *     indices, or an index is out of its range
   */
  public static RowGradient of(long[] rows, INDArray block) {
    requireNonNull(rows, "rows are null, expected indices");
    requireNonNull(block, "block is null, expected an array of rows");
    if (block.wasClosed()) {
      throw new IllegalStateException("block has been closed, expected an open array");
    }
    DataType type = block.dataType();
    if (!ArrayMemory.supports(type)) {
      throw new IllegalArgumentException(
          "block is of type " + type + ", expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16");
    }
    long[] shape = block.shape();
    if (shape.length == 0 || shape[0] != rows.length) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "block has shape %s, expected [%d, ...]: a row for each of the %d indices",
          Arrays.toString(shape),
          rows.length,
          rows.length));
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= Integer.MAX_VALUE) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT, "rows[%d] is %d, expected a number from 0 to 2^31 - 2", i, rows[i]));
      }
    }
    return new RowGradient(type, new RowSums(rows), block);
  }

  /** The indices, ascending, each once: a copy. */
  public long[] rows() {
    return sums.rows().clone();
  }

  /**
   * A row for each of {@link #rows}, in an array of its own: DOUBLE where a DOUBLE block was given, FLOAT for any other.
   * Not to be changed.
   *
   * @throws IllegalStateException if this is the first call and the block that was given has been closed
   */
  public synchronized INDArray block() {
    if (block == null) {
      if (given.wasClosed()) {
        throw new IllegalStateException("block has been closed, expected an open array");
      }
      makeBlock(given);
    }
    return block;
  }

  /** Of the block that was given. */
  DataType type() {
    return type;
  }

  /** Not to be changed. */
  long[] indices() {
    return sums.rows();
  }

  /** The array that a step reads. */
  INDArray given() {
    return given;
  }

  /** Where the array that a step reads is. */
  ArrayMemory givenMemory() {
    return givenMemory;
  }

  /** The row of {@link #given} for each index; null if they are in that order. Not to be changed. */
  int[] places() {
    return places;
  }

  /** Where the {@link #block} is. */
  synchronized ArrayMemory memory() {
    block();
    return memory;
  }

  /** Of {@link #block}. */
  long[] shape() {
    long[] shape = given.shape().clone();
    shape[0] = sums.rows().length;
    return shape;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s rows%s of %d", type, Arrays.toString(shape()), sums.rows().length);
  }
}
