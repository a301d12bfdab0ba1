package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Evaluator.Terms;
import io.github.descent4j.internal.Check;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Orthant-wise limited-memory quasi-Newton: L-BFGS for a smooth function plus an L1 penalty, with elements that are exactly 0 (Andrew
 * and Gao, <i>Scalable training of L1-regularized log-linear models</i>, ICML 2007).
 *
 * <pre>
 * F(x) = f(x) + l1 sum |x_i| over the penalized parameters
 * pseudo-gradient:  g_i + l1 sign(x_i),  or where x_i = 0:  g_i + l1 if below 0,  g_i - l1 if above 0,  else 0
 * d = -H pseudo-gradient, less the elements whose sign is that of the pseudo-gradient;  H from the pairs of f alone
 * x(a) = x + a d, less the elements that have left the orthant of x (where x_i = 0: of -pseudo-gradient)
 * </pre>
 *
 * <p>Elements without a penalty have no orthants: both of the last two lines leave them as they are.
 *
 * <p>a is halved from 1 (as long as there is no pair, from twice the last one, at first from min(1, 1 / |d|)) until F(x(a)) &lt;= F(x) + 1e-4 pseudo-gradient.(x(a) - x).
 *
 * <p>The value of results is F, their gradient norm that of the pseudo-gradient. The objective computes f alone.
 *
 * <p><b>Memory.</b> 2 history + 3 vectors of double.
 *
 * <p><b>Defaults.</b> l1 has none; penalized: all parameters; history 10; to stop: gradientTolerance 1e-5 of the largest element,
 * maxIterations 1000.
 *
 * <pre>{@code
 * Minimizer minimizer = OwlQn.builder(0.1).penalized(p -> p.name().endsWith("w")).build();
 * }</pre>
 */
public final class OwlQn extends IterativeMinimizer {
  private final double l1;
  private final Predicate<Parameter> penalized;
  private final int history;

  private OwlQn(Builder builder) {
    super(builder);
    l1 = Check.atLeastZero("l1", builder.l1);
    penalized = requireNonNull(builder.penalized, "penalized is null, expected a predicate");
    history = Check.count(1, "history", builder.history);
  }

  /**
   * Starts from the defaults.
   *
   * @param l1 the factor of the penalty: finite and at least 0
   */
  public static Builder builder(double l1) {
    return new Builder(l1);
  }

  @Override
  Terms terms(Parameters parameters) {
    return new Penalty(new Layout(parameters), parameters);
  }

  @Override
  StopReason run(Evaluator evaluator, Progress progress) {
    OrthantSearch search = new OrthantSearch(evaluator);
    return search.run(progress, evaluator.start(search.x, search.gradient));
  }

  private final class OrthantSearch extends PathSearch {
    private final Penalty penalty;
    private final double[] pseudo;

    OrthantSearch(Evaluator evaluator) {
      super(evaluator, history);
      penalty = (Penalty) evaluator.terms();
      pseudo = new double[evaluator.size()];
    }

    @Override
    boolean find() {
      penalty.pseudoGradient(x, gradient, pseudo);
      Vectors.negate(direction, pseudo);
      multiply(null);
      for (int i = 0; i < direction.length; i++) {
        if (penalty.factors[i] > 0 && direction[i] * pseudo[i] >= 0) {
          direction[i] = 0;
        }
      }
      return true;
    }

    /** Fills in x(a), and returns pseudo-gradient.(x(a) - x). */
    @Override
    double follow(double step) {
      for (int i = 0; i < x.length; i++) {
        double moved = x[i] + step * direction[i];
        double orthant = x[i] != 0 ? x[i] : -pseudo[i];
        boolean stays = penalty.factors[i] == 0 || Math.signum(moved) == Math.signum(orthant);
        point[i] = stays ? moved : 0;
      }
      Vectors.subtract(there, point, x);
      return Vectors.dot(pseudo, there);
    }
  }

  @Override
  public String toString() {
    return "OwlQn(l1=" + l1 + ", history=" + history + ", " + limits() + ")";
  }

  private final class Penalty implements Terms {
    private final double[] factors;
    private final double[] scratch;

    Penalty(Layout layout, Parameters parameters) {
      factors = new double[layout.size()];
      scratch = new double[layout.size()];
      int from = 0;
      for (Parameter parameter : parameters) {
        int to =
            from + (int) (parameter.value().isEmpty() ? 0 : parameter.value().length());
        Arrays.fill(factors, from, to, penalized.test(parameter) ? l1 : 0);
        from = to;
      }
    }

    @Override
    public double penalty(double[] x) {
      for (int i = 0; i < x.length; i++) {
        scratch[i] = Math.abs(x[i]);
      }
      return Vectors.dot(factors, scratch);
    }

    @Override
    public double measure(double[] x, double[] gradient) {
      pseudoGradient(x, gradient, scratch);
      return norm(scratch);
    }

    void pseudoGradient(double[] x, double[] gradient, double[] pseudo) {
      for (int i = 0; i < x.length; i++) {
        double right = gradient[i] + factors[i];
        double left = gradient[i] - factors[i];
        if (x[i] > 0 || (x[i] == 0 && right < 0)) {
          pseudo[i] = right;
        } else if (x[i] < 0 || left > 0) {
          pseudo[i] = left;
        } else {
          pseudo[i] = 0;
        }
      }
    }
  }

  /** Settings of {@link OwlQn}, at their defaults until set. */
  public static final class Builder extends IterativeMinimizer.Builder<Builder> {
    private final double l1;
    private Predicate<Parameter> penalized = parameter -> true;
    private int history = 10;

    private Builder(double l1) {
      this.l1 = l1;
    }

    @Override
    Builder self() {
      return this;
    }

    /** Which parameters the penalty is of: mostly not the biases. */
    public Builder penalized(Predicate<Parameter> penalized) {
      this.penalized = penalized;
      return this;
    }

    /** How many pairs: at least 1. */
    public Builder history(int history) {
      this.history = history;
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public OwlQn build() {
      return new OwlQn(this);
    }
  }
}
