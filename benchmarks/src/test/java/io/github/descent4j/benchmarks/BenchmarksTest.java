package io.github.descent4j.benchmarks;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs every benchmark once, so that its validation runs in the build; times nothing. */
class BenchmarksTest {

  @ParameterizedTest
  @EnumSource(Formula.class)
  void optimizerStep(Formula formula) {
    for (String size : SIZES) {
      OptimizerStep benchmark = new OptimizerStep();
      benchmark.optimizer = formula.label();
      benchmark.size = size;
      benchmark.setUp();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  private static final String[] SIZES = {"1000", "3x100"};
}
