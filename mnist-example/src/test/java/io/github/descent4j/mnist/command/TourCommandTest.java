package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.tour.TourChapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TourCommandTest {
  @TempDir
  private Path folder;

  private CommandLineRun run(String... chapters) {
    return CommandLineRun.of(Stream.concat(
            Stream.of("tour", "--out", folder.resolve("new").toString(), "--chapter"),
            Stream.of(chapters))
        .toArray(String[]::new));
  }

  @Test
  void writesAPictureAndATextOfEachChapter() throws IOException {
    CommandLineRun run = run("momentum,adagrad");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    Path text = folder.resolve("new").resolve("momentum.txt");
    Path picture = folder.resolve("new").resolve("momentum.svg");
    assertThat(run.out())
        .isEqualToNormalizingNewlines(
            "momentum\n" + Files.readString(text) + picture + "\n\nadagrad\n"
                + Files.readString(folder.resolve("new").resolve("adagrad.txt"))
                + folder.resolve("new").resolve("adagrad.svg") + "\n\n");
    assertThat(Files.readString(picture))
        .contains("steps on an ill-conditioned quadratic", "condition number", "nesterov");
  }

  @Test
  void leavesAChapterWhoseFilesAreThere() throws IOException {
    Path text = Files.createDirectories(folder.resolve("new")).resolve("momentum.txt");
    Path picture = folder.resolve("new").resolve("momentum.svg");
    Files.writeString(text, "of an earlier run\n");
    Files.writeString(picture, "drawn then");
    CommandLineRun run = run("momentum");
    assertThat(run.out()).startsWith("momentum" + System.lineSeparator() + "of an earlier run\n");
    assertThat(Files.readString(picture)).isEqualTo("drawn then");

    // One file alone is a run that was broken off.
    Files.delete(picture);
    assertThat(run("momentum").out()).contains("steps until the distance is 1e-6");
    assertThat(picture).exists();
    assertThat(Files.readString(text)).isNotEqualTo("of an earlier run\n");
  }

  @Test
  void refusesAChapterThatIsNotThere() {
    CommandLineRun run = run("rprop");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0))
        .contains("expected ", "'rprop'")
        .contains(Arrays.stream(TourChapter.values()).map(TourChapter::toString).toList());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysThatAFolderCannotBeMade() throws IOException {
    Files.writeString(folder.resolve("new"), "a file");
    CommandLineRun run = run("momentum");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines("error: " + folder.resolve("new")
            + ": expected a directory that can be written to, found a file");
  }
}
