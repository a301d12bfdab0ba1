package io.github.descent4j.mnist.compare;

import java.util.List;

/**
 * What became of an optimizer at a learning rate, over the seeds.
 *
 * @param runs one for each seed
 */
record Line(Contender contender, double learningRate, List<ComparedRun> runs) {

  /** How many did not come to their end. */
  long diverged() {
    return runs.stream().filter(ComparedRun::diverged).count();
  }

  double mean() {
    return runs.stream().mapToDouble(ComparedRun::accuracy).average().orElseThrow();
  }

  /** Of the sample: over n - 1; NaN of a single run. */
  double deviation() {
    double mean = mean();
    double squares =
        runs.stream().mapToDouble(run -> Math.pow(run.accuracy() - mean, 2)).sum();
    return runs.size() < 2 ? Double.NaN : Math.sqrt(squares / (runs.size() - 1));
  }

  double lowest() {
    return runs.stream().mapToDouble(ComparedRun::accuracy).min().orElseThrow();
  }

  double highest() {
    return runs.stream().mapToDouble(ComparedRun::accuracy).max().orElseThrow();
  }
}
