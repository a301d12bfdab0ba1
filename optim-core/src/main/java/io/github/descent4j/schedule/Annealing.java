package io.github.descent4j.schedule;

/**
 * How a rate goes from a start to an end, as a function of the progress p from 0 to 1.
 *
 * <pre>{@code
 * Schedule schedule = Schedules.oneCycle(0.1, 10_000).annealing(Annealing.LINEAR);
 * }</pre>
 */
public enum Annealing {
  /** end + (start - end) (1 + cos(pi p)) / 2: slow at both ends, fast between them. */
  COSINE {
    @Override
    double between(double start, double end, double progress) {
      return end + (start - end) / 2 * (1 + StrictMath.cos(Math.PI * progress));
    }
  },

  /** start + (end - start) p: a straight line. */
  LINEAR {
    @Override
    double between(double start, double end, double progress) {
      return start + (end - start) * progress;
    }
  };

  abstract double between(double start, double end, double progress);
}
