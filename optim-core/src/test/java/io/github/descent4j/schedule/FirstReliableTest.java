package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

/** The points at the beginning of a curve that suggest nothing. */
class FirstReliableTest {
  private static final List<Double> RATES = List.of(1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0);

  /** An average of factor b reaches back by b / (1 - b) values. */
  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 1", "0.65, 2", "0.75, 3", "0.9, 9", "0.95, 19", "0.98, 49"})
  void areAsManyAsTheAverageReachesBack(double smoothing, int points) {
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)));
    LearningRateFinder.Result result = LearningRateFinder.builder()
        .smoothing(smoothing)
        .steps(5)
        .build()
        .run(Sgd::new, parameters, () -> 1);
    assertThat(result.firstReliable()).isEqualTo(points);
  }

  private static LearningRateFinder.Result curve(int firstReliable, Double... losses) {
    return new LearningRateFinder.Result(
        RATES, List.of(losses), List.of(losses), false, firstReliable);
  }

  /** Falls by 10, 3, 2 and 1, and rises: at 1e-4 the two sides differ by 13, at 1e-3 by 5, at 1e-2 by 3. */
  @Test
  void theSteepestDescentIsNotAheadOfThem() {
    Double[] losses = {20.0, 10.0, 7.0, 5.0, 4.0, 9.0};
    assertThat(curve(0, losses).steepestDescent()).hasValue(1e-4);
    assertThat(curve(1, losses).steepestDescent()).hasValue(1e-4);
    assertThat(curve(2, losses).steepestDescent()).hasValue(1e-3);
    assertThat(curve(3, losses).steepestDescent()).hasValue(1e-2);
    assertThat(curve(4, losses).steepestDescent()).isEmpty();
  }

  @Test
  void aMinimumAmongThemSuggestsNothing() {
    Double[] losses = {20.0, 10.0, 7.0, 5.0, 4.0, 9.0};
    assertThat(curve(3, losses).tenthOfMinimum()).hasValue(0.1 / 10);
    assertThat(curve(4, losses).tenthOfMinimum()).isEmpty();
    assertThat(curve(0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0).tenthOfMinimum()).isEmpty();
    assertThat(curve(0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0).steepestDescent()).isEmpty();
  }

  @Test
  void theSteepestSlopeIsOverTheLogarithmOfTheRate() {
    LearningRateFinder.Result uneven = new LearningRateFinder.Result(
        List.of(1e-5, 1e-3, 1e-2, 1e-1, 2e-1, 1.0),
        RATES.stream().map(rate -> 1.0).toList(),
        List.of(20.0, 18.0, 14.0, 13.0, 11.0, 12.0),
        false,
        0);
    // Falls of 6, 5 and 3 over 3 decades, 2 and 1.3: of 2, 2.5 and 2.3 a decade.
    assertThat(uneven.steepestDescent()).hasValue(1e-2);
  }
}
