package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Evaluator.Terms;
import io.github.descent4j.internal.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * L-BFGS with box bounds by two-metric projection (Bertsekas, <i>Projected Newton methods for optimization problems with simple
 * constraints</i>, SIAM Journal on Control and Optimization 20, 1982, with the two-loop recursion in the place of his Hessian).
 *
 * <pre>
 * active: the elements within e of a bound whose gradient points out of it
 * d = -H g over the elements that are free, H from the pairs restricted to them;  d = -g over the active ones
 * x(a) = P(x + a d)
 * e = min(|x - P(x - g)|, a thousandth of the width of the box)
 * </pre>
 *
 * <p>a is halved from 1 (as long as there is no pair, from twice the last one, at first from min(1, 1 / |d|)) until f(x(a)) &lt;= f(x) + 1e-4 (a sum of g_i d_i over the free elements
 * + sum of g_i (x_i(a) - x_i) over the active ones). It is not L-BFGS-B, which minimizes a model along the projected path.
 *
 * <p>The gradient norm of results is that of x - P(x - g). A start outside the box is moved into it before anything else.
 *
 * <p><b>Memory.</b> 2 history + 3 vectors of double, and a flag for each element.
 *
 * <p><b>Defaults.</b> bounds: none; history 10; to stop: gradientTolerance 1e-5 of the largest element, maxIterations 1000.
 *
 * <pre>{@code
 * Minimizer minimizer = ProjectedLBfgs.builder().bounds(0, 1).build();
 * }</pre>
 */
public final class ProjectedLBfgs extends IterativeMinimizer {
  private static final double MARGIN = 1e-3;

  private final Bounds lowerBounds;
  private final Bounds upperBounds;
  private final int history;

  /** One number for all elements, or an array for each parameter. */
  private record Bounds(double all, List<INDArray> each) {

    static Bounds of(INDArray... bounds) {
      requireNonNull(bounds, "bounds are null, expected arrays");
      List<INDArray> copies = new ArrayList<>();
      for (INDArray array : bounds) {
        requireNonNull(array, "bounds have a null, expected an array for each parameter");
        copies.add(array.isEmpty() ? array : array.dup('c'));
      }
      return new Bounds(0, List.copyOf(copies));
    }

    double[] flat(Layout layout, String name) {
      double[] flat = new double[layout.size()];
      if (each == null) {
        Arrays.fill(flat, all);
      } else {
        layout.requireShapes(each, name + " bound");
        new FlatArrays(each).read(flat);
      }
      return flat;
    }
  }

  private ProjectedLBfgs(Builder builder) {
    super(builder);
    lowerBounds = builder.lower;
    upperBounds = builder.upper;
    history = Check.count(1, "history", builder.history);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  Terms terms(Parameters parameters) {
    return new Box(new Layout(parameters));
  }

  @Override
  StopReason run(Evaluator evaluator, Progress progress) {
    BoxSearch search = new BoxSearch(evaluator);
    return search.run(progress, evaluator.start(search.x, search.gradient));
  }

  private final class BoxSearch extends PathSearch {
    private final Box box;
    private final boolean[] free;

    /** Along the elements that are free. */
    private double slope;

    BoxSearch(Evaluator evaluator) {
      super(evaluator, history);
      box = (Box) evaluator.terms();
      free = new boolean[evaluator.size()];
    }

    @Override
    boolean find() {
      box.findFree(x, gradient, free);
      for (int i = 0; i < direction.length; i++) {
        direction[i] = free[i] ? -gradient[i] : 0;
      }
      multiply(free);
      slope = Vectors.dot(gradient, direction);
      for (int i = 0; i < direction.length; i++) {
        if (!free[i]) {
          direction[i] = -gradient[i];
        }
      }
      return slope <= 0;
    }

    @Override
    double follow(double step) {
      Vectors.move(point, x, step, direction);
      box.project(point);
      for (int k = 0; k < point.length; k++) {
        there[k] = free[k] ? 0 : point[k] - x[k];
      }
      return step * slope + Vectors.dot(gradient, there);
    }
  }

  @Override
  public String toString() {
    return "ProjectedLBfgs(history=" + history + ", " + limits() + ")";
  }

  private final class Box extends ProjectedTerms {
    private final double[] lower;
    private final double[] upper;

    Box(Layout layout) {
      super(ProjectedLBfgs.this, layout.size());
      int n = layout.size();
      lower = lowerBounds.flat(layout, "lower");
      upper = upperBounds.flat(layout, "upper");
      for (int i = 0; i < n; i++) {
        if (!(lower[i] <= upper[i])) {
          throw new IllegalArgumentException("lower bound of parameter '" + layout.nameOf(i)
              + "' has an element " + lower[i] + ", expected a number <= upper = " + upper[i]);
        }
      }
    }

    @Override
    void project(double[] point) {
      for (int i = 0; i < point.length; i++) {
        point[i] = Math.max(lower[i], Math.min(upper[i], point[i]));
      }
    }

    void findFree(double[] x, double[] gradient, boolean[] free) {
      double stationarity = measure(x, gradient);
      for (int i = 0; i < x.length; i++) {
        double margin = Math.min(stationarity, MARGIN * (upper[i] - lower[i]));
        boolean active = gradient[i] > 0
            ? x[i] <= lower[i] + margin
            : gradient[i] < 0 && x[i] >= upper[i] - margin;
        free[i] = !active;
      }
    }

    @Override
    public void moveStart(double[] x) {
      project(x);
    }
  }

  /** Settings of {@link ProjectedLBfgs}, at their defaults until set. */
  public static final class Builder extends IterativeMinimizer.Builder<Builder> {
    private Bounds lower = new Bounds(Double.NEGATIVE_INFINITY, null);
    private Bounds upper = new Bounds(Double.POSITIVE_INFINITY, null);
    private int history = 10;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The same bounds for all elements; infinite for none.
     *
     * @throws IllegalArgumentException if lower is above upper
     */
    public Builder bounds(double lower, double upper) {
      Check.require(lower <= upper, "lower", lower, "a number <= upper = " + upper);
      this.lower = new Bounds(lower, null);
      this.upper = new Bounds(upper, null);
      return this;
    }

    /** Lower bounds: an array for each parameter, of its shape, FLOAT or DOUBLE, which is copied; infinite for none. */
    public Builder lower(INDArray... bounds) {
      lower = Bounds.of(bounds);
      return this;
    }

    /** Upper bounds: likewise. */
    public Builder upper(INDArray... bounds) {
      upper = Bounds.of(bounds);
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
    public ProjectedLBfgs build() {
      return new ProjectedLBfgs(this);
    }
  }
}
