package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.AdaGrad;
import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the optimizer inside each decorator sees, in either order of nesting. */
class DecoratorTest {
  private static final Schedule SCHEDULE = step -> 0.1 * (step + 1);

  /** Gradients 3 and 4: norms 7, 5 and 4. */
  private final INDArray value = Nd4j.createFromArray(1.0, 1.0);

  private final INDArray gradient = Nd4j.createFromArray(3.0, -4.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
  private final Recorder recorder = new Recorder();

  @Test
  void aScheduleHandsInTheRateOfTheZeroBasedStep() {
    Optimizer optimizer = recorder.scheduled(SCHEDULE);
    assertThat(optimizer.learningRate()).isEqualTo(0.1);
    optimizer.step(parameters);
    optimizer.step(parameters);
    assertThat(recorder.rates).containsExactly(0.1, 0.2);
    assertThat(optimizer.learningRate()).isEqualTo(0.1 * 3);
  }

  @Test
  void ofNestedSchedulesTheOutermostWins() {
    Optimizer optimizer = recorder.scheduled(step -> 7).scheduled(SCHEDULE);
    optimizer.step(parameters);
    assertThat(recorder.rates).containsExactly(0.1);
    assertThat(optimizer.learningRate()).isEqualTo(0.2);
  }

  @Test
  void withoutAScheduleNoRateIsHandedIn() {
    recorder.clipped(GradientClip.byNorm(1)).step(parameters);
    assertThat(recorder.rates).containsExactly(Double.NaN);
  }

  @Test
  void aClipHandsInAScaleAndWritesNoGradient() {
    recorder.clipped(GradientClip.byGlobalNorm(1)).step(parameters);
    assertThat(recorder.norms.get(0)).isCloseTo(1, within(1e-15));
    assertThat(gradient.toDoubleVector()).containsExactly(3, -4);
  }

  @Test
  void scheduleAndClipNestInEitherOrderWithTheSameMeaning() {
    recorder.scheduled(SCHEDULE).clipped(GradientClip.byGlobalNorm(1)).step(parameters);
    recorder.clipped(GradientClip.byGlobalNorm(1)).scheduled(SCHEDULE).step(parameters);
    assertThat(recorder.rates).containsExactly(0.1, 0.2);
    assertThat(recorder.norms).containsExactly(1.0, 1.0);
  }

  @Test
  void ofNestedClipsTheInnerSeesWhatTheOuterLeft() {
    // Outer by value: (3, -4) becomes (3, -3), whose norm is sqrt(18).
    ClippedOptimizer inner = recorder.clipped(GradientClip.byGlobalNorm(1));
    inner.clipped(GradientClip.byValue(-3, 3)).step(parameters);
    assertThat(inner.lastNorm()).isCloseTo(Math.sqrt(18), within(1e-15));
    assertThat(recorder.norms.get(0)).isCloseTo(1, within(1e-15));

    // Outer by norm: (3, -4) becomes (0.6, -0.8), which the inner bounds cut to (0.6, -0.7).
    recorder
        .clipped(GradientClip.byValue(-0.7, 1))
        .clipped(GradientClip.byNorm(1))
        .step(parameters);
    assertThat(recorder.norms.get(1)).isCloseTo(Math.hypot(0.6, 0.7), within(1e-15));

    ClippedOptimizer innerNorm = recorder.clipped(GradientClip.byGlobalNorm(4, Norm.L1));
    innerNorm.clipped(GradientClip.byGlobalNorm(2.5)).step(parameters);
    assertThat(innerNorm.lastNorm()).isCloseTo(3.5, within(1e-15));
  }

  @Test
  void nestedClipsUpdateAsGradientsClippedByHandDo() {
    INDArray byHand = value.dup();
    new Adam(0.1)
        .clipped(GradientClip.byValue(-0.7, 1))
        .clipped(GradientClip.byNorm(1))
        .step(parameters);
    new Adam(0.1).step(Parameters.of(Parameter.of("w", byHand, Nd4j.createFromArray(0.6, -0.7))));
    assertThat(value.toDoubleVector()).containsExactly(byHand.toDoubleVector(), within(1e-15));
  }

  @Test
  void theNormAheadOfClippingCanBeRead() {
    ClippedOptimizer clipped = recorder.clipped(GradientClip.byGlobalNorm(1));
    assertThat(clipped.lastNorm()).isNaN();
    clipped.scheduled(SCHEDULE).step(parameters);
    assertThat(clipped.lastNorm()).isEqualTo(5);
    ClippedOptimizer one = recorder.clipped(GradientClip.byNorm(1, Norm.L1));
    one.step(parameters);
    assertThat(one.lastNorm()).isEqualTo(7);
    ClippedOptimizer max = recorder.clipped(GradientClip.byGlobalNorm(1, Norm.MAX));
    max.step(parameters);
    assertThat(max.lastNorm()).isEqualTo(4);
  }

  @Test
  void byNormScalesEachGradientAlone() {
    INDArray small = Nd4j.createFromArray(0.3, 0.4);
    Parameters two = Parameters.of(
        parameters.get("w"), Parameter.of("b", Nd4j.ones(2).castTo(DataType.DOUBLE), small));
    recorder.clipped(GradientClip.byNorm(1)).step(two);
    assertThat(recorder.norms).containsExactly(1.0, 0.5);
  }

  @Test
  void clippingComesBeforeCoupledDecay() {
    Optimizer optimizer = Sgd.builder()
        .learningRate(1)
        .weightDecay(WeightDecay.coupled(0.5))
        .build()
        .clipped(GradientClip.byGlobalNorm(1));
    optimizer.step(parameters);
    assertThat(value.toDoubleVector())
        .containsExactly(new double[] {1 - (0.6 + 0.5), 1 - (-0.8 + 0.5)}, within(1e-15));
  }

  @Test
  void decoupledDecayUsesTheRateOfTheSchedule() {
    Optimizer optimizer = Sgd.builder()
        .learningRate(99)
        .weightDecay(WeightDecay.decoupled(0.5))
        .build()
        .scheduled(SCHEDULE);
    gradient.assign(0);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isCloseTo(1 - 0.1 * 0.5, within(1e-15));
  }

  @Test
  void aScheduledRateStillDecaysInsideAdaGrad() {
    Optimizer optimizer = AdaGrad.builder().learningRateDecay(1).build().scheduled(step -> 0.6);
    optimizer.step(parameters);
    assertThat(optimizer.learningRate()).isEqualTo(0.3);
    assertThat(AdaGrad.builder().learningRateDecay(1).build().learningRate()).isEqualTo(0.01);
  }

  @Test
  void aScheduleThatReturnsNonsenseFailsTheStepAndChangesNothing() {
    for (double rate : new double[] {-1e-3, Double.NaN, Double.POSITIVE_INFINITY}) {
      Optimizer optimizer = new Adam().scheduled(step -> rate);
      assertThatThrownBy(() -> optimizer.step(parameters))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("learning rate")
          .hasMessageContaining(Double.toString(rate))
          .hasMessageContaining("expected a finite number >= 0");
      assertThat(optimizer.steps()).isZero();
      assertThat(optimizer.state().parameters()).isEmpty();
      assertThat(value.toDoubleVector()).containsExactly(1, 1);
    }
  }

  @Test
  void decoratorsPassOnStepsAndState() {
    Adam adam = new Adam();
    Optimizer optimizer =
        adam.scheduled(SCHEDULE).clipped(GradientClip.byNorm(1)).guarded(NonFinite.FAIL);
    optimizer.step(parameters);
    assertThat(optimizer.steps()).isEqualTo(1);
    assertSameBits("m", optimizer.state().slot("w", "m"), adam.state().slot("w", "m"));
    assertThat(optimizer.toString()).startsWith("Adam(learningRate=0.001,").contains(".clipped(");
  }

  @Test
  void anOptimizerThatIgnoresTheContextCannotBeDecorated() {
    Optimizer minimal = new Optimizer() {
      @Override
      public void step(Parameters parameters) {}

      @Override
      public long steps() {
        return 0;
      }

      @Override
      public double learningRate() {
        return 0;
      }

      @Override
      public OptimizerState state() {
        return new Sgd().state();
      }
    };
    assertThatThrownBy(() -> minimal.scheduled(SCHEDULE).step(parameters))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("step(StepContext)");
  }

  @Test
  void aRateAndAFactorMayBe0AndNoRateInfinite() {
    new Sgd(1).scheduled(step -> 0).step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    Decorator none = new Decorator(new Sgd(1)) {
      @Override
      protected void check(StepContext context) {
        context.scale(0, 0);
        super.check(context);
      }
    };
    none.step(parameters);
    assertThat(value.toDoubleVector()).containsExactly(1, 1);
    Optimizer infinite = new Sgd(1).scheduled(step -> Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> infinite.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("learning rate of a schedule is Infinity, expected a finite number >= 0");
  }

  /** An optimizer of a user's own, which notes what decorators hand in. */
  private static final class Recorder implements Optimizer {
    final List<Double> rates = new ArrayList<>();
    final List<Double> norms = new ArrayList<>();

    @Override
    public void step(Parameters parameters) {
      throw new AssertionError("decorators hand in a context");
    }

    @Override
    public void step(StepContext context) {
      rates.add(context.learningRateOr(Double.NaN));
      for (int i = 0; i < context.parameters().size(); i++) {
        norms.add(context.norm(i, Norm.L2));
      }
    }

    @Override
    public long steps() {
      return rates.size();
    }

    @Override
    public double learningRate() {
      return Double.NaN;
    }

    @Override
    public OptimizerState state() {
      throw new AssertionError("not asked for");
    }
  }
}
