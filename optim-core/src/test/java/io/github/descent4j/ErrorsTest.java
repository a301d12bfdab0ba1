package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Every message names the parameter, the value and what was expected. */
class ErrorsTest {

  static List<Arguments> hyperparameters() {
    return List.of(
        bad("learningRate is -1.0, expected a finite number >= 0", () -> new Adam(-1)),
        bad("learningRate is NaN, expected a finite number >= 0", () -> new Sgd(Double.NaN)),
        bad(
            "learningRate is Infinity, expected a finite number >= 0",
            () -> new RAdam(Double.POSITIVE_INFINITY)),
        bad(
            "momentum is 1.0, expected a number in [0, 1)",
            () -> Momentum.builder().momentum(1).build()),
        bad(
            "momentum is -0.1, expected a number in [0, 1)",
            () -> Nesterov.builder().momentum(-0.1).build()),
        bad(
            "dampening is 1.5, expected a number in [0, 1]",
            () -> Momentum.builder().dampening(1.5).build()),
        bad(
            "rho is 1.0, expected a number in [0, 1)",
            () -> RmsProp.builder().rho(1).build()),
        bad(
            "rho is NaN, expected a number in [0, 1)",
            () -> AdaDelta.builder().rho(Double.NaN).build()),
        bad(
            "beta1 is 1.5, expected a number in [0, 1)",
            () -> Adam.builder().beta1(1.5).build()),
        bad(
            "beta2 is 1.0, expected a number in [0, 1)",
            () -> Yogi.builder().beta2(1).build()),
        bad(
            "beta2 is -1.0, expected a number in [0, 1)",
            () -> RAdam.builder().beta2(-1).build()),
        bad(
            "epsilon is 0.0, expected a finite number > 0",
            () -> AdaGrad.builder().epsilon(0).build()),
        bad(
            "epsilon is -1.0E-8, expected a finite number > 0",
            () -> Adam.builder().epsilon(-1e-8).build()),
        bad(
            "initialAccumulator is -1.0, expected a finite number >= 0",
            () -> AdaGrad.builder().initialAccumulator(-1).build()),
        bad(
            "initialAccumulator is NaN, expected a finite number >= 0",
            () -> Yogi.builder().initialAccumulator(Double.NaN).build()),
        bad(
            "initialFirstMoment is -1.0, expected a finite number >= 0",
            () -> Yogi.builder().initialFirstMoment(-1).build()),
        bad(
            "learningRateDecay is -0.5, expected a finite number >= 0",
            () -> AdaGrad.builder().learningRateDecay(-0.5).build()),
        bad(
            "rectificationThreshold is 3.0, expected a finite number >= 4.0",
            () -> RAdam.builder().rectificationThreshold(3).build()),
        bad(
            "momentumDecay is -1.0, expected a finite number >= 0",
            () -> NAdam.builder().momentumDecay(-1).build()),
        bad("weightDecay is -0.1, expected a finite number >= 0", () -> WeightDecay.coupled(-0.1)),
        bad(
            "weightDecay is Infinity, expected a finite number >= 0",
            () -> WeightDecay.decoupled(Double.POSITIVE_INFINITY)),
        bad(
            "weightDecay is -0.5, expected a finite number >= 0",
            () -> AdamW.builder().weightDecay(-0.5)),
        bad(
            "weightDecay is coupled(0.1), expected a decoupled one; coupled decay with these moments is Adam",
            () -> AdamW.builder().weightDecay(WeightDecay.coupled(0.1)).build()),
        bad("maxNorm is 0.0, expected a finite number > 0", () -> GradientClip.byNorm(0)),
        bad(
            "maxNorm is NaN, expected a finite number > 0",
            () -> GradientClip.byGlobalNorm(Double.NaN)),
        bad(
            "epsilon is -1.0, expected a finite number >= 0",
            () -> GradientClip.byGlobalNorm(1, Norm.L2, -1)),
        bad(
            "maxNorm is Infinity, expected a finite number > 0",
            () -> GradientClip.byGlobalNorm(Double.POSITIVE_INFINITY)),
        bad(
            "epsilon is Infinity, expected a finite number >= 0",
            () -> GradientClip.byGlobalNorm(1, Norm.L2, Double.POSITIVE_INFINITY)),
        bad("limit is 0.0, expected a number > 0", () -> GradientClip.byValue(0)),
        bad("limit is -1.0, expected a number > 0", () -> GradientClip.byValue(-1)),
        bad("limit is NaN, expected a number > 0", () -> GradientClip.byValue(Double.NaN)),
        bad("max is -1.0, expected a number >= min = 1.0", () -> GradientClip.byValue(1, -1)),
        bad(
            "min is NaN, expected a number <= max = 1.0",
            () -> GradientClip.byValue(Double.NaN, 1)));
  }

  private static Arguments bad(String message, ThrowingCallable call) {
    return Arguments.of(message, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hyperparameters")
  void hyperparametersOutOfRangeAreNamed(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void nullsAreNamed() {
    INDArray array = Nd4j.ones(2);
    Optimizer optimizer = new Sgd();
    Parameter none = null;
    assertNull("name of a parameter", () -> Parameter.of(null, array, array.dup()));
    assertNull("value of parameter 'w'", () -> Parameter.of("w", null, array));
    assertNull("gradient of parameter 'w'", () -> Parameter.of("w", array, null));
    assertNull("parameter 0", () -> Parameters.of(none));
    assertNull("parameters are null", () -> optimizer.step((Parameters) null));
    assertNull("schedule", () -> optimizer.scheduled(null));
    assertNull("clip", () -> optimizer.clipped(null));
    assertNull("policy", () -> optimizer.guarded(null));
    assertNull("weightDecay", () -> Sgd.builder().weightDecay(null));
    assertNull("belowThreshold", () -> RAdam.builder().belowThreshold(null));
    assertNull("norm", () -> GradientClip.byNorm(1, null));
  }

  private static void assertNull(String what, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith(what)
        .hasMessageContaining("expected");
  }

  @Test
  void aParameterMustBeWhole() {
    INDArray f = Nd4j.ones(DataType.FLOAT, 2, 3);
    assertBad("name of a parameter is empty, expected a name", () -> Parameter.of("", f, f.dup()));
    assertBad(
        "gradient of parameter 'w' is of type DOUBLE, expected FLOAT as the value",
        () -> Parameter.of("w", f, Nd4j.ones(DataType.DOUBLE, 2, 3)));
    assertBad(
        "gradient of parameter 'w' has shape [3, 2], expected [2, 3] as the value",
        () -> Parameter.of("w", f, Nd4j.ones(DataType.FLOAT, 3, 2)));
    assertBad(
        "value of parameter 'w' is of type INT, expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16",
        () -> Parameter.of("w", Nd4j.ones(DataType.INT32, 2), Nd4j.ones(DataType.INT32, 2)));
    INDArray closed = Nd4j.ones(DataType.FLOAT, 2, 3);
    closed.close();
    assertThatThrownBy(() -> Parameter.of("w", f, closed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'w' has been closed, expected an open array");
  }

  @Test
  void anArrayClosedLaterFailsTheStepAndNotTheProcess() {
    INDArray gradient = Nd4j.ones(2);
    INDArray value = Nd4j.ones(2);
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    Optimizer optimizer = new Adam().clipped(GradientClip.byGlobalNorm(1));
    optimizer.step(parameters);
    gradient.close();
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gradient of parameter 'w' has been closed");
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  @Test
  void namesAreDistinct() {
    assertBad(
        "parameter name 'w' is given twice, expected distinct names",
        () -> Parameters.of(parameter("w"), parameter("v"), parameter("w")));
    assertThatThrownBy(() -> Parameters.of(parameter("w")).get("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'x'");
  }

  @Test
  void memoryIsNotShared() {
    INDArray buffer = Nd4j.ones(DataType.FLOAT, 4, 4);
    INDArray left = buffer.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));
    INDArray middle = buffer.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
    INDArray right = buffer.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 4));
    assertBad(
        "value and gradient of parameter 'w' share memory, expected two arrays",
        () -> Parameter.of("w", buffer, buffer));
    assertBad(
        "value and gradient of parameter 'w' share memory, expected two arrays",
        () -> Parameter.of("w", left, middle));
    assertThat(Parameter.of("w", left, right).name())
        .as("interleaved is not shared")
        .isEqualTo("w");
    assertThatThrownBy(() -> Parameters.of(
            Parameter.of("a", left, Nd4j.ones(4, 2)), Parameter.of("b", Nd4j.ones(4, 2), middle)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value of parameter 'a' and gradient of parameter 'b' share memory,"
            + " expected two arrays");
    INDArray shared = Nd4j.ones(4, 2);
    assertThat(Parameters.of(Parameter.of("a", left, shared), Parameter.of("b", right, shared))
            .size())
        .as("a gradient may serve two values")
        .isEqualTo(2);
  }

  @Test
  void broadcastValuesAreRefused() {
    INDArray row = Nd4j.ones(DataType.FLOAT, 1, 3);
    INDArray repeated =
        Nd4j.create(row.data(), new long[] {2, 3}, new long[] {0, 1}, 0L, 'c', DataType.FLOAT);
    assertThatThrownBy(() -> Parameter.of("w", repeated, Nd4j.ones(2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value of parameter 'w' has elements that share memory");
    INDArray value = Nd4j.zeros(DataType.FLOAT, 2, 3);
    new Sgd(1).step(Parameters.of(Parameter.of("w", value, repeated)));
    assertThat(Golden.numbers(value)).as("as a gradient it is read").containsOnly(-1);
  }

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aParameterThatChangedUnderItsNameFailsTheWholeStep(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get();
    INDArray a = Nd4j.ones(DataType.FLOAT, 3, 1);
    Parameter first = Parameter.of("a", a, Nd4j.ones(DataType.FLOAT, 3, 1));
    any.step(Parameters.of(first, Parameter.of("b", Nd4j.ones(2, 3), Nd4j.ones(2, 3))));
    INDArray before = a.dup();
    List<INDArray> slots =
        any.state().slots("a").stream().map(s -> any.state().slot("a", s).dup()).toList();
    INDArray newcomer = Nd4j.ones(DataType.FLOAT, 2, 1);

    for (INDArray changed : List.of(Nd4j.ones(3, 2), Nd4j.ones(DataType.DOUBLE, 2, 3))) {
      Parameters parameters = Parameters.of(
          first,
          Parameter.of("new", newcomer, newcomer.dup()),
          Parameter.of("b", changed, changed.dup()));
      assertThatThrownBy(() -> any.step(parameters))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("parameter 'b'")
          .hasMessageContaining("expected")
          .hasMessageEndingWith("as at its first step");
    }
    assertSameBits("a", a, before);
    int s = 0;
    for (String slot : any.state().slots("a")) {
      assertSameBits(slot, any.state().slot("a", slot), slots.get(s++));
    }
    assertThat(any.state().parameters()).containsExactly("a", "b");
    assertThat(any.steps()).isEqualTo(1);
    assertThat(any.state().steps("a")).isEqualTo(1);
  }

  @Test
  void stateNamesWhatItDoesNotHave() {
    Optimizer optimizer = new Adam();
    optimizer.step(Parameters.of(parameter("w")));
    assertBad(
        "slot name is 'velocity', expected one of [m, v]",
        () -> optimizer.state().slot("w", "velocity"));
    assertBad(
        "parameter name is 'b', expected one that has been stepped: [w]",
        () -> optimizer.state().slots("b"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSecondThreadFailsClearly(OptimizerCase optimizer) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    // The schedule holds the first step open until the second has been tried.
    Optimizer shared = optimizer.create().get().scheduled(step -> {
      inside.countDown();
      await(tried);
      return 0.1;
    });
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<?> first = executor.submit(() -> shared.step(Parameters.of(matrix("w"))));
      inside.await();
      assertThatThrownBy(() -> shared.step(Parameters.of(matrix("v"))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is under way on thread")
          .hasMessageContaining("expected one thread at a time");
      tried.countDown();
      first.get();
      assertThat(shared.state().parameters()).containsExactly("w");
      shared.step(Parameters.of(matrix("w")));
      assertThat(shared.steps()).isEqualTo(2);
    } finally {
      executor.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Parameter matrix(String name) {
    return Parameter.of(name, Nd4j.ones(2, 1), Nd4j.ones(2, 1));
  }

  private static Parameter parameter(String name) {
    return Parameter.of(name, Nd4j.ones(2), Nd4j.ones(2));
  }

  private static void assertBad(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void parametersKeepTheirOrder() {
    Parameters parameters = Parameters.of(Arrays.asList(parameter("b"), parameter("a")));
    assertThat(parameters).extracting(Parameter::name).containsExactly("b", "a");
    assertThat(parameters.get(1).name()).isEqualTo("a");
    assertThat(parameters.toString()).isEqualTo("[b FLOAT[2], a FLOAT[2]]");
    Optimizer optimizer = new Adam();
    optimizer.step(Parameters.of());
    assertThat(optimizer.steps()).as("a step without parameters only counts").isEqualTo(1);
  }
}
