package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.mnist.landscape.Curvature;
import io.github.descent4j.mnist.landscape.ReddiExample;
import io.github.descent4j.mnist.report.Chart;
import io.github.descent4j.mnist.report.Chart.Series;
import io.github.descent4j.mnist.tour.Course.Mark;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
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

  /** The quadratic's level sets are ellipses, Himmelblau's at a low level four pieces: chords between them leave it. */
  @Test
  void levelSetsOfTheConvexFunctionAreConvex() {
    Findings findings = new ConvexityChapter().run();
    assertThat(findings.charts()).hasSize(4);
    String[] quadratic = row(findings, "quadratic");
    assertThat(quadratic[quadratic.length - 2]).isEqualTo("0.0");
    String[] himmelblau = row(findings, "himmelblau");
    double left = Double.parseDouble(himmelblau[himmelblau.length - 2]);
    // A chord that leaves a level set is one that Jensen does not hold for.
    assertThat(left).isPositive().isLessThan(Double.parseDouble(himmelblau[4]));
    for (Series line : findings.charts().get(2).series()) {
      double level = Double.parseDouble(line.name().substring("f <= ".length()));
      for (int i = 0; i < line.x().length; i++) {
        if (!Double.isNaN(line.x()[i])) {
          double value = (line.x()[i] * line.x()[i] + 80 * line.y()[i] * line.y()[i]) / 2;
          assertThat(value).isCloseTo(level, within(0.05 * level + 0.1));
        }
      }
    }
  }

  private static String[] row(Findings findings, String start) {
    return findings
        .text()
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow()
        .split(" +");
  }

  /** Sigmoids have a derivative of at most 1/4, and Xavier's weights keep a norm; twice He's weights double it. */
  @Test
  void gradientsShrinkAndGrowByTheFactorsOfTheirLayers() {
    Findings findings = new UnstableChapter(16).run();
    assertThat(factor(findings, 0)).isBetween(0.2, 0.25);
    assertThat(factor(findings, 2)).isCloseTo(Math.sqrt(0.5), within(0.06));
    assertThat(factor(findings, 3)).isCloseTo(1, within(0.1));
    assertThat(factor(findings, 4)).isCloseTo(2, within(0.2));
  }

  private static double factor(Findings findings, int series) {
    double[] norms = findings.charts().get(0).series().get(series).y();
    return Math.pow(norms[0] / norms[norms.length - 1], 1.0 / (norms.length - 1));
  }

  @Test
  void unitsThatStartEqualStayEqual() {
    Findings findings = new InitializationChapter(100).run();
    assertThat(row(findings, "all 0.1")).containsSubsequence("1,", "1");
    // He's weights leave units of their own, but for those that are dead.
    String[] random = row(findings, "He  ");
    assertThat(random[1]).isEqualTo("32,");
    assertThat(Integer.parseInt(random[2])).isGreaterThan(16);
    List<Series> losses = findings.charts().get(0).series();
    // Two classes at equal logits.
    assertThat(losses.get(0).y()[0]).isCloseTo(Math.log(2), within(1e-12));
    double equal = losses.get(1).y()[99];
    double he = losses.get(4).y()[99];
    assertThat(he).isLessThan(equal / 2);
  }

  /** Rastrigin's function has one minimum in each of the 25 unit squares that are drawn. */
  @Test
  void descentEndsInTheMinimumOfItsSquare() {
    double[] ends = curves(new MinimaChapter(10, 200), 0).get(0).y();
    assertThat(ends).hasSize(100);
    assertThat(ends[3]).isLessThan(1e-3);
    // The next ones are at (0, 1) and like places, where the value is near 1.
    assertThat(ends[4]).isCloseTo(0.995, within(1e-3));
  }

  /** 1.02 a step; probabilities of the Gaussian orthogonal ensemble (Dean and Majumdar 2006). */
  @Test
  void saddlesAreLeftExponentiallyAndMinimaAreRare() {
    Findings findings = new SaddlesChapter(100_000).run();
    double[] sgd = findings.charts().get(0).series().get(0).y();
    assertThat(sgd[2]).isEqualTo(Math.ceil(Math.log(1000) / Math.log(1.02)));
    double[] minima = findings.charts().get(1).series().get(0).y();
    assertThat(minima[0]).isCloseTo(0.5, within(0.005));
    assertThat(minima[1]).isCloseTo((2 - Math.sqrt(2)) / 4, within(0.004));
    assertThat(minima[2]).isCloseTo((Math.PI - 2 * Math.sqrt(2)) / (4 * Math.PI), within(0.002));
  }

  @Test
  void positiveDefiniteAreThoseWithoutAnEigenvalueBelow() {
    // Eigenvalues 1 and 3; then -1 and 3.
    assertThat(SaddlesChapter.isPositiveDefinite(new double[][] {{2, 0}, {1, 2}}))
        .isTrue();
    assertThat(SaddlesChapter.isPositiveDefinite(new double[][] {{1, 0}, {2, 1}}))
        .isFalse();
  }

  /** The solution is (2, 1) / sqrt(5), and the violation of a quadratic penalty goes to (sqrt(5) - 1) / weight. */
  @Test
  void constraintsHoldExactlyByProjectionAndNearlyByPenalties() {
    List<Chart> charts = new ConstraintsChapter(10, 1000).run().charts();
    double[] x = charts.get(0).series().get(1).x();
    assertThat(x[x.length - 1]).isCloseTo(2 / Math.sqrt(5), within(1e-4));
    List<Series> prices = charts.get(1).series();
    assertThat(prices.get(0).y()[1]).isCloseTo((Math.sqrt(5) - 1) / 1000, within(2e-6));
    assertThat(prices.get(1).y()[1]).isGreaterThan(10 * prices.get(1).y()[0]);
  }

  /** By hand: from 2 at rate 0.03 the first step is 0.03 * (32 - 16 + 1) = 0.51. */
  @Test
  void descentFindsTheNearestMinimumOrDiverges() {
    Findings findings = new RateChapter(10).run();
    double[] way = findings.charts().get(0).series().get(2).y();
    assertThat(way[1]).isCloseTo(1.49, within(1e-12));
    assertThat(row(findings, "0.03 ")[1]).isEqualTo("1.347");
    assertThat(row(findings, "0.3 ")[1]).isEqualTo("diverged");
  }

  /** Stationary: rate / (2 - rate). At rate 1 / (t + 2) the point is (10 - sum of t numbers) / (t + 1). */
  @Test
  void schedulesReachTheDistancesOfTheirTheory() {
    List<Series> curves = curves(new DecayChapter(2000), 0);
    // The last ten points are those of steps 1100 to 2000.
    double[] constant = curves.get(0).y();
    double late = 0;
    for (int i = 1; i <= 10; i++) {
      late += constant[constant.length - i] / 10;
    }
    assertThat(late).isCloseTo(Math.sqrt(0.5 / 1.5), within(0.03));
    double[] falling = curves.get(4).y();
    assertThat(falling[falling.length - 1]).isCloseTo(Math.sqrt(2100) / 2001, within(0.003));
  }

  @Test
  void largeBatchesAreWastedAndSmallOnesAreNot() {
    double[] steps =
        curves(new BatchSizeChapter(3000, 4, 16, 256, 1024), 0).get(0).y();
    assertThat(steps[0] / steps[1]).isBetween(3.0, 5.5);
    assertThat(steps[2] / steps[3]).isLessThan(1.6);
  }

  /** m / (1 - 0.9^t) and v / (1 - 0.999^t) are 1 where the gradient is. */
  @Test
  void stepsWithoutTheCorrectionAreTooLong() {
    List<Series> curves = curves(new BiasChapter(50), 0);
    for (int t = 1; t <= 50; t++) {
      assertThat(curves.get(0).y()[t - 1]).isCloseTo(1, within(1e-6));
      double factor = (1 - Math.pow(0.9, t)) / Math.sqrt(1 - Math.pow(0.999, t));
      assertThat(curves.get(1).y()[t - 1]).isCloseTo(factor, within(1e-4));
    }
  }

  /** By hand: 0.3 at rate 0.3 with beta1 = 0 and corrections, against the sign of 3; then the other two steps go up. */
  @Test
  void adamGoesToTheWorstPointAndYogiToTheBest() {
    Findings findings = new ReddiChapter(1000).run();
    List<Series> curves = findings.charts().get(0).series();
    double[] adam = curves.get(0).y();
    assertThat(adam[1]).isCloseTo(-0.3, within(1e-7));
    assertThat(adam[1000]).isGreaterThan(0.9);
    double[] yogi = curves.get(2).y();
    assertThat(yogi[1000]).isLessThan(-0.9);
    assertThat(row(findings, "amsgrad")[5]).isEqualTo("-1.0000");
  }

  /** The sum of 3 x, -x, -x at the points before the steps. */
  @Test
  void lossesArePaidAtThePointBeforeTheStep() {
    assertThat(ReddiExample.losses(0.5, -1, 0.25, 7)).isEqualTo(3 * 0.5 + 1 - 0.25);
  }

  /** After n gradients of 1, Adam's v is 1 - 0.999^n and Yogi's, which starts from 1e-6, is 0.001 n; then by their formulas. */
  @Test
  void yogisMomentFallsBySmallStepsAndAdamsByAFactor() {
    List<Series> curves = curves(new YogiChapter(500, 200), 0);
    double full = 1 - Math.pow(0.999, 500);
    double[] adam = curves.get(0).y();
    assertThat(adam[500]).isCloseTo(full, within(1e-12));
    assertThat(adam[700]).isCloseTo(1e-4 + (full - 1e-4) * Math.pow(0.999, 200), within(1e-12));
    double[] yogi = curves.get(1).y();
    assertThat(yogi[500]).isCloseTo(0.5 + 1e-6, within(1e-12));
    assertThat(yogi[700]).isCloseTo(0.5 + 1e-6 - 200 * 1e-7, within(1e-12));
  }

  private static List<Series> curves(Chapter chapter, int chart) {
    return chapter.run().charts().get(chart).series();
  }
}
