package io.github.descent4j;

import static io.github.descent4j.RowGradientTest.ROWS;
import static io.github.descent4j.RowGradientTest.parameters;
import static io.github.descent4j.RowGradientTest.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.decorator.GradientDecorator;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What takes no gradient of rows says so, and changes nothing. */
class RefusedRowsTest {
  private static final class Same extends GradientDecorator {
    Same(Optimizer inner) {
      super(inner);
    }

    @Override
    protected void change(Parameter parameter, INDArray gradient) {}

    @Override
    public String toString() {
      return "same";
    }
  }

  /** Extends nothing of this library. */
  static final class Plain implements Optimizer {
    private final Optimizer inner = new Sgd();

    @Override
    public void step(Parameters parameters) {
      inner.step(parameters);
    }

    @Override
    public void step(StepContext context) {
      inner.step(context);
    }

    @Override
    public long steps() {
      return inner.steps();
    }

    @Override
    public double learningRate() {
      return inner.learningRate();
    }

    @Override
    public OptimizerState state() {
      return inner.state();
    }

    @Override
    public String toString() {
      return "plain";
    }
  }

  /** A decay of the rule's own is no less a decay. */
  @Test
  void theMessageSaysWhatWouldBeLost() {
    String expected =
        "gradient of parameter 'w' is given as rows, expected a whole gradient or rowUpdate EXACT: %s"
            + " is for all rows, and lazy rows would be left out";
    assertThatThrownBy(
            () -> Adan.builder().proximalWeightDecay(0.1).build().step(parameters(Nd4j.ones(4, 2))))
        .hasMessage(expected, "proximalWeightDecay 0.1");
    assertThatThrownBy(() -> new AdamW().step(parameters(Nd4j.ones(4, 2))))
        .hasMessage(expected, "weight decay decoupled(0.01)");
    INDArray value = Nd4j.ones(4, 2);
    Optimizer exact =
        Adan.builder().proximalWeightDecay(0.1).rowUpdate(RowUpdate.EXACT).build();
    exact.step(parameters(value));
    exact.catchUp(parameters(value));
    assertThat(value.getFloat(0, 0)).isLessThan(1);
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void rulesSayWhyTheyNeedEveryRow(Optimizer optimizer, String reason) {
    Parameter rows = Parameter.ofRows("w", Nd4j.ones(4, 2), rows(DataType.FLOAT));
    assertThatThrownBy(() -> optimizer.step(Parameters.of(rows))).hasMessageContaining(reason);
  }

  static List<Arguments> reasons() {
    return List.of(
        Arguments.of(new Asgd(), "ax, the average,"),
        Arguments.of(new Ftrl(), "z, the sum of gradients,"),
        Arguments.of(Adan.builder().proximalWeightDecay(0.1).build(), "proximalWeightDecay 0.1"));
  }

  static List<Optimizer> thatCannot() {
    return List.of(
        new Sgd().accumulated(2),
        new Sgd().averaged(WeightAverage.ema(0.9)),
        new Sgd().monitored(GradientMonitor.builder().build()),
        new Sgd().clippedAdaptively(AdaptiveClip.of(0.01)),
        new Same(new Sgd()),
        new Plain().guarded(NonFinite.FAIL),
        new Sgd().lookahead(),
        new Sgd().projected(Projection.nonNegative()),
        ScheduleFree.sgd().build(),
        new Lamb(),
        new Muon(),
        new NovoGrad(),
        new Asgd(),
        new Ftrl(),
        new AdamW(),
        Adan.builder().proximalWeightDecay(0.1).build(),
        Sgd.builder().weightDecay(WeightDecay.coupled(0.1)).build());
  }

  @ParameterizedTest
  @MethodSource("thatCannot")
  void whatCannotTakeRowsSaysSo(Optimizer optimizer) {
    INDArray value = Nd4j.ones(4, 2);
    INDArray dense = Nd4j.ones(4, 2);
    Parameters both = Parameters.of(
        Parameter.of("dense", dense, Nd4j.ones(4, 2)),
        Parameter.ofRows("w", value, rows(DataType.FLOAT)));
    assertThatThrownBy(() -> optimizer.step(both))
        .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
        .hasMessageStartingWith("gradient of parameter 'w' is given as rows, expected ");
    assertThat(optimizer.steps()).isZero();
    assertThat(value).isEqualTo(Nd4j.ones(4, 2));
    assertThat(dense).isEqualTo(Nd4j.ones(4, 2));
    assertThat(optimizer.state().parameters()).isEmpty();
  }

  @Test
  void aSecondGradientOfRowsIsRefused() {
    Sam optimizer = new Sgd().sharpnessAware(0.05);
    INDArray value = Nd4j.ones(4, 2);
    assertThatThrownBy(() -> optimizer.step(parameters(value), () -> {
          throw new AssertionError("gradients are computed again");
        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("gradient of parameter 'w' is given as rows, expected ");
    assertThat(value).isEqualTo(Nd4j.ones(4, 2));
  }

  @Test
  void batchMethodsTakeNoRows() {
    INDArray value = Nd4j.ones(4, 2);
    LBfgsOptimizer method = new LBfgsOptimizer();
    assertThatThrownBy(() -> method.step(parameters(value), all -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("gradient of parameter 'w' is given as rows, expected ");
    assertThat(method.steps()).isZero();
  }

  @Test
  void exactIsRefusedWhereRowsAre() {
    assertThatThrownBy(() -> Lamb.builder().rowUpdate(RowUpdate.EXACT).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "rowUpdate is EXACT, expected LAZY for Lamb, which needs whole parameters and takes no gradients of rows");
    assertThatThrownBy(() -> Muon.builder().rowUpdate(RowUpdate.EXACT).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected LAZY for Muon");
    assertThatThrownBy(() -> Adam.builder().rowUpdate(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("rowUpdate is null, expected LAZY or EXACT");
  }

  @Test
  void zerosMustStayZero() {
    INDArray value = Nd4j.zeros(4, 2);
    INDArray block = Nd4j.createFromArray(new float[][] {{Float.NaN, 1}, {1, 1}});
    Parameters nan = Parameters.of(Parameter.ofRows("w", value, RowGradient.of(ROWS, block)));
    Optimizer clipped = new Sgd().clipped(GradientClip.byGlobalNorm(1));
    assertThatThrownBy(() -> clipped.step(nan))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'w' is given as rows, expected clips that leave 0 as it is");
    Optimizer shifted = new Sgd().clipped(GradientClip.byValue(0.5, 1));
    assertThatThrownBy(() -> shifted.step(parameters(value)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'w' is given as rows, expected clips that leave 0 as it is");
    assertThat(value).isEqualTo(Nd4j.zeros(4, 2));
  }
}
