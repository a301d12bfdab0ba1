package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Any order, stride, offset, rank and length gives the bits of the contiguous copy. */
@Tag("slow")
class LayoutTest {
  private static final int STEPS = 7;

  static List<OptimizerCase> cases() {
    return OptimizerCase.allOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyLayoutGivesTheBitsOfTheContiguousCopy(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      for (long[] shape : TestArrays.SHAPES) {
        if (!optimizer.takes(shape) || !takes(type, shape)) {
          continue;
        }
        Result expected =
            run(optimizer.create().get(), type, shape, Layout.C_ORDER, Layout.C_ORDER);
        for (Layout value : Layout.values()) {
          for (Layout gradient : gradients(optimizer, value)) {
            Result actual = run(optimizer.create().get(), type, shape, value, gradient);
            actual.assertSame(expected, value + " value, " + gradient + " gradient");
          }
        }
      }
    }
  }

  /**
   * The layouts that meet one of a value: with the defaults the contiguous one and its own, or all if it is contiguous; with
   * options, which change what is computed and not where, the next one.
   */
  private static List<Layout> gradients(OptimizerCase optimizer, Layout value) {
    List<Layout> all = List.of(Layout.values());
    if (!OptimizerCase.defaultsOnMatrices().contains(optimizer)) {
      return List.of(all.get((all.indexOf(value) + 1) % all.size()));
    }
    return value == Layout.C_ORDER ? all : List.of(Layout.C_ORDER, value);
  }

  /** Places of few elements do not depend on their type: the types take turns. Longer arrays run the loops over blocks, which do. */
  private static boolean takes(DataType type, long[] shape) {
    boolean even = TestArrays.SHAPES.indexOf(shape) % 2 == 0;
    return TestArrays.length(shape) > 500 || even == (type == DataType.FLOAT);
  }

  @ParameterizedTest
  @MethodSource("halves")
  void halfTypesAreUpdatedInFloatAndRoundedOnce(OptimizerCase optimizer, DataType type) {
    long[] shape = {31, 33};
    for (Layout layout : Layout.values()) {
      Optimizer half = optimizer.create().get();
      Optimizer full = optimizer.create().get();
      SplittableRandom random = new SplittableRandom(7);
      double[] start = TestArrays.uniform(random, TestArrays.length(shape));
      INDArray halfValue = TestArrays.lay(TestArrays.create(type, shape, start), layout);
      INDArray fullValue = halfValue.castTo(DataType.FLOAT);
      for (int step = 0; step < STEPS; step++) {
        INDArray gradient =
            TestArrays.create(type, shape, TestArrays.uniform(random, TestArrays.length(shape)));
        half.step(Parameters.of(Parameter.of("w", halfValue, gradient)));
        full.step(Parameters.of(Parameter.of("w", fullValue, gradient.castTo(DataType.FLOAT))));
        fullValue.assign(fullValue.castTo(type).castTo(DataType.FLOAT));
        assertSameBits("value", halfValue.castTo(DataType.FLOAT), fullValue);
      }
      for (String slot : optimizer.slots()) {
        assertThat(half.state().slot("w", slot).dataType())
            .isEqualTo(optimizer.isNumber(slot) ? DataType.DOUBLE : DataType.FLOAT);
        assertSameBits(slot, half.state().slot("w", slot), full.state().slot("w", slot));
      }
    }
  }

  static List<Arguments> halves() {
    List<Arguments> halves = new ArrayList<>();
    for (OptimizerCase optimizer : OptimizerCase.defaultsOnMatrices()) {
      halves.add(Arguments.of(optimizer, DataType.FLOAT16));
      halves.add(Arguments.of(optimizer, DataType.BFLOAT16));
    }
    return halves;
  }

  /** Epsilon underflows in half precision, which made a peer's Adam NaN. */
  @ParameterizedTest
  @MethodSource("halves")
  void halfTypesSurviveAZeroGradient(OptimizerCase optimizer, DataType type) {
    INDArray value = Nd4j.ones(type, 4, 1);
    Optimizer any = optimizer.create().get();
    any.step(Parameters.of(Parameter.of("w", value, Nd4j.zeros(type, 4, 1))));
    assertThat(Golden.numbers(value)).containsOnly(1);
  }

  private record Result(INDArray value, List<INDArray> slots) {
    void assertSame(Result expected, String what) {
      assertSameBits(what, value, expected.value);
      for (int s = 0; s < slots.size(); s++) {
        assertSameBits(what + ", slot " + s, slots.get(s), expected.slots.get(s));
      }
    }
  }

  private static Result run(
      Optimizer rule, DataType type, long[] shape, Layout valueLayout, Layout gradientLayout) {
    // The clip makes the order in which a norm is summed part of the result.
    Optimizer optimizer = rule.clipped(GradientClip.byGlobalNorm(0.5));
    SplittableRandom random = new SplittableRandom(42);
    int n = TestArrays.length(shape);
    INDArray value =
        TestArrays.lay(TestArrays.create(type, shape, TestArrays.uniform(random, n)), valueLayout);
    for (int step = 0; step < STEPS; step++) {
      INDArray gradient = TestArrays.create(type, shape, TestArrays.gradients(random, n));
      INDArray laid = TestArrays.lay(gradient, gradientLayout);
      optimizer.step(Parameters.of(Parameter.of("w", value, laid)));
      assertSameBits("the gradient is only read", laid, gradient);
    }
    List<INDArray> slots = new ArrayList<>();
    for (String slot : optimizer.state().slots("w")) {
      slots.add(optimizer.state().slot("w", slot));
    }
    return new Result(value, slots);
  }
}
