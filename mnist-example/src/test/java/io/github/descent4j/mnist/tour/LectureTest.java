package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.tour.Course.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/lecture.md against its chapters. */
@Tag("slow")
class LectureTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Tour TOUR = new Tour(DOCS.resolve("lecture"), "");
  private static final MnistData MNIST = MnistData.bundled();

  private static String guide(String name) throws IOException {
    return Files.readString(DOCS.resolve(name)).replace("\r\n", "\n");
  }

  private static String shown(TourChapter chapter) throws IOException {
    return Files.readString(TOUR.text(chapter)).replace("\r\n", "\n");
  }

  @ParameterizedTest
  @EnumSource(TourChapter.class)
  void showsWhatTheCommandWrote(TourChapter chapter) throws IOException {
    assertThat(guide("lecture.md"))
        .contains("```\n" + shown(chapter) + "```\n")
        .contains("](lecture/" + chapter + ".svg)\n\n`tour --chapter " + chapter + "`\n");
    assertThat(TOUR.picture(chapter)).exists();
  }

  @Test
  void theGuideOfBatchMethodsShowsTheirPrice() throws IOException {
    assertThat(guide("batch.md"))
        .contains("```\n" + shown(TourChapter.NEWTON) + "```\n")
        .contains("](lecture/" + TourChapter.NEWTON + ".svg)");
  }

  /** Files of other settings or images would not be those of the command on the page. */
  @ParameterizedTest
  @EnumSource(value = TourChapter.class, mode = EnumSource.Mode.EXCLUDE, names = "NEWTON")
  void theFilesAreOfTheSettingsAndImagesThatTheCommandHas(TourChapter chapter) {
    ChapterKey kept = JsonFile.read(TOUR.key(chapter), ChapterKey.class, "the key of a chapter");
    assertThat(chapter.key(kept.version(), () -> MNIST)).isEqualTo(kept);
  }

  /** All but those that train the mlp, whose last digits differ between processors. */
  @ParameterizedTest
  @EnumSource(
      value = TourChapter.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"REGULARIZATION", "LEARNING", "NEWTON", "NO_RATE", "FIGURE6"})
  void aFreshRunFindsTheSame(TourChapter chapter, @TempDir Path folder) throws IOException {
    Images none = () -> {
      throw new AssertionError(chapter + " reads images");
    };
    Tour tour = new Tour(folder, "");
    tour.run(chapter, none);
    assertThat(Files.readString(tour.text(chapter))).isEqualTo(shown(chapter));
    assertThat(words(tour.picture(chapter))).isEqualTo(words(TOUR.picture(chapter)));
  }

  /**
   * What is written in a picture: titles, names, labels of horizontal axes; those of vertical ones are outlines. Without numbers, since
   * which of them an axis shows depends on the fonts of the machine.
   */
  private static List<String> words(Path picture) throws IOException {
    return Pattern.compile(">([^<>]+)</text")
        .matcher(Files.readString(picture))
        .results()
        .flatMap(text -> Stream.of(text.group(1).strip().split("\\s+")))
        .filter(word -> !word.matches("-?[\\d.,]+([eE]-?\\d+)?"))
        .sorted()
        .toList();
  }

  @Test
  void wordsOfAPictureAreItsTitlesAndNamesWithoutNumbers() throws IOException {
    assertThat(words(TOUR.picture(TourChapter.BIAS)))
        .containsExactly(
            "a", "against", "corrected", "corrected", "gradient", "not", "of", "step", "steps");
  }

  /** The images of the whole run take minutes; on a thirtieth of them the order is the same. */
  @Test
  void miniBatchesNeedFewerPassesThanLbfgs() {
    NewtonChapter chapter = new NewtonChapter(
        new MnistData(MNIST.train().part(0, 2000), MNIST.test().part(0, 500)), 20, 3);
    Course lbfgs = chapter.lbfgs();
    Course adam = chapter.miniBatches(OptimizerChoice.ADAM);
    assertThat(lbfgs.last().passes()).isEqualTo(20);
    assertThat(adam.last().passes()).isEqualTo(3);
    // 16 batches of 128 an epoch, of which the last has 80 images; a mark after each four.
    assertThat(adam.marks().stream().map(Mark::passes).limit(4))
        .containsExactly(4 * 128 / 2000.0, 8 * 128 / 2000.0, 12 * 128 / 2000.0, 1.0);
    double passes =
        lbfgs.first(mark -> mark.loss() <= 0.4).map(Mark::passes).orElse(Double.MAX_VALUE);
    assertThat(adam.first(mark -> mark.loss() <= 0.4).orElseThrow().passes())
        .isLessThan(passes / 2);
  }

  /** A row of the numbers in a text, by what it begins with. */
  private static double[] row(String text, String start) {
    String line = text.lines()
        .filter(candidate -> candidate.startsWith(start))
        .findFirst()
        .orElseThrow();
    return Pattern.compile("-?\\d[\\d.]*")
        .matcher(line.substring(start.length()))
        .results()
        .mapToDouble(found -> Double.parseDouble(found.group()))
        .toArray();
  }

  private static MnistData part(int test) {
    return new MnistData(MNIST.train(), MNIST.test().part(0, test));
  }

  @Test
  void randomLabelsAreLearnedByHeartAsThePageSays() throws IOException {
    for (String text : List.of(
        shown(TourChapter.LEARNING),
        new LearningChapter(part(1000), 500, 60).run().text())) {
      double[] clean = row(text, "          0 %");
      double[] random = row(text, "        100 %");
      assertThat(random[1]).as("training accuracy").isGreaterThan(0.95);
      assertThat(random[3]).as("test accuracy").isLessThan(0.2);
      assertThat(clean[1]).isGreaterThan(0.99);
      assertThat(clean[3]).isGreaterThan(0.8);
    }
  }

  @Test
  void rAdamBearsALargeRateAsThePageSays() throws IOException {
    for (String text : List.of(
        shown(TourChapter.FIGURE6),
        new Figure6Chapter(part(1000), Notes.none(), 3000, 2, 1).run().text())) {
      // Mean and spread at 0.003, 0.01, 0.03 and 0.1.
      double[] rAdam = row(text, "radam");
      double[] adam = row(text, "adam  ");
      double[] warmup = row(text, "adam, warmup");
      assertThat(rAdam[6]).isGreaterThan(adam[6] + 0.2);
      assertThat(warmup[2]).as("at 0.01").isGreaterThan(adam[2]);
      assertThat(warmup[4]).as("at 0.03").isGreaterThan(adam[4]);
      assertThat(warmup[6]).as("at 0.1").isLessThan(rAdam[6] - 0.2);
    }
  }

  @Test
  void attacksAreBorneByWhatIsTrainedForThemAsThePageSays() throws IOException {
    for (String text : List.of(
        shown(TourChapter.REGULARIZATION),
        new RegularizationChapter(part(500), Notes.none(), 1000, 20, 1, 500)
            .run()
            .text())) {
      // Mean and spread without an attack, then with it.
      double[] none = row(text, "none");
      double[] adversarial = row(text, "adversarial");
      double[] together = row(text, "ensemble of 3");
      assertThat(adversarial[2]).isGreaterThan(none[2] + 0.2);
      assertThat(adversarial[0]).isGreaterThan(none[0]);
      assertThat(together[2]).isGreaterThan(none[2] + 0.05);
    }
    assertThat(row(shown(TourChapter.REGULARIZATION), "L0 1e-4")[4]).isLessThan(384);
  }

  @Test
  void rulesWithoutARateDependOnItAsThePageSays() throws IOException {
    for (String text : List.of(
        shown(TourChapter.NO_RATE),
        new NoRateChapter(part(1000), Notes.none(), 2000, 2, 1).run().text())) {
      // Mean and spread at 0.01, 0.1, 1, 10 and 100 times the rate.
      for (String rule : List.of("adadelta 1.0", "prodigy 1.0", "adam 0.002", "sgd 0.2")) {
        double[] row = row(text, rule);
        assertThat(row[0]).as(rule).isLessThan(row[4]);
        assertThat(row[8]).as(rule).isLessThan(row[4]);
      }
    }
  }
}
