package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Golden;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientCentralizationTest {

  private static INDArray stepped(Optimizer optimizer, INDArray gradient) {
    INDArray value = Nd4j.zeros(gradient.dataType(), gradient.shape());
    optimizer.step(Parameters.of(Parameter.of("w", value, gradient)));
    return value.rsub(0);
  }

  private static Optimizer centralized() {
    return new Sgd(1).centralized();
  }

  @Test
  void everyOutputLosesItsMean() {
    INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2, 6}, {-1, 0, 1}});
    assertThat(Golden.numbers(stepped(centralized(), matrix))).containsExactly(-2, -1, 3, -1, 0, 1);
    assertThat(Golden.numbers(matrix))
        .as("the caller's gradient is not written")
        .containsExactly(1, 2, 6, -1, 0, 1);
    INDArray kernel = Nd4j.createFromArray(1.0, 3, 5, 7, 2, 2, 2, 6).reshape(2, 1, 2, 2);
    assertThat(Golden.numbers(stepped(centralized(), kernel)))
        .containsExactly(-3, -1, 1, 3, -1, -1, -1, 3);
  }

  @Test
  void vectorsAndSingleWeightsAreLeftAlone() {
    for (long[] shape : new long[][] {{}, {4}, {4, 1}, {1, 1, 1}}) {
      INDArray gradient = Nd4j.ones(DataType.DOUBLE, shape).muli(3);
      assertSameBits("w", stepped(centralized(), gradient), gradient);
    }
    INDArray row = Nd4j.createFromArray(new double[][] {{1, 3}});
    assertThat(Golden.numbers(stepped(centralized(), row))).containsExactly(-1, 1);
    Optimizer others = new GradientCentralization(new Sgd(1), p -> !p.name().equals("w"));
    assertSameBits("w", stepped(others, row), row);
  }

  @Test
  void weightDecayAndClipsInsideComeAfterIt() {
    INDArray value = Nd4j.createFromArray(new double[][] {{1, 1}});
    INDArray gradient = Nd4j.createFromArray(new double[][] {{3, 5}});
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Sgd.builder()
        .learningRate(1)
        .weightDecay(WeightDecay.coupled(0.5))
        .build()
        .centralized()
        .step(parameters);
    assertThat(Golden.numbers(value)).containsExactly(1.5, -0.5);
    ClippedOptimizer inside = new Sgd(1).clipped(GradientClip.byGlobalNorm(9));
    inside.centralized().step(parameters);
    assertThat(inside.lastNorm()).isEqualTo(Math.sqrt(2));
    ClippedOptimizer outside = new Sgd(1).centralized().clipped(GradientClip.byGlobalNorm(9));
    outside.step(parameters);
    assertThat(outside.lastNorm()).isEqualTo(Math.sqrt(34));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLayoutAndTypeHasTheSameBits(Layout layout) {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        int n = TestArrays.length(shape);
        INDArray g = TestArrays.create(type, shape, TestArrays.uniform(new SplittableRandom(2), n));
        INDArray dense = TestArrays.create(type, shape, new double[n]);
        INDArray laid = TestArrays.lay(dense, layout);
        centralized().step(Parameters.of(Parameter.of("w", dense, g)));
        centralized().step(Parameters.of(Parameter.of("w", laid, TestArrays.lay(g, layout))));
        assertSameBits(type + " " + layout, laid, dense);
      }
    }
  }

  /** Rows longer than a block, and many short ones, in pieces of several threads. */
  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    for (long[] shape : new long[][] {{3, 100_001}, {100_001, 3}, {301, 31, 31}}) {
      int n = TestArrays.length(shape);
      INDArray g =
          TestArrays.create(DataType.FLOAT, shape, TestArrays.uniform(new SplittableRandom(9), n));
      List<INDArray> results = new ArrayList<>();
      for (String threads : List.of("1", "3")) {
        results.add(
            stepped(ThreadsTest.withThreads(threads, GradientCentralizationTest::centralized), g));
      }
      assertSameBits("w", results.get(1), results.get(0));
      INDArray rows = results.get(0).castTo(DataType.DOUBLE).reshape(shape[0], n / shape[0]);
      assertThat(rows.mean(1).amaxNumber().doubleValue()).isCloseTo(0, within(1e-7));
      assertThat(rows.amaxNumber().doubleValue()).isGreaterThan(0.5);
    }
  }

  @Test
  void argumentsAreNamed() {
    assertThatThrownBy(() -> new GradientCentralization(new Sgd(), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("members are null, expected a predicate");
    assertThat(new Sgd().centralized().toString()).endsWith(".centralized()");
  }
}
