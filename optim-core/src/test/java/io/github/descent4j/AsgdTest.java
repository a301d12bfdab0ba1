package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden files of Asgd do not show. */
class AsgdTest {

  /** In an array of another order and type than the average's. */
  @Test
  void theAverageTakesTheParametersPlace() {
    Asgd optimizer = Asgd.builder().learningRate(0.1).lambda(0).t0(0).build();
    INDArray value = Nd4j.zeros(DataType.BFLOAT16, 3, 2).transpose();
    Parameters parameters =
        Parameters.of(Parameter.of("w", value, Nd4j.ones(DataType.BFLOAT16, 2, 3)));
    for (int step = 0; step < 4; step++) {
      optimizer.step(parameters);
    }
    // The first two points have a weight of 1: the average begins with the second.
    double expected = -(0.2 + 0.3 + 0.4) / 3;
    assertThat(optimizer.state().slot("w", "ax").getDouble(1, 2)).isCloseTo(expected, within(3e-3));
    Parameter late = Parameter.of("late", Nd4j.ones(2), Nd4j.ones(2));
    optimizer.assignAverageTo(Parameters.of(parameters.get(0), late));
    assertThat(value.getDouble(1, 2)).isCloseTo(expected, within(4e-3));
    assertThat(late.value().getDouble(0)).isEqualTo(1);
  }

  @Test
  void anotherShapeIsRefusedAndNothingIsSet() {
    Asgd optimizer = new Asgd();
    INDArray a = Nd4j.ones(2);
    optimizer.step(Parameters.of(
        Parameter.of("a", a, Nd4j.ones(2)), Parameter.of("b", Nd4j.ones(3), Nd4j.ones(3))));
    a.assign(5);
    assertThatThrownBy(() -> optimizer.assignAverageTo(Parameters.of(
            Parameter.of("a", a, Nd4j.ones(2)), Parameter.of("b", Nd4j.ones(4), Nd4j.ones(4)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'b' has shape [4], expected [3] as at its first step");
    assertThat(a.getDouble(0)).isEqualTo(5);
  }

  @Test
  void aClosedArrayIsNamedAndNothingIsSet() {
    Asgd optimizer = new Asgd();
    INDArray a = Nd4j.ones(2);
    INDArray b = Nd4j.ones(3);
    Parameters both =
        Parameters.of(Parameter.of("a", a, Nd4j.ones(2)), Parameter.of("b", b, Nd4j.ones(3)));
    optimizer.step(both);
    a.assign(5);
    b.close();
    assertThatThrownBy(() -> optimizer.assignAverageTo(both))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("value of parameter 'b' has been closed, expected an open array");
    assertThat(a.getDouble(0)).isEqualTo(5);
  }

  @Test
  void anotherTypeIsRefusedAndNothingIsSet() {
    Asgd optimizer = new Asgd();
    INDArray a = Nd4j.ones(2);
    optimizer.step(Parameters.of(
        Parameter.of("a", a, Nd4j.ones(2)), Parameter.of("b", Nd4j.ones(3), Nd4j.ones(3))));
    a.assign(5);
    INDArray wide = Nd4j.ones(DataType.DOUBLE, 3);
    assertThatThrownBy(() -> optimizer.assignAverageTo(
            Parameters.of(Parameter.of("a", a, Nd4j.ones(2)), Parameter.of("b", wide, wide.dup()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'b' is of type DOUBLE, expected FLOAT as at its first step");
    assertThat(a.getDouble(0)).isEqualTo(5);
  }

  @Test
  void rowsThatAreBehindHaveNoAverageYet() {
    Asgd optimizer = Asgd.builder().rowUpdate(RowUpdate.EXACT).build();
    INDArray table = Nd4j.ones(4, 2);
    Parameters parameters = Parameters.of(
        Parameter.ofRows("w", table, RowGradient.of(new long[] {1}, Nd4j.ones(1, 2))));
    optimizer.step(parameters);
    INDArray before = table.dup();
    assertThatThrownBy(() -> optimizer.assignAverageTo(parameters))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'w' has rows that are behind");
    assertThat(table).isEqualTo(before);
    optimizer.catchUp(parameters);
    optimizer.assignAverageTo(parameters);
    assertThat(table.getDouble(0, 0)).isCloseTo(1, within(1e-4));
  }
}
