package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.JavaProcess;
import io.github.descent4j.OptimizerCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** k steps, save, load in a new JVM, k steps = 2k steps, bit for bit. */
@Tag("slow")
class ResumeTest {
  @TempDir
  private Path folder;

  @Test
  void aNewJvmGoesOnAsIfNothingHadHappened() throws IOException, InterruptedException {
    Path half = Files.createDirectory(folder.resolve("half"));
    Path resumed = Files.createDirectory(folder.resolve("resumed"));
    Path through = Files.createDirectory(folder.resolve("through"));
    Map<String, Training> trainings = Training.trainings();
    trainings.forEach((name, training) -> {
      training.run(0, Training.STEPS);
      training.save(half, name);
    });

    Path output = folder.resolve("output");
    Process process =
        JavaProcess.start(output, Training.class, half.toString(), resumed.toString());
    assertThat(JavaProcess.finish(process)).as(() -> read(output)).isZero();

    trainings.forEach((name, training) -> {
      training.run(Training.STEPS, 2 * Training.STEPS);
      training.save(through, name);
      assertSameBytes(Training.valuesFile(resumed, name), Training.valuesFile(through, name));
      assertSameBytes(Training.stateFile(resumed, name), Training.stateFile(through, name));
    });
    assertThat(trainings)
        .hasSizeGreaterThan(
            OptimizerCase.all().size() + 2 * OptimizerCase.defaults().size());
  }

  /** The same state has the same bytes. */
  private static void assertSameBytes(Path actual, Path expected) {
    assertThat(actual).hasSameBinaryContentAs(expected);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
