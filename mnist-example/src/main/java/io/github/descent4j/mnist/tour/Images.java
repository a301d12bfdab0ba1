package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.data.MnistData;

/** The images that chapters train on, read when the first of them asks. */
@FunctionalInterface
public interface Images {
  /** All of them. */
  MnistData read();
}
