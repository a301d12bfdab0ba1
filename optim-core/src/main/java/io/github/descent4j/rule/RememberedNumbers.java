package io.github.descent4j.rule;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The numbers that a rule remembers from step to step, and how a step renews them. */
final class RememberedNumbers {
  private final Formula formula;
  private final List<Remembered> all = new ArrayList<>();
  private final Renewal renewal;
  private Consumer<Renewal> becomes;

  RememberedNumbers(Formula formula) {
    this.formula = formula;
    renewal = new Renewal(formula);
  }

  List<Remembered> all() {
    return all;
  }

  /** The step under way. */
  Renewal renewal() {
    return renewal;
  }

  Remembered add(String name, double initialValue) {
    if (all.stream().anyMatch(number -> number.name().equals(name))) {
      throw formula.problem("remembered '" + name + "'", "a name that no other has");
    }
    if (!Double.isFinite(initialValue)) {
      throw formula.problem(
          "remembered '" + name + "'", "a finite initial value, found " + initialValue);
    }
    Remembered number = new Remembered(formula, name, initialValue);
    all.add(number);
    return number;
  }

  void renewBy(Consumer<Renewal> renewed) {
    if (becomes != null) {
      throw formula.problem("renew", "one renewal");
    }
    becomes = requireNonNull(renewed, "becomes is null, expected a renewal");
  }

  void requireComplete(int measures) {
    if (all.isEmpty() != (becomes == null)) {
      throw formula.problem("renew", "remembered(...) and renew(...), or none of both");
    }
    if (becomes != null && measures == 0) {
      throw formula.problem("renew", "a modelSum(...) or modelNorm(...) to renew by, found none");
    }
  }

  /** Makes what is remembered after the step under way, which is kept when that is committed. */
  void renew(double[] modelMeasures, double learningRate) {
    for (int i = 0; i < all.size(); i++) { // An iterator would be garbage of every step.
      all.get(i).begin();
    }
    renewal.begin(modelMeasures, learningRate);
    if (becomes != null) {
      becomes.accept(renewal);
    }
  }

  /** The step has been committed. */
  void keepRenewed() {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).keep();
    }
  }
}
