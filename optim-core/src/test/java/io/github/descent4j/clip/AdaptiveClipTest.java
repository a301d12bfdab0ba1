package io.github.descent4j.clip;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Adam;
import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.decorator.AdaptivelyClippedOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AdaptiveClipTest {

  static List<OptimizerCase> all() {
    return OptimizerCase.all();
  }

  static List<DataType> types() {
    return List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
  }

  @Test
  void outputsLastClipsAsOptaxDoes() {
    JsonNode cases = Golden.read("clipping_adaptive/adaptive.json").get("cases");
    assertThat(cases).hasSizeGreaterThan(20);
    for (JsonNode golden : cases) {
      long[] shape = Golden.shape(golden.get("shape"));
      double[] start = Golden.numbers(golden.get("parameter"));
      INDArray value = TestArrays.create(DataType.DOUBLE, shape, start);
      INDArray gradient =
          TestArrays.create(DataType.DOUBLE, shape, Golden.numbers(golden.get("gradient")));
      AdaptiveClip clip = AdaptiveClip.of(golden.get("clipping").doubleValue())
          .epsilon(golden.get("epsilon").doubleValue())
          .outputsLast();
      new Sgd(1).clippedAdaptively(clip).step(Parameters.of(Parameter.of("w", value, gradient)));
      double[] expected = Golden.numbers(golden.get("clipped"));
      for (int i = 0; i < expected.length; i++) {
        expected[i] = start[i] - expected[i];
      }
      Golden.assertClose(
          golden.get("shape").toString(), value, expected, 1e-13, new double[] {1e-16});
    }
  }

  /** Rows of norms 5 and 0, gradients of norms 5 and 1. */
  @Test
  void outputsFirstTakesRowsAsUnits() {
    INDArray value = Nd4j.createFromArray(new double[][] {{3, 4}, {0, 0}});
    INDArray gradient = Nd4j.createFromArray(new double[][] {{-4, 3}, {1, 0}});
    AdaptivelyClippedOptimizer optimizer =
        new Sgd(1).clippedAdaptively(AdaptiveClip.of(0.1).epsilon(0.5));
    optimizer.step(Parameters.of(Parameter.of("w", value, gradient)));
    assertThat(Golden.numbers(value))
        .containsExactly(new double[] {3 + 0.4, 4 - 0.3, -0.05, 0}, within(1e-15));
    assertThat(optimizer.clippedUnits()).isEqualTo(2);
    gradient.assign(1e-6);
    optimizer.step(Parameters.of(Parameter.of("w", value, gradient)));
    assertThat(optimizer.clippedUnits()).isZero();
  }

  /** One output: the clip is then that by norm. */
  @ParameterizedTest
  @MethodSource("all")
  void aVectorIsClippedByItsNorm(OptimizerCase optimizer) {
    SplittableRandom random = new SplittableRandom(8);
    INDArray value =
        TestArrays.create(DataType.DOUBLE, new long[] {40}, TestArrays.uniform(random, 40));
    INDArray byHand = value.dup();
    Optimizer adaptive = optimizer.create().get().clippedAdaptively(AdaptiveClip.of(0.01));
    Optimizer plain = optimizer.create().get();
    for (int step = 0; step < 7; step++) {
      INDArray g =
          TestArrays.create(DataType.DOUBLE, new long[] {40}, TestArrays.uniform(random, 40));
      double most = 0.01 * byHand.norm2Number().doubleValue();
      INDArray clipped = g.mul(most / g.norm2Number().doubleValue());
      adaptive.step(Parameters.of(Parameter.of("w", value, g)));
      plain.step(Parameters.of(Parameter.of("w", byHand, clipped)));
      assertThat(value.toDoubleVector()).containsExactly(byHand.toDoubleVector(), within(1e-9));
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyLayoutIsClippedAlike(DataType type) {
    for (boolean first : new boolean[] {true, false}) {
      for (long[] shape : TestArrays.SHAPES) {
        INDArray expected = run(type, shape, first, Layout.C_ORDER, Layout.C_ORDER);
        for (Layout layout : Layout.values()) {
          assertSameBits("value", run(type, shape, first, layout, Layout.C_ORDER), expected);
          assertSameBits("gradient", run(type, shape, first, Layout.C_ORDER, layout), expected);
        }
      }
    }
  }

  private static INDArray run(
      DataType type, long[] shape, boolean first, Layout valueLayout, Layout layout) {
    SplittableRandom random = new SplittableRandom(5);
    int n = TestArrays.length(shape);
    INDArray w =
        TestArrays.lay(TestArrays.create(type, shape, TestArrays.uniform(random, n)), valueLayout);
    AdaptiveClip clip = AdaptiveClip.of(0.05);
    Optimizer optimizer =
        new Adam(0.1).clippedAdaptively(first ? clip.outputsFirst() : clip.outputsLast());
    for (int step = 0; step < 4; step++) {
      INDArray g = TestArrays.create(type, shape, TestArrays.uniform(random, n));
      optimizer.step(Parameters.of(Parameter.of("w", w, TestArrays.lay(g, layout))));
    }
    return w.dup();
  }

  @Test
  void exceptedParametersPassAndOuterClipsComeFirst() {
    INDArray head = Nd4j.createFromArray(1.0);
    INDArray body = Nd4j.createFromArray(1.0);
    Optimizer optimizer = new Sgd(1)
        .clippedAdaptively(AdaptiveClip.of(0.5).except(p -> p.name().startsWith("head")))
        .clipped(GradientClip.byValue(-2, 2));
    optimizer.step(Parameters.of(
        Parameter.of("head", head, Nd4j.createFromArray(9.0)),
        Parameter.of("body", body, Nd4j.createFromArray(9.0))));
    assertThat(head.getDouble(0)).isEqualTo(1 - 2);
    assertThat(body.getDouble(0)).isEqualTo(1 - 0.5);
    optimizer.step(Parameters.of(
        Parameter.of("head", head, Nd4j.createFromArray(0.5)),
        Parameter.of("body", body, Nd4j.createFromArray(9.0))));
    assertThat(head.getDouble(0)).isEqualTo(1 - 2 - 0.5);
    assertThat(body.getDouble(0)).isEqualTo(1 - 0.5 - 0.25);
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<INDArray> results = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      SplittableRandom random = new SplittableRandom(9);
      List<Parameter> parameters = new ArrayList<>();
      for (long[] shape : new long[][] {{500, 400}, {3}, {300, 301}}) {
        int n = TestArrays.length(shape);
        parameters.add(Parameter.of(
            "p" + n,
            TestArrays.create(DataType.FLOAT, shape, TestArrays.uniform(random, n)),
            TestArrays.create(DataType.FLOAT, shape, TestArrays.uniform(random, n))));
      }
      Optimizer optimizer = ThreadsTest.withThreads(
          threads, () -> new Adam().clippedAdaptively(AdaptiveClip.of(0.01)));
      optimizer.step(Parameters.of(parameters));
      optimizer.step(Parameters.of(parameters));
      results.addAll(parameters.stream().map(Parameter::value).toList());
    }
    for (int i = 0; i < 3; i++) {
      assertSameBits("parameter " + i, results.get(3 + i), results.get(i));
    }
  }

  @Test
  void aNaNMakesItsUnitNaNAndAGuardOutsideSeesIt() {
    INDArray value = Nd4j.ones(DataType.DOUBLE, 2, 2);
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, 2, 2);
    gradient.putScalar(0, 1, Double.NaN);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer clipped = new Sgd(1).clippedAdaptively(AdaptiveClip.of(0.1));
    assertThatThrownBy(() -> clipped.guarded(NonFinite.FAIL).step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    clipped.step(parameters);
    assertThat(value.getDouble(0, 0)).isNaN();
    assertThat(value.getDouble(1, 0)).isBetween(0.8, 1.0);
  }

  @Test
  void aFailedFirstStepKeepsNothing() {
    Optimizer optimizer =
        new Sgd(1).guarded(NonFinite.FAIL).clippedAdaptively(AdaptiveClip.of(0.1));
    Parameters failing = Parameters.of(Parameter.of(
        "w",
        Nd4j.ones(DataType.FLOAT, 3),
        Nd4j.valueArrayOf(3, Double.NaN).castTo(DataType.FLOAT)));
    assertThatThrownBy(() -> optimizer.step(failing))
        .isInstanceOf(NonFiniteGradientException.class);
    optimizer.step(Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2))));
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  @Test
  void settingsAreNamed() {
    assertThatThrownBy(() -> AdaptiveClip.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clipping is 0.0, expected a finite number > 0");
    assertThatThrownBy(() -> AdaptiveClip.of(1).epsilon(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon is -1.0, expected a finite number > 0");
    assertThatThrownBy(() -> new Sgd().clippedAdaptively(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("clip is null, expected an adaptive clip");
    INDArray six = Nd4j.ones(DataType.FLOAT, 2, 1, 1, 1, 1, 2);
    Parameters parameters = Parameters.of(Parameter.of("w", six, six.dup()));
    assertThatThrownBy(
            () -> new Sgd().clippedAdaptively(AdaptiveClip.of(1).outputsLast()).step(parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w FLOAT[2, 1, 1, 1, 1, 2]' has 6 dimensions, expected at most 5 for"
            + " outputsLast");
    assertThat(new Sgd(1).clippedAdaptively(AdaptiveClip.of(0.01)).toString())
        .endsWith(".clippedAdaptively(adaptive(0.01, epsilon=0.001, outputsFirst))");
  }
}
