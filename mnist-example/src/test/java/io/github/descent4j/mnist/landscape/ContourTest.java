package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContourTest {
  private static final Domain SQUARE = new Domain(-2, 2, -2, 2);

  /** A ring of points, each a corner of the path. */
  private record Ring(List<Point> points) {
    /** By the shoelace formula, positive if the ring is counter-clockwise. */
    double area() {
      double sum = 0;
      for (int i = 0; i < points.size(); i++) {
        Point from = points.get(i);
        Point to = points.get((i + 1) % points.size());
        sum += from.x() * to.y() - to.x() * from.y();
      }
      return sum / 2;
    }
  }

  @Test
  void circleIsOneRingOnTheCircle() {
    List<Ring> rings = rings(new Contour((x, y) -> x * x + y * y, SQUARE).below(1));
    assertThat(rings).hasSize(1);
    assertThat(rings.get(0).points()).hasSizeGreaterThan(100);
    for (Point point : rings.get(0).points()) {
      assertThat(Math.hypot(point.x(), point.y())).isCloseTo(1, within(1e-3));
    }
    assertThat(rings.get(0).area()).isCloseTo(Math.PI, within(5e-3));
  }

  @Test
  void annulusIsARingWithAHole() {
    Path2D path = new Contour((x, y) -> Math.abs(Math.hypot(x, y) - 1), SQUARE).below(0.5);
    List<Ring> rings = rings(path);
    assertThat(rings).hasSize(2);
    double area = rings.get(0).area() + rings.get(1).area();
    assertThat(area).isCloseTo(Math.PI * (1.5 * 1.5 - 0.5 * 0.5), within(2e-2));
    assertThat(path.contains(1, 0)).isTrue();
    assertThat(path.contains(0, 0)).isFalse();
  }

  @Test
  void saddleIsTwoRingsOrOneAcross() {
    Contour saddle = new Contour((x, y) -> x * x - y * y, SQUARE);
    assertThat(rings(saddle.below(-0.5))).hasSize(2);
    assertThat(rings(saddle.below(0.5))).hasSize(1);
  }

  /** At its center each cell of this function has two low corners opposite each other. */
  @Test
  void cellsWithOppositeLowCornersAreJoinedByTheirMean() {
    Domain cells = new Domain(0, 100, 0, 100);
    Contour checkered =
        new Contour((x, y) -> (Math.round(x) + Math.round(y)) % 2 == 0 ? 0 : 1, cells);
    assertThat(rings(checkered.below(0.4))).hasSize(101 * 101 / 2 + 1);
    // The low corners are one region with a hole around each high corner that is not on the border.
    assertThat(rings(checkered.below(0.6)).stream().filter(ring -> ring.area() > 0))
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void regionsHoldThePointsBelowTheLevel(TestFunction function) {
    Domain domain = function.domain();
    Contour contour = new Contour(function::value, domain);
    for (double level : function.levels()) {
      Path2D region = contour.below(level);
      for (int column = 1; column < 100; column += 7) {
        for (int row = 1; row < 100; row += 7) {
          double x = domain.xMin() + domain.width() * column / 100;
          double y = domain.yMin() + domain.height() * row / 100;
          assertThat(region.contains(x, y)).isEqualTo(function.value(x, y) <= level);
        }
      }
    }
  }

  @Test
  void nothingOrAllMayBeBelow() {
    Contour constant = new Contour((x, y) -> 1, SQUARE);
    assertThat(rings(constant.below(0))).isEmpty();
    assertThat(rings(constant.below(1))).hasSize(1);
    assertThat(constant.below(1).contains(-2, -2, 4, 4)).isTrue();
  }

  private static List<Ring> rings(Path2D path) {
    List<Ring> rings = new ArrayList<>();
    List<Point> points = new ArrayList<>();
    double[] coordinates = new double[6];
    for (PathIterator i = path.getPathIterator(null); !i.isDone(); i.next()) {
      switch (i.currentSegment(coordinates)) {
        case PathIterator.SEG_MOVETO, PathIterator.SEG_LINETO ->
          points.add(new Point(coordinates[0], coordinates[1]));
        case PathIterator.SEG_CLOSE -> {
          rings.add(new Ring(List.copyOf(points)));
          points.clear();
        }
        default -> throw new AssertionError("a curve");
      }
    }
    assertThat(points).as("points of a ring that is not closed").isEmpty();
    return rings;
  }
}
