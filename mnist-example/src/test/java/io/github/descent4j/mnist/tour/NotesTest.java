package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesTest {
  private static final ChapterKey KEY =
      new ChapterKey("figure6", "mnist-example 1", List.of(12_000, 3), "0123abcd");

  @TempDir
  private Path folder;

  private int measured;

  private double[] measure() {
    measured++;
    return new double[] {0.1, 1.0 / 3};
  }

  @Test
  void whatIsKnownIsNotMeasuredAgain() {
    Path file = folder.resolve("figure6.part.json");
    assertThat(Notes.in(file, KEY).get("adam 0.1", this::measure)).containsExactly(0.1, 1.0 / 3);
    assertThat(Notes.in(file, KEY).get("adam 0.1", this::measure)).containsExactly(0.1, 1.0 / 3);
    assertThat(measured).isEqualTo(1);
    Notes.in(file, KEY).get("adam 0.3", this::measure);
    assertThat(measured).isEqualTo(2);
  }

  @Test
  void notesOfOtherImagesAreNotTaken() {
    Path file = folder.resolve("figure6.part.json");
    Notes.in(file, KEY).get("adam 0.1", this::measure);
    ChapterKey other = new ChapterKey(KEY.chapter(), KEY.version(), KEY.numbers(), "ffffffff");
    Notes.in(file, other).get("adam 0.1", this::measure);
    assertThat(measured).isEqualTo(2);
  }

  @Test
  void damagedNotesAreNotTaken() throws IOException {
    Path file = folder.resolve("figure6.part.json");
    Notes.in(file, KEY).get("adam 0.1", this::measure);
    Files.writeString(file, Files.readString(file).replace("0.333", "0.433"));
    assertThat(Notes.in(file, KEY).get("adam 0.1", this::measure)).containsExactly(0.1, 1.0 / 3);
    assertThat(measured).isEqualTo(2);
  }

  @Test
  void withoutAFileNothingIsKept() {
    Notes.none().get("adam 0.1", this::measure);
    Notes.none().get("adam 0.1", this::measure);
    assertThat(measured).isEqualTo(2);
    assertThat(folder).isEmptyDirectory();
  }
}
