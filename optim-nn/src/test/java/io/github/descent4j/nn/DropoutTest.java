package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DropoutTest {

  @Test
  void evaluationReturnsTheInput() {
    Dropout dropout = new Dropout(0.5, new SplittableRandom(1));
    INDArray x = Arrays.random(DataType.FLOAT, 2, 10, 10);
    assertThat(dropout.forward(x, Mode.EVALUATION)).isSameAs(x);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.8})
  void dropsTheRateAndKeepsTheMean(double rate) {
    Dropout dropout = new Dropout(rate, new SplittableRandom(1));
    INDArray ones = Nd4j.ones(DataType.DOUBLE, 500, 200);
    double[] y = Arrays.values(dropout.forward(ones, Mode.TRAINING));
    int dropped = 0;
    double sum = 0;
    for (double value : y) {
      if (value == 0) {
        dropped++;
      } else {
        assertThat(value).isEqualTo(1 / (1 - rate));
      }
      sum += value;
    }
    double deviation = Math.sqrt(rate * (1 - rate) / y.length);
    assertThat((double) dropped / y.length).isCloseTo(rate, within(4 * deviation));
    assertThat(sum / y.length).isCloseTo(1, within(4 * deviation / (1 - rate)));
  }

  @Test
  void backwardUsesTheMaskOfForward() {
    Dropout dropout = new Dropout(0.5, new SplittableRandom(1));
    INDArray ones = Nd4j.ones(DataType.FLOAT, 30, 100);
    INDArray y = dropout.forward(ones, Mode.TRAINING).dup();
    assertThat(dropout.backward(ones)).isEqualTo(y);
  }

  @Test
  void masksDifferFromStepToStepAndRepeatWithTheSeed() {
    INDArray ones = Nd4j.ones(DataType.FLOAT, 30, 100);
    Dropout dropout = new Dropout(0.5, new SplittableRandom(1));
    INDArray first = dropout.forward(ones, Mode.TRAINING).dup();
    INDArray second = dropout.forward(ones, Mode.TRAINING).dup();
    assertThat(second).isNotEqualTo(first);
    Dropout again = new Dropout(0.5, new SplittableRandom(1));
    assertThat(again.forward(ones, Mode.TRAINING)).isEqualTo(first);
    assertThat(again.forward(ones, Mode.TRAINING)).isEqualTo(second);
  }

  @Test
  void takesBothTypesInTurn() {
    Dropout dropout = new Dropout(0.5, new SplittableRandom(1));
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT)) {
      INDArray y = dropout.forward(Nd4j.ones(type, 30, 100), Mode.TRAINING);
      assertThat(y.dataType()).isEqualTo(type);
      assertThat(Arrays.values(y)).containsOnly(0, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
  void refusesARate(double rate) {
    assertThatThrownBy(() -> new Dropout(rate, new SplittableRandom(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rate is " + rate + ", expected a value in [0, 1)");
  }
}
