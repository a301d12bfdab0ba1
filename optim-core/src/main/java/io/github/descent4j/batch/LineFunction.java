package io.github.descent4j.batch;

/** A function along a ray, phi(a) = f(x + a d), as a {@link LineSearch} sees it. */
public interface LineFunction {

  /**
   * The value at a step.
   *
   * @return NaN where the function, or its gradient, is not finite
   */
  double value(double step);

  /** The slope phi'(a) at the step that was last evaluated. */
  double slope();

  /** The relative error of a value: 2^-52 for DOUBLE parameters, 2^-23 for FLOAT. */
  default double precision() {
    return 0x1p-52;
  }
}
