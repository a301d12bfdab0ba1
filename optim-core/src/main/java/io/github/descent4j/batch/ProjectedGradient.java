package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Evaluator.Terms;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.internal.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Projected gradient: gradient descent over a convex set (Goldstein 1964, Levitin and Polyak 1966; Bertsekas 1976 for the search along
 * the arc).
 *
 * <pre>
 * x = P(x - a g)
 * </pre>
 *
 * <p>Without a fixed stepLength, a begins at twice the last one, in the first iteration, and in the first from inside the set, at 1 / |g|, and is halved until f(x(a)) &lt;=
 * f(x) - 1e-4 |x - x(a)|^2 / a; where this is less than eight roundings of f, until g(x(a)).(x(a) - x) &lt;= 0, and a is only doubled after that if it is at most half of g(x).(x(a) - x).
 *
 * <p>The gradient norm of results is that of x - P(x - g), which is 0 where no direction inside the set descends. A start outside the set
 * is a point to leave, not one to end at; a run that ends before it has left it reports it as it is, and has not converged.
 *
 * <p><b>Defaults.</b> The projection has none; stepLength chosen by the search; to stop: gradientTolerance 1e-5 of the largest element,
 * maxIterations 1000. For box bounds {@link ProjectedLBfgs} is much faster.
 *
 * <pre>{@code
 * Minimizer minimizer = ProjectedGradient.builder(Projection.nonNegative()).gradientTolerance(1e-8).build();
 * }</pre>
 */
public final class ProjectedGradient extends IterativeMinimizer {
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final int HALVINGS = 60;

  private final Projection projection;
  private final double stepLength;

  private ProjectedGradient(Builder builder) {
    super(builder);
    projection = requireNonNull(builder.projection, "projection is null, expected one onto a set");
    stepLength = builder.stepLength;
  }

  /** Starts from the defaults. */
  public static Builder builder(Projection projection) {
    return new Builder(projection);
  }

  @Override
  Terms terms(Parameters parameters) {
    return new Feasible(parameters);
  }

  @Override
  StopReason run(Evaluator evaluator, Progress progress) {
    Feasible set = (Feasible) evaluator.terms();
    Workspace workspace = evaluator.workspace();
    double[] x = workspace.x;
    double[] gradient = workspace.gradient;
    double[] change = workspace.direction;
    double[] point = workspace.point;
    double[] there = workspace.there;
    double value = evaluator.start(x, gradient);
    boolean inside = set.startIsFeasible(x);
    double step = stepLength > 0 ? stepLength : halfOfFirst(gradient);
    // Whether rounding hides the decrease of the last step.
    boolean hidden = false;
    // Then a step does not grow, unless the slope at its end says that it may.
    boolean grows = true;
    StopReason reason = progress.reached(x, gradient, value, 0, Double.NaN);
    if (reason == StopReason.GRADIENT && !inside) {
      reason = null;
    }
    while (reason == null) {
      step = stepLength > 0 ? stepLength : (grows ? 2 : 1) * step;
      double reached = Double.NaN;
      boolean found = false;
      for (int i = 0; i < HALVINGS && !found; i++) {
        step = i == 0 ? step : step / 2;
        Vectors.move(point, x, -step, gradient);
        set.project(point);
        reached = evaluator.evaluate(point, there);
        Vectors.subtract(change, point, x);
        double distance = Vectors.twoNorm(change);
        double enough = SUFFICIENT_DECREASE * distance * distance / step;
        hidden = enough <= evaluator.noise(value);
        boolean takesAny = stepLength > 0 || !inside;
        if (takesAny) {
          found = !Double.isNaN(reached);
        } else if (!hidden) {
          found = reached <= value - enough;
        } else {
          // The function has to fall still at the end of the step.
          found = reached <= value + evaluator.noise(value) && Vectors.dot(there, change) <= 0;
        }
      }
      if (!found) {
        return StopReason.LINE_SEARCH_FAILED;
      }
      grows = !hidden || Vectors.dot(there, change) <= Vectors.dot(gradient, change) / 2;
      double moved = Vectors.maxNorm(change);
      Vectors.copy(point, x);
      Vectors.copy(there, gradient);
      value = reached;
      reason = progress.unlessUnbounded(progress.reached(x, gradient, value, step, moved), x, step);
      if (!inside) {
        // The gradient outside has no say in how long steps inside should be.
        inside = true;
        step = halfOfFirst(gradient);
      }
    }
    return reason;
  }

  private static double halfOfFirst(double[] gradient) {
    return 0.5 / Math.max(Vectors.twoNorm(gradient), Double.MIN_NORMAL);
  }

  @Override
  public String toString() {
    return "ProjectedGradient(stepLength=" + (stepLength > 0 ? stepLength : "searched") + ", "
        + limits() + ")";
  }

  private final class Feasible extends ProjectedTerms {
    private final Parameters copies;
    private final Layout layout;
    private final double[] nearest;

    Feasible(Parameters parameters) {
      super(ProjectedGradient.this, new Layout(parameters).size());
      List<Parameter> all = new ArrayList<>();
      for (Parameter parameter : parameters) {
        INDArray value = parameter.value();
        all.add(Parameter.of(
            parameter.name(),
            value.isEmpty() ? value : Nd4j.create(value.dataType(), value.shape(), 'c'),
            Nd4j.create(value.dataType(), value.shape(), 'c')));
      }
      copies = Parameters.of(all);
      projection.requireFit(copies);
      layout = new Layout(copies);
      nearest = new double[layout.size()];
    }

    @Override
    void project(double[] point) {
      layout.writeValues(point);
      projection.project(copies);
      layout.readValues(point);
    }

    @Override
    public boolean startIsFeasible(double[] x) {
      Vectors.copy(x, nearest);
      project(nearest);
      return Arrays.equals(x, nearest);
    }
  }

  /** Settings of {@link ProjectedGradient}, at their defaults until set. */
  public static final class Builder extends IterativeMinimizer.Builder<Builder> {
    private final Projection projection;
    private double stepLength;

    private Builder(Projection projection) {
      this.projection = projection;
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * The same step at every iteration, in place of a search.
     *
     * @throws IllegalArgumentException if it is not finite and above 0
     */
    public Builder stepLength(double stepLength) {
      this.stepLength = Check.positive("stepLength", stepLength);
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public ProjectedGradient build() {
      return new ProjectedGradient(this);
    }
  }
}
