package io.github.descent4j.mnist.tour;

/** A claim, and what tells whether it holds. */
@FunctionalInterface
interface Chapter {

  /** Measures; the same numbers each time on the same machine, but for those that say that they are times. */
  Findings run();
}
