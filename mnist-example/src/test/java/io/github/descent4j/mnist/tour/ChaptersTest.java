package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.mnist.landscape.Curvature;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.tour.Course.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaptersTest {
  @Test
  void fitsAnExponent() {
    double[] x = {1, 4, 16};
    assertThat(PowerLaw.exponent(x, new double[] {3, 1.5, 0.75})).isCloseTo(-0.5, within(1e-15));
    // Logarithms 0, 1, 2 and 0, 0, 3 in units of ln 2: the line through them rises by 3/2.
    assertThat(PowerLaw.exponent(new double[] {1, 2, 4}, new double[] {1, 1, 8}))
        .isCloseTo(1.5, within(1e-15));
  }

  @Test
  void findsTheFirstMarkThatIsGoodEnough() {
    Course course = new Course(
        "sgd",
        List.of(new Mark(1, 2, 0.5, 0.8), new Mark(2, 4, 0.3, 0.9), new Mark(3, 6, 0.2, 0.95)));
    assertThat(course.first(mark -> mark.loss() <= 0.3).orElseThrow().passes()).isEqualTo(2);
    assertThat(course.first(mark -> mark.accuracy() > 0.95)).isEmpty();
    assertThat(course.last().seconds()).isEqualTo(6);
    assertThat(course.passes()).containsExactly(1, 2, 3);
    assertThat(course.losses()).containsExactly(0.5, 0.3, 0.2);
    assertThat(course.accuracies()).containsExactly(0.8, 0.9, 0.95);
  }

  /** Both coordinates shrink by (k - 1) / (k + 1) a step: n = ln(sqrt(2) 1e6) / ln(11 / 9) = 70.6 for k = 10. */
  @Test
  void gradientDescentTakesTheStepsOfItsTheory() {
    List<Series> curves = curves(new MomentumChapter(10, 100), 0);
    assertThat(curves.get(0).y()).containsExactly(71, 709);
  }

  /** By hand: v = 1, 0.9 + 0.9, x = 0.9, 0.72; Nesterov's first step is 0.1 (1 + 0.9). */
  @Test
  void momentumFallsAsItsFormulaSays() {
    List<Series> curves = curves(new MomentumChapter(10, 100), 1);
    assertThat(curves.get(0).y()).startsWith(1, 0.9).hasSize(61);
    assertThat(curves.get(0).y()[2]).isCloseTo(0.72, within(1e-15));
    assertThat(curves.get(1).y()[1]).isCloseTo(0.81, within(1e-15));
  }

  /** The gradients' squares add up to about t, so the rate is near 0.1 / sqrt(t). */
  @Test
  void adaGradsRateIsThatOfItsFormula() {
    Series dense = curves(new AdaGradChapter(1000), 0).get(0);
    assertThat(dense.y()[999]).isCloseTo(0.1 / Math.sqrt(1000), within(0.0002));
  }

  /** Batches of all examples, drawn with replacement, are noisy, too, by a sixteenth of the noise of one. */
  @Test
  void noiseFallsWithTheRootOfTheBatchSize() {
    List<Series> curves = curves(new NoiseChapter(50, 40), 1);
    double[] measured = curves.get(0).y();
    assertThat(measured[0] / measured[4]).isBetween(13.0, 20.0);
  }

  /** RAdam's deviation is sqrt(1999 / (2 * 1997 * 1995)) = 0.0158 at all steps that divide by the root of v. */
  @Test
  void rAdamsRateSpreadsAsItsPaperSays() {
    List<Series> curves = curves(new StartChapter(100), 0);
    double[] adam = curves.get(0).y();
    double[] rAdam = curves.get(1).y();
    for (int step = 1; step <= 5; step++) {
      assertThat(rAdam[step - 1]).isCloseTo(0, within(1e-9));
    }
    assertThat(rAdam[99]).isCloseTo(0.0158, within(0.001));
    // 1 / sqrt(chi squared / n) has the variance 1 / (2 n) for large n.
    assertThat(adam[99]).isCloseTo(Math.sqrt(1 / 200.0), within(0.005));
  }

  @Test
  void theSmallerEigenvalueIsThatOfTheMatrix() {
    // (2 1; 1 2) has 1 and 3, (0 2; 2 3) has -1 and 4.
    assertThat(ConvexityChapter.smallestEigenvalue(new Curvature(2, 1, 2))).isEqualTo(1);
    assertThat(ConvexityChapter.smallestEigenvalue(new Curvature(0, 2, 3))).isEqualTo(-1);
  }

  private static List<Series> curves(Chapter chapter, int chart) {
    return chapter.run().charts().get(chart).series();
  }
}
