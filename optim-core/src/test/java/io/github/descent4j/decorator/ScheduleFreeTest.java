package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The golden trajectories are in GoldenWrapperTest. */
class ScheduleFreeTest {
  private final INDArray value = Nd4j.createFromArray(1.0, -2.0);
  private final INDArray gradient = Nd4j.createFromArray(0.5, 0.25);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  @TempDir
  private Path folder;

  /** By hand: a rate of 1, beta 0.5, and weights that are equal. */
  @Test
  void theParametersAreBetweenTheAverageAndTheFastPoint() {
    ScheduleFree optimizer = ScheduleFree.sgd().beta(0.5).build();
    gradient.assign(1);
    optimizer.step(parameters);
    optimizer.step(parameters);
    optimizer.step(parameters);
    // z is 0, -1, -2 below the first value less 1, x their mean.
    assertThat(optimizer.state().slot("w", "z").toDoubleVector()).containsExactly(-2, -5);
    assertThat(optimizer.state().slot("w", "x").toDoubleVector())
        .containsExactly(new double[] {-1, -4}, within(1e-15));
    assertThat(value.toDoubleVector()).containsExactly(new double[] {-1.5, -4.5}, within(1e-15));
    assertThat(optimizer.weightSum()).isEqualTo(3);
    assertThat(optimizer.largestRate()).isEqualTo(1);
    assertThat(optimizer.state().slots("w")).containsExactly("x", "z");
    assertThat(ScheduleFree.adamW().build().learningRate()).isEqualTo(0.0025);
  }

  @Test
  void theWarmupMultipliesEveryRate() {
    ScheduleFree optimizer = ScheduleFree.sgd().warmupSteps(4).build();
    assertThat(optimizer.learningRate()).isEqualTo(0.25);
    optimizer.step(parameters);
    assertThat(optimizer.learningRate()).isEqualTo(0.5);
    Optimizer scheduled = optimizer.scheduled(step -> 0.1 * (1 + step));
    assertThat(scheduled.learningRate()).isEqualTo(0.1);
    scheduled.step(parameters);
    assertThat(optimizer.largestRate()).isEqualTo(0.25);
    optimizer.step(parameters);
    assertThat(optimizer.largestRate()).isEqualTo(0.75);
    optimizer.step(parameters);
    assertThat(optimizer.learningRate()).isEqualTo(1);
  }

  @Test
  void atARateOfZeroNothingMoves() {
    ScheduleFree optimizer = ScheduleFree.sgd().build();
    Optimizer scheduled = optimizer.scheduled(step -> step < 2 ? 0 : 1);
    scheduled.step(parameters);
    scheduled.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1, -2);
    assertThat(optimizer.weightSum()).isZero();
    scheduled.step(parameters);
    assertThat(optimizer.state().slot("w", "x").toDoubleVector()).containsExactly(0.5, -2.25);
  }

  @Test
  void withinTheScopeOnlyTheAverageIsThere() {
    ScheduleFree optimizer = ScheduleFree.adamW().build();
    optimizer.step(parameters);
    optimizer.step(parameters);
    double[] trained = value.toDoubleVector();
    double[] average = optimizer.state().slot("w", "x").toDoubleVector();
    assertThat(average).isNotEqualTo(trained);
    AveragingOptimizer.Applied applied = optimizer.applied(parameters);
    assertThat(value.toDoubleVector()).isEqualTo(average);
    Path file = folder.resolve("state.npz");
    List<ThrowingCallable> calls = List.of(
        () -> optimizer.step(parameters),
        () -> optimizer.clipped(GradientClip.byNorm(1)).step(parameters),
        () -> optimizer.applied(parameters),
        () -> optimizer.assignTo(parameters),
        () -> optimizer.state().save(file),
        () -> optimizer.state().load(file));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the average is in place of the parameters, expected Applied.close() first");
    }
    assertThat(value.toDoubleVector()).isEqualTo(average);
    applied.close();
    assertThat(value.toDoubleVector()).isEqualTo(trained);
    optimizer.step(parameters);
    double[] later = value.toDoubleVector();
    applied.close();
    assertThat(value.toDoubleVector()).as("closing twice changes nothing").isEqualTo(later);
    assertThat(optimizer.steps()).isEqualTo(3);
  }

  @Test
  void anotherModelIsSetToTheAverage() {
    ScheduleFree optimizer = ScheduleFree.sgd().build();
    optimizer.step(parameters);
    optimizer.step(parameters);
    INDArray other = Nd4j.zeros(DataType.DOUBLE, 2);
    INDArray unknown = Nd4j.createFromArray(7f);
    optimizer.assignTo(Parameters.of(
        Parameter.of("w", other, gradient), Parameter.of("u", unknown, Nd4j.ones(1))));
    assertSameBits("w", other, optimizer.state().slot("w", "x"));
    assertThat(unknown.getDouble(0)).isEqualTo(7);
    Parameters reshaped = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 3), Nd4j.ones(DataType.DOUBLE, 3)));
    assertThatThrownBy(() -> optimizer.applied(reshaped))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter is 'w DOUBLE[3]', expected shape [2] and an average of type DOUBLE"
            + " as at its first step");
    Parameters ofFloats = Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)));
    assertThatThrownBy(() -> optimizer.assignTo(ofFloats))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'w FLOAT[2]'");
  }

  @Test
  void aStepThatFailsOrIsSkippedLeavesTheWeights() {
    ScheduleFree failing = ScheduleFree.sgd().build();
    ScheduleFree skipping = ScheduleFree.sgd().build();
    gradient.assign(Double.NaN);
    assertThatThrownBy(() -> failing.guarded(NonFinite.FAIL).step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    skipping.guarded(NonFinite.SKIP).step(parameters);
    gradient.assign(1);
    failing.step(parameters);
    double before = failing.weightSum();
    Parameters reshaped = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 3), Nd4j.ones(DataType.DOUBLE, 3)));
    assertThatThrownBy(() -> failing.step(reshaped)).isInstanceOf(IllegalArgumentException.class);
    assertThat(failing.weightSum()).isEqualTo(before).isEqualTo(1);
    assertThat(skipping.weightSum()).isZero();
    assertThat(skipping.steps()).isZero();
    ScheduleFree steep =
        ScheduleFree.sgd().learningRate(1e10).weightLrPower(100).build();
    assertThatThrownBy(() -> steep.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("sum of weights is Infinity at step 1");
  }

  @Test
  void aGroupHasItsOwnAndItsFactor() {
    INDArray other = Nd4j.createFromArray(2.0);
    ScheduleFree ofGroup = ScheduleFree.sgd().build();
    Optimizer groups = Optimizer.groups()
        .group("b", p -> p.name().equals("b"), ofGroup, 0.5)
        .otherwise(new Sgd(1))
        .build();
    groups.step(
        Parameters.of(parameters.get("w"), Parameter.of("b", other, Nd4j.createFromArray(1.0))));
    assertThat(other.getDouble(0)).isEqualTo(1.5);
    assertThat(ofGroup.largestRate()).isEqualTo(0.5);
    assertThat(value.toDoubleVector()).containsExactly(0.5, -2.25);
  }

  @Test
  void aRunGoesOnFromAStateFileBitForBit() {
    for (ScheduleFree.Builder<?> builder :
        List.of(ScheduleFree.sgd().warmupSteps(5).r(1), ScheduleFree.adamW().decayInUpdate(0.1))) {
      Path file = folder.resolve("state.npz");
      ScheduleFree through = builder.build();
      step(through, 3);
      through.state().save(file);
      double[] half = value.toDoubleVector();
      step(through, 3);
      double[] expected = value.toDoubleVector();
      ScheduleFree resumed = builder.build();
      step(resumed, 1);
      resumed.state().load(file, parameters);
      value.assign(Nd4j.createFromArray(half));
      step(resumed, 3);
      assertThat(value.toDoubleVector()).isEqualTo(expected);
      assertThat(resumed.weightSum()).isEqualTo(through.weightSum());
      assertThat(resumed.largestRate()).isEqualTo(through.largestRate());
      assertSameBits("x", resumed.state().slot("w", "x"), through.state().slot("w", "x"));
      ScheduleFree other = builder.weightLrPower(1).build();
      assertThatThrownBy(() -> other.state().load(file, parameters))
          .hasMessageContaining("hyperparameter weightLrPower = 2.0, expected 1.0");
    }
  }

  /** What is in files stays as it is. */
  @Test
  void theFileHasItsName() {
    Path file = folder.resolve("state.npz");
    ScheduleFree optimizer = ScheduleFree.sgd().build();
    step(optimizer, 1);
    optimizer.state().save(file);
    assertThat(StateFiles.json(file)).contains("\"scheduleFree\"");
  }

  @Test
  void aRenamedParameterGoesOnAndAForgottenOneBeginsAnew() {
    ScheduleFree optimizer = ScheduleFree.sgd().build();
    step(optimizer, 2);
    INDArray copy = value.dup();
    ScheduleFree plain = ScheduleFree.sgd().build();
    value.assign(Nd4j.createFromArray(1.0, -2.0));
    step(plain, 3);
    optimizer.state().rename("w", "v");
    optimizer.step(Parameters.of(Parameter.of("v", copy, gradient)));
    assertSameBits("v", copy, value);
    assertSameBits("x", optimizer.state().slot("v", "x"), plain.state().slot("w", "x"));
    optimizer.state().forget("v");
    INDArray other = Nd4j.createFromArray(4.0);
    optimizer.step(Parameters.of(Parameter.of("v", other, Nd4j.createFromArray(1.0))));
    // The weights are the optimizer's: the value counts as if it had been there for three steps.
    assertThat(optimizer.state().slot("v", "z").toDoubleVector()).containsExactly(3);
    assertThat(optimizer.state().slot("v", "x").toDoubleVector()).containsExactly(3.75);
  }

  private void step(Optimizer optimizer, int steps) {
    for (int step = 0; step < steps; step++) {
      optimizer.step(parameters);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLayoutAndTypeHasTheSameBits(Layout layout) {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        int n = TestArrays.length(shape);
        SplittableRandom random = new SplittableRandom(2);
        INDArray start = TestArrays.create(type, shape, TestArrays.uniform(random, n));
        INDArray g = TestArrays.create(type, shape, TestArrays.uniform(random, n));
        INDArray dense = start.dup();
        INDArray laid = TestArrays.lay(start, layout);
        ScheduleFree a = ScheduleFree.adamW().learningRate(0.1).build();
        ScheduleFree b = ScheduleFree.adamW().learningRate(0.1).build();
        Parameters ofDense = Parameters.of(Parameter.of("w", dense, g));
        Parameters ofLaid = Parameters.of(Parameter.of("w", laid, TestArrays.lay(g, layout)));
        for (int step = 0; step < 4; step++) {
          a.step(ofDense);
          b.step(ofLaid);
        }
        INDArray trained = laid.dup();
        assertSameBits(type + " " + layout, laid, dense);
        a.assignTo(ofDense);
        try (AveragingOptimizer.Applied average = b.applied(ofLaid)) {
          assertThat(average).isNotNull();
          assertSameBits(type + " " + layout + " applied", laid, dense);
        }
        assertSameBits(type + " " + layout + " is back", laid, trained);
      }
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<INDArray> results = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      SplittableRandom random = new SplittableRandom(9);
      INDArray w = TestArrays.create(
          DataType.FLOAT, new long[] {300_001}, TestArrays.uniform(random, 300_001));
      INDArray g =
          TestArrays.create(DataType.FLOAT, w.shape(), TestArrays.uniform(random, 300_001));
      ScheduleFree optimizer =
          ThreadsTest.withThreads(threads, () -> ScheduleFree.adamW().build());
      Parameters one = Parameters.of(Parameter.of("w", w, g));
      for (int i = 0; i < 3; i++) {
        optimizer.step(one);
      }
      optimizer.assignTo(one);
      results.add(w);
    }
    assertSameBits("w", results.get(1), results.get(0));
  }

  @Test
  void argumentsAreNamed() {
    assertBad("warmupSteps is -1, expected a number >= 0", ScheduleFree.sgd().warmupSteps(-1));
    assertBad("r is -1.0, expected a finite number >= 0", ScheduleFree.sgd().r(-1));
    assertBad(
        "weightLrPower is NaN, expected a finite number >= 0",
        ScheduleFree.sgd().weightLrPower(Double.NaN));
    assertBad("beta is 1.0, expected a number in [0, 1)", ScheduleFree.sgd().beta(1));
    assertBad("beta2 is 1.0, expected a number in [0, 1)", ScheduleFree.adamW().beta2(1));
    assertBad(
        "epsilon is 0.0, expected a finite number > 0", ScheduleFree.adamW().epsilon(0));
    assertBad(
        "decayInUpdate is -1.0, expected a finite number >= 0",
        ScheduleFree.adamW().decayInUpdate(-1));
    assertBad(
        "learningRate is -1.0, expected a finite number >= 0",
        ScheduleFree.adamW().learningRate(-1));
    assertThat(ScheduleFree.sgd().warmupSteps(3).build())
        .hasToString("ScheduleFreeSgd(learningRate=1.0, beta=0.9, decayInUpdate=0.0,"
            + " weightDecay=none).scheduleFree{warmupSteps=3, r=0.0, weightLrPower=2.0}");
  }

  private static void assertBad(String message, ScheduleFree.Builder<?> builder) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  /** By hand: rates of 2, and the weights t^r times 2^weightLrPower. */
  @Test
  void weightsArePowersOfTheStepAndOfTheRate() {
    double[][] cases = {
      {0, 0, 1 + 1 + 1},
      {0, 1, 2 + 2 + 2},
      {1, 0, 1 + 2 + 3},
      {2, 0, 1 + 4 + 9},
      {3, 0, 1 + 8 + 27},
      {0.5, 0, 1 + Math.sqrt(2) + Math.sqrt(3)},
      {1, 2, 4 + 8 + 12},
      {2, 3, 8 + 32 + 72}
    };
    for (double[] one : cases) {
      ScheduleFree optimizer =
          ScheduleFree.sgd().learningRate(2).r(one[0]).weightLrPower(one[1]).build();
      step(optimizer, 3);
      assertThat(optimizer.weightSum())
          .as("r %s, weightLrPower %s", one[0], one[1])
          .isCloseTo(one[2], within(1e-14 * one[2]));
    }
  }

  @Test
  void aFileHasNoSumOfWeightsAndNoRateThatCannotBe() {
    Path file = folder.resolve("state.npz");
    ScheduleFree fresh = ScheduleFree.sgd().build();
    for (String field : List.of("weightSum", "largestRate")) {
      for (String number : List.of("-1.0", "\"NaN\"", "\"Infinity\"")) {
        fresh.state().save(file);
        StateFiles.editJson(file, field + "\" : 0.0", field + "\" : " + number);
        ScheduleFree loaded = ScheduleFree.sgd().build();
        step(loaded, 2);
        assertThatThrownBy(() -> loaded.state().load(file))
            .isInstanceOf(StateFileException.class)
            .hasMessageEndingWith(
                "'optimizer." + field + "' that is " + number + ", expected a finite number >= 0");
        assertThat(loaded.weightSum()).isEqualTo(2);
        assertThat(loaded.largestRate()).isOne();
      }
    }
    fresh.state().save(file);
    ScheduleFree loaded = ScheduleFree.sgd().build();
    step(loaded, 2);
    loaded.state().load(file);
    assertThat(loaded.weightSum()).isZero();
    assertThat(loaded.largestRate()).isZero();
  }
}
