package io.github.descent4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.TestArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Vector kernels give the bits of the scalar kernels; runs where the build chose vector kernels. */
class VectorParityTest {

  static List<Arguments> kernels() {
    return List.of(
        kernel("sgd", 0, (k, c) -> k.sgd(c, 0.1)),
        kernel("momentum", 1, (k, c) -> k.momentum(c, 0.1, 0.9, 0.7)),
        kernel("nesterov", 1, (k, c) -> k.nesterov(c, 0.1, 0.9)),
        kernel("adaGrad", 1, (k, c) -> k.adaGrad(c, 0.1, 1e-7, 0)),
        kernel("adaGrad outside", 1, (k, c) -> k.adaGrad(c, 0.1, 0, 1e-7)),
        kernel("rmsProp", 1, (k, c) -> k.rmsProp(c, 0.1, 0.9, 1e-8, 0)),
        kernel("rmsPropMomentum", 2, (k, c) -> k.rmsPropMomentum(c, 0.1, 0.9, 0.8, 0, 1e-8)),
        kernel("rmsPropCentered", 2, (k, c) -> k.rmsPropCentered(c, 0.1, 0.9, 1e-8, 0)),
        kernel(
            "rmsPropCenteredMomentum",
            3,
            (k, c) -> k.rmsPropCenteredMomentum(c, 0.1, 0.9, 0.8, 1e-8, 0)),
        kernel("adaDelta", 2, (k, c) -> k.adaDelta(c, 1, 0.9, 1e-6)),
        kernel("adam", 2, (k, c) -> k.adam(c, 0.9, 0.999, 0.01, 31.6, 1e-8)),
        kernel("adam underflow", 2, (k, c) -> k.adam(c, 0.9, 0.999, 0.01, 31.6, 1e-60)),
        kernel("amsGrad", 3, (k, c) -> k.amsGrad(c, 0.9, 0.8, 0.01, 31.6, 1e-8)),
        kernel("yogi", 2, (k, c) -> k.yogi(c, 0.9, 0.999, 0.01, 31.6, 1e-3)),
        kernel("rAdam", 2, (k, c) -> k.rAdam(c, 0.9, 0.999, 0.01, 1e-8)),
        kernel("rAdamUnrectified", 2, (k, c) -> k.rAdamUnrectified(c, 0.9, 0.999, 0.01)),
        kernel("nAdam", 2, (k, c) -> k.nAdam(c, 0.9, 0.999, 0.005, 0.02, 31.6, 1e-8)),
        kernel("adaMax", 2, (k, c) -> k.adaMax(c, 0.9, 0.999, 0.01, 0, 1e-8)),
        kernel("adaMax inside", 2, (k, c) -> k.adaMax(c, 0.9, 0.999, 0.01, 1e-8, 0)));
  }

  private static Arguments kernel(String name, int slots, BiConsumer<Kernels, Chunk> call) {
    return Arguments.of(name, slots, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  void givesTheBitsOfTheScalarKernels(String name, int slots, BiConsumer<Kernels, Chunk> call) {
    Kernels vector = KernelChoice.kernels();
    assertThat(vector).isNotInstanceOf(ScalarKernels.class);
    for (int n : new int[] {1, 4, 6, 8, 13, 16, 17, 31, 32, 100, 511, 512, 513, 1024, 4098}) {
      for (GradientTransform transform : transforms()) {
        for (double decay : new double[] {0, 0.1}) {
          int[] expected = run(new ScalarKernels(), call, n, slots, transform, decay);
          int[] actual = run(vector, call, n, slots, transform, decay);
          assertThat(actual).as("%s of %d", name, n).isEqualTo(expected);
        }
      }
    }
  }

  static List<Arguments> norms() {
    return List.of(
        norm("addAbsolute", Kernels::addAbsolute),
        norm("addSquares", Kernels::addSquares),
        norm("maxAbsolute", Kernels::maxAbsolute));
  }

  private static Arguments norm(String name, BiConsumer<Kernels, NormChunk> call) {
    return Arguments.of(name, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("norms")
  void addsUpTheBitsOfTheScalarKernels(String name, BiConsumer<Kernels, NormChunk> call) {
    for (int n : new int[] {1, 17, 511, 512, 513, 4098}) {
      double[] g = TestArrays.gradients(new SplittableRandom(n), n);
      for (int i = 0; i < n; i += 50) {
        g[i] = new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, 1e-45, 1e30}[i / 50 % 5];
      }
      Span gradient = Span.of(array(g));
      for (GradientTransform transform : transforms()) {
        NormChunk expected = new NormChunk();
        expected.set(gradient, transform, 0, n);
        call.accept(new ScalarKernels(), expected);
        NormChunk actual = new NormChunk();
        actual.set(gradient, transform, 0, n);
        call.accept(KernelChoice.kernels(), actual);
        assertThat(actual.lanes).as("%s of %d", name, n).isEqualTo(expected.lanes);
      }
    }
  }

  private static List<GradientTransform> transforms() {
    GradientTransform scales = new GradientTransform();
    scales.scale(0.3);
    GradientTransform clamps = new GradientTransform();
    clamps.scale(0.7);
    clamps.clamp(-0.25, 0.5);
    return List.of(new GradientTransform(), scales, clamps);
  }

  /** The raw bits of value and slots after a few steps from hostile gradients. */
  private static int[] run(
      Kernels kernels,
      BiConsumer<Kernels, Chunk> call,
      int n,
      int slots,
      GradientTransform transform,
      double decay) {
    SplittableRandom random = new SplittableRandom(n);
    INDArray value = array(TestArrays.uniform(random, n));
    List<INDArray> state = new ArrayList<>();
    for (int s = 0; s < slots; s++) {
      state.add(
          array(Arrays.stream(TestArrays.uniform(random, n)).map(Math::abs).toArray()));
    }
    Span[] spans = state.stream().map(Span::of).toArray(Span[]::new);
    Chunk chunk = new Chunk();
    for (int step = 0; step < 3; step++) {
      double[] g = TestArrays.gradients(random, n);
      for (int i = step; i < n; i += 50) {
        g[i] = new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, 1e-45, 1e30}[i % 5];
      }
      chunk.set(Span.of(value), Span.of(array(g)), spans, 'c', 0, n, transform, decay, decay / 2);
      call.accept(kernels, chunk);
    }
    state.add(value);
    return state.stream()
        .flatMapToInt(slot ->
            Arrays.stream(slot.toDoubleVector()).mapToInt(x -> Float.floatToIntBits((float) x)))
        .toArray();
  }

  private static INDArray array(double[] numbers) {
    return TestArrays.create(DataType.FLOAT, new long[] {numbers.length}, numbers);
  }
}
