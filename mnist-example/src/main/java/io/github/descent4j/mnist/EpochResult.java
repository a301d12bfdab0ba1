package io.github.descent4j.mnist;

import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;

/** What is known after an epoch of a run. */
record EpochResult(EpochMetrics training, Evaluation test) {}
