package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.tour.SchedulePicture;
import io.github.descent4j.schedule.Schedule;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleCommandTest {
  private static final Path DOCS = Path.of("..", "docs");

  @TempDir
  private Path folder;

  private static CommandLineRun run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "schedule";
    System.arraycopy(args, 0, all, 1, args.length);
    return CommandLineRun.of(all);
  }

  /** By hand: 0.1 (1 - t / 10) to its last step, 9. */
  @Test
  void printsTheRatesOfAsManyStepsAsItIsMadeFor() {
    CommandLineRun run = run("linear(0.1, 0, 10)");
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines())
        .startsWith(
            "        step  learning rate", "           0  0.100000", "           1  0.0900000")
        .endsWith("           8  0.0200000", "           9  0.0100000")
        .hasSize(11);
  }

  @Test
  void printsAsManyStepsAsAreAskedFor() {
    CommandLineRun run = run("constant(0.5)", "--steps", "1");
    assertThat(run.outLines())
        .containsExactly("        step  learning rate", "           0  0.500000");
    assertThat(run("constant(0.5)").lastLine()).isEqualTo("         999  0.500000");
    // More than there are points in a picture.
    assertThat(run("linear(1, 0, 1000000)").lastLine()).isEqualTo("      999999  1.00000e-06");
  }

  @ParameterizedTest
  @CsvSource({"rates.svg, true", "rates.SVG, true", "rates.png, false"})
  void drawsTheRates(String name, boolean svg) throws IOException {
    Path file = folder.resolve(name);
    CommandLineRun run = run("linearWarmup(5, 0.1).then(cosine(0.1, 5000))", "--plot=" + file);
    assertThat(run.err()).isEmpty();
    assertThat(run.lastLine()).isEqualTo(file.toString());
    if (svg) {
      // A title may take two lines.
      assertThat(Files.readString(file)).contains("<svg", "linearWarmup(5,", ">step<");
    } else {
      assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(860);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      cosin(0.1, 10)               | cosin
      cosine(-1, 10)               | -1.0
      constant(1).then(constant(2)) | length
      constant(0.1) --steps=0      | --steps is 0, expected at least 1
      constant(0.1) --plot=a.pdf   | --plot is a.pdf, expected a file *.svg or *.png
      --steps=3                    | EXPRESSION is null, expected a schedule
      --gallery=g --steps=3        | --gallery is g, expected neither --steps nor --plot
      """)
  void refuses(String arguments, String message) {
    CommandLineRun run = run(arguments.split(" (?=--)"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines().get(0)).startsWith("error: ").contains(message);
  }

  @Test
  void saysThatAFolderCannotBeMade() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    CommandLineRun run = run("--gallery=" + file);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("expected a directory that can be written to");
  }

  @Test
  void theGalleryHasEveryKindOnceAndTwoCompositions() {
    Set<String> methods = Arrays.stream(Schedules.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(method -> method.getName())
        .filter(name -> !name.equals("parse"))
        .collect(Collectors.toSet());
    assertThat(SchedulePicture.gallery().keySet()).containsAll(methods).hasSize(methods.size() + 2);
    for (Entry<String, String> entry : SchedulePicture.gallery().entrySet()) {
      // It is drawn over 1000 steps, where the rates of all have changed but of one.
      Schedule schedule = Schedules.parse(entry.getValue());
      boolean changes = schedule.at(0) != schedule.at(999) || schedule.at(0) != schedule.at(60);
      assertThat(changes).as(entry.getKey()).isEqualTo(!entry.getKey().equals("constant"));
    }
  }

  /** Fonts differ between machines, and so do the pictures' bytes; what is drawn is text for text the same. */
  @Test
  void theGuideShowsTheGallery() throws IOException {
    assertThat(run("--gallery=" + folder).exitCode()).isZero();
    String guide = Files.readString(DOCS.resolve("schedules.md"));
    for (Entry<String, String> entry : SchedulePicture.gallery().entrySet()) {
      String file = entry.getKey() + ".svg";
      assertThat(guide).contains("](schedules/" + file + ")");
      assertThat(Files.readString(DOCS.resolve("schedules").resolve(file)))
          .as(file)
          .satisfies(drawn -> assertThat(letters(drawn))
              .isEqualTo(letters(Files.readString(folder.resolve(file)))));
    }
  }

  /** What is written in a picture, in order and without spaces: a title may be broken elsewhere. */
  private static String letters(String svg) {
    return svg.replaceAll("(?s)<(?!/?text)[^>]*>", "")
        .replaceAll("(?s)<[^>]*>", "")
        .replaceAll("\\s", "");
  }
}
