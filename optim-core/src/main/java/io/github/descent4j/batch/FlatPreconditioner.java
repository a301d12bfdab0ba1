package io.github.descent4j.batch;

/** A preconditioner of flat vectors; without one, the identity. */
final class FlatPreconditioner {
  private final Preconditioner preconditioner;
  private final FlatArrays vectorArrays;
  private final FlatArrays resultArrays;

  FlatPreconditioner(Preconditioner preconditioner, Layout layout) {
    this.preconditioner = preconditioner;
    vectorArrays = preconditioner == null ? null : layout.newArrays();
    resultArrays = preconditioner == null ? null : layout.newArrays();
  }

  boolean isIdentity() {
    return preconditioner == null;
  }

  void apply(double[] vector, double[] result) {
    Vectors.copy(vector, result);
    if (preconditioner != null) {
      vectorArrays.write(result);
      preconditioner.apply(vectorArrays.arrays(), resultArrays.arrays());
      resultArrays.read(result);
    }
  }
}
