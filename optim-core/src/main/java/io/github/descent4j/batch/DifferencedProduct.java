package io.github.descent4j.batch;

import io.github.descent4j.Parameters;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Central differences of gradients along a vector; the formula is that of {@link Objective}. */
final class DifferencedProduct implements HessianProduct {
  private final Objective objective;

  DifferencedProduct(Objective objective) {
    this.objective = objective;
  }

  @Override
  public void multiply(Parameters parameters, List<INDArray> vector, List<INDArray> product) {
    Layout layout = new Layout(parameters);
    int n = layout.size();
    double[] x = new double[n];
    double[] v = new double[n];
    layout.readValues(x);
    new FlatArrays(vector).read(v);
    double largest = Vectors.maxNorm(v);
    double[] ahead = new double[n];
    double[] behind = new double[n];
    if (largest > 0) {
      double e = StrictMath.cbrt(layout.precision()) * (1 + Vectors.maxNorm(x)) / largest;
      try {
        gradientAt(layout, parameters, x, e, v, ahead);
        gradientAt(layout, parameters, x, -e, v, behind);
      } finally {
        layout.writeValues(x);
      }
      for (int i = 0; i < n; i++) {
        ahead[i] = (ahead[i] - behind[i]) / (2 * e);
      }
    }
    new FlatArrays(product).write(ahead);
  }

  private void gradientAt(
      Layout layout, Parameters parameters, double[] x, double e, double[] v, double[] gradient) {
    double[] point = new double[x.length];
    Vectors.move(point, x, e, v);
    layout.writeValues(point);
    objective.evaluate(parameters);
    layout.readGradients(gradient);
  }
}
