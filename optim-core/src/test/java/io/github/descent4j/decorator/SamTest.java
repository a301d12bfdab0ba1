package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.clip.GradientClip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SamTest {
  private final INDArray value = Nd4j.createFromArray(1.0, 1.0);
  private final INDArray gradient = Nd4j.createFromArray(3.0, 4.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  /** What the parameters were at each second computation. */
  private final List<double[]> seen = new ArrayList<>();

  @TempDir
  private Path folder;

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  /** Of half the sum of squares: the parameters themselves. */
  private void computeGradients() {
    seen.add(value.toDoubleVector());
    gradient.assign(value);
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyRuleStepsFromTheSecondGradients(OptimizerCase optimizer) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray w =
        TestArrays.create(DataType.DOUBLE, new long[] {6, 5}, TestArrays.uniform(random, 30));
    INDArray g = w.dup();
    INDArray plainW = w.dup();
    Parameters one = Parameters.of(Parameter.of("w", w, g));
    Sam sam = optimizer.create().get().sharpnessAware(0.1);
    Optimizer plain = optimizer.create().get();
    for (int step = 0; step < 5; step++) {
      INDArray first =
          TestArrays.create(DataType.DOUBLE, w.shape(), TestArrays.uniform(random, 30));
      INDArray second =
          TestArrays.create(DataType.DOUBLE, w.shape(), TestArrays.uniform(random, 30));
      g.assign(first);
      double[] away =
          first.mul(0.1 / first.norm2Number().doubleValue()).addi(w).data().asDouble();
      sam.step(one, () -> {
        assertThat(w.data().asDouble()).containsExactly(away, within(1e-12));
        g.assign(second);
      });
      plain.step(Parameters.of(Parameter.of("w", plainW, second)));
      assertSameBits("w", w, plainW);
    }
    assertThat(sam.steps()).isEqualTo(5);
    assertThat(sam.state().slots("w")).containsExactlyElementsOf(optimizer.slots());
  }

  @Test
  void theNormIsThatOfAllParameters() {
    INDArray other = Nd4j.createFromArray(2f);
    Parameters both =
        Parameters.of(parameters.get("w"), Parameter.of("b", other, Nd4j.createFromArray(12f)));
    new Sam(new Sgd(1), 1.3).step(both, () -> {
      computeGradients();
      assertThat(other.getDouble(0)).isCloseTo(2 + 1.2, within(1e-6));
    });
    assertThat(seen.get(0)).containsExactly(new double[] {1.3, 1.4}, within(1e-12));
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 - 1.3, 1 - 1.4}, within(1e-12));
    assertThat(other.getDouble(0)).isEqualTo(-10);
  }

  /** By hand: p g is (3, 8), its norm the root of 73, p² g is (3, 16). */
  @Test
  void theAdaptiveWayIsInProportionToTheParameters() {
    value.putScalar(1, 2);
    Sam sam = Sam.adaptive(new Sgd(1), 0.5);
    sam.step(parameters, this::computeGradients);
    double scale = 0.5 / Math.sqrt(73);
    assertThat(seen.get(0))
        .containsExactly(new double[] {1 + 3 * scale, 2 + 16 * scale}, within(1e-12));
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {-3 * scale, -16 * scale}, within(1e-12));
    assertThat(sam.isAdaptive()).isTrue();
    assertThat(sam.rho()).isEqualTo(0.5);
    assertThat(new Sam(new Sgd()).isAdaptive()).isFalse();
    assertThat(sam)
        .hasToString("Sgd(learningRate=1.0, weightDecay=none).sharpnessAware(0.5, adaptive)");
  }

  @Test
  void whatTheComputationThrowsLeavesEverythingAsItWas() {
    for (Sam sam : List.of(new Sam(new Momentum(0.1)), Sam.adaptive(new Momentum(0.1), 0.5))) {
      value.assign(0.1);
      gradient.assign(3);
      double[] before = value.toDoubleVector();
      assertThatThrownBy(() -> sam.step(parameters, () -> {
            assertThat(value.toDoubleVector()).isNotEqualTo(before);
            throw new IllegalArgumentException("no batch");
          }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no batch");
      assertThat(value.toDoubleVector()).isEqualTo(before);
      assertThat(sam.steps()).isZero();
      assertThat(sam.state().parameters()).isEmpty();
      sam.step(parameters, this::computeGradients);
      assertThat(sam.steps()).isEqualTo(1);
    }
  }

  @Test
  void aFailureOfTheRuleLeavesTheParameters() {
    Sam sam = new Sgd(1).guarded(NonFinite.FAIL).sharpnessAware(0.05);
    assertThatThrownBy(() -> sam.step(parameters, () -> gradient.assign(Double.NaN)))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
  }

  @Test
  void firstGradientsThatAreNotFiniteAreForTheGuard() {
    gradient.putScalar(0, Double.POSITIVE_INFINITY);
    for (Supplier<Sam> create : List.<Supplier<Sam>>of(
        () -> new Sgd(1).guarded(NonFinite.SKIP).sharpnessAware(0.05),
        () -> Sam.adaptive(new Sgd(1).guarded(NonFinite.SKIP), 0.05))) {
      Sam sam = create.get();
      sam.step(parameters, this::computeGradients);
      assertThat(sam.find(GuardedOptimizer.class).orElseThrow().skippedSteps()).isEqualTo(1);
      assertThat(seen).isEmpty();
      assertThat(value.toDoubleVector()).containsExactly(1, 1);
    }
  }

  @Test
  void aZeroGradientIsComputedOnceMoreInPlace() {
    gradient.assign(0);
    new Sam(new Sgd(1)).step(parameters, this::computeGradients);
    assertThat(seen.get(0)).containsExactly(1, 1);
    assertThat(value.toDoubleVector()).containsExactly(0, 0);
  }

  /** 1e-12 / (1e-12 + 1e-12) of rho. */
  @Test
  void aGradientOfTheSizeOfTheConstantGoesHalfTheWay() {
    gradient.assign(Nd4j.createFromArray(1e-12, 0.0));
    new Sam(new Sgd(1), 0.5).step(parameters, this::computeGradients);
    assertThat(seen.get(0)).containsExactly(new double[] {1.25, 1}, within(1e-12));
  }

  /** Inside and outside of everything else: the second gradients come first. */
  @Test
  void itsPlaceInAChainMakesNoDifference() {
    List<Optimizer> chains = List.of(
        new Sam(new Adam()
            .scheduled(step -> 0.1 / (1 + step))
            .clipped(GradientClip.byGlobalNorm(0.5))
            .accumulated(2)
            .guarded(NonFinite.SKIP)),
        new Sam(new Adam())
            .scheduled(step -> 0.1 / (1 + step))
            .clipped(GradientClip.byGlobalNorm(0.5))
            .accumulated(2)
            .guarded(NonFinite.SKIP),
        new Sam(new Adam().clipped(GradientClip.byGlobalNorm(0.5)))
            .accumulated(2)
            .scheduled(step -> 0.1 / (1 + step))
            .guarded(NonFinite.SKIP));
    List<double[]> results = new ArrayList<>();
    for (Optimizer chain : chains) {
      value.assign(1);
      for (int call = 0; call < 6; call++) {
        computeGradients();
        Sam.step(chain, parameters, this::computeGradients);
      }
      assertThat(chain.steps()).isEqualTo(3);
      results.add(value.toDoubleVector());
    }
    assertThat(results.get(0)).isNotEqualTo(new double[] {1, 1});
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
  }

  @Test
  void itGoesAroundGroupsAndNotIntoOne() {
    INDArray other = Nd4j.createFromArray(2f);
    Parameters both =
        Parameters.of(parameters.get("w"), Parameter.of("b", other, Nd4j.createFromArray(12f)));
    Sam sam = Optimizer.groups()
        .group("b", p -> p.name().equals("b"), new Sgd(1), 0.5)
        .otherwise(new Sgd(1))
        .build()
        .sharpnessAware(1.3);
    sam.step(both, this::computeGradients);
    assertThat(other.getDouble(0)).isEqualTo(-4);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 - 1.3, 1 - 1.4}, within(1e-12));
    assertThatThrownBy(
            () -> Optimizer.groups().otherwise(new Sam(new Sgd()).guarded(NonFinite.FAIL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected Sam around the groups");
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    Sam sam = new Sam(new Sgd(1));
    for (Optimizer optimizer : List.of(sam, sam.clipped(GradientClip.byNorm(1)))) {
      assertThatThrownBy(() -> optimizer.step(parameters))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("step has no second gradients, expected Sam.step(");
    }
    assertThatThrownBy(() -> Sam.step(new Sgd(1), parameters, this::computeGradients))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("expected one that is sharpness-aware");
    assertThatThrownBy(() -> new Sam(sam.guarded(NonFinite.FAIL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("expected one that is not sharpness-aware already");
    assertThatThrownBy(() -> sam.step(parameters, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("gradients are null, expected a function that computes them once more");
    for (double rho : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Sam(new Sgd(), rho))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rho is " + rho + ", expected a finite number >= 0");
    }
    assertThat(seen).isEmpty();
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
  }

  @Test
  void aStepOrASaveWithinTheComputationFails() {
    Sam sam = new Sam(new Sgd(1));
    List<Runnable> within = List.of(
        () -> sam.step(parameters, this::computeGradients),
        () -> sam.step(parameters),
        () -> sam.state().save(folder.resolve("state.npz")));
    for (Runnable call : within) {
      assertThatThrownBy(() -> sam.step(parameters, call))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is under way");
    }
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    assertThat(sam.steps()).isZero();
  }

  @Test
  void anArrayThatTheComputationClosesIsNamed() {
    Sam sam = new Sam(new Sgd(1));
    assertThatThrownBy(() -> sam.step(parameters, value::close))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of parameter 'w' has been closed, expected an open array");
  }

  @Test
  void whatIsStillOpenComesBackWhenAnotherArrayIsClosed() {
    INDArray other = Nd4j.createFromArray(2.0);
    Parameters both =
        Parameters.of(Parameter.of("other", other, Nd4j.createFromArray(1.0)), parameters.get(0));
    Sam sam = new Sam(new Sgd(1));
    assertThatThrownBy(() -> sam.step(both, () -> {
          assertThat(value.toDoubleVector()).isNotEqualTo(new double[] {1, 1});
          other.close();
        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of parameter 'other' has been closed, expected an open array");
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    assertThat(sam.steps()).isZero();
  }

  @Test
  void aRunGoesOnFromAStateFileAndUnderAnotherName() {
    Path file = folder.resolve("state.npz");
    Sam through = new Sam(new Momentum(0.1));
    run(through, 3);
    through.state().save(file);
    double[] half = value.toDoubleVector();
    run(through, 3);
    double[] expected = value.toDoubleVector();
    Sam resumed = new Sam(new Momentum(0.1));
    resumed.state().load(file, parameters);
    value.assign(Nd4j.createFromArray(half));
    run(resumed, 1);
    resumed.state().rename("w", "v");
    Parameters renamed = Parameters.of(Parameter.of("v", value, gradient));
    for (int step = 0; step < 2; step++) {
      computeGradients();
      resumed.step(renamed, this::computeGradients);
    }
    assertThat(value.toDoubleVector()).isEqualTo(expected);
  }

  private void run(Sam sam, int steps) {
    for (int step = 0; step < steps; step++) {
      computeGradients();
      sam.step(parameters, this::computeGradients);
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
        for (boolean adaptive : new boolean[] {false, true}) {
          INDArray dense = start.dup();
          INDArray laid = TestArrays.lay(start, layout);
          step(adaptive, dense, g.dup());
          step(adaptive, laid, TestArrays.lay(g, layout));
          assertSameBits(type + " " + layout, laid, dense);
        }
      }
    }
  }

  /** A step whose second gradients are the values a little way off. */
  private static void step(boolean adaptive, INDArray w, INDArray g) {
    Sam sam = adaptive ? Sam.adaptive(new Adam(0.1), 0.5) : new Sam(new Adam(0.1), 0.5);
    sam.step(Parameters.of(Parameter.of("w", w, g)), () -> {
      if (!g.isEmpty()) {
        g.assign(w);
      }
    });
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
      Sam sam = ThreadsTest.withThreads(threads, () -> Sam.adaptive(new Adam(0.1), 0.5));
      for (int i = 0; i < 3; i++) {
        sam.step(Parameters.of(Parameter.of("w", w, g)), () -> g.assign(w));
      }
      results.add(w);
    }
    assertSameBits("w", results.get(1), results.get(0));
  }

  @Test
  void aParameterOfAnotherShapeIsRefusedAheadOfTheComputation() {
    Parameters reshaped = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 3), Nd4j.ones(DataType.DOUBLE, 3)));
    for (Sam sam : List.of(new Sam(new Sgd(1)), Sam.adaptive(new Sgd(1), 0.5))) {
      sam.step(parameters, this::computeGradients);
      seen.clear();
      assertThatThrownBy(() -> sam.step(reshaped, this::computeGradients))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("parameter 'w' has shape [3], expected [2] as at its first step");
      assertThat(seen).isEmpty();
    }
  }

  /** What it keeps of a parameter goes with the name: otherwise the shape would be another than before. */
  @Test
  void whatIsForgottenOrRenamedLeavesItsNameToAnother() {
    INDArray other = Nd4j.createFromArray(1.0, 1.0, 1.0);
    Parameters reshaped = Parameters.of(Parameter.of("w", other, other.dup()));
    for (boolean adaptive : new boolean[] {false, true}) {
      Sam forgetful = adaptive ? Sam.adaptive(new Sgd(1), 0.5) : new Sam(new Sgd(1));
      forgetful.step(parameters, this::computeGradients);
      forgetful.state().forget("w");
      forgetful.step(reshaped, () -> {});
      assertThat(forgetful.steps()).isEqualTo(2);
      Sam renaming = adaptive ? Sam.adaptive(new Sgd(1), 0.5) : new Sam(new Sgd(1));
      renaming.step(parameters, this::computeGradients);
      renaming.state().rename("w", "v");
      renaming.step(reshaped, () -> {});
      assertThat(renaming.steps()).isEqualTo(2);
    }
  }
}
