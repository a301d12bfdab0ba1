package io.github.descent4j.decorator;

import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.function.Predicate;

/** A group and, while a step is under way, its part of it. */
final class Group {
  final String name;
  final Predicate<Parameter> members;
  final TwoPhaseOptimizer optimizer;
  final double rateFactor;
  final OptimizerState state;
  final StepContext context = new StepContext();
  Parameters part;
  int[] places;

  Group(String name, Predicate<Parameter> members, TwoPhaseOptimizer optimizer, double factor) {
    this.name = name;
    this.members = members;
    this.optimizer = optimizer;
    this.rateFactor = factor;
    this.state = optimizer.state();
  }

  double learningRate() {
    return Decorator.learningRateTimes(rateFactor, optimizer);
  }
}
