package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.Check;
import java.util.Arrays;

/**
 * Newton's method that needs no Hessian, only products of it and vectors: H d = -g is solved by conjugate gradients, as far as it pays.
 *
 * <p>Conjugate gradients end when |H d + g| &lt;= min(0.5, sqrt|g|) |g|, which makes the convergence superlinear (N&amp;W section 7.1),
 * after maxProducts, at a product that is not finite, as it may be at an edge of the function (at the start that is an error; -g takes the
 * place of a d that is still 0), or at a direction p of negative curvature, p.Hp &lt;= 0. Then
 *
 * <ul>
 *   <li>{@link Globalization#TRUST_REGION} follows p to the edge of a ball in which H is trusted, as it does where an iterate leaves the
 *       ball (Steihaug 1983; N&amp;W Algorithm 7.2). With r = (f - f_new) / (decrease that H and g promise), the step is taken if r
 *       &gt; 1e-4; the radius becomes a quarter of the step's length if r &lt; 1/4, and doubles, up to maxRadius, if r &gt; 3/4 at the edge
 *       (N&amp;W Algorithm 4.1). Where rounding hides the decrease, the gradient has to fall instead;
 *   <li>{@link Globalization#LINE_SEARCH} takes d as it is by then, -g if it is still 0, and searches along it (N&amp;W Algorithm 7.1).
 * </ul>
 *
 * <p><b>Defaults.</b> globalization TRUST_REGION, initialRadius 1, maxRadius without limit, maxProducts 20 n (products do
 * not count towards maxEvaluations), lineSearch {@link
 * MoreThuente}; to stop: gradientTolerance 1e-5 of the largest element, maxIterations 1000 (of a trust region, also steps that were not
 * taken). The objective needs a {@linkplain Objective#withHessianProduct Hessian product}, which {@link
 * Objective#withDifferencedHessianProduct} makes of gradients.
 *
 * <pre>{@code
 * MinimizerResult result =
 *     new NewtonCg().minimize(objective.withDifferencedHessianProduct(), parameters);
 * }</pre>
 */
public final class NewtonCg extends LineSearchMinimizer {

  /** What keeps the method from going astray far from a minimum. */
  public enum Globalization {
    /** A ball. */
    TRUST_REGION,
    /** A line search. */
    LINE_SEARCH
  }

  private static final double ACCEPTABLE = 1e-4;
  private static final int PRODUCTS_FOR_EACH = 20;

  private final Globalization globalization;
  private final double initialRadius;
  private final double maxRadius;

  /** 0 for a multiple of the number of elements. */
  private final int maxProducts;

  /** With the defaults. */
  public NewtonCg() {
    this(builder());
  }

  private NewtonCg(Builder builder) {
    super(builder);
    globalization = requireNonNull(builder.globalization, "globalization is null, expected one");
    initialRadius = Check.positive("initialRadius", builder.initialRadius);
    maxRadius = Check.require(
        builder.maxRadius >= initialRadius && builder.maxRadius < Double.POSITIVE_INFINITY,
        "maxRadius",
        builder.maxRadius,
        "a finite number >= initialRadius = " + initialRadius);
    maxProducts = builder.maxProducts;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  StopReason run(Evaluator evaluator, Progress progress) {
    return globalization == Globalization.LINE_SEARCH
        ? super.run(evaluator, progress)
        : runTrustRegion(evaluator, progress);
  }

  private StopReason runTrustRegion(Evaluator evaluator, Progress progress) {
    Workspace workspace = evaluator.workspace();
    double[] x = workspace.x;
    double[] gradient = workspace.gradient;
    double[] step = workspace.direction;
    double[] point = workspace.point;
    double[] there = workspace.there;
    Solver solver = new Solver(evaluator, evaluator.requireHessianProduct("NewtonCg"));
    double radius = initialRadius;
    double value = evaluator.start(x, gradient);
    StopReason reason = progress.reached(x, gradient, value, 0, Double.NaN);
    while (reason == null) {
      double promised = solver.solve(x, gradient, step, radius);
      if (!(promised > 0)) {
        return StopReason.NOT_A_DESCENT_DIRECTION;
      }
      Vectors.move(point, x, 1, step);
      double reached = evaluator.evaluate(point, there);
      Vectors.subtract(step, point, x);
      double length = Vectors.twoNorm(step);
      double ratio = (value - reached) / promised;
      if (Math.abs(value - reached) <= evaluator.noise(value)
          && promised <= evaluator.noise(value)) {
        ratio = Vectors.twoNorm(there) < Vectors.twoNorm(gradient) ? 0.5 : -1;
      }
      if (ratio > 0.75 && solver.atEdge) {
        if (progress.isFar(point)) {
          reason = StopReason.UNBOUNDED;
        }
        radius = Math.min(2 * radius, maxRadius);
      } else if (!(ratio >= 0.25)) {
        radius = 0.25 * Math.min(radius, length);
      }
      boolean taken = ratio > ACCEPTABLE;
      double moved = Double.NaN;
      if (taken) {
        moved = Vectors.maxNorm(step);
        value = reached;
        Vectors.copy(point, x);
        Vectors.copy(there, gradient);
      } else if (radius <= evaluator.precision() * Vectors.twoNorm(x)
          || radius < Double.MIN_NORMAL) {
        return StopReason.LINE_SEARCH_FAILED;
      }
      StopReason next = progress.reached(x, gradient, value, radius, moved);
      reason = next != null ? next : reason;
    }
    return reason;
  }

  @Override
  Directions directions(Evaluator evaluator) {
    Solver solver = new Solver(evaluator, evaluator.requireHessianProduct("NewtonCg"));
    return new NewtonDirections() {
      @Override
      boolean solve(double[] x, double[] gradient, double[] direction) {
        solver.solve(x, gradient, direction, Double.POSITIVE_INFINITY);
        return true;
      }
    };
  }

  @Override
  public String toString() {
    return "NewtonCg(globalization=" + globalization + ", initialRadius=" + initialRadius
        + ", maxRadius=" + maxRadius + ", maxProducts="
        + (maxProducts > 0 ? maxProducts : PRODUCTS_FOR_EACH + " n") + ", lineSearch=" + lineSearch
        + ", " + limits() + ")";
  }

  /** Conjugate gradients for H d = -g. */
  private final class Solver {
    private final Evaluator evaluator;
    private final HessianProduct hessian;
    private final double[] residual;
    private final double[] p;
    private final double[] product;

    /** What is tried after directions are found. */
    private final double[] scratch;

    private boolean atEdge;

    /** Whether a product has been finite: one that never is one is a mistake, and not the edge of a function. */
    private boolean known;

    Solver(Evaluator evaluator, HessianProduct hessian) {
      this.evaluator = evaluator;
      this.hessian = hessian;
      residual = new double[evaluator.size()];
      p = new double[evaluator.size()];
      product = new double[evaluator.size()];
      scratch = evaluator.workspace().point;
    }

    /**
     * Fills in d and returns the decrease that the quadratic model promises.
     *
     * @param radius infinite for none
     */
    double solve(double[] x, double[] gradient, double[] d, double radius) {
      Arrays.fill(d, 0);
      Vectors.copy(gradient, residual);
      Vectors.negate(p, gradient);
      atEdge = false;
      double norm = Vectors.twoNorm(gradient);
      double tolerance = Math.min(0.5, Math.sqrt(norm)) * norm;
      double squared = Vectors.dot(residual, residual);
      double decrease = 0;
      long most = maxProducts > 0 ? maxProducts : (long) PRODUCTS_FOR_EACH * d.length;
      for (int i = 0; i < most && Math.sqrt(squared) > tolerance; i++) {
        evaluator.multiply(hessian, x, p, product);
        double curvature = Vectors.dot(p, product);
        if (!Double.isFinite(curvature)) {
          if (!known) {
            throw new IllegalStateException(
                "product of the Hessian of the objective has elements that are not finite, expected"
                    + " finite numbers");
          }
          return i > 0 ? decrease : steepest(gradient, norm, d, radius);
        }
        known = true;
        if (!(curvature > 0)) {
          if (radius < Double.POSITIVE_INFINITY) {
            return decrease + toEdge(d, radius, squared, curvature);
          }
          if (i == 0) {
            Vectors.negate(d, gradient);
          }
          return decrease;
        }
        double step = squared / curvature;
        Vectors.move(scratch, d, step, p);
        if (Vectors.twoNorm(scratch) >= radius) {
          return decrease + toEdge(d, radius, squared, curvature);
        }
        Vectors.copy(scratch, d);
        decrease += 0.5 * step * squared;
        Vectors.add(residual, step, product);
        double next = Vectors.dot(residual, residual);
        double beta = next / squared;
        squared = next;
        for (int k = 0; k < p.length; k++) {
          p[k] = beta * p[k] - residual[k];
        }
      }
      return decrease;
    }

    /** Goes along -g to the edge of the ball, or as far as it is without one. */
    private double steepest(double[] gradient, double norm, double[] d, double radius) {
      atEdge = radius <= norm;
      double length = Math.min(norm, radius);
      for (int k = 0; k < d.length; k++) {
        d[k] = -gradient[k] * (length / norm);
      }
      return length * norm;
    }

    /** Goes along p to the edge of the ball, and returns the decrease of the model on the way. */
    private double toEdge(double[] d, double radius, double squared, double curvature) {
      atEdge = true;
      // In lengths of the radius, whose square may be none: |d + step p| = 1.
      double length = Vectors.twoNorm(p);
      double along = Vectors.dot(d, p) / length / radius;
      double inside = Vectors.twoNorm(d) / radius;
      double rest = along * along + (1 - inside) * (1 + inside);
      double step = (Math.sqrt(Math.max(0, rest)) - along) * (radius / length);
      Vectors.add(d, step, p);
      // r.p = -|r|^2 for conjugate gradients.
      return step * (squared - 0.5 * step * curvature);
    }
  }

  /** Settings of {@link NewtonCg}, at their defaults until set. */
  public static final class Builder extends LineSearchMinimizer.Builder<Builder> {
    private Globalization globalization = Globalization.TRUST_REGION;
    private double initialRadius = 1;
    private double maxRadius = Double.MAX_VALUE;
    private int maxProducts;

    private Builder() {
      super(new MoreThuente());
    }

    @Override
    Builder self() {
      return this;
    }

    /** A trust region, or a line search. */
    public Builder globalization(Globalization globalization) {
      this.globalization = globalization;
      return this;
    }

    /** The radius of the first trust region: finite and above 0. */
    public Builder initialRadius(double initialRadius) {
      this.initialRadius = initialRadius;
      return this;
    }

    /** The largest radius: finite and at least the first. */
    public Builder maxRadius(double maxRadius) {
      this.maxRadius = maxRadius;
      return this;
    }

    /**
     * How many products an iteration may take.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder maxProducts(int maxProducts) {
      this.maxProducts = Check.count(1, "maxProducts", maxProducts);
      return this;
    }

    /**
     * Makes the minimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public NewtonCg build() {
      return new NewtonCg(this);
    }
  }
}
