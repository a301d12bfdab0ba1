package io.github.descent4j.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the disk, and when: a power cut after any of the events below leaves the old file or the new one. */
class ForcedFileTest {
  @TempDir
  private Path temporary;

  private Path folder;
  private RecordingFileSystem recording;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectory(temporary.resolve("folder"));
    recording = new RecordingFileSystem(folder.getFileSystem());
    file = recording.wrap(folder.resolve("file"));
  }

  /** Few bytes wait in a buffer, many do not. */
  @ParameterizedTest
  @ValueSource(ints = {1, 200_000})
  void theBytesAreOnTheDiskBeforeTheNameAndTheNameBeforeTheReturn(int size) throws IOException {
    AtomicFile.replace(file, out -> out.write(new byte[size]));
    assertThat(recording.events)
        .containsExactly(
            "write .descent4j.tmp",
            "force .descent4j.tmp",
            "move .descent4j.tmp file",
            "force folder");
    assertThat(Files.size(folder.resolve("file"))).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"write", "force .descent4j", "move"})
  void whatCannotBeWrittenForcedOrRenamedLeavesTheOldFile(String failure) throws IOException {
    AtomicFile.replace(file, out -> out.write(1));
    recording.failure = failure;
    assertThatThrownBy(() -> AtomicFile.replace(file, out -> out.write(2)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("told to fail at " + failure);
    assertThat(folder.resolve("file")).hasBinaryContent(new byte[] {1});
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("file"));
    }
  }

  /** As on Windows, which opens no folders. */
  @Test
  void aFolderThatCannotBeForcedIsNoFailure() throws IOException {
    recording.failure = "force folder";
    AtomicFile.replace(file, out -> out.write(3));
    assertThat(folder.resolve("file")).hasBinaryContent(new byte[] {3});
    assertThat(recording.events).endsWith("force folder");
  }

  @Test
  void aFolderGetsItsNameAsAFileDoes() throws IOException {
    Path hidden = recording.wrap(Files.createDirectory(folder.resolve(".hidden")));
    AtomicFile.force(hidden);
    AtomicFile.rename(hidden, recording.wrap(folder.resolve("named")));
    assertThat(recording.events)
        .isEqualTo(List.of("force .hidden", "move .hidden named", "force folder"));
    assertThat(folder.resolve("named")).isDirectory();
  }

  @Test
  void anArrayFileIsForcedToo() throws IOException {
    recording.failure = "force .descent4j";
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("told to fail at force .descent4j.tmp");
    assertThat(folder.resolve("file")).doesNotExist();
  }

  @Test
  void whatIsLeftBehindIsToldWithTheReasonThatItIsOf() {
    recording.failure = "delete";
    assertThatThrownBy(() -> AtomicFile.replace(file, out -> {
          throw new IOException("disk full");
        }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full")
        .satisfies(e -> assertThat(e.getSuppressed())
            .extracting(Throwable::getMessage)
            .containsExactly("told to fail at delete .descent4j.tmp"));
  }
}
