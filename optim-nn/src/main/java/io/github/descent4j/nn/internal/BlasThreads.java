package io.github.descent4j.nn.internal;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The threads of a matrix product, which are a setting of the whole process: the OpenBLAS of ND4J (0.3.19) has none for a thread.
 *
 * <p>Networks run on threads of their own, which pays if the products inside them have one thread each. All who want that at a time
 * are counted: the first one sets it, and the last one puts back what was there before.
 */
public final class BlasThreads {
  private static int users;
  private static int before;

  private BlasThreads() {}

  /** Runs something while products have one thread, unless the application sets another number meanwhile, which then stays. */
  public static void single(Runnable action) {
    enter();
    try {
      action.run();
    } finally {
      leave();
    }
  }

  private static synchronized void enter() {
    if (users == 0) {
      Blas blas = Nd4j.factory().blas();
      before = blas.getMaxThreads();
      if (before != 1) {
        blas.setMaxThreads(1);
      }
    }
    users++;
  }

  private static synchronized void leave() {
    users--;
    Blas blas = Nd4j.factory().blas();
    if (users == 0 && before != 1 && blas.getMaxThreads() == 1) {
      blas.setMaxThreads(before);
    }
  }
}
