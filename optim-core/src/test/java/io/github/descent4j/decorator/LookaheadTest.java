package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.DAdaptSgd;
import io.github.descent4j.Ftrl;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LookaheadTest {
  private final INDArray value = Nd4j.createFromArray(0.0);
  private final INDArray gradient = Nd4j.createFromArray(-1.0);
  private final Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));

  @TempDir
  private Path folder;

  static List<OptimizerCase> all() {
    return OptimizerCase.allOnMatrices().stream()
        .filter(rule -> !rule.isOf("DAdaptSgd") && !rule.isOf("Ftrl"))
        .toList();
  }

  /** A group that skips a step does not hide that the other has taken one. */
  @Test
  void stepsOfAnyGroupCount() {
    Optimizer groups = Optimizer.groups()
        .group("a", p -> p.name().equals("a"), new Sgd(1).guarded(NonFinite.SKIP))
        .otherwise(new Sgd(1).guarded(NonFinite.SKIP))
        .build();
    Lookahead lookahead = groups.lookahead(2, 0.5);
    INDArray a = Nd4j.zeros(1);
    INDArray b = Nd4j.zeros(1);
    INDArray fine = Nd4j.ones(1);
    INDArray bad = Nd4j.createFromArray(Float.NaN);
    lookahead.step(Parameters.of(Parameter.of("a", a, bad), Parameter.of("b", b, fine)));
    lookahead.step(Parameters.of(Parameter.of("a", a, fine), Parameter.of("b", b, bad)));
    // Both have moved by -1, and both are taken back half of the way.
    assertThat(a.getDouble(0)).isEqualTo(-0.5);
    assertThat(b.getDouble(0)).isEqualTo(-0.5);
  }

  /** Their next step would make the parameters anew. */
  @Test
  void rulesThatDoNotGoOnFromValuesAreRefused() {
    for (Optimizer rule :
        List.of(new DAdaptSgd(), new Ftrl(), ScheduleFree.sgd().build())) {
      assertThatThrownBy(() -> rule.lookahead())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(
              "expected one that goes on from the parameters as they are, which ScheduleFree, DAdaptSgd and Ftrl do not");
    }
  }

  /** What the paper's algorithm does by hand, in the same arithmetic, around every rule. */
  @ParameterizedTest
  @MethodSource("all")
  void everyRuleGoesOnFromTheSlowWeights(OptimizerCase optimizer) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray w =
        TestArrays.create(DataType.DOUBLE, new long[] {6, 5}, TestArrays.uniform(random, 30));
    INDArray fast = w.dup();
    INDArray slow = w.dup();
    Lookahead lookahead = optimizer.create().get().lookahead(3, 0.25);
    Optimizer plain = optimizer.create().get();
    for (int step = 1; step <= 10; step++) {
      INDArray g = TestArrays.create(DataType.DOUBLE, w.shape(), TestArrays.uniform(random, 30));
      lookahead.step(Parameters.of(Parameter.of("w", w, g)));
      plain.step(Parameters.of(Parameter.of("w", fast, g)));
      if (step % 3 == 0) {
        slow.addi(fast.sub(slow).mul(0.25));
        fast.assign(slow);
      }
      assertSameBits("w", w, fast);
      assertSameBits("slow", lookahead.slow("w"), slow);
    }
    assertThat(lookahead.steps()).isEqualTo(10);
    assertThat(lookahead.state().slots("w")).containsExactlyElementsOf(optimizer.slots());
  }

  @Test
  void theDefaultsAreThoseOfThePaper() {
    Lookahead lookahead = new Sgd(1).lookahead();
    assertThat(lookahead.k()).isEqualTo(5);
    assertThat(lookahead.alpha()).isEqualTo(0.5);
    step(lookahead, 4);
    assertThat(value.getDouble(0)).isEqualTo(4);
    step(lookahead, 1);
    assertThat(value.getDouble(0)).isEqualTo(2.5);
  }

  @Test
  void aParameterThatJoinsLateHasItsOwnSteps() {
    INDArray late = Nd4j.createFromArray(10.0);
    Parameters both =
        Parameters.of(parameters.get("w"), Parameter.of("late", late, Nd4j.createFromArray(-1.0)));
    Lookahead lookahead = new Sgd(1).lookahead(3, 0.5);
    step(lookahead, 2);
    lookahead.step(both);
    assertThat(value.getDouble(0)).isEqualTo(1.5);
    assertThat(late.getDouble(0)).isEqualTo(11);
    lookahead.step(both);
    lookahead.step(both);
    assertThat(value.getDouble(0)).isEqualTo(3.5);
    assertThat(late.getDouble(0)).isEqualTo(11.5);
  }

  @Test
  void skippedAndAccumulatedCallsDoNotCount() {
    Lookahead skipping = new Sgd(1).guarded(NonFinite.SKIP).lookahead(2, 0.5);
    step(skipping, 1);
    gradient.assign(Double.NaN);
    step(skipping, 1);
    assertThat(value.getDouble(0)).isEqualTo(1);
    gradient.assign(-1);
    step(skipping, 1);
    assertThat(value.getDouble(0)).isEqualTo(1);
    value.assign(0);
    Lookahead accumulating = new Sgd(1).accumulated(2).lookahead(2, 0.5);
    step(accumulating, 3);
    assertThat(value.getDouble(0)).isEqualTo(1);
    step(accumulating, 1);
    assertThat(value.getDouble(0)).isEqualTo(1);
    assertThat(accumulating.steps()).isEqualTo(2);
  }

  @Test
  void aGroupHasItsOwnAndAnAverageOutsideSeesTheSlowWeights() {
    INDArray other = Nd4j.createFromArray(0.0);
    Parameters both =
        Parameters.of(parameters.get("w"), Parameter.of("b", other, Nd4j.createFromArray(-1.0)));
    AveragedOptimizer optimizer = Optimizer.groups()
        .group("b", p -> p.name().equals("b"), new Sgd(1).lookahead(1, 0.5))
        .otherwise(new Sgd(1))
        .build()
        .averaged(WeightAverage.equal());
    optimizer.step(both);
    optimizer.step(both);
    assertThat(value.getDouble(0)).isEqualTo(2);
    assertThat(other.getDouble(0)).isEqualTo(1);
    assertThat(optimizer.average("b").getDouble(0)).isEqualTo(0.75);
  }

  @Test
  void aFailedStepLeavesTheSlowWeights() {
    Lookahead lookahead = new Sgd(1).guarded(NonFinite.FAIL).lookahead(2, 0.5);
    gradient.assign(Double.NaN);
    assertThatThrownBy(() -> lookahead.step(parameters))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThatThrownBy(() -> lookahead.slow("w"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter name is 'w', expected one that has slow weights: []");
    value.assign(3);
    gradient.assign(-1);
    step(lookahead, 2);
    assertThat(value.getDouble(0)).isEqualTo(4);
    Parameters reshaped = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 2), Nd4j.ones(DataType.DOUBLE, 2)));
    assertThatThrownBy(() -> lookahead.step(reshaped))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' has shape [2], expected [1] as at its first step");
    assertThat(lookahead.slow("w").getDouble(0)).isEqualTo(4);
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
        Lookahead a = new Adam(0.1).lookahead(2, 0.3);
        Lookahead b = new Adam(0.1).lookahead(2, 0.3);
        for (int step = 0; step < 4; step++) {
          a.step(Parameters.of(Parameter.of("w", dense, g)));
          b.step(Parameters.of(Parameter.of("w", laid, TestArrays.lay(g, layout))));
        }
        assertSameBits(type + " " + layout, laid, dense);
        assertThat(b.slow("w").dataType())
            .isEqualTo(type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
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
      Lookahead lookahead = ThreadsTest.withThreads(threads, () -> new Adam(0.1).lookahead(2, 0.3));
      for (int i = 0; i < 4; i++) {
        lookahead.step(Parameters.of(Parameter.of("w", w, g)));
      }
      results.add(w);
    }
    assertSameBits("w", results.get(1), results.get(0));
  }

  @Test
  void aFileOfOtherSettingsIsRefused() {
    Path file = folder.resolve("state.npz");
    Optimizer saved = new Sgd(1).lookahead(3, 0.5);
    saved.step(parameters);
    saved.state().save(file);
    assertThatThrownBy(() -> new Sgd(1).lookahead(4, 0.5).state().load(file, parameters))
        .hasMessageContaining("hyperparameter k = 3, expected 4");
    assertThatThrownBy(() -> new Sgd(1).lookahead(3, 0.6).state().load(file, parameters))
        .hasMessageContaining("hyperparameter alpha = 0.5, expected 0.6");
    assertThatThrownBy(() -> new Sgd(1).state().load(file, parameters))
        .hasMessageContaining("lookahead");
  }

  @Test
  void whatIsNotInTheFileIsForgotten() {
    Path file = folder.resolve("state.npz");
    Optimizer saved = new Sgd(1).lookahead();
    saved.step(parameters);
    saved.state().save(file);
    Lookahead loaded = new Sgd(1).lookahead();
    loaded.step(Parameters.of(
        Parameter.of("other", Nd4j.createFromArray(0.0), Nd4j.createFromArray(-1.0))));
    loaded.state().load(file, parameters);
    assertThat(loaded.slow("w").getDouble(0)).isZero();
    assertThatThrownBy(() -> loaded.slow("other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter name is 'other', expected one that has slow weights: [w]");
  }

  @Test
  void argumentsAreNamed() {
    assertThatThrownBy(() -> new Sgd().lookahead(0, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k is 0, expected a number >= 1");
    for (double alpha : new double[] {0, -1, 1.5, Double.NaN}) {
      assertThatThrownBy(() -> new Sgd().lookahead(5, alpha))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("alpha is " + alpha + ", expected a number in (0, 1]");
    }
    assertThat(new Sgd().lookahead(3, 0.8).toString()).endsWith(".lookahead(3, 0.8)");
  }

  private void step(Optimizer optimizer, int steps) {
    for (int step = 0; step < steps; step++) {
      optimizer.step(parameters);
    }
  }
}
