package io.github.descent4j.internal.program;

/** Runs a program on blocks of floats on the heap. */
@FunctionalInterface
public interface FloatLoop {

  /**
   * Computes the first n elements.
   *
   * @param arrays the blocks by the arrays' places, and behind them those for {@link LoopSplit}'s values
   * @param n at most the length of a block
   * @param numbers of the step, rounded to float
   */
  void run(float[][] arrays, int n, float[] numbers);
}
