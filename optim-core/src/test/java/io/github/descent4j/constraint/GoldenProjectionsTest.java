package io.github.descent4j.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Golden;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Projections and proximal maps against points computed in 50 digits. */
class GoldenProjectionsTest {
  private static final String FOLDER = "wide/projections";

  static List<String> names() {
    return Golden.names(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("names")
  void findsTheNearestPoint(String name) {
    JsonNode golden = Golden.read(FOLDER + "/" + name + ".json");
    double rtol = golden.at("/tolerance/rtol").doubleValue();
    double atol = golden.at("/tolerance/atol_of_largest_input").doubleValue();
    boolean exactZeros = golden.path("notes").asText().contains("exactly 0");
    boolean exact = golden.path("notes").asText().contains("results are exact");
    for (JsonNode point : golden.get("cases")) {
      double[] x = Golden.numbers(point.get("x"));
      double largest = Arrays.stream(x).map(Math::abs).max().orElseThrow();
      if (name.equals("max_norm")) {
        double limit = point.get("max_norm").doubleValue();
        long[] shape = Golden.shape(point.get("shape"));
        double[] rows = Golden.numbers(point.get("expected_rows"));
        double[] columns = Golden.numbers(point.get("expected_columns"));
        compare(Projection.maxNorm(limit), shape, x, rows, rtol, atol * largest, false);
        compare(
            Projection.maxNorm(limit, Units.OUTPUTS_LAST),
            shape,
            x,
            columns,
            rtol,
            atol * largest,
            false);
      } else {
        double[] expected = Golden.numbers(point.get("expected"));
        compare(
            map(name, point),
            new long[] {x.length},
            x,
            expected,
            exact ? 0 : rtol,
            exact ? 0 : atol * largest,
            exactZeros);
      }
    }
  }

  private static void compare(
      ProximalMap map,
      long[] shape,
      double[] x,
      double[] expected,
      double rtol,
      double atol,
      boolean exactZeros) {
    INDArray first = null;
    for (Layout layout : Layout.values()) {
      INDArray value = TestArrays.lay(TestArrays.create(DataType.DOUBLE, shape, x), layout);
      map.apply(Parameters.of(Parameter.of("x", value, value.dup())), 1);
      String what = map + " of " + Arrays.toString(x);
      Golden.assertClose(what, value, expected, rtol, new double[] {atol});
      double[] actual = Golden.numbers(value);
      if (Arrays.equals(x, expected)) {
        assertThat(actual).as(what).isEqualTo(x);
      }
      for (int i = 0; i < expected.length && exactZeros; i++) {
        // A threshold may lie within rounding of an element.
        assertThat(actual[i] == 0).as(what).isEqualTo(expected[i] == 0);
      }
      first = first == null ? value : first;
      TestArrays.assertSameBits(what, value, first);
    }
  }

  private static ProximalMap map(String name, JsonNode set) {
    return switch (name) {
      case "box" -> Projection.box(array(set.get("lower")), array(set.get("upper")));
      case "non_negative" -> Projection.nonNegative();
      case "l2_ball" -> {
        double radius = set.get("radius").doubleValue();
        INDArray center = array(set.get("center"));
        yield center.amaxNumber().doubleValue() == 0
            ? Projection.l2Ball(radius)
            : Projection.l2Ball(radius, center);
      }
      case "l1_ball" -> Projection.l1Ball(set.get("radius").doubleValue());
      case "simplex" -> Projection.simplex(set.get("total").doubleValue());
      case "half_space" ->
        Projection.halfSpace(array(set.get("a")), set.get("b").doubleValue());
      case "hyperplane" ->
        Projection.hyperplane(array(set.get("a")), set.get("b").doubleValue());
      case "l1_norm_prox" -> ProximalMap.l1(set.get("t").doubleValue());
      case "elastic_net_prox" -> {
        double t = set.get("t").doubleValue();
        double l1 = set.get("l1").doubleValue();
        ProximalMap scaled = ProximalMap.elasticNet(l1, set.get("l2").doubleValue());
        // The file's t is the step.
        yield (parameters, step) -> scaled.apply(parameters, t * step);
      }
      case "group_lasso_prox" ->
        ProximalMap.groupLasso(set.get("t").doubleValue(), Units.PARAMETER);
      case "sparse_group_lasso_prox" ->
        ProximalMap.sparseGroupLasso(
            set.get("t1").doubleValue(), set.get("t2").doubleValue(), Units.PARAMETER);
      case "l0_prox" -> ProximalMap.l0(set.get("t").doubleValue());
      case "linf_prox" -> ProximalMap.lInfinity(set.get("t").doubleValue());
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static INDArray array(JsonNode numbers) {
    double[] elements = Golden.numbers(numbers);
    return TestArrays.create(DataType.DOUBLE, new long[] {elements.length}, elements);
  }
}
