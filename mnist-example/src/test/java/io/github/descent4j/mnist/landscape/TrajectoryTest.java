package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Lars;
import io.github.descent4j.Muon;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Sgd;
import io.github.descent4j.decorator.ScheduleFree;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrajectoryTest {

  @Test
  void goesWhereGradientDescentGoesByHand() {
    Trajectory trajectory = Trajectory.of(TestFunction.QUADRATIC, new Sgd(0.0078125), 3);
    // Each step multiplies x by 1 - 1/128 and y by 1 - 80/128, all exact in binary.
    double x = 127 / 128.0;
    double y = 48 / 128.0;
    assertThat(trajectory.points())
        .containsExactly(
            new Point(-4, 1),
            new Point(-4 * x, y),
            new Point(-4 * x * x, y * y),
            new Point(-4 * x * x * x, y * y * y));
    assertThat(trajectory.diverged()).isFalse();
    assertThat(trajectory.arrival()).isEmpty();
    assertThat(trajectory.longestStep()).isEqualTo(Math.hypot(4 * (1 - x), 1 - y));
  }

  /** c is 1 and then 1/2; z and x by hand in one direction, y = 0.9 x + 0.1 z where gradients are taken. */
  @Test
  void ofAnAverageItIsTheAverage() {
    Optimizer optimizer = ScheduleFree.sgd().learningRate(0.5).build();
    Trajectory trajectory = Trajectory.of(TestFunction.SADDLE, optimizer, 2);
    Point start = TestFunction.SADDLE.start();
    Point slope = TestFunction.SADDLE.gradient(start.x(), start.y());
    double first = start.x() - 0.5 * slope.x();
    double firstY = start.y() - 0.5 * slope.y();
    // x is z, and so is y, after the first step.
    Point second = TestFunction.SADDLE.gradient(first, firstY);
    double x = (first + first - 0.5 * second.x()) / 2;
    double y = (firstY + firstY - 0.5 * second.y()) / 2;
    assertThat(trajectory.points()).hasSize(3);
    assertThat(trajectory.points().get(1).x()).isCloseTo(first, within(1e-12));
    assertThat(trajectory.points().get(2).x()).isCloseTo(x, within(1e-12));
    assertThat(trajectory.points().get(2).y()).isCloseTo(y, within(1e-12));
  }

  /** The gradient of (x² + 80 y²) / 2 at (-4, 1) is (-4, 80), the way uphill 0.05 of its direction. */
  @Test
  void aSharpnessAwareStepTakesTwoGradients() {
    Trajectory trajectory =
        Trajectory.of(TestFunction.QUADRATIC, new Sgd(0.0078125).sharpnessAware(0.05), 1);
    double norm = Math.hypot(4, 80);
    double x = -4 - 0.05 * 4 / norm;
    double y = 1 + 0.05 * 80 / norm;
    Point reached = trajectory.points().get(1);
    assertThat(reached.x()).isCloseTo(-4 - x / 128, within(1e-12));
    assertThat(reached.y()).isCloseTo(1 - 80 * y / 128, within(1e-12));
    assertThat(trajectory.gradientsInAStep()).isEqualTo(2);
  }

  /** By hand: one column has one singular value, which the iteration takes from 1 to where its polynomial does, five times. */
  @Test
  void rulesForMatricesTakeThePointAsOne() {
    Muon muon = Muon.builder().learningRate(0.1).build();
    Trajectory ofMuon = Trajectory.of(TestFunction.QUADRATIC, matricesBy(muon), 1);
    double s = 1;
    for (int i = 0; i < 5; i++) {
      s = 3.4445 * s - 4.775 * Math.pow(s, 3) + 2.0315 * Math.pow(s, 5);
    }
    // 2 rows over 1 column
    double length = 0.1 * Math.sqrt(2) * s;
    double norm = Math.hypot(4, 80);
    Point reached = ofMuon.points().get(1);
    assertThat(reached.x()).isCloseTo(-4 + length * 4 / norm, within(1e-7));
    assertThat(reached.y()).isCloseTo(1 - length * 80 / norm, within(1e-7));

    Lars lars = Lars.builder().learningRate(1).trustCoefficient(0.1).build();
    Trajectory ofLars = Trajectory.of(TestFunction.QUADRATIC, matricesBy(lars), 1);
    double trust = 0.1 * Math.hypot(4, 1) / norm;
    reached = ofLars.points().get(1);
    assertThat(reached.x()).isCloseTo(-4 + trust * 4, within(1e-12));
    assertThat(reached.y()).isCloseTo(1 - trust * 80, within(1e-12));
  }

  private static Optimizer matricesBy(Optimizer optimizer) {
    return Optimizer.groups()
        .group("matrices", p -> p.value().rank() == 2, optimizer)
        .build();
  }

  @Test
  void arrivalIsTheStepAfterWhichItStays() {
    TestFunction function = TestFunction.QUADRATIC;
    Point near = new Point(0.01, 0);
    Point far = new Point(1, 0);
    assertThat(trajectory(function, far, near, far, near, near).arrival()).hasValue(3);
    assertThat(trajectory(function, near, near).arrival()).hasValue(0);
    assertThat(trajectory(function, near, far).arrival()).isEmpty();
    assertThat(new Trajectory(function, List.of(far, near), true).arrival()).isEmpty();
  }

  @Test
  void settlingIsTheStepAfterWhichTheValueStays() {
    Point one = new Point(1, 0);
    Point two = new Point(2, 0);
    assertThat(trajectory(TestFunction.QUADRATIC, one, two, one, one).settling())
        .isEqualTo(2);
  }

  @Test
  void divergenceEndsIt() {
    for (TestFunction function : TestFunction.values()) {
      Trajectory trajectory = Trajectory.of(function, new Sgd(1e300), 100);
      assertThat(trajectory.diverged()).isTrue();
      assertThat(trajectory.points()).allMatch(Point::isFinite).hasSizeLessThan(100);
      assertThat(trajectory.arrival()).isEmpty();
    }
  }

  @Test
  void theSaddleIsLeftOnce() {
    Trajectory trajectory = Trajectory.of(TestFunction.SADDLE, new Sgd(0.1), 1000);
    // y grows by 1.2 a step from 0.001 and x falls by 0.8: 1.2^38 > 1000 > 1.2^37.
    assertThat(trajectory.points()).hasSize(39);
    assertThat(trajectory.arrival()).hasValue(38);
    assertThat(trajectory.finalValue()).isLessThanOrEqualTo(-1);
  }

  private static Trajectory trajectory(TestFunction function, Point... points) {
    return new Trajectory(function, List.of(points), false);
  }
}
