package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Sgd;
import java.util.List;
import org.junit.jupiter.api.Test;

class StudyTest {
  private static final Entrant SGD = new Entrant("sgd", Sgd::new);
  private static final Entrant ADAM = new Entrant("adam", Adam::new);

  /** Sgd on (x² + 80 y²) / 2 is stable below 2 / 80, and the faster the larger the rate; 0.02 is the last of the grid. */
  @Test
  void theGoodRateIsTheOneThatArrivesFirst() {
    Trial good =
        Study.of(TestFunction.QUADRATIC, List.of(SGD), 500).trials(Pace.GOOD).get(0);
    assertThat(good.rate()).isEqualTo(0.02, within(1e-15));
    assertThat(good.trajectory().arrival()).isPresent();
    for (double rate : List.of(0.005, 0.01)) {
      Trajectory slower = Trajectory.of(TestFunction.QUADRATIC, new Sgd(rate), 500);
      assertThat(slower.arrival().orElse(501))
          .isGreaterThan(good.trajectory().arrival().getAsInt());
    }
  }

  /** In one step Adam goes as far as its rate: unlimited, 2 would be best for (-1.2, 0.001). */
  @Test
  void theGoodRateDoesNotLeap() {
    for (TestFunction function : TestFunction.values()) {
      Trial good = Study.of(function, List.of(ADAM), 100).trials(Pace.GOOD).get(0);
      assertThat(good.trajectory().longestStep())
          .isLessThanOrEqualTo(function.domain().diagonal() / 4);
    }
    Trial saddle =
        Study.of(TestFunction.SADDLE, List.of(ADAM), 100).trials(Pace.GOOD).get(0);
    assertThat(saddle.trajectory().arrival().getAsInt()).isBetween(5, 50);
  }

  /** After one step from (-4, 1) no rate arrives, and the largest that does not overshoot far is the lowest. */
  @Test
  void theGoodRateIsTheLowestIfNoneArrives() {
    Trial good =
        Study.of(TestFunction.QUADRATIC, List.of(SGD), 1).trials(Pace.GOOD).get(0);
    assertThat(good.trajectory().arrival()).isEmpty();
    // 0.01 leaves y at 0.2, 0.02 at -0.6
    assertThat(good.rate()).isEqualTo(0.01, within(1e-15));
  }

  @Test
  void eachOptimizerHasATrialOfEachPace() {
    Study study = Study.of(TestFunction.QUADRATIC, List.of(SGD, ADAM), 100);
    assertThat(study.trials()).hasSize(6);
    for (Pace pace : Pace.values()) {
      assertThat(study.trials(pace)).extracting(Trial::optimizer).containsExactly("sgd", "adam");
    }
    double good = study.trials(Pace.GOOD).get(0).rate();
    assertThat(study.trials(Pace.TOO_SMALL).get(0).rate()).isEqualTo(good / 10, within(1e-15));
    Trial tooLarge = study.trials(Pace.TOO_LARGE).get(0);
    assertThat(tooLarge.rate()).isEqualTo(good * 10, within(1e-15));
    assertThat(tooLarge.outcome()).isEqualTo("diverged");
  }

  @Test
  void theSameAgain() {
    assertThat(Study.of(TestFunction.BEALE, List.of(SGD, ADAM), 50))
        .isEqualTo(Study.of(TestFunction.BEALE, List.of(SGD, ADAM), 50));
  }

  @Test
  void numbersAreForPeople() {
    assertThat(Trial.rounded(0.1 * 0.1, 3)).isEqualTo("0.01");
    assertThat(Trial.rounded(0, 3)).isEqualTo("0");
    assertThat(Trial.rounded(-1.5, 3)).isEqualTo("-1.5");
    assertThat(Trial.rounded(0.000012345, 3)).isEqualTo("0.0000123");
    assertThat(Trial.rounded(0.0000012345, 3)).isEqualTo("1.23e-06");
    assertThat(Trial.rounded(170.4, 2)).isEqualTo("170");
    assertThat(Trial.rounded(1.24e12, 2)).isEqualTo("1.2e+12");
  }
}
