package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static io.github.descent4j.TestArrays.uniform;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps from gradients of rows, against golden files and against dense gradients with zeros. */
class RowStepsTest {
  private static final int STEPS = 12;

  static List<String> goldenNames() {
    return Golden.names("rows/optimizers");
  }

  @ParameterizedTest
  @MethodSource("goldenNames")
  void lazyAdamIsSparseAdam(String name) {
    JsonNode golden = Golden.read("rows/optimizers/" + name + ".json");
    JsonNode h = golden.get("hyperparameters");
    long[] shape = Golden.shape(golden.get("shape"));
    INDArray value = Golden.array(DataType.DOUBLE, shape, Golden.numbers(golden.get("initial")));
    JsonNode rates = golden.path("lr_per_step");
    Optimizer adam = Adam.builder()
        .learningRate(h.get("lr").doubleValue())
        .beta1(h.get("beta1").doubleValue())
        .beta2(h.get("beta2").doubleValue())
        .epsilon(h.get("eps").doubleValue())
        .epsilonHat(true)
        .build()
        .scheduled(t -> rates.isMissingNode()
            ? h.get("lr").doubleValue()
            : rates.get(Math.toIntExact(t)).doubleValue());
    double rtol = golden.at("/tolerance/rtol").doubleValue();
    double[] atol = Golden.numbers(golden.at("/tolerance/atol_per_element"));

    int compared = 0;
    for (int step = 1; step <= golden.get("steps").intValue(); step++) {
      JsonNode given = golden.get("row_gradients").get(step - 1);
      long[] rows = Golden.shape(given.get("rows"));
      INDArray block = block(DataType.DOUBLE, shape, Golden.numbers(given.get("block")));
      adam.step(Parameters.of(Parameter.ofRows("w", value, RowGradient.of(rows, block))));
      JsonNode expected = golden.get("parameters_after_step").get(Integer.toString(step));
      if (expected != null) {
        Golden.assertClose("step " + step, value, Golden.numbers(expected), rtol, atol);
        compared++;
      }
    }

    assertThat(compared).isEqualTo(golden.get("parameters_after_step").size());
    assertSlot(golden, adam, "exp_avg", "m");
    assertSlot(golden, adam, "exp_avg_sq", "v");
  }

  private static void assertSlot(JsonNode golden, Optimizer adam, String theirs, String ours) {
    Golden.assertClose(
        ours,
        adam.state().slot("w", ours),
        Golden.numbers(golden.at("/state_after_last/" + theirs)),
        golden.at("/tolerance/state_rtol").doubleValue(),
        new double[] {golden.at("/tolerance/state_atol").doubleValue()});
  }

  /** A block of as many rows as there are numbers for. */
  private static INDArray block(DataType type, long[] shape, double[] numbers) {
    long[] own = shape.clone();
    own[0] = 1;
    own[0] = numbers.length / TestArrays.length(own);
    return TestArrays.create(type, own, numbers);
  }

  static List<Rules.Rule<?>> elementwise() {
    return Rules.all().stream()
        .filter(rule -> UpdateRuleAccess.ACCESS.isElementwise(rule.make(b -> {})))
        .toList();
  }

  /** With coupled decay AdamW would be Adam; FTRL's point is no step that could be beside a decay. */
  private static boolean isRefused(String id, WeightDecay decay) {
    return decay.isDecoupled() ? id.equals("Ftrl") : id.equals("AdamW");
  }

  /** Those that take lazy rows from the first step on; {@link RowGradientTest} has the others. */
  static List<Rules.Rule<?>> lazy() {
    return elementwise().stream()
        .filter(rule -> !rule.id().equals("Asgd") && !rule.id().equals("Ftrl"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("elementwise")
  void exactRowsHaveTheBitsOfZeros(Rules.Rule<?> rule) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.BFLOAT16)) {
      for (WeightDecay decay :
          List.of(WeightDecay.none(), WeightDecay.coupled(0.1), WeightDecay.decoupled(0.1))) {
        if (decay.coefficient() != 0 && isRefused(rule.id(), decay)) {
          continue;
        }
        UnaryOperator<Optimizer> decorators = type == DataType.FLOAT
            ? o -> o.scheduled(t -> 0.01 * (t + 1)).clipped(GradientClip.byValue(0.4))
            : o -> o;
        Pair pair = new Pair(
            type,
            new long[] {23, 5},
            Layout.C_ORDER,
            make -> decorators.apply(rule.make(b -> b.rowUpdate(make).weightDecay(decay))));
        pair.steps();
        pair.assertSameAfterCatchingUp();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLayoutAndShapeOfRowsDoes(Layout layout) {
    for (long[] shape : List.of(new long[] {40}, new long[] {7, 700}, new long[] {9, 2, 3})) {
      Pair pair = new Pair(
          DataType.DOUBLE,
          shape,
          layout,
          u -> RmsProp.builder().momentum(0.9).centered(true).rowUpdate(u).build());
      pair.steps();
      pair.assertSameAfterCatchingUp();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"HALF", "BFLOAT16"})
  void masterValuesGoAlong(DataType type) {
    Pair pair = new Pair(
        type,
        new long[] {13, 4},
        Layout.C_ORDER,
        u -> Adam.builder().learningRate(1e-4).masterValues(true).rowUpdate(u).build());
    pair.steps();
    pair.assertSameAfterCatchingUp();
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    for (String threads : List.of("1", "3")) {
      Pair pair = ThreadsTest.withThreads(
          threads,
          () -> new Pair(
              DataType.FLOAT,
              new long[] {3000, 97},
              Layout.C_ORDER,
              u -> Adam.builder().rowUpdate(u).build()));
      pair.steps();
      pair.assertSameAfterCatchingUp();
    }
  }

  /** Their step is nothing where the gradient is 0. */
  @Test
  void lazyIsExactForSgdAndAdaGrad() {
    List<Supplier<Optimizer>> rules = List.of(
        Sgd::new,
        () -> AdaGrad.builder().initialAccumulator(0.1).learningRateDecay(0.1).build());
    for (Supplier<Optimizer> rule : rules) {
      Pair pair = new Pair(DataType.FLOAT, new long[] {23, 5}, Layout.C_ORDER, u -> rule.get());
      pair.steps();
      pair.assertSame();
    }
  }

  @ParameterizedTest
  @MethodSource("lazy")
  void lazyRowsWaitForTheirGradients(Rules.Rule<?> rule) {
    Pair pair = new Pair(
        DataType.FLOAT,
        new long[] {23, 5},
        Layout.C_ORDER,
        u -> rule.make(b -> b.weightDecay(WeightDecay.none())));
    pair.ofRows.step(pair.rowParameters(new long[] {3, 4}));
    List<INDArray> before = pair.all();
    pair.ofRows.step(pair.rowParameters(new long[] {1, 22, 4}));
    List<INDArray> after = pair.all();
    for (int a = 0; a < before.size(); a++) {
      for (int row = 0; row < 23; row++) {
        if (row != 1 && row != 22 && row != 4) {
          assertSameBits(rule.id(), after.get(a).getRow(row), before.get(a).getRow(row));
        }
      }
    }
    for (int row : new int[] {1, 22, 4}) {
      // The values of most; Rprop, where a sign has changed, moves in its slots alone.
      assertThat(IntStream.range(0, before.size())
              .filter(a -> !after.get(a).getRow(row).equals(before.get(a).getRow(row))))
          .isNotEmpty();
    }
    assertThat(pair.ofRows.state().steps("w")).isEqualTo(2);
  }

  /** All rows in one gradient: that of the dense step. */
  @ParameterizedTest
  @MethodSource("lazy")
  void allRowsAreTheDenseStep(Rules.Rule<?> rule) {
    Pair pair = new Pair(
        DataType.DOUBLE,
        new long[] {6, 3},
        Layout.F_ORDER,
        u -> rule.make(b -> b.weightDecay(WeightDecay.none())));
    pair.step(new long[] {5, 0, 2, 1, 4, 3});
    pair.step(new long[] {0, 1, 2, 3, 4, 5});
    pair.assertSame();
  }

  @Test
  void theNormIsThatOfTheSummedRows() {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 4, 2);
    INDArray bias = Nd4j.zeros(DataType.DOUBLE, 1);
    RowGradient rows =
        RowGradient.of(new long[] {2, 0, 2}, Nd4j.create(new double[][] {{1, 0}, {0, 4}, {2, 0}}));
    Optimizer sgd = new Sgd(1).clipped(GradientClip.byGlobalNorm(1.3));
    sgd.step(Parameters.of(
        Parameter.ofRows("w", value, rows),
        Parameter.of("b", bias, Nd4j.create(new double[] {12}))));
    // The norm of 3, 4 and 12 is 13.
    double[] expected = {0, -0.4, 0, 0, -0.3, 0, 0, 0};
    Golden.assertClose("w", value, expected, 1e-14, new double[] {0});
    Golden.assertClose("b", bias, new double[] {-1.2}, 1e-14, new double[] {0});
  }

  @Test
  void aStepWithoutRowsCounts() {
    Pair pair = new Pair(
        DataType.FLOAT,
        new long[] {5, 2},
        Layout.C_ORDER,
        u -> Adam.builder().rowUpdate(u).build());
    pair.step(new long[] {1});
    pair.step(new long[] {});
    pair.step(new long[] {});
    pair.assertSameAfterCatchingUp();
    assertThat(pair.ofRows.steps()).isEqualTo(3);
  }

  @Test
  void catchingUpInBetweenChangesNothing() {
    Pair pair = new Pair(
        DataType.DOUBLE,
        new long[] {23, 5},
        Layout.C_ORDER,
        u -> Nesterov.builder().rowUpdate(u).build());
    pair.steps();
    pair.assertSameAfterCatchingUp();
    pair.steps();
    pair.assertSameAfterCatchingUp();
    pair.ofRows.catchUp(pair.rowParameters(new long[] {}));
    pair.assertSame();
  }

  /** Two trainings with the same gradients: one gives them as rows, one with zeros. */
  static final class Pair {
    final INDArray value;
    final INDArray denseValue;
    final Optimizer ofRows;
    final Optimizer dense;
    private final SplittableRandom random = new SplittableRandom(7);
    private final long[] shape;
    private final Layout layout;

    Pair(DataType type, long[] shape, Layout layout, Function<RowUpdate, Optimizer> make) {
      this.shape = shape;
      this.layout = layout;
      INDArray start = TestArrays.create(type, shape, uniform(random, TestArrays.length(shape)));
      value = TestArrays.lay(start, layout);
      denseValue = start.dup();
      ofRows = make.apply(RowUpdate.EXACT);
      dense = make.apply(RowUpdate.LAZY);
    }

    void steps() {
      for (int t = 0; t < STEPS; t++) {
        // The last row has no gradient at all, the first has one every other step.
        long[] rows =
            random.longs(random.nextInt(1, 4), 1, shape[0] - 1).distinct().toArray();
        if (t % 2 == 0) {
          rows = Arrays.copyOf(rows, rows.length + 1);
        }
        step(rows);
      }
    }

    Parameters rowParameters(long[] rows) {
      long[] own = shape.clone();
      own[0] = rows.length;
      INDArray block =
          TestArrays.create(value.dataType(), own, uniform(random, TestArrays.length(own)));
      INDArray laid = rows.length < 2 ? block : TestArrays.lay(block, layout);
      return Parameters.of(Parameter.ofRows("w", value, RowGradient.of(rows, laid)));
    }

    void step(long[] rows) {
      Parameters given = rowParameters(rows);
      RowGradient gradient = given.get(0).rows().orElseThrow();
      INDArray zeros = Nd4j.zeros(value.dataType(), shape);
      for (int i = 0; i < rows.length; i++) {
        zeros.slice(gradient.rows()[i], 0).assign(gradient.block().slice(i, 0));
      }
      ofRows.step(given);
      dense.step(Parameters.of(Parameter.of("w", denseValue, zeros)));
      if (shape.length == 2) {
        for (long row : rows) {
          assertSameBits("row " + row, value.getRow(row), denseValue.getRow(row));
        }
      }
    }

    /** Copies of value and slots. */
    List<INDArray> all() {
      List<INDArray> all = new ArrayList<>(List.of(value.dup()));
      ofRows.state().slots("w").forEach(s -> all.add(ofRows.state().slot("w", s).dup()));
      return all;
    }

    void assertSameAfterCatchingUp() {
      ofRows.catchUp(rowParameters(new long[] {}));
      assertSame();
    }

    void assertSame() {
      assertSameBits("value", value, denseValue);
      assertThat(ofRows.state().steps("w")).isEqualTo(dense.state().steps("w"));
      for (String slot : dense.state().slots("w")) {
        assertSameBits(slot, ofRows.state().slot("w", slot), dense.state().slot("w", slot));
      }
    }
  }
}
