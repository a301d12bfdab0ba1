package io.github.descent4j.internal.update;

/** The numbers that the loops of a step take: in double, and each rounded once to float. */
public final class UpdateNumbers {
  private final double[] wide;
  private final float[] rounded;

  /** Room for so many. */
  public UpdateNumbers(int count) {
    wide = new double[count];
    rounded = new float[count];
  }

  /** In double; to be filled. */
  public double[] wide() {
    return wide;
  }

  /** Rounded to float; to be filled. */
  public float[] rounded() {
    return rounded;
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
