package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.GuardedOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.NonFiniteGradientException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What a gradient of rows is made of, and what takes one; {@link RefusedRowsTest} has what does not. */
class RowGradientTest {
  static final long[] ROWS = {3, 1};

  static RowGradient rows(DataType type) {
    return RowGradient.of(ROWS, Nd4j.ones(type, 2, 2));
  }

  static Parameters parameters(INDArray value) {
    return Parameters.of(Parameter.ofRows("w", value, rows(value.dataType())));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void rowsOfOneIndexAreAddedUp(DataType type) {
    INDArray block =
        Nd4j.create(new double[][] {{1, 2}, {-3, 0.5}, {256, 2}, {0.25, -2}}).castTo(type);
    long[] given = {5, 0, 5, 5};
    RowGradient gradient = RowGradient.of(given, block);
    given[0] = 9;
    block.assign(7);
    assertThat(gradient.rows()).containsExactly(0, 5);
    assertThat(Golden.numbers(gradient.block())).containsExactly(-3, 0.5, 257.25, 2);
    assertThat(gradient.block().dataType())
        .isEqualTo(type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
    assertThat(gradient).hasToString(type + " rows[2, 2] of 2");
  }

  /** In float the small ones would be lost. */
  @Test
  void sumsAreRoundedOnce() {
    INDArray block = Nd4j.createFromArray(new float[][] {{0x1p24f}, {1}, {1}, {1}});
    RowGradient gradient = RowGradient.of(new long[4], block);
    assertThat(gradient.block().getFloat(0)).isEqualTo(0x1p24f + 4);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void rowsInAnyOrderAndLayoutAreReadWhereTheyAre(DataType type) {
    INDArray wanted = Nd4j.create(new double[][] {{5, 6}, {1, 2}, {3, 4}}).castTo(type);
    INDArray inF = Nd4j.create(type, new long[] {3, 2}, 'f').assign(wanted);
    INDArray interleaved =
        Nd4j.create(type, 3, 4).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 4));
    interleaved.assign(wanted);
    for (INDArray block : List.of(wanted, inF, interleaved)) {
      INDArray value = Nd4j.zeros(type, 6, 2);
      RowGradient gradient = RowGradient.of(new long[] {5, 0, 2}, block);
      Parameters parameters = Parameters.of(Parameter.ofRows("w", value, gradient));
      Optimizer sgd = new Sgd(1);
      sgd.step(parameters);
      assertThat(Golden.numbers(value)).containsExactly(-1, -2, 0, 0, -3, -4, 0, 0, 0, 0, -5, -6);
      block.muli(2);
      sgd.step(parameters);
      assertThat(Golden.numbers(value))
          .containsExactly(-3, -6, 0, 0, -9, -12, 0, 0, 0, 0, -15, -18);
      assertThat(Golden.numbers(gradient.block())).containsExactly(2, 4, 6, 8, 10, 12);
      block.divi(2);
    }
  }

  @Test
  void aBlockThatHasBeenClosedIsNotRead() {
    INDArray value = Nd4j.ones(4, 2);
    INDArray block = Nd4j.ones(2, 2);
    RowGradient gradient = RowGradient.of(ROWS, block);
    Parameters parameters = Parameters.of(Parameter.ofRows("w", value, gradient));
    block.close();
    Optimizer adam = new Adam();
    assertThatThrownBy(() -> adam.step(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'w' has been closed, expected an open array");
    assertThatThrownBy(gradient::block)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block has been closed, expected an open array");
    assertThat(adam.steps()).isZero();
    assertSameBits("value", value, Nd4j.ones(4, 2));
  }

  /** A norm is of the rows in their own order, so that it does not depend on the one in which they came. */
  @Test
  void aClipDoesNotDependOnTheOrderOfRows() {
    INDArray block = Nd4j.createFromArray(new float[][] {{1, 1e-4f}, {3000, 7}, {0.1f, -5}});
    INDArray other = Nd4j.createFromArray(new float[][] {{0.1f, -5}, {1, 1e-4f}, {3000, 7}});
    INDArray first = clipped(new long[] {4, 0, 2}, block);
    assertSameBits("value", clipped(new long[] {2, 4, 0}, other), first);
    assertThat(first.getFloat(0, 0)).isNotZero();
  }

  private static INDArray clipped(long[] rows, INDArray block) {
    INDArray value = Nd4j.zeros(5, 2);
    new Sgd(1)
        .clipped(GradientClip.byGlobalNorm(1))
        .step(Parameters.of(Parameter.ofRows("w", value, RowGradient.of(rows, block))));
    return value;
  }

  @Test
  void aRowOfNoElementsIsNoTrouble() {
    INDArray value = Nd4j.create(DataType.FLOAT, 5, 0);
    RowGradient gradient = RowGradient.of(new long[] {1, 1, 4}, Nd4j.create(DataType.FLOAT, 3, 0));
    assertThat(gradient.rows()).containsExactly(1, 4);
    Optimizer sgd = new Sgd();
    sgd.step(Parameters.of(Parameter.ofRows("w", value, gradient)));
    assertThat(sgd.steps()).isEqualTo(1);
  }

  @Test
  void whatIsNoGradientOfRowsIsRefused() {
    assertThatThrownBy(() -> RowGradient.of(ROWS, Nd4j.ones(3, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("block has shape [3, 2], expected [2, ...]: a row for each of the 2 indices");
    assertThatThrownBy(() -> RowGradient.of(ROWS, Nd4j.scalar(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("block has shape [], expected [2, ...]");
    assertThatThrownBy(() -> RowGradient.of(new long[] {2, -1}, Nd4j.ones(2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows[1] is -1, expected a number from 0 to 2^31 - 2");
    assertThatThrownBy(() -> RowGradient.of(new long[] {Integer.MAX_VALUE}, Nd4j.ones(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rows[0] is 2147483647");
    assertThatThrownBy(() -> RowGradient.of(ROWS, Nd4j.ones(DataType.INT32, 2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("block is of type INT");
    INDArray closed = Nd4j.ones(2, 2);
    closed.close();
    assertThatThrownBy(() -> RowGradient.of(ROWS, closed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("block has been closed");
  }

  @Test
  void whatIsNotOfTheValueIsRefused() {
    RowGradient gradient = rows(DataType.FLOAT);
    assertThatThrownBy(() -> Parameter.ofRows("w", Nd4j.ones(3, 2), gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gradient of parameter 'w' has row 3, expected less than 3, as the value has");
    assertThatThrownBy(() -> Parameter.ofRows("w", Nd4j.ones(4, 3), gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gradient of parameter 'w' has rows of shape [2, 2], expected [2, 3] of a value of [4, 3]");
    assertThatThrownBy(() -> Parameter.ofRows("w", Nd4j.scalar(1f), gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value of parameter 'w' is a scalar, expected an array with rows");
    assertThatThrownBy(() -> Parameter.ofRows("w", Nd4j.ones(DataType.DOUBLE, 4, 2), gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gradient of parameter 'w' is of type FLOAT, expected DOUBLE as the value");
    assertThatThrownBy(() -> Parameter.ofRows("", Nd4j.ones(4, 2), gradient))
        .isInstanceOf(IllegalArgumentException.class);
    INDArray shared = Nd4j.ones(1, 2).broadcast(4, 2);
    if (shared.stride(0) == 0) {
      assertThatThrownBy(() -> Parameter.ofRows("w", shared, gradient))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("share memory");
    }
  }

  @Test
  void aGradientOfRowsIsNoArray() {
    Parameter parameter = Parameter.ofRows("w", Nd4j.ones(4, 2), rows(DataType.FLOAT));
    assertThat(parameter.rows().orElseThrow().rows()).containsExactly(1, 3);
    assertThatThrownBy(parameter::gradient)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'w' is given as rows, expected a whole gradient here");
    assertThat(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)).rows()).isEmpty();
  }

  @Test
  void ftrlTakesRowsFromTheFirstStepOnWhereValuesAreZero() {
    INDArray byRows = Nd4j.zeros(4, 2);
    INDArray whole = Nd4j.zeros(4, 2);
    Optimizer rows = Ftrl.builder().lambda1(0.1).build();
    Optimizer dense = Ftrl.builder().lambda1(0.1).build();
    for (long row : new long[] {1, 3, 1}) {
      INDArray gradient = Nd4j.zeros(4, 2);
      gradient.getRow(row).assign(row + 0.5);
      dense.step(Parameters.of(Parameter.of("w", whole, gradient)));
      RowGradient given = RowGradient.of(
          new long[] {row}, Nd4j.valueArrayOf(new long[] {1, 2}, row + 0.5, DataType.FLOAT));
      rows.step(Parameters.of(Parameter.ofRows("w", byRows, given)));
    }
    assertSameBits("rows", byRows, whole);
    assertThat(byRows.getFloat(3, 0)).isNegative();
  }

  @Test
  void ftrlTakesRowsAfterAWholeFirstStep() {
    INDArray value = Nd4j.ones(4, 2);
    Optimizer optimizer = new Ftrl();
    optimizer.step(Parameters.of(Parameter.of("w", value, Nd4j.zeros(4, 2))));
    optimizer.step(parameters(value));
    assertThat(value.getFloat(0, 0)).isCloseTo(1, within(1e-6f));
    assertThat(value.getFloat(ROWS[0], 0)).isLessThan(0.99f);
  }

  @Test
  void aGuardNamesTheRow() {
    INDArray value = Nd4j.zeros(4, 2);
    INDArray block = Nd4j.ones(2, 2);
    block.putScalar(0, 1, Double.NEGATIVE_INFINITY);
    Parameters bad = Parameters.of(Parameter.ofRows("w", value, RowGradient.of(ROWS, block)));
    assertThatThrownBy(() -> new Adam().guarded(NonFinite.FAIL).step(bad))
        .isInstanceOf(NonFiniteGradientException.class)
        .hasMessageContaining("is -Infinity at [3, 1]");
    GuardedOptimizer skipping = new Adam().guarded(NonFinite.SKIP);
    skipping.step(bad);
    skipping.step(parameters(value));
    assertThat(skipping.skippedSteps()).isEqualTo(1);
    assertThat(skipping.steps()).isEqualTo(1);
  }

  @Test
  void groupsTakeRowsAndDenseGradients() {
    Optimizer groups = Optimizer.groups()
        .group(
            "tables",
            p -> p.name().equals("w"),
            Adam.builder().rowUpdate(RowUpdate.EXACT).build())
        .otherwise(new Sgd(1))
        .build()
        .clipped(GradientClip.byGlobalNorm(100));
    INDArray value = Nd4j.zeros(4, 2);
    INDArray bias = Nd4j.zeros(2);
    Parameter other = Parameter.of("b", bias, Nd4j.ones(2));
    Parameters first = Parameters.of(other, Parameter.ofRows("w", value, rows(DataType.FLOAT)));
    groups.step(first);
    groups.step(Parameters.of(
        other, Parameter.ofRows("w", value, RowGradient.of(new long[1], Nd4j.ones(1, 2)))));
    assertThat(bias.getDouble(1)).isEqualTo(-2);
    float before = value.getFloat(3, 0);
    groups.catchUp(first);
    assertThat(value.getFloat(3, 0)).as("momentum goes on").isLessThan(before);
  }

  @Test
  void aRowCatchesUpAlone() {
    Optimizer[] momentum = {
      Momentum.builder().rowUpdate(RowUpdate.EXACT).build(), new Momentum(),
    };
    INDArray value = Nd4j.zeros(4, 2);
    INDArray dense = Nd4j.zeros(4, 2);
    INDArray zeros = Nd4j.zeros(4, 2);
    Parameters whole = Parameters.of(Parameter.of("w", dense, zeros));
    zeros.getRow(1).assign(1);
    zeros.getRow(3).assign(1);
    momentum[0].step(parameters(value));
    momentum[1].step(whole);
    zeros.assign(0).getRow(0).assign(2);
    Parameter second =
        Parameter.ofRows("w", value, RowGradient.of(new long[1], Nd4j.ones(1, 2).mul(2)));
    momentum[0].step(Parameters.of(second));
    momentum[1].step(whole);
    float behind = value.getFloat(1, 0);

    momentum[0].catchUp(second, 3, 0, 3);

    assertSameBits("row", value.getRow(3), dense.getRow(3));
    assertThat(value.getFloat(1, 0)).isEqualTo(behind).isNotEqualTo(dense.getFloat(1, 0));
    momentum[0].catchUp(second, 3);
    momentum[0].catchUp(second);
    momentum[0].catchUp(second, 1, 2);
    assertSameBits("value", value, dense);
    assertSameBits("v", momentum[0].state().slot("w", "v"), momentum[1].state().slot("w", "v"));
    // All of them are up to date, one by one.
    momentum[0].step(whole);
    assertThatThrownBy(() -> momentum[0].catchUp(second, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row of parameter 'w' to catch up is 4, expected a number from 0 to 3");
    assertThatThrownBy(() -> momentum[0].catchUp(second, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowsThatAreBehindAreNeitherSavedNorStepped(@TempDir Path folder) {
    Path file = folder.resolve("state.npz");
    INDArray value = Nd4j.zeros(4, 2);
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    exact.step(parameters(value));
    Parameters dense = Parameters.of(Parameter.of("w", value, Nd4j.ones(4, 2)));
    String message =
        "parameter 'w' has rows that are behind, expected a call of catchUp(parameters) before";
    assertThatThrownBy(() -> exact.state().save(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    INDArray before = value.dup();
    assertThatThrownBy(() -> exact.step(dense))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    assertThat(value).isEqualTo(before);
    assertThat(file).doesNotExist();

    exact.catchUp(dense);
    exact.state().save(file);
    INDArray copy = value.dup();
    Optimizer loaded = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    loaded.state().load(file);
    for (Optimizer each : List.of(exact, loaded)) {
      INDArray own = each == exact ? value : copy;
      each.step(Parameters.of(Parameter.of("w", own, Nd4j.ones(4, 2))));
      each.step(parameters(own));
      each.step(
          Parameters.of(Parameter.ofRows("w", own, RowGradient.of(new long[1], Nd4j.ones(1, 2)))));
      each.catchUp(parameters(own));
    }
    assertSameBits("value", copy, value);
    Optimizer lazy = new Adam();
    assertThatThrownBy(() -> lazy.state().load(file)).hasMessageContaining("rowUpdate");
  }

  @Test
  void aFailedStepLeavesRowsAsTheyWere() {
    INDArray value = Nd4j.zeros(4, 2);
    INDArray other = Nd4j.zeros(4, 2);
    double[] rate = {0.1};
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build().scheduled(t -> rate[0]);
    Optimizer twin = Adam.builder().rowUpdate(RowUpdate.EXACT).build().scheduled(t -> 0.1);
    for (int step = 0; step < 3; step++) {
      rate[0] = Double.NaN;
      assertThatThrownBy(() -> exact.step(parameters(value)))
          .isInstanceOf(IllegalStateException.class);
      rate[0] = 0.1;
      RowGradient one = RowGradient.of(new long[] {step}, Nd4j.ones(1, 2));
      exact.step(Parameters.of(Parameter.ofRows("w", value, one)));
      twin.step(Parameters.of(Parameter.ofRows("w", other, one)));
    }
    exact.catchUp(parameters(value));
    twin.catchUp(parameters(other));
    assertSameBits("value", value, other);
  }

  @Test
  void catchingUpWhatIsOfAnotherShapeFails() {
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    exact.step(parameters(Nd4j.zeros(4, 2)));
    assertThatThrownBy(() -> exact.catchUp(parameters(Nd4j.zeros(5, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'w' has shape [5, 2], expected [4, 2] as at its first step");
    assertThatThrownBy(() -> new RefusedRowsTest.Plain().catchUp(parameters(Nd4j.zeros(4, 2))))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageEndingWith("does not override catchUp(Parameters)");
    Parameter scalar = Parameter.of("s", Nd4j.scalar(1f), Nd4j.scalar(1f));
    assertThatThrownBy(() -> exact.catchUp(scalar, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 's' is a scalar, expected an array with rows");
    assertThatThrownBy(() -> new RefusedRowsTest.Plain().catchUp(scalar, 0))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageEndingWith("does not override catchUp(Parameter, long...)");
    assertThatThrownBy(() -> exact.catchUp((Parameters) null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void catchingUpAClosedValueFails() {
    INDArray value = Nd4j.zeros(4, 2);
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    Parameters parameters = parameters(value);
    exact.step(parameters);
    value.close();
    assertThatThrownBy(() -> exact.catchUp(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of parameter 'w' has been closed, expected an open array");
  }

  @Test
  void rowsAreStillBehindAfterACatchUpThatFailed(@TempDir Path folder) {
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    Parameter first = rows("a");
    Parameter second = rows("b");
    exact.step(Parameters.of(first, second));
    Parameter other = Parameter.of("b", Nd4j.zeros(5, 2), Nd4j.zeros(5, 2));
    assertThatThrownBy(() -> exact.catchUp(Parameters.of(first, other)))
        .isInstanceOf(IllegalArgumentException.class);
    exact.catchUp(Parameters.of(second));
    assertThatThrownBy(() -> exact.state().save(folder.resolve("state.npz")))
        .hasMessageStartingWith("parameter 'a' has rows that are behind");
  }

  private static Parameter rows(String name) {
    return Parameter.ofRows(name, Nd4j.zeros(4, 2), RowGradient.of(ROWS, Nd4j.ones(2, 2)));
  }

  @Test
  void forgettingARowsParameterForgetsWhatItHasMissed(@TempDir Path folder) {
    INDArray value = Nd4j.zeros(4, 2);
    Optimizer exact = Adam.builder().rowUpdate(RowUpdate.EXACT).build();
    exact.step(parameters(value));
    exact.state().rename("w", "v");
    assertThatThrownBy(() -> exact.state().save(folder.resolve("state.npz")))
        .hasMessageStartingWith("parameter 'v' has rows that are behind");
    exact.state().forget("v");
    exact.state().save(folder.resolve("state.npz"));
  }
}
