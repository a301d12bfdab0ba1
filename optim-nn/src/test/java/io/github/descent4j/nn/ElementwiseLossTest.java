package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Mean squared error, Huber's loss and binary cross-entropy. */
class ElementwiseLossTest {
  private static final INDArray OUTPUTS = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 5}});
  private static final INDArray TARGETS = Nd4j.createFromArray(new double[][] {{0, 2}, {5, 1}});

  /** Distances of 1, 0, -2 and 4. */
  @Test
  void meanSquaredErrorByHand() {
    MeanSquaredError loss = new MeanSquaredError();
    assertThat(loss.forward(OUTPUTS, Targets.values(TARGETS))).isEqualTo((1 + 0 + 4 + 16) / 4.0);
    assertThat(Arrays.values(loss.backward())).containsExactly(0.5, 0, -1, 2);
    assertThat(loss.correct()).isZero();
  }

  @Test
  void huberByHand() {
    Huber loss = new Huber();
    double value = loss.forward(OUTPUTS, Targets.values(TARGETS));
    assertThat(value).isEqualTo((0.5 + 0 + 1.5 + 3.5) / 4);
    assertThat(Arrays.values(loss.backward())).containsExactly(0.25, 0, -0.25, 0.25);
    assertThat(loss.correct()).isZero();

    Huber wide = new Huber(3);
    value = wide.forward(OUTPUTS, Targets.values(TARGETS));
    assertThat(value).isEqualTo((0.5 + 0 + 2 + 3 * (4 - 1.5)) / 4);
    assertThat(Arrays.values(wide.backward())).containsExactly(0.25, 0, -0.5, 0.75);
  }

  /** p = 1/2, 3/4 and 1/4. */
  @Test
  void binaryCrossEntropyByHand() {
    BinaryCrossEntropy loss = new BinaryCrossEntropy();
    double three = Math.log(3);
    INDArray logits = Nd4j.createFromArray(new double[][] {{0, three}, {-three, three}});
    INDArray targets = Nd4j.createFromArray(new double[][] {{1, 1}, {1, 0.5}});
    double expected =
        (Math.log(2) + Math.log(4.0 / 3) + Math.log(4) + (Math.log(4.0 / 3) + Math.log(4)) / 2) / 4;
    assertThat(loss.forward(logits, Targets.values(targets))).isCloseTo(expected, within(1e-15));
    double[] gradient = Arrays.values(loss.backward());
    assertThat(gradient)
        .containsExactly(new double[] {-0.125, -0.0625, -0.1875, 0.0625}, within(1e-16));
  }

  @Test
  void binaryCrossEntropyCountsExamplesThatAreRightInAll() {
    BinaryCrossEntropy loss = new BinaryCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new double[][] {
      {2, -1}, {2, 1}, {-1, -3}, {0, -1}, {Double.NaN, 1}, {-1, Double.NaN}, {-1, 0}
    });
    INDArray targets = Nd4j.createFromArray(
        new double[][] {{1, 0}, {1, 0}, {0, 0}, {0, 0}, {1, 1}, {0, 0}, {0.5, 0.5}});
    loss.forward(logits, Targets.values(targets));
    assertThat(loss.correct()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {30, 1e4, 1e30})
  void hugeLogitsStayFinite(double huge) {
    BinaryCrossEntropy loss = new BinaryCrossEntropy();
    INDArray logits = Nd4j.createFromArray(new double[][] {{huge, -huge}});
    INDArray right = Nd4j.createFromArray(new double[][] {{1, 0}});
    INDArray wrong = Nd4j.createFromArray(new double[][] {{0, 1}});
    assertThat(loss.forward(logits, Targets.values(right))).isCloseTo(0, within(1e-12));
    assertThat(loss.forward(logits, Targets.values(wrong))).isCloseTo(huge, within(1e-12));
    assertThat(Arrays.values(loss.backward()))
        .containsExactly(new double[] {0.5, -0.5}, within(1e-12));
  }

  static Stream<Loss> losses() {
    return Stream.of(new MeanSquaredError(), new Huber(0.7), new BinaryCrossEntropy());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradients(Loss loss) {
    INDArray outputs = Arrays.random(DataType.DOUBLE, 3, 5, 2, 3).muli(3);
    Targets targets = Targets.values(Nd4j.rand(DataType.DOUBLE, 5, 2, 3));
    loss.forward(outputs, targets);
    INDArray gradient = loss.backward().dup();
    GradientCheck.compare("outputs", outputs, gradient, () -> loss.forward(outputs, targets));
  }

  /** The second derivatives against difference quotients of the first. */
  @ParameterizedTest
  @MethodSource("losses")
  void curvatures(Loss loss) {
    INDArray outputs = Arrays.random(DataType.DOUBLE, 3, 5, 2, 3).muli(3);
    Targets targets =
        Targets.values(Arrays.random(DataType.DOUBLE, 4, 5, 2, 3).addi(1).muli(0.5));
    INDArray tangent = Arrays.random(DataType.DOUBLE, 5, 5, 2, 3);
    INDArray step = tangent.mul(1e-6);
    loss.forward(outputs.add(step), targets);
    INDArray above = loss.backward().dup();
    loss.forward(outputs.sub(step), targets);
    double[] expected = Arrays.values(above.sub(loss.backward()).mul(1 / 2e-6));
    loss.forward(outputs, targets);
    assertThat(Arrays.values(((CurvedLoss) loss).curvature(tangent)))
        .containsExactly(expected, within(1e-8));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void floatsAnyOrderAndTargetsOfTheOtherType(Loss loss) {
    INDArray outputs = Arrays.random(DataType.FLOAT, 3, 4, 3);
    INDArray targets = Nd4j.rand(DataType.DOUBLE, 4, 3);
    double expected = loss.forward(outputs.castTo(DataType.DOUBLE), Targets.values(targets));
    assertThat(loss.forward(outputs.dup('f'), Targets.values(targets.dup('f'))))
        .isEqualTo(expected);
    assertThat(loss.backward().dataType()).isEqualTo(DataType.FLOAT);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void refusals(Loss loss) {
    List<ThrowingCallable> afterForward =
        List.of(loss::backward, loss::correct, () -> ((CurvedLoss) loss).curvature(OUTPUTS));
    for (ThrowingCallable call : afterForward) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("loss: no batch yet, expected forward before");
    }
    assertThatThrownBy(() -> loss.forward(Nd4j.ones(DataType.DOUBLE, 2), Targets.values(OUTPUTS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("loss: input has shape [2], expected [batch, ...] with at least one example");
    assertThatThrownBy(() -> loss.forward(OUTPUTS, Targets.labels(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets are class labels, expected values");
    INDArray one = Nd4j.createFromArray(new double[][] {{0}, {1}});
    assertThatThrownBy(() -> loss.forward(OUTPUTS, Targets.values(one)))
        .hasMessage("loss: targets are of shape [2, 1], expected [2, 2], that of the outputs");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aRefusedBatchLeavesTheOneBefore(Loss loss) {
    INDArray ones = Nd4j.ones(DataType.DOUBLE, 2, 2);
    loss.forward(OUTPUTS, Targets.values(ones));
    double[] before = Arrays.values(loss.backward());
    INDArray bad = Nd4j.createFromArray(new double[][] {{0, 0}, {0, Double.NaN}});
    assertThatThrownBy(() -> loss.forward(OUTPUTS, Targets.values(bad)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("loss: target 3 is NaN, expected a ");
    assertThat(Arrays.values(loss.backward())).isEqualTo(before);
  }

  @Test
  void targetsAreOfATypeThatLayersHave() {
    assertThatThrownBy(() -> Targets.values(Nd4j.create(DataType.INT32, 2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: array is of type INT, expected FLOAT or DOUBLE");
  }

  @Test
  void names() {
    assertThat(losses())
        .extracting(Loss::toString)
        .containsExactly("MeanSquaredError", "Huber delta 0.7", "BinaryCrossEntropy");
  }

  @Test
  void refusesWhatIsNoProbability() {
    INDArray two = Nd4j.createFromArray(new double[][] {{0, 2}, {0, 0}});
    assertThatThrownBy(() -> new BinaryCrossEntropy().forward(OUTPUTS, Targets.values(two)))
        .hasMessage("loss: target 1 is 2.0, expected a value in [0, 1]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesADelta(double delta) {
    assertThatThrownBy(() -> new Huber(delta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delta is " + delta + ", expected a finite number above 0");
  }

  @Test
  void softmaxTakesLabelsAlone() {
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    assertThatThrownBy(() -> loss.forward(OUTPUTS, Targets.values(TARGETS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets are values of shape [2, 2], expected class labels");
    assertThat(loss.forward(OUTPUTS, Targets.labels(0, 1)))
        .isEqualTo(loss.forward(OUTPUTS, new int[] {0, 1}));
  }
}
