package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.tour.TourChapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
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
    // Seconds of each chapter.
    assertThat(run.errLines()).hasSize(2);
    assertThat(run.errLines().get(0)).matches("momentum: \\d+\\.\\d s");
    assertThat(run.errLines().get(1)).matches("adagrad: \\d+\\.\\d s");
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
    run("momentum");
    Path text = folder.resolve("new").resolve("momentum.txt");
    Path picture = folder.resolve("new").resolve("momentum.svg");
    Files.writeString(text, "of an earlier run\n");
    Files.writeString(picture, "drawn then");
    CommandLineRun run = run("momentum");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("momentum" + System.lineSeparator() + "of an earlier run\n");
    assertThat(Files.readString(picture)).isEqualTo("drawn then");

    // One file alone is a run that was broken off.
    Files.delete(picture);
    assertThat(run("momentum").out()).contains("steps until the distance is 1e-6");
    assertThat(picture).exists();
    assertThat(Files.readString(text)).isNotEqualTo("of an earlier run\n");
  }

  @Test
  void makesAnewWhatNothingSaysWhatItIsOf() throws IOException {
    Path text = Files.createDirectories(folder.resolve("new")).resolve("momentum.txt");
    Files.writeString(text, "of somebody else\n");
    Files.writeString(folder.resolve("new").resolve("momentum.svg"), "drawn then");
    CommandLineRun run = run("momentum");
    assertThat(run.errLines().get(0))
        .isEqualTo("momentum: its files are made anew, nothing says what they are of");
    assertThat(Files.readString(text)).startsWith("steps until the distance is 1e-6");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\" : \"mnist-example [^\"]+\" | \"version\" : \"mnist-example 0.0.1\" | they are of mnist-example 0.0.1",
        "10000 ] | 20000 ] | they are of other settings",
        "\"data\" : null | \"data\" : \"0123abcd\" | they are of other images",
        "\"chapter\" : \"momentum\" | \"chapter\" : \"adagrad\" | they are of the chapter adagrad"
      })
  void makesAnewWhatIsOfSomethingElse(String found, String other, String difference)
      throws IOException {
    run("momentum");
    Path text = folder.resolve("new").resolve("momentum.txt");
    Path key = folder.resolve("new").resolve("momentum.json");
    String own = Files.readString(key);
    Files.writeString(text, "of an earlier run\n");
    String changed = own.replaceFirst(found, other);
    assertThat(changed).isNotEqualTo(own);
    // Without a checksum it is read as it is.
    Files.writeString(key, changed.replaceFirst(",\\s*\"checksum\".*", ""));
    CommandLineRun run = run("momentum");
    assertThat(run.errLines().get(0)).isEqualTo("momentum: its files are made anew, " + difference);
    assertThat(Files.readString(text)).startsWith("steps until the distance is 1e-6");
    assertThat(Files.readString(key)).isEqualTo(own);
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
