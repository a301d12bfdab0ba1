package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A JVM that is killed while it saves leaves a state that loads, and that is of one moment. */
class KilledSaveTest {
  private static final int LENGTH = 200_000;

  @TempDir
  private Path folder;

  @Test
  void whateverAKillLeavesLoads() throws Exception {
    Path file = folder.resolve("state.npz");
    SplittableRandom random = new SplittableRandom(9);
    for (int kill = 0; kill < 4; kill++) {
      Files.deleteIfExists(file);
      Process process =
          JavaProcess.start(folder.resolve("output"), KilledSaveTest.class, file.toString());
      while (!Files.exists(file) && process.isAlive()) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(200));
      process.destroyForcibly();
      process.waitFor();

      Optimizer optimizer = optimizer();
      optimizer.state().load(file);
      assertThat(optimizer.steps()).isPositive();
      for (String name : optimizer.state().parameters()) {
        INDArray velocity = optimizer.state().slot(name, "v");
        assertThat(velocity.minNumber().doubleValue()).isEqualTo(optimizer.steps());
        assertThat(velocity.maxNumber().doubleValue()).isEqualTo(optimizer.steps());
      }
    }
  }

  /** With a gradient of one and no friction the velocity counts the steps. */
  private static Optimizer optimizer() {
    return Momentum.builder().momentum(Math.nextDown(1.0)).learningRate(0).build();
  }

  /** Steps and saves for ever. */
  public static void main(String[] arguments) {
    Parameters parameters = Parameters.of(
        Parameter.of("a", Nd4j.ones(LENGTH), Nd4j.ones(LENGTH)),
        Parameter.of("b", Nd4j.ones(LENGTH), Nd4j.ones(LENGTH)));
    Optimizer optimizer = optimizer();
    while (true) {
      optimizer.step(parameters);
      optimizer.state().save(Path.of(arguments[0]));
    }
  }
}
