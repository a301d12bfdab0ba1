package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** No file stays open, however its loading ends. Linux lists the open files; elsewhere it is the deletion that would fail. */
class ClosedFileTest {
  private static final Path OPEN = Path.of("/proc/self/fd");

  @TempDir
  private Path folder;

  private Path file;
  private final Parameters parameters =
      Parameters.of(Parameter.of("w", Nd4j.ones(3), Nd4j.zeros(3)));

  @BeforeEach
  void save() throws IOException {
    // As the list has it, where a part of the path is a symbolic link.
    file = folder.toRealPath().resolve("weights.npz");
    parameters.save(file);
  }

  @Test
  void afterLoading() throws IOException {
    parameters.load(file);
    requireClosed();
  }

  @Test
  void whenItIsNoStateFile() throws IOException {
    StateFiles.write(file, Map.of("other.txt", new byte[1]));
    requireRefused();
    requireClosed();
  }

  @Test
  void whenAnArrayIsDamaged() throws IOException {
    StateFiles.edit(file, "w/value.npy", "NUMPY", "NUMPI");
    requireRefused();
    requireClosed();
  }

  private void requireRefused() {
    assertThatThrownBy(() -> parameters.load(file)).isInstanceOf(StateFileException.class);
  }

  private void requireClosed() throws IOException {
    List<Path> open = new ArrayList<>();
    if (Files.isDirectory(OPEN)) {
      try (DirectoryStream<Path> links = Files.newDirectoryStream(OPEN)) {
        for (Path link : links) {
          try {
            open.add(Files.readSymbolicLink(link));
          } catch (NoSuchFileException e) {
            // Closed since, as the list itself.
          }
        }
      }
    }
    assertThat(open).doesNotContain(file);
    Files.delete(file);
  }
}
