package io.github.descent4j.mnist.tour;

/** Time with the parts that do not count left out. */
final class Stopwatch {
  private long nanoseconds;
  private long since;

  void start() {
    since = System.nanoTime();
  }

  void stop() {
    nanoseconds += System.nanoTime() - since;
  }

  double seconds() {
    return nanoseconds / 1e9;
  }
}
