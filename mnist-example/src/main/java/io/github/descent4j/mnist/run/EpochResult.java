package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.data.Require;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;

/** What is known after an epoch of a run. */
public record EpochResult(EpochMetrics training, Evaluation test) {
  public EpochResult {
    Require.present("training", training);
    Require.present("test", test);
  }
}
