package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.memory.ArrayMemory;

/**
 * An optimizer with an average of the parameters that can stand in their place, to evaluate or to save.
 *
 * <p>While it does, a step, a save of the state, a load, and a change of names fail. A parameter without an average yet is
 * left as it is.
 */
public abstract sealed class AveragingOptimizer extends Decorator
    permits AveragedOptimizer, ScheduleFree {

  /** The average in place of the parameters, until closed. */
  public final class Applied implements AutoCloseable {
    private final ValueCopies originals;

    private Applied(Parameters parameters) {
      originals = new ValueCopies(parameters);
    }

    /**
     * Puts the parameters back as they were; again, does nothing.
     *
     * @throws IllegalStateException if the array of a parameter has been closed
     */
    @Override
    public void close() {
      enter();
      try {
        if (applied == this) {
          originals.restore();
          applied = null;
        }
      } finally {
        leave();
      }
    }
  }

  private final Blend assignment = new Blend();

  /** Not null while the average is in place of the parameters. */
  private Applied applied;

  AveragingOptimizer(Optimizer inner) {
    super(inner);
  }

  /**
   * Puts the average in place of the parameters until the result is closed. Copies of them are kept meanwhile.
   *
   * @throws IllegalArgumentException if a parameter's shape or type is not that of its average
   * @throws IllegalStateException if that has been done already, a step is under way or an array has
   *     been closed
   */
  public final Applied applied(Parameters parameters) {
    enter();
    try {
      requireAssignable(parameters);
      Applied backup = new Applied(parameters);
      assign(parameters);
      applied = backup;
      return backup;
    } finally {
      leave();
    }
  }

  /**
   * Sets parameters to the average, for good: at the end of training, or those of another model of the same names.
   *
   * @throws IllegalArgumentException if a parameter's shape or type is not that of its average
   * @throws IllegalStateException if the average is {@link #applied}, a step is under way or an array
   *     has been closed
   */
  public final void assignTo(Parameters parameters) {
    enter();
    try {
      requireAssignable(parameters);
      assign(parameters);
    } finally {
      leave();
    }
  }

  private void requireAssignable(Parameters parameters) {
    requireNotApplied();
    requireNonNull(parameters, "parameters are null, expected the parameters to average");
    for (Parameter parameter : parameters) {
      ParameterAccess.ACCESS.requireOpen(parameter);
      requireMatch(parameter);
    }
  }

  private void assign(Parameters parameters) {
    assignment.clear();
    for (Parameter parameter : parameters) {
      ArrayMemory average = averageMemory(parameter.name());
      if (average != null) {
        assignment.copy(ParameterAccess.ACCESS.valueMemory(parameter), average);
      }
    }
    assignment.run();
  }

  /** Requires the shape and type of its average, if the parameter has one. */
  abstract void requireMatch(Parameter parameter);

  /** Where the average of a parameter is; null if there is none yet. */
  abstract ArrayMemory averageMemory(String parameterName);

  final void requireNotApplied() {
    if (applied != null) {
      throw new IllegalStateException(
          "the average is in place of the parameters, expected Applied.close() first");
    }
  }

  @Override
  protected final void alone(Runnable action) {
    super.alone(() -> {
      requireNotApplied();
      action.run();
    });
  }
}
