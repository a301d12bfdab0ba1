package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Evaluator.LimitReached;
import io.github.descent4j.batch.Evaluator.Terms;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.Check;

/** What all methods have in common: when to stop, and that the best point is left behind. Not for other methods to extend. */
public abstract class IterativeMinimizer implements Minimizer {
  final double gradientTolerance;
  final Norm gradientNorm;
  final double valueTolerance;
  final double stepTolerance;
  final int maxIterations;
  final int maxEvaluations;

  IterativeMinimizer(Builder<?> builder) {
    gradientTolerance = Check.atLeastZero("gradientTolerance", builder.gradientTolerance);
    gradientNorm = requireNonNull(builder.gradientNorm, "gradientNorm is null, expected a norm");
    valueTolerance = Check.atLeastZero("valueTolerance", builder.valueTolerance);
    stepTolerance = Check.atLeastZero("stepTolerance", builder.stepTolerance);
    maxIterations = Check.count(0, "maxIterations", builder.maxIterations);
    maxEvaluations = Check.count(1, "maxEvaluations", builder.maxEvaluations);
  }

  @Override
  public final MinimizerResult minimize(
      Objective objective, Parameters parameters, IterationListener listener) {
    requireNonNull(objective, "objective is null, expected a function to minimize");
    requireNonNull(parameters, "parameters are null, expected those to change");
    requireNonNull(listener, "listener is null, expected one");
    return minimize(objective, new Workspace(parameters), listener);
  }

  final MinimizerResult minimize(
      Objective objective, Workspace workspace, IterationListener listener) {
    Terms terms = terms(workspace.parameters());
    Evaluator evaluator = new Evaluator(objective, workspace, terms, maxEvaluations);
    Progress progress = new Progress(this, evaluator, listener);
    workspace.layout().readValues(workspace.start);
    StopReason reason;
    try {
      reason = run(evaluator, progress);
    } catch (LimitReached limit) {
      reason = StopReason.EVALUATION_LIMIT;
    } catch (RuntimeException | Error failure) {
      try {
        evaluator.leaveBest();
      } catch (RuntimeException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
    evaluator.leaveBest();
    boolean given = reason == StopReason.STOPPED || reason == StopReason.UNBOUNDED;
    if (!given
        && !reason.converged()
        && evaluator.hasBest()
        && evaluator.bestMeasure() <= gradientTolerance) {
      // Of points that differ by rounding alone, a better one had been met on the way.
      reason = StopReason.GRADIENT;
    }
    return new MinimizerResult(
        evaluator.bestValue(),
        evaluator.bestMeasure(),
        progress.iterations(),
        evaluator.evaluations(),
        evaluator.hessians(),
        reason,
        progress.history());
  }

  Terms terms(Parameters parameters) {
    return (x, gradient) -> norm(gradient);
  }

  final double norm(double[] vector) {
    return switch (gradientNorm) {
      case L1 -> Vectors.oneNorm(vector);
      case L2 -> Vectors.twoNorm(vector);
      case MAX -> Vectors.maxNorm(vector);
    };
  }

  /** Runs to its end. */
  abstract StopReason run(Evaluator evaluator, Progress progress);

  final String limits() {
    return "gradientTolerance=" + gradientTolerance + ", gradientNorm=" + gradientNorm
        + ", valueTolerance=" + valueTolerance + ", stepTolerance=" + stepTolerance
        + ", maxIterations=" + maxIterations + ", maxEvaluations=" + maxEvaluations;
  }

  /**
   * When to stop: what the builders of all methods have in common.
   *
   * <p><b>Defaults.</b> gradientTolerance 1e-5, gradientNorm {@link Norm#MAX}, valueTolerance 0 and stepTolerance 0 (neither is asked),
   * maxIterations 1000, maxEvaluations without limit.
   */
  public abstract static class Builder<B extends Builder<B>> {
    private double gradientTolerance = 1e-5;
    private Norm gradientNorm = Norm.MAX;
    private double valueTolerance;
    private double stepTolerance;
    private int maxIterations = 1000;
    private int maxEvaluations = Integer.MAX_VALUE;

    Builder() {}

    abstract B self();

    /** Converged if the norm of the gradient is at most this: finite, at least 0. */
    public B gradientTolerance(double gradientTolerance) {
      this.gradientTolerance = gradientTolerance;
      return self();
    }

    /** Which norm of the gradient. */
    public B gradientNorm(Norm gradientNorm) {
      this.gradientNorm = gradientNorm;
      return self();
    }

    /** Converged if the value changes by at most this times max(1, |value|): finite; 0 does not ask. */
    public B valueTolerance(double valueTolerance) {
      this.valueTolerance = valueTolerance;
      return self();
    }

    /** Converged if no element changes by more than this times max(1, largest element): finite; 0 does not ask. */
    public B stepTolerance(double stepTolerance) {
      this.stepTolerance = stepTolerance;
      return self();
    }

    /** How many iterations: at least 0. */
    public B maxIterations(int maxIterations) {
      this.maxIterations = maxIterations;
      return self();
    }

    /** How many evaluations of value and gradient: at least 1. */
    public B maxEvaluations(int maxEvaluations) {
      this.maxEvaluations = maxEvaluations;
      return self();
    }
  }
}
