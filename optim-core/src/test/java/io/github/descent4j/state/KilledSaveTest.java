package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.JavaProcess;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A JVM that is killed while it saves leaves a state that loads, and that is of one moment. */
@Tag("slow")
class KilledSaveTest {
  private static final int KILLS = 4;

  /** As many that a save takes longer than a kill. */
  private static final int LENGTH = 2_000_000;

  private static final long BYTES = 2L * LENGTH * Float.BYTES;

  @TempDir
  private Path folder;

  @Test
  void whateverAKillLeavesLoads() throws Exception {
    SplittableRandom random = new SplittableRandom(9);
    int partial = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path states = Files.createDirectory(folder.resolve("states" + kill));
      Path file = states.resolve("state.npz");
      Path saved = folder.resolve("saved" + kill);
      Process process = JavaProcess.start(
          folder.resolve("output"), KilledSaveTest.class, file.toString(), saved.toString());
      while (!Files.exists(saved) && process.isAlive()) {
        Thread.sleep(5);
      }
      if (kill % 2 == 0) {
        long written = random.nextLong(BYTES * 3 / 4);
        while (!isWritten(states, written) && process.isAlive()) {
          Thread.onSpinWait();
        }
      } else {
        Thread.sleep(random.nextInt(200));
      }
      process.destroyForcibly();
      process.waitFor();
      partial += isWritten(states, 1) ? 1 : 0;
      assertLoads(file);
    }
    assertThat(partial).as("kills that met a save").isPositive();
  }

  /** Whether a file, whatever its name, has more than so many bytes, and not all. */
  private static boolean isWritten(Path states, long bytes) {
    // Of a file that has just been renamed the length is 0.
    return Arrays.stream(states.toFile().listFiles())
        .mapToLong(File::length)
        .anyMatch(length -> length > bytes && length < BYTES);
  }

  private static void assertLoads(Path file) {
    Optimizer optimizer = optimizer();
    optimizer.state().load(file);
    assertThat(optimizer.steps()).isPositive();
    for (String name : optimizer.state().parameters()) {
      INDArray velocity = optimizer.state().slot(name, "v");
      assertThat(velocity.minNumber().doubleValue()).isEqualTo(optimizer.steps());
      assertThat(velocity.maxNumber().doubleValue()).isEqualTo(optimizer.steps());
    }
  }

  /** With a gradient of one and no friction the velocity counts the steps. */
  private static Optimizer optimizer() {
    return Momentum.builder().momentum(Math.nextDown(1.0)).learningRate(0).build();
  }

  /** Steps and saves for ever; makes the second file when the first is whole. */
  public static void main(String[] arguments) throws IOException {
    Parameters parameters = Parameters.of(
        Parameter.of("a", Nd4j.ones(LENGTH), Nd4j.ones(LENGTH)),
        Parameter.of("b", Nd4j.ones(LENGTH), Nd4j.ones(LENGTH)));
    Optimizer optimizer = optimizer();
    while (true) {
      optimizer.step(parameters);
      optimizer.state().save(Path.of(arguments[0]));
      if (optimizer.steps() == 1) {
        Files.createFile(Path.of(arguments[1]));
      }
    }
  }
}
