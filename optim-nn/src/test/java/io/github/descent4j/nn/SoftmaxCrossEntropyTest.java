package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SoftmaxCrossEntropyTest {

  @ParameterizedTest
  @CsvSource({"1e30, 0", "1e30, 0.1", "1e4, 0", "1e4, 0.1"})
  void hugeLogitsStayFinite(float huge, double labelSmoothing) {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(labelSmoothing);
    INDArray logits = Nd4j.createFromArray(new float[][] {{huge, 0, -huge}, {-huge, huge, huge}});
    assertThat(loss.forward(logits, new int[] {2, 1})).isFinite();
    for (double element : Arrays.values(loss.backward())) {
      assertThat(element).isFinite();
    }
    assertThat(Arrays.values(loss.probabilities())).containsExactly(1, 0, 0, 0, 0.5, 0.5);
  }

  @Test
  void equalLogitsCostTheLogarithmOfTheClasses() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new double[][] {{-3, -3, -3, -3}});
    assertThat(loss.forward(logits, new int[] {2})).isCloseTo(Math.log(4), within(1e-15));
    assertThat(Arrays.values(loss.backward())).containsExactly(0.25, 0.25, -0.75, 0.25);
  }

  @Test
  void nanLogitsGiveANanLossAndNothingCorrect() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new float[][] {{Float.NaN, 1}, {1, 0}});
    assertThat(loss.forward(logits, new int[] {0, 0})).isNaN();
    assertThat(loss.correct()).isOne();
  }

  @Test
  void countsTheFirstGreatestLogit() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new float[][] {{1, 3, 2}, {3, 3, 0}, {3, 3, 0}});
    loss.forward(logits, new int[] {1, 0, 1});
    assertThat(loss.correct()).isEqualTo(2);
  }

  @Test
  void readsOnlyAsManyLabelsAsThereAreExamplesAndAnyOrder() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {0, -1, 5}});
    double expected = loss.forward(logits, new int[] {0, 1});
    assertThat(loss.forward(logits.dup('f'), new int[] {0, 1, -1, 99})).isEqualTo(expected);
    assertThat(loss.lossPerExample()).hasSize(2);
    assertThat((loss.lossPerExample()[0] + loss.lossPerExample()[1]) / 2).isEqualTo(expected);
  }

  @Test
  void refusesBadLabels() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {0, -1, 5}});
    assertThatThrownBy(() -> loss.forward(logits, new int[] {0, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("loss: label of example 1 is 3, expected a value in [0, 3)");
    assertThatThrownBy(() -> loss.forward(logits, new int[] {-1, 0}))
        .hasMessage("loss: label of example 0 is -1, expected a value in [0, 3)");
    assertThatThrownBy(() -> loss.forward(logits, new int[] {0}))
        .hasMessage("loss: labels has 1 elements, expected at least 2");
    List<ThrowingCallable> afterForward = List.of(
        loss::backward,
        loss::correct,
        loss::probabilities,
        loss::lossPerExample,
        () -> loss.curvature(logits));
    for (ThrowingCallable call : afterForward) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("loss: no batch yet, expected forward before");
    }
  }

  @Test
  void refusesWhatAreNoLogits() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    int[] labels = {0, 0};
    assertThatThrownBy(() -> loss.forward(Nd4j.create(DataType.FLOAT, 2, 3, 1), labels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("loss: input has shape [2, 3, 1], expected [batch, any]");
    assertThatThrownBy(() -> loss.forward(Nd4j.create(DataType.INT32, 2, 3), labels))
        .hasMessage("loss: input is of type INT, expected FLOAT or DOUBLE");
    assertThat(new SoftmaxCrossEntropy(0.1)).hasToString("SoftmaxCrossEntropy label smoothing 0.1");
  }

  @Test
  void refusesABadSmoothing() {
    assertThatThrownBy(() -> new SoftmaxCrossEntropy(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labelSmoothing is 1.0, expected a value in [0, 1)");
    assertThatThrownBy(() -> new SoftmaxCrossEntropy(Double.NaN))
        .hasMessage("labelSmoothing is NaN, expected a value in [0, 1)");
  }
}
