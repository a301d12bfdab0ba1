package io.github.descent4j.internal.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The old bytes or the new ones, whatever happens. */
class AtomicFileTest {
  private static final int SIZE = 300_000;

  @TempDir
  private Path folder;

  @Test
  void replacesTheFileAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("file");
    for (String content : List.of("first", "second and longer", "")) {
      AtomicFile.write(file, out -> out.write(content.getBytes(UTF_8)));
      assertThat(file).hasContent(content);
    }
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("file");
    AtomicFile.write(file, out -> out.write(1));
    for (int written : new int[] {0, 1, 100_000}) {
      assertThatThrownBy(() -> AtomicFile.write(file, out -> {
            out.write(new byte[written]);
            throw new IOException("No space left on device");
          }))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("state file " + file
              + " cannot be written: java.io.IOException: No space left on device")
          .hasCauseInstanceOf(IOException.class);
      assertThat(file).hasBinaryContent(new byte[] {1});
      assertThat(files()).containsExactly(file);
    }
  }

  @Test
  void anyOtherFailureLeavesTheOldFileToo() throws IOException {
    Path file = folder.resolve("file");
    AtomicFile.write(file, out -> out.write(1));
    assertThatThrownBy(() -> AtomicFile.write(file, out -> {
          throw new OutOfMemoryError("as if");
        }))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(file).hasBinaryContent(new byte[] {1});
    assertThat(files()).containsExactly(file);
  }

  @Test
  void followsLinksAndKeepsThem() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path target = elsewhere.resolve("target");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/target"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), link);
    for (int content = 0; content < 2; content++) {
      byte[] bytes = {(byte) content};
      AtomicFile.write(second, out -> out.write(bytes));
      assertThat(target).isRegularFile().hasBinaryContent(bytes);
      assertThat(second).isSymbolicLink();
      assertThat(link).isSymbolicLink();
    }
    assertThat(files()).containsExactlyInAnyOrder(elsewhere, link, second);
  }

  @Test
  void linksInACircleAreAnError() throws IOException {
    Path a = folder.resolve("a");
    Path b = Files.createSymbolicLink(folder.resolve("b"), a);
    Files.createSymbolicLink(a, b);
    assertThatThrownBy(() -> AtomicFile.write(a, out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("too many levels of symbolic links")
        .hasCauseInstanceOf(FileSystemException.class);
  }

  @Test
  void aFolderIsNotReplaced() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    assertThatThrownBy(() -> AtomicFile.write(inner, out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("is there and is not a file");
    assertThat(files()).containsExactly(inner);
  }

  /** Kills a JVM that does nothing but write; some of the kills must have met it in the middle. */
  @Test
  void aKilledProcessLeavesOneOfItsFilesWhole() throws Exception {
    Path file = folder.resolve("file");
    SplittableRandom random = new SplittableRandom(5);
    for (int kill = 0; kill < 20; kill++) {
      Files.deleteIfExists(file);
      Process process =
          JavaProcess.start(folder.resolve("output"), AtomicFileTest.class, file.toString());
      while (!Files.exists(file) && process.isAlive()) {
        Thread.sleep(1);
      }
      Thread.sleep(random.nextInt(60));
      process.destroyForcibly();
      process.waitFor();
      byte[] bytes = Files.readAllBytes(file);
      byte[] expected = new byte[SIZE + bytes[0]];
      Arrays.fill(expected, bytes[0]);
      assertThat(bytes).isEqualTo(expected);
    }
    assertThat(files())
        .as("what was being written when a kill came")
        .anyMatch(left -> left.getFileName().toString().matches("\\.descent4j-[0-9a-f]+\\.tmp"));
  }

  /** Writes files of one repeated byte each, and of a length that depends on it, for ever. */
  public static void main(String[] arguments) {
    for (int i = 0; ; i = (i + 1) % Byte.MAX_VALUE) {
      byte[] content = new byte[SIZE + i];
      Arrays.fill(content, (byte) i);
      AtomicFile.write(Path.of(arguments[0]), out -> {
        for (int from = 0; from < content.length; from += 1000) {
          out.write(content, from, Math.min(1000, content.length - from));
        }
      });
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
