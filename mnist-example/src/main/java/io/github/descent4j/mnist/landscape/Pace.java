package io.github.descent4j.mnist.landscape;

/** A learning rate in relation to a good one. */
public enum Pace {
  /** A tenth of it. */
  TOO_SMALL("too small", "a tenth of the good ones", 0.1),
  /** Itself. */
  GOOD("good", "found by a search; marks after 1, 2, 5, 10, 20, … steps", 1),
  /** Ten times as much. */
  TOO_LARGE("too large", "ten times the good ones; the first 100 steps", 10);

  private final String name;
  private final String explanation;
  private final double factor;

  Pace(String name, String explanation, double factor) {
    this.name = name;
    this.explanation = explanation;
    this.factor = factor;
  }

  String explanation() {
    return explanation;
  }

  double factor() {
    return factor;
  }

  @Override
  public String toString() {
    return name;
  }
}
