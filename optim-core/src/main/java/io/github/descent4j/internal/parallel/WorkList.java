package io.github.descent4j.internal.parallel;

import java.util.Arrays;

/**
 * All arrays of a step as one list of work: stretches of at most {@link #SIZE} elements, each within
 * one array. The division depends on the lengths alone, never on threads.
 */
public final class WorkList {

  /** A multiple of the block and of any vector, and a divisor of a memory's window. */
  public static final int SIZE = 16 * 1024;

  /** Elements in all from which handing pieces to other threads pays. */
  public static final long PARALLEL = 128 * 1024;

  private int count;
  private long elements;
  private int[] owner = {};
  private long[] from = {};
  private int[] size = {};

  /** Starts an empty list. */
  public void clear() {
    count = 0;
    elements = 0;
  }

  /** Appends the pieces of one array. */
  public void add(int array, long length) {
    for (long at = 0; at < length; at += SIZE) {
      if (count == owner.length) {
        int room = Math.max(16, 2 * count);
        owner = Arrays.copyOf(owner, room);
        from = Arrays.copyOf(from, room);
        size = Arrays.copyOf(size, room);
      }
      owner[count] = array;
      from[count] = at;
      size[count] = (int) Math.min(SIZE, length - at);
      count++;
    }
    elements += length;
  }

  /** How many pieces. */
  public int count() {
    return count;
  }

  /** How many elements in all. */
  public long elements() {
    return elements;
  }

  /** The array that a piece belongs to. */
  public int owner(int piece) {
    return owner[piece];
  }

  /** The first element of a piece. */
  public long from(int piece) {
    return from[piece];
  }

  /** Behind the last element of a piece. */
  public long to(int piece) {
    return from[piece] + size[piece];
  }
}
