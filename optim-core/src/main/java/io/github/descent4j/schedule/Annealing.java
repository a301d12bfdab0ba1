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
      double weight = (1 + StrictMath.cos(Math.PI * progress)) / 2;
      return start * weight + end * (1 - weight);
    }
  },

  /** start + (end - start) p: a straight line. */
  LINEAR {
    @Override
    double between(double start, double end, double progress) {
      return start * (1 - progress) + end * progress;
    }
  };

  /** Written as a weighted sum, which has exactly the start at 0 and the end at 1. */
  abstract double between(double start, double end, double progress);
}
