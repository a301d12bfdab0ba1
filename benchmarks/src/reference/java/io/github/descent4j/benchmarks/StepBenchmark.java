package io.github.descent4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What all benchmarks of one pass over the parameters have in common. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class StepBenchmark {
  private static boolean warm;

  /** A number of elements, or how many parameters of how many elements. */
  @Param({"10000", "100000", "1000000", "10000000", "200x1000"})
  public String size;

  /**
   * Takes steps for the milliseconds of the system property {@code warmup} (0 by default), once in a
   * JVM: code of the Vector API is slow for a second or more until it is compiled, and the compiled
   * code serves all sizes.
   */
  static void warmUpOnce(Runnable step) {
    long end = System.nanoTime() + 1_000_000 * Long.getLong("warmup", 0);
    while (!warm && System.nanoTime() < end) {
      step.run();
    }
    warm = true;
  }

  /** How many parameters a size means. */
  public static int count(String size) {
    int cross = size.indexOf('x');
    return cross < 0 ? 1 : Integer.parseInt(size.substring(0, cross));
  }

  /** How many elements each of them has. */
  public static int length(String size) {
    return Integer.parseInt(size.substring(size.indexOf('x') + 1));
  }
}
