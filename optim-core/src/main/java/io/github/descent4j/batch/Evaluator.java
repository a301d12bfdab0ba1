package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import io.github.descent4j.internal.memory.FlatArray;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Evaluates the function at points of the flat vector, counts, and remembers the best point seen. */
final class Evaluator {

  /** In what a method differs from plain minimization. */
  interface Terms {

    /** What is minimized besides the function. */
    default double penalty(double[] x) {
      return 0;
    }

    /** How far from stationary a point is. */
    double measure(double[] x, double[] gradient);

    /** Moves the point that the parameters are at to the one that the search begins at. */
    default void moveStart(double[] x) {}

    /** Whether the point at which the search starts is one that it may end at. */
    default boolean startIsFeasible(double[] x) {
      return true;
    }
  }

  /** Ends a run from wherever it is. */
  static final class LimitReached extends RuntimeException {
    private static final long serialVersionUID = 1;

    LimitReached() {
      super("limit of evaluations", null, false, false);
    }
  }

  /** Values are taken for equal if they differ by so many roundings. */
  private static final double ROUNDINGS = 8;

  private static final double DOUBTFUL_ROUNDINGS = 64;

  private final Objective objective;
  private final Parameters parameters;
  private final Workspace workspace;
  private final Layout layout;
  private final Terms terms;
  private final int maxEvaluations;
  private int evaluations;
  private int hessians;

  private double lowest = Double.POSITIVE_INFINITY;
  private double bestValue = Double.POSITIVE_INFINITY;

  /** NaN until somebody asks. */
  private double bestMeasure = Double.NaN;

  private boolean hasBest;

  /** Whether the gradient arrays are no longer those of the point shown. */
  private boolean gradientsStale;

  private FlatArrays vectorArrays;
  private FlatArrays productArrays;
  private INDArray hessianArray;
  private FlatArray hessianElements;

  Evaluator(Objective objective, Workspace workspace, Terms terms, int maxEvaluations) {
    this.objective = objective;
    this.workspace = workspace;
    this.terms = terms;
    this.maxEvaluations = maxEvaluations;
    parameters = workspace.parameters();
    layout = workspace.layout();
  }

  int size() {
    return layout.size();
  }

  Workspace workspace() {
    return workspace;
  }

  Terms terms() {
    return terms;
  }

  int evaluations() {
    return evaluations;
  }

  int hessians() {
    return hessians;
  }

  double precision() {
    return layout.precision();
  }

  /** How much a value of this size may be wrong. */
  double noise(double value) {
    return ROUNDINGS * rounding(value);
  }

  /** The distance of a value of this size from the next number, or a little more. */
  double rounding(double value) {
    return layout.precision() * Math.abs(value);
  }

  double measure(double[] x, double[] gradient) {
    return terms.measure(x, gradient);
  }

  /** Evaluates where the parameters are, and fills point and gradient. */
  double start(double[] x, double[] gradient) {
    layout.readValues(x);
    for (int i = 0; i < x.length; i++) {
      if (!Double.isFinite(x[i])) {
        throw new IllegalStateException("value of parameter '" + layout.nameOf(i)
            + "' has an element " + x[i] + " at the start, expected finite numbers");
      }
    }
    Vectors.copy(x, workspace.shown);
    terms.moveStart(x);
    show(x);
    double value = call(gradient) + terms.penalty(x);
    if (!Double.isFinite(value)) {
      throw new IllegalStateException(
          "value of the objective at the start is " + value + ", expected a finite number");
    }
    for (int i = 0; i < gradient.length; i++) {
      if (!Double.isFinite(gradient[i])) {
        throw new IllegalStateException("gradient of parameter '" + layout.nameOf(i)
            + "' has an element " + gradient[i] + " at the start, expected finite numbers");
      }
    }
    if (terms.startIsFeasible(x)) {
      consider(value, x, gradient);
    } else {
      keep(value, x, gradient);
    }
    return value;
  }

  /**
   * Evaluates at a point, which is rounded to the parameters' types.
   *
   * @return NaN if value or gradient are not finite
   */
  double evaluate(double[] point, double[] gradient) {
    if (!Vectors.isFinite(point)) {
      return Double.NaN;
    }
    if (evaluations >= maxEvaluations) {
      throw new LimitReached();
    }
    show(point);
    if (!Vectors.isFinite(point)) {
      // Beyond the range of a parameter's type.
      return Double.NaN;
    }
    double value = call(gradient) + terms.penalty(point);
    if (!Double.isFinite(value) || !Vectors.isFinite(gradient)) {
      return Double.NaN;
    }
    consider(value, point, gradient);
    return value;
  }

  private double call(double[] gradient) {
    evaluations++;
    gradientsStale = false;
    double value = objective.evaluate(parameters);
    layout.readGradients(gradient);
    return value;
  }

  private void consider(double value, double[] x, double[] gradient) {
    // Of values within a margin of the lowest one the gradient decides. That one creeps on where
    // each is lower than the
    // last by a rounding: then the best value is what a new one has to be below.
    boolean better = !hasBest || value < bestValue - noise(bestValue);
    if (!better && value <= lowest + noise(lowest)) {
      better = terms.measure(x, gradient) < bestMeasure();
    }
    if (better) {
      keep(value, x, gradient);
      hasBest = true;
    }
    lowest = Math.min(lowest, value);
  }

  /**
   * Ends at a point that has converged if its value is as low as the best one, or what a sum of terms of about 1 may be wrong: a lower
   * one that is luck has a larger gradient.
   */
  void preferIfAsLow(double value, double[] x, double[] gradient) {
    double doubt = DOUBTFUL_ROUNDINGS * layout.precision() * Math.max(1, Math.abs(value));
    if (hasBest && value <= bestValue + doubt && terms.measure(x, gradient) < bestMeasure()) {
      keep(value, x, gradient);
    }
  }

  private void keep(double value, double[] x, double[] gradient) {
    bestValue = value;
    Vectors.copy(x, workspace.best);
    Vectors.copy(gradient, workspace.bestGradient);
    bestMeasure = Double.NaN;
  }

  /** Whether the best point is one that the search may end at, and not the start outside of where that is. */
  boolean hasBest() {
    return hasBest;
  }

  /** The value of the best point. */
  double bestValue() {
    return bestValue;
  }

  double bestMeasure() {
    if (Double.isNaN(bestMeasure)) {
      bestMeasure = terms.measure(workspace.best, workspace.bestGradient);
    }
    return bestMeasure;
  }

  /** The largest difference of an element. */
  double distanceFromBest(double[] x) {
    double largest = 0;
    for (int i = 0; i < x.length; i++) {
      largest = Math.max(largest, Math.abs(x[i] - workspace.best[i]));
    }
    return largest;
  }

  /** Puts a point into the parameters. */
  private void show(double[] point) {
    if (!Arrays.equals(point, workspace.shown)) {
      layout.writeValues(point);
      Vectors.copy(point, workspace.shown);
      gradientsStale = true;
    }
  }

  /** Puts a point and its gradient into the parameters. */
  void show(double[] point, double[] gradient) {
    show(point);
    if (gradientsStale) {
      layout.writeGradients(gradient);
      gradientsStale = false;
    }
  }

  /** Leaves the best point, and its gradient, in the parameters; without one, they stay where they were at the start. */
  void leaveBest() {
    if (bestValue < Double.POSITIVE_INFINITY) {
      // Whatever the objective may have done to them before it failed.
      layout.writeValues(workspace.best);
      layout.writeGradients(workspace.bestGradient);
    } else if (evaluations > 0) {
      layout.writeValues(workspace.start);
    }
  }

  /** The size, refused if it is too large for a matrix of the method. */
  int requireAtMost(int most, String method, String alternative) {
    if (size() > most) {
      throw new IllegalArgumentException("parameters have " + size()
          + " elements together, expected at most " + most + " for " + method + ": " + alternative
          + " takes more");
    }
    return size();
  }

  HessianProduct requireHessianProduct(String method) {
    return objective
        .hessianProduct()
        .orElseThrow(() -> new IllegalArgumentException("objective has no Hessian product, expected"
            + " one for " + method + ": withHessianProduct, or withDifferencedHessianProduct"));
  }

  HessianFunction requireHessian(String method) {
    return objective
        .hessian()
        .orElseThrow(() -> new IllegalArgumentException(
            "objective has no Hessian, expected one for " + method + ": withHessian"));
  }

  /** product = H(x) v. */
  void multiply(HessianProduct hessian, double[] x, double[] v, double[] product) {
    if (vectorArrays == null) {
      vectorArrays = layout.newArrays();
      productArrays = layout.newArrays();
    }
    show(x);
    Vectors.copy(v, product);
    vectorArrays.write(product);
    hessians++;
    gradientsStale = true;
    hessian.multiply(parameters, vectorArrays.arrays(), productArrays.arrays());
    productArrays.read(product);
  }

  /** Fills H(x), row after row. */
  void hessian(HessianFunction hessian, double[] x, double[] matrix) {
    int n = size();
    if (hessianArray == null) {
      hessianArray = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'c');
      hessianElements = FlatArray.of(hessianArray);
    } else {
      Arrays.fill(matrix, 0);
      hessianElements.write(matrix);
    }
    show(x);
    hessians++;
    gradientsStale = true;
    hessian.fill(parameters, hessianArray);
    hessianElements.read(matrix);
  }
}
