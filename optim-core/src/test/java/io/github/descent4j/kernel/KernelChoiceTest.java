package io.github.descent4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The suite runs once for each implementation: this fails if the wrong one ran. */
class KernelChoiceTest {

  @Test
  void theKernelsAskedForAreTheKernelsThatRun() {
    String asked = System.getProperty(KernelChoice.PROPERTY);
    String expected = switch (asked) {
      case "scalar" -> "ScalarKernels";
      case "vector" -> "VectorKernels";
      default -> throw new AssertionError("the build names the kernels, not '" + asked + "'");
    };
    assertThat(KernelChoice.kernels().getClass().getSimpleName()).isEqualTo(expected);
  }
}
