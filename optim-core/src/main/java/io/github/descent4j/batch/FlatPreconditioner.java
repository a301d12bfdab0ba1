package io.github.descent4j.batch;

/** A preconditioner of flat vectors; without one, the identity. */
final class FlatPreconditioner {
  private final Preconditioner preconditioner;
  private final FlatArrays vectorArrays;
  private final FlatArrays resultArrays;

  FlatPreconditioner(Preconditioner preconditioner, Layout layout) {
    this.preconditioner = preconditioner;
    boolean takesArrays = preconditioner != null && !(preconditioner instanceof Diagonal);
    vectorArrays = takesArrays ? layout.newArrays() : null;
    resultArrays = takesArrays ? layout.newArrays() : null;
    if (preconditioner instanceof Diagonal diagonal) {
      diagonal.requireFit(layout);
    }
  }

  boolean isIdentity() {
    return preconditioner == null;
  }

  void apply(double[] vector, double[] result) {
    if (preconditioner instanceof Diagonal diagonal) {
      diagonal.divide(vector, result);
      return;
    }
    Vectors.copy(vector, result);
    if (preconditioner != null) {
      vectorArrays.write(result);
      preconditioner.apply(vectorArrays.arrays(), resultArrays.arrays());
      resultArrays.read(result);
    }
  }
}
