package example;

import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;

/** A rule with a class of its own: v = mu v + g; p -= lr v. */
final class HeavyBall extends UpdateRule {
  HeavyBall(double learningRate, double mu) {
    super("example.HeavyBall", learningRate, f -> {
      Scalar factor = f.hyperparameter("mu", mu, Range.FRACTION);
      Slot v = f.slot("v");
      f.subtract(f.learningRate().times(v.set(factor.times(v).plus(f.gradient()))));
    });
  }
}
