package io.github.descent4j.constraint;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Golden;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What holds of every projection and proximal map: layouts, types, hostile elements, selection, messages. */
class ProjectionTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  /** Of any shape. */
  private static List<ProximalMap> ofAnyShape() {
    return List.of(
        Projection.box(-0.25, 0.5),
        Projection.nonNegative(),
        Projection.l2Ball(0.5),
        Projection.l1Ball(0.5),
        Projection.maxNorm(0.25),
        Projection.maxNorm(0.25, Units.OUTPUTS_LAST),
        Projection.maxNorm(0.25, Units.PARAMETER),
        ProximalMap.l1(0.25),
        ProximalMap.elasticNet(0.125, 2),
        ProximalMap.groupLasso(0.25, Units.OUTPUTS_FIRST),
        ProximalMap.groupLasso(0.25, Units.OUTPUTS_LAST),
        ProximalMap.sparseGroupLasso(0.1, 0.2, Units.OUTPUTS_FIRST),
        ProximalMap.l0(0.125),
        ProximalMap.lInfinity(0.25));
  }

  /** All but simplex, which has no point in an array of length 0, for one shape. */
  static List<ProximalMap> maps() {
    return maps(new long[] {3, 4});
  }

  private static List<ProximalMap> maps(long[] shape) {
    List<ProximalMap> maps = new java.util.ArrayList<>(ofAnyShape());
    int n = TestArrays.length(shape);
    if (n > 0) {
      double[] numbers = TestArrays.uniform(new SplittableRandom(5), n);
      INDArray a = TestArrays.create(DataType.DOUBLE, shape, numbers);
      maps.add(Projection.simplex(1));
      maps.add(Projection.box(a.sub(0.25), a));
      maps.add(Projection.l2Ball(0.5, a));
      maps.add(Projection.halfSpace(a, -0.5));
      maps.add(Projection.hyperplane(a, 0.5));
    }
    return maps;
  }

  private static Parameters parameters(INDArray value) {
    return Parameters.of(Parameter.of("x", value, value.isEmpty() ? value : Nd4j.zerosLike(value)));
  }

  private static double[] map(ProximalMap map, double... x) {
    INDArray value = Nd4j.createFromArray(x);
    map.apply(parameters(value), 1);
    return Golden.numbers(value);
  }

  @Test
  void layoutsMakeNoDifference() {
    for (long[] shape : TestArrays.SHAPES) {
      int n = TestArrays.length(shape);
      for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
        double[] x = TestArrays.uniform(new SplittableRandom(n), n);
        INDArray elements = TestArrays.create(type, shape, x);
        for (ProximalMap map : maps(shape)) {
          INDArray first = elements.dup();
          map.apply(parameters(first), 0.5);
          for (Layout layout : Layout.values()) {
            INDArray value = TestArrays.lay(elements, layout);
            map.apply(parameters(value), 0.5);
            assertSameBits(map + " " + layout, value, first);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("maps")
  void floatsAreRoundedOnce(ProximalMap map) {
    double[] x = TestArrays.uniform(new SplittableRandom(7), 12);
    INDArray floats = TestArrays.create(DataType.FLOAT, new long[] {3, 4}, x);
    INDArray doubles = floats.castTo(DataType.DOUBLE);
    map.apply(parameters(floats), 1);
    map.apply(parameters(doubles), 1);
    assertSameBits(map.toString(), floats, doubles.castTo(DataType.FLOAT));
  }

  /** For the sets, by how much a point is outside. */
  private static Map<Projection, ToDoubleFunction<double[]>> violations() {
    double[] a = {1, -2, 0.5, 3, 0.25};
    INDArray normal = Nd4j.createFromArray(a);
    Map<Projection, ToDoubleFunction<double[]>> all = new LinkedHashMap<>();
    all.put(Projection.box(-0.1, 0.3), x -> Math.max(max(x) - 0.3, -0.1 - min(x)));
    all.put(Projection.nonNegative(), x -> -min(x));
    all.put(Projection.l2Ball(0.7), x -> Math.sqrt(dot(x, x)) - 0.7);
    all.put(Projection.l1Ball(0.7), x -> Arrays.stream(x).map(Math::abs).sum() - 0.7);
    all.put(
        Projection.simplex(0.7),
        x -> Math.max(-min(x), Math.abs(Arrays.stream(x).sum() - 0.7)));
    all.put(Projection.halfSpace(normal, -0.3), x -> dot(a, x) + 0.3);
    all.put(Projection.hyperplane(normal, 0.3), x -> Math.abs(dot(a, x) - 0.3));
    return all;
  }

  /**
   * Points of a convex set are those that no other point of it is nearer to: (x - P x).(y - P x) &lt;= 0 for every y of the set.
   */
  @Test
  void theNearestPointIsInTheSetAndNoOtherIsNearer() {
    SplittableRandom random = new SplittableRandom(11);
    violations().forEach((set, violation) -> {
      for (int i = 0; i < 200; i++) {
        double[] x = scaled(TestArrays.uniform(random, 5), 3);
        double[] p = map(set, x);
        double[] y = map(set, scaled(TestArrays.uniform(random, 5), 3));
        assertThat(violation.applyAsDouble(p)).as("%s", set).isLessThan(1e-14);
        double product = 0;
        for (int k = 0; k < 5; k++) {
          product += (x[k] - p[k]) * (y[k] - p[k]);
        }
        assertThat(product).as("%s", set).isLessThan(1e-13);
        assertThat(map(set, p)).as("%s twice", set).containsExactly(p, within(1e-15));
      }
    });
  }

  private static double[] scaled(double[] x, double factor) {
    return Arrays.stream(x).map(element -> element * factor).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double max(double[] x) {
    return Arrays.stream(x).max().orElseThrow();
  }

  private static double min(double[] x) {
    return Arrays.stream(x).min().orElseThrow();
  }

  @Test
  void pointsOfASetComeBackBitForBit() {
    double[] x = {0.1, 0.2, -0.0, 0.7};
    for (Projection set : List.of(
        Projection.box(0, 0.7),
        Projection.nonNegative(),
        Projection.l1Ball(1),
        Projection.l2Ball(1),
        Projection.l2Ball(1, Nd4j.createFromArray(0.1, 0.1, 0.1, 0.1)),
        Projection.simplex(1),
        Projection.maxNorm(0.8),
        Projection.halfSpace(Nd4j.createFromArray(1.0, 1, 1, 1), 1.1),
        Projection.hyperplane(Nd4j.createFromArray(0.1, 0.2, 0.3, 0.7), 0.54))) {
      assertThat(map(set, x)).as("%s", set).isEqualTo(x);
    }
  }

  @Test
  void aRadiusOfZeroLeavesOnePoint() {
    assertThat(map(Projection.l2Ball(0), 3, -4)).containsExactly(0, 0);
    assertThat(map(Projection.l1Ball(0), 3, -4)).containsExactly(0, 0);
    assertThat(map(Projection.maxNorm(0), 3, -4)).containsExactly(0, 0);
    assertThat(map(Projection.box(0, 0), 3, -4)).containsExactly(0, 0);
    assertThat(map(Projection.l2Ball(0, Nd4j.createFromArray(1.0, 2.0)), 3, -4))
        .containsExactly(1, 2);
  }

  @Test
  void aStrengthOrStepOfZeroMapsNothing() {
    double[] x = {3, -4, 1e-300};
    for (ProximalMap map : List.of(
        ProximalMap.l1(0),
        ProximalMap.elasticNet(0, 0),
        ProximalMap.groupLasso(0, Units.PARAMETER),
        ProximalMap.sparseGroupLasso(0, 0, Units.PARAMETER),
        ProximalMap.l0(0),
        ProximalMap.lInfinity(0))) {
      assertThat(map(map, x)).as("%s", map).isEqualTo(x);
    }
    for (ProximalMap map : ofAnyShape().subList(7, ofAnyShape().size())) {
      INDArray value = Nd4j.createFromArray(x);
      map.apply(parameters(value), 0);
      assertThat(Golden.numbers(value)).as("%s", map).isEqualTo(x);
    }
  }

  /** Element by element, or all of it stays. */
  @Test
  void elementsThatAreNotFiniteAreDefined() {
    double[] x = {NAN, INFINITE, -INFINITE, 0.1, 2};
    assertThat(map(Projection.box(-1, 1), x)).containsExactly(NAN, 1, -1, 0.1, 1);
    assertThat(map(Projection.nonNegative(), x)).containsExactly(NAN, INFINITE, 0, 0.1, 2);
    assertThat(map(ProximalMap.l1(0.5), x)).containsExactly(NAN, INFINITE, -INFINITE, 0, 1.5);
    assertThat(map(ProximalMap.elasticNet(0.5, 1), x))
        .containsExactly(NAN, INFINITE, -INFINITE, 0, 0.75);
    assertThat(map(ProximalMap.l0(0.5), x)).containsExactly(NAN, INFINITE, -INFINITE, 0, 2);
    INDArray a = Nd4j.createFromArray(1.0, 1, 1, 1, 1);
    for (ProximalMap map : List.of(
        Projection.l2Ball(1),
        Projection.l2Ball(1, a),
        Projection.l1Ball(1),
        Projection.simplex(1),
        Projection.halfSpace(a, 1),
        Projection.hyperplane(a, 1),
        Projection.maxNorm(1),
        ProximalMap.groupLasso(1, Units.PARAMETER),
        ProximalMap.sparseGroupLasso(1, 1, Units.PARAMETER),
        ProximalMap.lInfinity(1))) {
      for (double bad : new double[] {NAN, INFINITE, -INFINITE}) {
        double[] one = {0.1, 5, bad, -3, 2};
        assertThat(map(map, one)).as("%s", map).isEqualTo(one);
      }
    }
    INDArray rows = Nd4j.createFromArray(new double[][] {{NAN, 9}, {3, 4}});
    Projection.maxNorm(1).project(parameters(rows));
    assertThat(Golden.numbers(rows)).containsExactly(NAN, 9, 3 * 0.2, 4 * 0.2);
  }

  @Test
  void normsThatLeaveTheRangeOfDoubleAreRight() {
    assertThat(map(Projection.l2Ball(5), 3e200, -4e200))
        .containsExactly(new double[] {3, -4}, within(1e-14));
    assertThat(map(Projection.l2Ball(5e-300), 3e-250, -4e-250))
        .containsExactly(new double[] {3e-300, -4e-300}, within(1e-314));
    assertThat(map(Projection.l2Ball(5e250), 3e200, -4e200)).containsExactly(3e200, -4e200);
    double[] shrunk = map(ProximalMap.groupLasso(2.5e200, Units.PARAMETER), 3e200, -4e200);
    assertThat(shrunk[0] / 1.5e200).isCloseTo(1, within(1e-15));
    assertThat(map(ProximalMap.groupLasso(1e-200, Units.PARAMETER), 3e-201, 4e-201))
        .containsExactly(0, 0);
    assertThat(map(Projection.l1Ball(2), 1e308, 1e308, 1e308))
        .containsExactly(new double[] {2 / 3.0, 2 / 3.0, 2 / 3.0}, within(1e-15));
    assertThat(map(Projection.simplex(2), 1e308, 1e308, -1e308)).containsExactly(1, 1, 0);
  }

  @Test
  void filtersOfKernelsAreUnits() {
    INDArray kernel = Nd4j.ones(DataType.DOUBLE, 2, 3, 2, 2);
    kernel.getScalar(0, 0, 0, 0).assign(5);
    Projection.maxNorm(Math.sqrt(12)).project(parameters(kernel));
    double[] numbers = Golden.numbers(kernel);
    assertThat(numbers[0]).isCloseTo(5 * Math.sqrt(12) / 6, within(1e-15));
    assertThat(Arrays.copyOfRange(numbers, 12, 24)).containsOnly(1.0);

    ProximalMap.groupLasso(1, Units.OUTPUTS_FIRST).apply(parameters(kernel), Math.sqrt(12));
    assertThat(Arrays.copyOfRange(Golden.numbers(kernel), 12, 24)).containsOnly(0.0);
  }

  @Test
  void emptyParametersStayEmpty() {
    for (ProximalMap map : ofAnyShape()) {
      INDArray none = Nd4j.empty(DataType.FLOAT);
      map.requireFit(parameters(none));
      map.apply(parameters(none), 1);
      assertThat(none.isEmpty()).isTrue();
    }
    assertThatThrownBy(() -> Projection.simplex(1).project(parameters(Nd4j.empty(DataType.FLOAT))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'x' is empty, expected elements whose sum is 1.0");
  }

  private static Parameters two() {
    return Parameters.of(
        Parameter.of("w", Nd4j.createFromArray(3.0, -4.0), Nd4j.createFromArray(0.0, 0.0)),
        Parameter.of("b", Nd4j.createFromArray(-3.0), Nd4j.createFromArray(0.0)));
  }

  private static double[] after(ProximalMap map, String name) {
    Parameters parameters = two();
    map.requireFit(parameters);
    map.apply(parameters, 1);
    return Golden.numbers(parameters.get(name).value());
  }

  @Test
  void someParametersAloneAreMapped() {
    Projection some = Projection.nonNegative().only(p -> p.name().equals("b"));
    assertThat(after(some, "w")).containsExactly(3, -4);
    assertThat(after(some, "b")).containsExactly(0);
    assertThat(after(Projection.nonNegative().only("b"), "w")).containsExactly(3, -4);
    assertThat(after(ProximalMap.l1(1).only("w"), "w")).containsExactly(2, -3);
    assertThat(after(ProximalMap.l1(1).only("w"), "b")).containsExactly(-3);
    assertThat(after(ProximalMap.l1(1).only(p -> p.name().equals("b")), "b")).containsExactly(-2);
    ProximalMap both = ProximalMap.l1(1).only("w").then(Projection.nonNegative());
    assertThat(after(both, "w")).containsExactly(2, 0);
    Projection sets = Projection.l2Ball(1).only("w").then(Projection.box(-1, 1));
    assertThat(after(sets, "w")).containsExactly(new double[] {0.6, -0.8}, within(1e-15));
    assertThat(after(sets, "b")).containsExactly(-1);
    assertThat(sets).hasToString("l2Ball(1.0).only[w].then(box(-1.0, 1.0))");

    assertThatThrownBy(() -> after(Projection.nonNegative().only("v"), "w"))
        .hasMessageStartingWith("parameter name is 'v', expected one of ");
    assertThatThrownBy(() -> Projection.nonNegative().only(new String[0]))
        .hasMessage("names are [], expected at least one, each once");
    assertThatThrownBy(() -> ProximalMap.l1(1).only("w", "w"))
        .hasMessage("names are [w, w], expected at least one, each once");
  }

  @Test
  void whatDoesNotFitIsRefusedAlsoWithinASelectionAndASequence() {
    INDArray center = Nd4j.createFromArray(1.0, 2.0, 3.0);
    Projection ball = Projection.l2Ball(1, center);
    Projection anywhere = Projection.nonNegative();
    for (Projection projection : List.of(
        ball,
        ball.only("w"),
        ball.then(anywhere),
        anywhere.then(ball),
        ball.only(p -> p.name().equals("w")))) {
      assertThatThrownBy(() -> projection.requireFit(two()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("center has shape [3], expected that of parameter 'w': [2]");
    }
    assertThat(ball).hasToString("l2Ball(1.0, center[3])");
  }

  @Test
  void selectionsAndSequencesOfProjectionsProject() {
    Parameters parameters = two();
    Projection.nonNegative().only("b").project(parameters);
    assertThat(Golden.numbers(parameters.get("w").value())).containsExactly(3, -4);
    assertThat(Golden.numbers(parameters.get("b").value())).containsExactly(0);
    Projection.box(-2, 2).then(Projection.nonNegative()).project(parameters);
    assertThat(Golden.numbers(parameters.get("w").value())).containsExactly(2, 0);
  }

  @Test
  void whatIsJustAsLargeAsTheAmountBecomesZero() {
    assertThat(map(ProximalMap.l1(0.25), 0.25, -0.25, 0.5)).containsExactly(0, 0, 0.25);
  }

  @Test
  void columnsAreClearedAlone() {
    INDArray value = Nd4j.ones(DataType.DOUBLE, 3, 4);
    value.getColumn(1).assign(0.1);
    ProximalMap.groupLasso(1, Units.OUTPUTS_LAST).apply(parameters(value), 1);
    double left = 1 - 1 / Math.sqrt(3);
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        assertThat(value.getDouble(row, column))
            .as("%d, %d", row, column)
            .isCloseTo(column == 1 ? 0 : left, within(1e-15));
      }
    }
  }

  /** A map of one's own is tried on copies. */
  @Test
  void aMapOfOnesOwnIsTriedOnCopies() {
    Projection own = all -> all.get("w").value().muli(all.get("b").value().length());
    Parameters parameters = two();
    own.requireFit(parameters);
    assertThat(Golden.numbers(parameters.get("w").value())).containsExactly(3, -4);
    assertThatThrownBy(() -> own.requireFit(parameters(Nd4j.createFromArray(1.0))))
        .hasMessageStartingWith("parameter name is 'w', expected one of ");
  }

  @Test
  void settingsAreCheckedOnce() {
    INDArray zero = Nd4j.createFromArray(0.0, 0.0);
    INDArray bad = Nd4j.createFromArray(0.0, NAN);
    INDArray one = Nd4j.createFromArray(1.0, 1.0);
    Map<String, Runnable> wrong = new LinkedHashMap<>();
    wrong.put("radius is -1.0, expected a finite number >= 0", () -> Projection.l2Ball(-1));
    wrong.put("radius is NaN, expected a finite number >= 0", () -> Projection.l1Ball(NAN));
    wrong.put(
        "radius is Infinity, expected a finite number >= 0",
        () -> Projection.l2Ball(INFINITE, zero));
    wrong.put("center[1] is NaN, expected a finite number", () -> Projection.l2Ball(1, bad));
    wrong.put("total is 0.0, expected a finite number > 0", () -> Projection.simplex(0));
    wrong.put("limit is -1.0, expected a finite number >= 0", () -> Projection.maxNorm(-1));
    wrong.put("lower is NaN, expected a number <= upper = 1.0", () -> Projection.box(NAN, 1));
    wrong.put(
        "lower[0] is 1.0, expected a number <= upper[0] = 0.0", () -> Projection.box(one, zero));
    wrong.put(
        "lower has shape [2], expected that of upper: [3]",
        () -> Projection.box(zero, Nd4j.createFromArray(1.0, 2.0, 3.0)));
    wrong.put(
        "squared norm of a is 0.0, expected a finite number above 0",
        () -> Projection.halfSpace(zero, 1));
    wrong.put(
        "squared norm of a is Infinity, expected a finite number above 0",
        () -> Projection.hyperplane(Nd4j.createFromArray(1e200), 1));
    wrong.put("a[1] is NaN, expected a finite number", () -> Projection.hyperplane(bad, 1));
    wrong.put("b is NaN, expected a finite number", () -> Projection.halfSpace(one, NAN));
    wrong.put(
        "b is Infinity, expected a finite number", () -> Projection.hyperplane(one, INFINITE));
    wrong.put("strength is NaN, expected a finite number >= 0", () -> ProximalMap.l1(NAN));
    wrong.put("strength is -1.0, expected a finite number >= 0", () -> ProximalMap.l0(-1));
    wrong.put("strength is -2.0, expected a finite number >= 0", () -> ProximalMap.lInfinity(-2));
    wrong.put(
        "strength is -3.0, expected a finite number >= 0",
        () -> ProximalMap.groupLasso(-3, Units.PARAMETER));
    wrong.put("l1 is -1.0, expected a finite number >= 0", () -> ProximalMap.elasticNet(-1, 1));
    wrong.put("l2 is -1.0, expected a finite number >= 0", () -> ProximalMap.elasticNet(1, -1));
    wrong.put(
        "group is -1.0, expected a finite number >= 0",
        () -> ProximalMap.sparseGroupLasso(1, -1, Units.PARAMETER));
    wrong.put(
        "step is -1.0, expected a finite number >= 0",
        () -> ProximalMap.l1(1).apply(parameters(one), -1));
    wrong.put(
        "a has shape [2], expected that of parameter 'x': [1]",
        () -> Projection.halfSpace(one, 1).project(parameters(Nd4j.createFromArray(1.0))));
    wrong.forEach((message, call) -> assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message));
  }

  @Test
  void arraysGivenAreCopied() {
    INDArray a = Nd4j.createFromArray(1.0, 0.0);
    Projection plane = Projection.hyperplane(a, 2);
    a.assign(0);
    assertThat(map(plane, 5, 7)).containsExactly(2, 7);
  }
}
