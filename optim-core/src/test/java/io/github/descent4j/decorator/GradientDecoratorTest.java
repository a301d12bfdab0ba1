package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Decorators of one's own that put other gradients in place of those they are given. */
class GradientDecoratorTest {
  private final INDArray value = Nd4j.createFromArray(1.0, 1.0);
  private final INDArray gradient = Nd4j.createFromArray(3.0, 4.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  @TempDir
  private Path folder;

  /** Adds one to every element, and notes what it was given. */
  private static class PlusOne extends GradientDecorator {
    final List<String> given = new ArrayList<>();

    PlusOne(Optimizer inner) {
      super(inner);
    }

    @Override
    protected void change(Parameter parameter, INDArray gradient) {
      given.add(parameter.name() + " " + gradient.dataType() + gradient);
      assertThat(parameter.gradient()).isSameAs(gradient);
      gradient.addi(1);
    }

    @Override
    public String toString() {
      return inner() + ".plusOne()";
    }
  }

  /** Adds noise that goes on where a state file has it. */
  private static final class Noise extends GradientDecorator {
    private final long seed;
    private long steps;

    Noise(Optimizer inner, long seed) {
      super(inner);
      this.seed = seed;
    }

    @Override
    protected void change(Parameter parameter, INDArray gradient) {
      SplittableRandom random =
          new SplittableRandom(seed + 31 * steps + parameter.name().hashCode());
      double[] noise = random.doubles(gradient.length(), -0.1, 0.1).toArray();
      gradient.addi(
          Nd4j.createFromArray(noise).castTo(gradient.dataType()).reshape(gradient.shape()));
    }

    @Override
    protected void commit(StepContext context) {
      super.commit(context);
      steps++;
    }

    @Override
    protected String savedAs() {
      return "noise";
    }

    @Override
    protected void saveOwn(StateWriter out) {
      out.put("steps", steps);
    }

    @Override
    protected void loadOwn(StateReader in) {
      long loaded = in.whole("steps", 0);
      in.whenAllIsWell(() -> steps = loaded);
    }
  }

  @Test
  void theRuleStepsFromTheChangedGradientAndTheCallersIsNotWritten() {
    PlusOne optimizer = new PlusOne(new Sgd(1));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1 - 4, 1 - 5);
    assertThat(gradient.toDoubleVector()).containsExactly(3, 4);
    assertThat(optimizer.steps()).isEqualTo(1);
    assertThat(optimizer).hasToString("Sgd(learningRate=1.0, weightDecay=none).plusOne()");
  }

  @Test
  void clipsOutsideComeBeforeItAndClipsInsideAfterIt() {
    PlusOne optimizer = new PlusOne(new Sgd(1));
    optimizer.clipped(GradientClip.byGlobalNorm(1)).step(parameters);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 - 1.6, 1 - 1.8}, within(1e-15));
    value.assign(1);
    ClippedOptimizer inside = new Sgd(1).clipped(GradientClip.byGlobalNorm(1));
    new PlusOne(inside).step(parameters);
    double norm = Math.hypot(4, 5);
    assertThat(inside.lastNorm()).isEqualTo(norm);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 - 4 / norm, 1 - 5 / norm}, within(1e-15));
  }

  @Test
  void clipsOfBothSidesAndAGuardOutsideOfAllTakeTheirOwnNorms() {
    ClippedOptimizer inside = new Sgd(1).clipped(GradientClip.byGlobalNorm(100));
    ClippedOptimizer outside = new PlusOne(inside).clipped(GradientClip.byGlobalNorm(100));
    GuardedOptimizer guarded = outside.guarded(NonFinite.FAIL);
    guarded.step(parameters);
    assertThat(outside.lastNorm()).isEqualTo(5);
    assertThat(inside.lastNorm()).isEqualTo(Math.hypot(4, 5));
  }

  @Test
  void ratesOfSchedulesPassThrough() {
    Optimizer optimizer = new PlusOne(new PlusOne(new Sgd(7))).scheduled(step -> 0.5);
    optimizer.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1 - 0.5 * 5, 1 - 0.5 * 6);
    assertThat(optimizer.learningRate()).isEqualTo(0.5);
  }

  @Test
  void underAccumulationItSeesTheMeanAndOutsideOfItEachPart() {
    new PlusOne(new Sgd(1)).accumulated(2).step(parameters);
    PlusOne inside = new PlusOne(new Sgd(1));
    Optimizer optimizer = inside.accumulated(2);
    optimizer.step(parameters);
    gradient.assign(1);
    optimizer.step(parameters);
    assertThat(inside.given).hasSize(1);
    assertThat(value.toDoubleVector()).containsExactly(1 - 3, 1 - 3.5);
    value.assign(1);
    PlusOne outside = new PlusOne(new Sgd(1).accumulated(2));
    outside.step(parameters);
    gradient.assign(3);
    outside.step(parameters);
    assertThat(outside.given).hasSize(2);
    assertThat(value.toDoubleVector()).containsExactly(1 - 3, 1 - 3);
  }

  @Test
  void aGroupsDecoratorSeesTheGroupAndOneOutsideTheModel() {
    INDArray other = Nd4j.createFromArray(2f);
    Parameters two =
        Parameters.of(parameters.get("w"), Parameter.of("b", other, Nd4j.createFromArray(0.5f)));
    PlusOne ofGroup = new PlusOne(new Sgd(1));
    PlusOne outside = new PlusOne(Optimizer.groups()
        .group("b", p -> p.name().equals("b"), ofGroup, 2)
        .otherwise(new Sgd(1))
        .build());
    outside.step(two);
    assertThat(ofGroup.given).containsExactly("b FLOAT" + Nd4j.createFromArray(1.5f));
    assertThat(outside.given).hasSize(2);
    assertThat(other.getDouble(0)).isEqualTo(2 - 2 * 2.5);
    assertThat(value.toDoubleVector()).containsExactly(1 - 4, 1 - 5);
  }

  @Test
  void aGuardOutsideSeesWhatCameAndOneInsideWhatWasMade() {
    GradientDecorator broken = new PlusOne(new Sgd(1).guarded(NonFinite.FAIL)) {
      @Override
      protected void change(Parameter parameter, INDArray gradient) {
        gradient.divi(0);
      }
    };
    assertThatThrownBy(() -> broken.guarded(NonFinite.FAIL).step(parameters))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessageContaining("'w'")
        .hasMessageContaining("is Infinity at [0]");
    // The guard outside skips what it has seen itself, and squares that are too large.
    assertThatThrownBy(() -> broken.guarded(NonFinite.SKIP).step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    PlusOne optimizer = new PlusOne(new Sgd(1));
    gradient.putScalar(0, Double.NaN);
    assertThatThrownBy(() -> optimizer.guarded(NonFinite.FAIL).step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(optimizer.given).isEmpty();
    assertThat(optimizer.steps()).isZero();
  }

  @Test
  void aMonitorInsideSeesWhatWasMade() {
    GradientMonitor monitor = GradientMonitor.builder().build();
    Optimizer monitored = new Sgd(1).monitored(monitor);
    assertThat(monitored)
        .hasToString("Sgd(learningRate=1.0, weightDecay=none).monitored(" + monitor + ")");
    new PlusOne(monitored).step(parameters);
    assertThat(monitor.report().parameters().get(0).gradientNorm())
        .isCloseTo(Math.hypot(4, 5), within(1e-12));
  }

  @Test
  void whatItThrowsOrClosesEndsTheStepWithEverythingAsItWas() {
    INDArray second = Nd4j.createFromArray(2f);
    Parameters two =
        Parameters.of(parameters.get("w"), Parameter.of("b", second, Nd4j.createFromArray(0.5f)));
    boolean[] closes = {false};
    GradientDecorator optimizer = new PlusOne(new Momentum()) {
      @Override
      protected void change(Parameter parameter, INDArray gradient) {
        if (parameter.name().equals("b")) {
          if (!closes[0]) {
            throw new IllegalArgumentException("not b");
          }
          gradient.close();
        }
      }
    };
    assertThatThrownBy(() -> optimizer.step(two)).hasMessage("not b");
    closes[0] = true;
    assertThatIllegalStateException()
        .isThrownBy(() -> optimizer.step(two))
        .withMessage("gradient of parameter 'b' has been closed, expected an open array");
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    assertThat(second.getDouble(0)).isEqualTo(2);
    assertThat(optimizer.steps()).isZero();
    assertThat(optimizer.state().parameters()).isEmpty();
    optimizer.step(parameters);
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  @Test
  void aParameterOfAnotherShapeIsNamed() {
    PlusOne optimizer = new PlusOne(new Sgd(1));
    optimizer.step(parameters);
    Parameters other = Parameters.of(
        Parameter.of("w", Nd4j.zeros(DataType.DOUBLE, 3), Nd4j.zeros(DataType.DOUBLE, 3)));
    assertThatThrownBy(() -> optimizer.step(other))
        .hasMessage("parameter 'w' has shape [3], expected [2] as at its first step");
    assertThat(optimizer.given).as("refused ahead of it").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLayoutAndTypeHasTheBitsOfGradientsChangedByHand(Layout layout) {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        int n = TestArrays.length(shape);
        // Thirds of a quarter: exact in every type, and after adding 1.
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
          numbers[i] = (i % 7 - 3) / 4.0;
        }
        INDArray elements = TestArrays.create(type, shape, numbers);
        INDArray own = TestArrays.lay(elements, layout);
        INDArray byHand = elements.dup();
        INDArray ones = elements.isEmpty() ? elements.dup() : elements.add(1).castTo(type);
        new PlusOne(new Adam(0.1))
            .step(Parameters.of(Parameter.of("w", own, TestArrays.lay(elements, layout))));
        new Adam(0.1).step(Parameters.of(Parameter.of("w", byHand, ones)));
        assertSameBits(type + " " + layout, own, byHand);
      }
    }
  }

  @Test
  void whatItRemembersIsSavedAndARunGoesOnBitForBit() {
    Path file = folder.resolve("state.npz");
    Optimizer through =
        new Noise(new Noise(new Momentum(0.1), 1), 2).clipped(GradientClip.byNorm(1));
    run(through, 3);
    through.state().save(file);
    INDArray half = value.dup();
    run(through, 3);
    INDArray expected = value.dup();
    Optimizer resumed =
        new Noise(new Noise(new Momentum(0.1), 1), 2).clipped(GradientClip.byNorm(1));
    resumed.state().load(file, parameters);
    value.assign(half);
    run(resumed, 3);
    assertSameBits("w", value, expected);

    Optimizer forgetful = new Momentum(0.1);
    assertThatThrownBy(() -> forgetful.state().load(file, parameters))
        .hasMessageContaining("noise");
  }

  private void run(Optimizer optimizer, int steps) {
    for (int step = 0; step < steps; step++) {
      optimizer.step(parameters);
    }
  }

  @Test
  void partsAreFoundByTheirTypeFromOutsideInwardsAndThroughGroups() {
    ClippedOptimizer clipped = new Adam().clipped(GradientClip.byNorm(1));
    Momentum momentum = new Momentum();
    Optimizer optimizer = new PlusOne(Optimizer.groups()
            .group("b", p -> p.name().equals("b"), clipped)
            .otherwise(momentum)
            .build())
        .guarded(NonFinite.SKIP);
    assertThat(optimizer.find(ClippedOptimizer.class)).containsSame(clipped);
    assertThat(optimizer.find(Momentum.class)).containsSame(momentum);
    assertThat(optimizer.find(PlusOne.class)).isPresent();
    assertThat(optimizer.find(GroupedOptimizer.class)).isPresent();
    assertThat(optimizer.find(Optimizer.class)).containsSame(optimizer);
    assertThat(optimizer.find(AveragedOptimizer.class)).isEmpty();
    assertThat(optimizer.findAll(Optimizer.class))
        .hasSize(6)
        .startsWith(optimizer)
        .containsSequence(clipped, clipped.find(Adam.class).orElseThrow(), momentum);
    assertThat(optimizer.findAll(AveragedOptimizer.class)).isEmpty();
  }
}
