package io.github.descent4j.kernel;

import java.lang.reflect.InvocationTargetException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels once: the vector kernels where the build has them and the running JVM has the
 * module {@code jdk.incubator.vector}, the scalar kernels otherwise.
 *
 * <p>{@code -Dio.github.descent4j.kernels=auto|scalar|vector} forces the choice.
 */
public final class KernelChoice {

  /** The system property that forces the choice. */
  public static final String PROPERTY = "io.github.descent4j.kernels";

  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);
  private static final String MODULE = "jdk.incubator.vector";
  private static final String VECTOR_KERNELS = "io.github.descent4j.kernel.VectorKernels";

  private static Kernels chosen;

  private KernelChoice() {}

  /**
   * The kernels of this process.
   *
   * @throws IllegalStateException if the property asks for vector kernels that are not available, or
   *     for something else than auto, scalar or vector
   */
  public static synchronized Kernels kernels() {
    if (chosen == null) {
      chosen = choose(System.getProperty(PROPERTY, "auto"));
    }
    return chosen;
  }

  private static Kernels choose(String asked) {
    switch (asked) {
      case "scalar" -> {
        LOG.info("Scalar kernels, because -D{}=scalar asks for them", PROPERTY);
        return new ScalarKernels();
      }
      case "auto", "vector" -> {
        try {
          Kernels vector = vectorKernels();
          LOG.info("Vector kernels; -D{}=scalar turns them off", PROPERTY);
          return vector;
        } catch (Unavailable e) {
          if (asked.equals("vector")) {
            throw new IllegalStateException(
                "-D" + PROPERTY + "=vector, but vector kernels are not available: "
                    + e.getMessage(),
                e);
          }
          LOG.info("Scalar kernels, because {}", e.getMessage());
          return new ScalarKernels();
        }
      }
      default ->
        throw new IllegalStateException(
            PROPERTY + " is '" + asked + "', expected auto, scalar or vector");
    }
  }

  private static Kernels vectorKernels() throws Unavailable {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new Unavailable(
          "the module " + MODULE + " is not there; java --add-modules " + MODULE + " brings it",
          null);
    }
    try {
      Class<?> kernels = Class.forName(VECTOR_KERNELS);
      return (Kernels) kernels.getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException | LinkageError e) {
      throw notForThisJava(e);
    } catch (InvocationTargetException e) {
      throw notForThisJava(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(VECTOR_KERNELS, e);
    }
  }

  private static Unavailable notForThisJava(Throwable cause) {
    return new Unavailable(
        "this build has none for Java "
            + Runtime.version().feature()
            + "; one made with the same release of the JDK has",
        cause);
  }

  private static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String reason, Throwable cause) {
      super(reason, cause);
    }
  }
}
