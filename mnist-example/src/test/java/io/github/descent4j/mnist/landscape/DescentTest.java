package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DescentTest {

  @ParameterizedTest
  @EnumSource
  void everyMethodFindsTheMinimumOfAQuadratic(BatchMethod method) {
    Descent descent = Descent.of(TestFunction.QUADRATIC, method, 500);
    assertThat(descent.arrival()).isPresent();
    assertThat(descent.trajectory().points().get(0)).isEqualTo(TestFunction.QUADRATIC.start());
    assertThat(descent.evaluations())
        .hasSameSizeAs(descent.trajectory().points())
        .isSorted();
    assertThat(descent.evaluations().get(0)).isEqualTo(1);
  }

  /** Nobody leaves the saddle's ridge by gradients alone at once, and there is no minimum to end at. */
  @ParameterizedTest
  @EnumSource
  void endsOnTheSaddle(BatchMethod method) {
    Descent descent = Descent.of(TestFunction.SADDLE, method, 500);
    assertThat(descent.trajectory().points()).allMatch(Point::isFinite);
    List<Point> points = descent.trajectory().points();
    assertThat(points.subList(0, points.size() - 1))
        .noneMatch(point -> TestFunction.SADDLE.arrived(TestFunction.SADDLE.value(point)));
  }

  /** An optimizer's step has one evaluation, of the gradient where the step begins. */
  @Test
  void arrivesAfterAsManyEvaluationsAsSteps() {
    List<Point> points = List.of(new Point(-4, 1), new Point(1, 0), new Point(0, 0));
    Trajectory trajectory = new Trajectory(TestFunction.QUADRATIC, points, false);
    Descent descent = Descent.of(new Trial("sgd", Pace.GOOD, 0.02, trajectory));
    assertThat(descent.arrival()).hasValue(2);
    assertThat(descent.outcome()).isEqualTo("2 evaluations");
    assertThat(descent.method()).isEqualTo("sgd 0.02");
  }

  @Test
  void arrivesAfterTwiceAsManyWhereAStepTakesTwoGradients() {
    List<Point> points = List.of(new Point(-4, 1), new Point(1, 0), new Point(0, 0));
    Trajectory trajectory = new Trajectory(TestFunction.QUADRATIC, points, false, 2);
    Descent descent = Descent.of(new Trial("sam", Pace.GOOD, 0.02, trajectory));
    assertThat(descent.arrival()).hasValue(4);
  }
}
