package io.github.descent4j.kernel;

/** What happens to every block ahead of the update rule, rounded once to float. */
final class Prelude {
  float scale;
  boolean clamps;
  float lower;
  float upper;
  float coupledDecay;
  float decoupledDecay;

  void set(GradientTransform transform, double coupledDecay, double decoupledDecay) {
    scale = (float) transform.factor();
    clamps = !transform.onlyScales();
    lower = (float) transform.lower();
    upper = (float) transform.upper();
    this.coupledDecay = (float) coupledDecay;
    this.decoupledDecay = (float) decoupledDecay;
  }
}
