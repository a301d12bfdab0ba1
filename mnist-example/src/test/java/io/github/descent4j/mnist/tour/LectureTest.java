package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.mnist.tour.Course.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/lecture.md against its chapters. */
class LectureTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Tour TOUR = new Tour(DOCS.resolve("lecture"));

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
        .contains("](lecture/" + chapter + ".svg)");
    assertThat(TOUR.picture(chapter)).exists();
  }

  @Test
  void theGuideOfBatchMethodsShowsTheirPrice() throws IOException {
    assertThat(guide("batch.md"))
        .contains("```\n" + shown(TourChapter.NEWTON) + "```\n")
        .contains("](lecture/" + TourChapter.NEWTON + ".svg)");
  }

  @ParameterizedTest
  @EnumSource(value = TourChapter.class, mode = EnumSource.Mode.EXCLUDE, names = "NEWTON")
  void aFreshRunFindsTheSame(TourChapter chapter) throws IOException {
    Findings findings = chapter
        .with(() -> {
          throw new AssertionError(chapter + " reads images");
        })
        .run();
    assertThat(findings.text()).isEqualTo(shown(chapter));
  }

  /** The images of the whole run take minutes; on a thirtieth of them the order is the same. */
  @Test
  void miniBatchesNeedFewerPassesThanLbfgs() {
    MnistData mnist = MnistData.bundled();
    NewtonChapter chapter = new NewtonChapter(
        new MnistData(mnist.train().part(0, 2000), mnist.test().part(0, 500)), 20, 3);
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
}
