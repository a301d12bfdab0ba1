package io.github.descent4j.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The suite runs once for each way to run a program: this fails if the wrong one ran. */
class LoopsTest {

  @Test
  void theLoopsAskedForAreTheLoopsThatRun() {
    String asked = System.getProperty(Loops.PROPERTY);
    assertThat(asked).as("the build names the kernels").isIn("vector", "scalar", "interpreted");
    assertThat(Loops.chosen().kind().name().toLowerCase(Locale.ROOT)).isEqualTo(asked);
  }
}
