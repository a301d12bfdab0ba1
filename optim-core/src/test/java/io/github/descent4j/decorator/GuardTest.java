package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GuardTest {

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("all")
  void failNamesTheParameterAndChangesNothing(OptimizerCase optimizer) {
    for (double bad :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      Optimizer guarded = optimizer.create().get().guarded(NonFinite.FAIL);
      Scene scene = new Scene();
      guarded.step(scene.parameters);
      Scene before = scene.copy(guarded);
      scene.gradB.putScalar(1, 2, bad);
      assertThatThrownBy(() -> guarded.step(scene.parameters))
          .isInstanceOf(NonFiniteGradientException.class)
          .hasMessage("gradient of parameter 'b' is %s at [1, 2], expected finite numbers", bad)
          .extracting(e -> ((NonFiniteGradientException) e).parameterName())
          .isEqualTo("b");
      before.assertUnchanged(scene, guarded);
      assertThat(guarded.steps()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void skipLeavesEverythingUntouchedAndCounts(OptimizerCase optimizer) {
    GuardedOptimizer guarded = optimizer.create().get().guarded(NonFinite.SKIP);
    Scene scene = new Scene();
    guarded.step(scene.parameters);
    Scene before = scene.copy(guarded);
    scene.gradB.putScalar(0, 0, Double.NaN);
    guarded.step(scene.parameters);
    guarded.step(scene.parameters);
    before.assertUnchanged(scene, guarded);
    assertThat(guarded.skippedSteps()).isEqualTo(2);
    assertThat(guarded.steps()).isEqualTo(1);
    scene.gradB.putScalar(0, 0, 1.0);
    guarded.step(scene.parameters);
    assertThat(guarded.steps()).isEqualTo(2);
    assertThat(guarded.skippedSteps()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"L1", "L2", "MAX"})
  void aGuardAndAClipSeeTheSameGradientsInEitherOrder(String norm) {
    GradientClip clip = GradientClip.byGlobalNorm(0.1, Norm.valueOf(norm));
    for (boolean guardOutside : new boolean[] {true, false}) {
      Scene guardedScene = new Scene();
      Scene plainScene = new Scene();
      Optimizer guarded = guardOutside
          ? new Adam().clipped(clip).guarded(NonFinite.FAIL)
          : new Adam().guarded(NonFinite.FAIL).clipped(clip);
      Optimizer plain = new Adam().clipped(clip);
      guarded.step(guardedScene.parameters);
      plain.step(plainScene.parameters);
      assertSameBits("b", guardedScene.b, plainScene.b);
      guardedScene.gradA.putScalar(0, Double.NaN);
      assertThatThrownBy(() -> guarded.step(guardedScene.parameters))
          .isInstanceOf(NonFiniteGradientException.class)
          .hasMessageContaining("'a'");
    }
  }

  @Test
  void aGuardInsideAClipByValueAcceptsWhatTheClipMadeFinite() {
    Scene scene = new Scene();
    scene.gradA.putScalar(0, Double.POSITIVE_INFINITY);
    new Sgd(1).guarded(NonFinite.FAIL).clipped(GradientClip.byValue(-1, 1)).step(scene.parameters);
    assertThat(scene.a.getDouble(0)).isEqualTo(-1);
    Optimizer outside = new Sgd(1).clipped(GradientClip.byValue(-1, 1)).guarded(NonFinite.FAIL);
    assertThatThrownBy(() -> outside.step(scene.parameters))
        .isInstanceOf(NonFiniteGradientException.class);
  }

  /** A clip by value outside makes infinite elements finite, and leaves NaN as it is. */
  @Test
  void aGuardInsideAClipByValueRefusesWhatIsNotANumber() {
    INDArray value = Nd4j.zeros(2);
    Parameters parameters =
        Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1f, Float.NaN)));
    Optimizer optimizer = new Sgd(1).guarded(NonFinite.FAIL).clipped(GradientClip.byValue(-1, 1));
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(value.toDoubleVector()).containsOnly(0);
  }

  /** Finite doubles whose squares are not are no reason to fail. */
  @Test
  void hugeFiniteGradientsPass() {
    Scene scene = new Scene();
    scene.gradA.assign(1e300);
    GuardedOptimizer guarded = new Sgd().guarded(NonFinite.SKIP);
    guarded.step(scene.parameters);
    assertThat(guarded.skippedSteps()).isZero();
  }

  /** Whatever is between the guard and the rule that squares. */
  @Test
  void squaresAreGuardedThroughArraysInPlaceOfGradients() {
    INDArray value = Nd4j.zeros(2);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1e30f, 0)));
    Optimizer optimizer = new GradientCentralization(new Adam()).guarded(NonFinite.FAIL);
    assertThatThrownBy(() -> optimizer.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessageContaining("whose square would make a slot infinite");
    assertThat(value.toDoubleVector()).containsOnly(0);
  }

  @Test
  void aGuardWhoseStepAnotherGroupEndsTakesTheNextOne() {
    GuardedOptimizer guarded = new Sgd(1).guarded(NonFinite.SKIP);
    Optimizer groups = Optimizer.groups()
        .group("a", p -> p.name().equals("a"), guarded)
        .otherwise(new Sgd(1).guarded(NonFinite.FAIL))
        .build();
    Scene scene = new Scene();
    scene.gradB.putScalar(0, 0, Double.NaN);
    assertThatThrownBy(() -> groups.step(scene.parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    scene.gradB.putScalar(0, 0, 1.0);
    groups.step(scene.parameters);
    assertThat(guarded.steps()).isOne();
  }

  @Test
  void aScalarIsNamedWithoutAnIndex() {
    Parameters parameters =
        Parameters.of(Parameter.of("s", Nd4j.scalar(1f), Nd4j.scalar(Float.NaN)));
    assertThatThrownBy(() -> new Sgd().guarded(NonFinite.FAIL).step(parameters))
        .hasMessage("gradient of parameter 's' is NaN, expected finite numbers");
  }

  /** Two parameters and, as a copy, what they and the slots were. */
  private static final class Scene {
    final INDArray a;
    final INDArray b;
    final INDArray gradA = Nd4j.ones(DataType.DOUBLE, 3, 1);
    final INDArray gradB = Nd4j.ones(DataType.DOUBLE, 2, 3).mul(-0.5);
    final Parameters parameters;
    private List<INDArray> slots = List.of();

    Scene() {
      this(Nd4j.zeros(DataType.DOUBLE, 3, 1), Nd4j.ones(DataType.DOUBLE, 2, 3));
    }

    private Scene(INDArray a, INDArray b) {
      this.a = a;
      this.b = b;
      parameters = Parameters.of(Parameter.of("a", a, gradA), Parameter.of("b", b, gradB));
    }

    Scene copy(Optimizer optimizer) {
      Scene copy = new Scene(a.dup(), b.dup());
      copy.slots = slots(optimizer).stream().map(INDArray::dup).toList();
      return copy;
    }

    void assertUnchanged(Scene now, Optimizer optimizer) {
      assertSameBits("a", now.a, a);
      assertSameBits("b", now.b, b);
      List<INDArray> slotsNow = slots(optimizer);
      for (int s = 0; s < slots.size(); s++) {
        assertSameBits("slot", slotsNow.get(s), slots.get(s));
      }
    }

    private static List<INDArray> slots(Optimizer optimizer) {
      OptimizerState state = optimizer.state();
      return state.parameters().stream()
          .flatMap(name -> state.slots(name).stream().map(slot -> state.slot(name, slot)))
          .toList();
    }
  }
}
