package io.github.descent4j.internal.update;

/**
 * The numbers that the loops of a step take.
 *
 * @param wide in double
 * @param rounded to float, each once
 */
public record UpdateNumbers(double[] wide, float[] rounded) {

  /** Room for so many. */
  public UpdateNumbers(int count) {
    this(new double[count], new float[count]);
  }

  /** Takes over the first of others. */
  public void copyFrom(UpdateNumbers other, int count) {
    System.arraycopy(other.wide, 0, wide, 0, count);
    System.arraycopy(other.rounded, 0, rounded, 0, count);
  }

  /** Those for loops straight over memory. */
  Object of(boolean isWide) {
    return isWide ? wide : rounded;
  }
}
