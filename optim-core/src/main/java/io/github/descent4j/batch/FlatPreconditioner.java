package io.github.descent4j.batch;

/** A preconditioner of flat vectors; without one, the identity. */
final class FlatPreconditioner {
  private final Preconditioner preconditioner;
  private final FlatArrays vectorArrays;
  private final FlatArrays resultArrays;

  /** Null for the identity. */
  private final double[] scratch;

  FlatPreconditioner(Preconditioner preconditioner, Layout layout) {
    this.preconditioner = preconditioner;
    boolean takesArrays = preconditioner != null && !(preconditioner instanceof Diagonal);
    vectorArrays = takesArrays ? layout.newArrays() : null;
    resultArrays = takesArrays ? layout.newArrays() : null;
    scratch = preconditioner == null ? null : new double[layout.size()];
    if (preconditioner instanceof Diagonal diagonal) {
      diagonal.requireFit(layout);
    }
  }

  boolean isOf(Preconditioner other) {
    return preconditioner == other;
  }

  boolean isIdentity() {
    return preconditioner == null;
  }

  /** The product, until the next one; of one that is not the identity. */
  double[] apply(double[] vector) {
    apply(vector, scratch);
    return scratch;
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
