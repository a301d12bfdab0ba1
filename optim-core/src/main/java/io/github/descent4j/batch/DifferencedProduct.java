package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Central differences of gradients along a vector; the formula is that of {@link Objective}. */
final class DifferencedProduct implements HessianProduct {
  private final Objective objective;

  /** Of the last call: a method calls with the same arrays again and again. */
  private Workspace workspace;

  DifferencedProduct(Objective objective) {
    this.objective = objective;
  }

  @Override
  public void multiply(Parameters parameters, List<INDArray> vector, List<INDArray> product) {
    Workspace kept = workspace;
    if (kept == null || !kept.isOf(parameters, vector, product)) {
      kept = new Workspace(parameters, vector, product);
      workspace = kept;
    }
    kept.multiply(objective);
  }

  /** All fields are final, so that a thread with parameters of its own finds it whole or not at all. */
  private static final class Workspace {
    private final Parameters parameters;
    private final Layout layout;
    private final FlatArrays vector;
    private final FlatArrays product;
    private final double[] x;
    private final double[] v;
    private final double[] point;
    private final double[] ahead;
    private final double[] behind;

    Workspace(Parameters parameters, List<INDArray> vector, List<INDArray> product) {
      this.parameters = parameters;
      this.vector = new FlatArrays(vector);
      this.product = new FlatArrays(product);
      layout = new Layout(parameters);
      int n = layout.size();
      x = new double[n];
      v = new double[n];
      point = new double[n];
      ahead = new double[n];
      behind = new double[n];
    }

    boolean isOf(Parameters parameters, List<INDArray> vector, List<INDArray> product) {
      return this.parameters == parameters
          && this.vector.isOf(vector)
          && this.product.isOf(product);
    }

    void multiply(Objective objective) {
      layout.readValues(x);
      vector.read(v);
      double largest = Vectors.maxNorm(v);
      if (largest > 0) {
        double unit = (1 + Vectors.maxNorm(x)) / largest;
        double e = StrictMath.cbrt(layout.precision()) * unit;
        boolean hasAhead;
        boolean hasBehind;
        boolean quotient;
        try {
          hasAhead = isGradientAt(objective, e, ahead);
          hasBehind = isGradientAt(objective, -e, behind);
          if (!(hasAhead && hasBehind)) {
            e = Math.sqrt(layout.precision()) * unit;
            hasAhead = isGradientAt(objective, e, ahead);
            hasBehind = isGradientAt(objective, -e, behind);
          }
          quotient = hasAhead && hasBehind;
          if (hasAhead != hasBehind) {
            quotient = isGradientAt(objective, 0, hasAhead ? behind : ahead);
          }
        } finally {
          layout.writeValues(x);
        }
        double width = !quotient ? Double.NaN : hasAhead && hasBehind ? 2 * e : e;
        for (int i = 0; i < ahead.length; i++) {
          ahead[i] = (ahead[i] - behind[i]) / width;
        }
      } else {
        Vectors.copy(v, ahead);
      }
      product.write(ahead);
    }

    /** Whether value and gradient are finite there. */
    private boolean isGradientAt(Objective objective, double e, double[] gradient) {
      Vectors.move(point, x, e, v);
      layout.writeValues(point);
      double value = Vectors.isFinite(point) ? objective.evaluate(parameters) : Double.NaN;
      layout.readGradients(gradient);
      return Double.isFinite(value) && Vectors.isFinite(gradient);
    }
  }
}
