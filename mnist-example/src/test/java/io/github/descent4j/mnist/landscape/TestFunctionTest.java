package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TestFunctionTest {

  @ParameterizedTest
  @EnumSource
  void gradientIsTheOneOfTheValues(TestFunction function) {
    Domain domain = function.domain();
    Random random = new Random(1);
    double h = 1e-5;
    for (int i = 0; i < 1000; i++) {
      double x = domain.xMin() + domain.width() * random.nextDouble();
      double y = domain.yMin() + domain.height() * random.nextDouble();
      Point gradient = function.gradient(x, y);
      double alongX = (function.value(x + h, y) - function.value(x - h, y)) / (2 * h);
      double alongY = (function.value(x, y + h) - function.value(x, y - h)) / (2 * h);
      assertThat(gradient.x()).isCloseTo(alongX, within(1e-5 * (1 + Math.abs(alongX))));
      assertThat(gradient.y()).isCloseTo(alongY, within(1e-5 * (1 + Math.abs(alongY))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void curvatureIsTheOneOfTheGradients(TestFunction function) {
    Domain domain = function.domain();
    Random random = new Random(3);
    double h = 1e-5;
    for (int i = 0; i < 1000; i++) {
      double x = domain.xMin() + domain.width() * random.nextDouble();
      double y = domain.yMin() + domain.height() * random.nextDouble();
      Curvature curvature = function.curvature(x, y);
      Point right = function.gradient(x + h, y);
      Point left = function.gradient(x - h, y);
      Point above = function.gradient(x, y + h);
      Point below = function.gradient(x, y - h);
      double xx = (right.x() - left.x()) / (2 * h);
      double xy = (right.y() - left.y()) / (2 * h);
      double yy = (above.y() - below.y()) / (2 * h);
      assertThat(curvature.xx()).isCloseTo(xx, within(1e-5 * (1 + Math.abs(xx))));
      assertThat(curvature.xy()).isCloseTo(xy, within(1e-5 * (1 + Math.abs(xy))));
      assertThat(curvature.yy()).isCloseTo(yy, within(1e-5 * (1 + Math.abs(yy))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void minimaAreLowestWithNoGradient(TestFunction function) {
    Domain domain = function.domain();
    for (Point minimum : function.minima()) {
      assertThat(domain.contains(minimum)).isTrue();
      assertThat(function.value(minimum)).isCloseTo(0, within(1e-20));
      Point gradient = function.gradient(minimum.x(), minimum.y());
      assertThat(Math.hypot(gradient.x(), gradient.y())).isLessThan(1e-10);
      assertThat(function.arrived(function.value(minimum))).isTrue();
    }
    if (!function.minima().isEmpty()) {
      Random random = new Random(2);
      for (int i = 0; i < 1000; i++) {
        double x = domain.xMin() + domain.width() * random.nextDouble();
        double y = domain.yMin() + domain.height() * random.nextDouble();
        assertThat(function.value(x, y)).isPositive();
      }
    }
  }

  /** Worked out by hand from the formulas. */
  @ParameterizedTest
  @CsvSource({
    "BEALE, 0, 0, 14.203125",
    "BEALE, 1, 2, 126.453125",
    "ROSENBROCK, -1.2, 1, 24.2",
    "HIMMELBLAU, 0, 0, 170",
    "RASTRIGIN, 0.5, 0, 20.25",
    "SADDLE, 2, 1, 3",
    "QUADRATIC, 1, 1, 40.5"
  })
  void valuesAreThoseOfTheFormulas(TestFunction function, double x, double y, double value) {
    assertThat(function.value(x, y)).isCloseTo(value, within(1e-12));
  }

  @Test
  void onlyTheSaddleHasNoMinimum() {
    for (TestFunction function : TestFunction.values()) {
      assertThat(function.minima().isEmpty()).isEqualTo(function == TestFunction.SADDLE);
    }
    assertThat(TestFunction.HIMMELBLAU.minima()).hasSize(4);
    assertThat(TestFunction.SADDLE.arrived(0)).isFalse();
    assertThat(TestFunction.SADDLE.arrived(-1)).isTrue();
    assertThat(TestFunction.SADDLE.distanceToMinimum(new Point(0, 0))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void startIsInTheDomainAndNotArrived(TestFunction function) {
    assertThat(function.domain().contains(function.start())).isTrue();
    assertThat(function.arrived(function.value(function.start()))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void levelsRise(TestFunction function) {
    assertThat(function.levels()).doesNotHaveDuplicates().isSorted();
  }
}
