package io.github.descent4j.batch;

import static io.github.descent4j.batch.MinimizerTest.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of a scale, or with an edge, at which a search is tempted to end for a wrong reason. */
@Timeout(120)
class MinimizerReasonsTest {
  private static final Objective HALF_SQUARE = of(x -> x * x / 2, x -> x);

  /** f = c x^2 / 2: whatever c is, it has its minimum at 0. */
  private static Objective flat(double curvature) {
    return of(x -> curvature * x * x / 2, x -> curvature * x);
  }

  private static double end(Parameters parameters) {
    return Problem.where(parameters)[0];
  }

  private static Offset<Double> within(double distance) {
    return Offset.offset(distance);
  }

  /** A radius that was chosen is a limit to steps, and says nothing of the function. */
  @Test
  void aChosenRadiusIsNoEndOfTheFunction() {
    Parameters parameters = Problem.at(10);
    MinimizerResult result = NewtonCg.builder()
        .maxRadius(1)
        .build()
        .minimize(HALF_SQUARE.withDifferencedHessianProduct(), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-5));
    for (Iteration iteration : result.history()) {
      assertThat(iteration.stepLength()).isLessThanOrEqualTo(1);
    }
  }

  /** Nor is a point far out one that a search has gone to, if it began there. */
  @ParameterizedTest
  @MethodSource("io.github.descent4j.batch.MinimizerTest#methods")
  void aStartFarOutIsNoEndOfTheFunction(Minimizer method) {
    if (method.toString().contains("FixedStep(step=0.1)")) {
      return;
    }
    Parameters parameters = Problem.at(1e13);
    MinimizerResult result =
        method.minimize(MinimizerTest.objective(HALF_SQUARE, x -> 1), parameters);
    assertThat(result.reason()).as("%s %s", method, result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-5));
  }

  @Test
  void aMinimumReachedByAGreatStepIsOne() {
    Parameters parameters = Problem.at(1);
    MinimizerResult result = ProjectedGradient.builder(all -> {})
        .gradientTolerance(1e-20)
        .build()
        .minimize(flat(1e-13), parameters);
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(end(parameters)).isCloseTo(0, within(1e-7));
  }

  /** Where the gradient is 0 outside of the set, its length says nothing of steps inside. */
  @Test
  void aStationaryPointOutsideOfTheSetIsLeft() {
    Parameters edge = Problem.at(0);
    MinimizerResult atEdge = ProjectedGradient.builder(Projection.box(1, 2))
        .build()
        .minimize(of(x -> x * x, x -> 2 * x), edge);
    assertThat(atEdge.reason()).as("%s", atEdge).isEqualTo(StopReason.GRADIENT);
    assertThat(end(edge)).isEqualTo(1.0);

    Parameters inner = Problem.at(0);
    MinimizerResult inside = ProjectedGradient.builder(Projection.box(1, 2))
        .build()
        .minimize(
            of(
                x -> x * x * (x - 1.5) * (x - 1.5),
                x -> 2 * x * (x - 1.5) * (x - 1.5) + 2 * x * x * (x - 1.5)),
            inner);
    assertThat(inside.reason()).as("%s", inside).isEqualTo(StopReason.GRADIENT);
    assertThat(end(inner)).isCloseTo(1.5, within(1e-4));
  }
}
