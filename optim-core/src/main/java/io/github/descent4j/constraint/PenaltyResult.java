package io.github.descent4j.constraint;

import io.github.descent4j.batch.MinimizerResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link Penalty#minimize} has reached: the parameters are at this point, their gradients those of the function alone.
 *
 * @param value of the function, without the penalty
 * @param violation by how much the worst constraint is missed, as {@link Penalty#update} has it
 * @param rounds how many minimizations there were
 * @param converged whether the violation is within the tolerance and the last minimization converged
 * @param multipliers by the names of the constraints: how much the minimum would fall for each unit that a bound gives way
 * @param last the result of the last minimization, with the penalty in its value
 */
public record PenaltyResult(
    double value,
    double violation,
    int rounds,
    boolean converged,
    Map<String, Double> multipliers,
    MinimizerResult last) {

  /** Takes a copy of the multipliers, in their order. */
  public PenaltyResult {
    multipliers = Collections.unmodifiableMap(new LinkedHashMap<>(multipliers));
  }
}
