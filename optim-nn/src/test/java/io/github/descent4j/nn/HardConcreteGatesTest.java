package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.nn.train.L0Penalty;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HardConcreteGatesTest {
  private static final DataType DOUBLE = DataType.DOUBLE;

  /** Given noise, gates on the inputs: PyTorch's numbers, the penalty among them. */
  @Test
  void inputGatesAgree() {
    JsonNode golden = Golden.read("l0_hard_concrete_input");
    JsonNode result = golden.get("results").get(0);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    JsonNode u = golden.get("u").get("data");
    int[] drawn = {0};
    HardConcreteGates gates = new HardConcreteGates(
        "gates",
        Golden.array(golden.get("log_alpha")),
        NoiseScope.BATCH,
        random -> u.get(drawn[0]++).asDouble(),
        new SplittableRandom(1));
    Sequential network = withGates(golden, gates);
    INDArray input = Golden.array(golden.get("input"));
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

    INDArray logits = network.forward(input, Mode.TRAINING);
    tolerance.check("logits", logits, result.get("logits"));
    double crossEntropy = loss.forward(logits, Golden.labels(golden));
    tolerance.check("cross-entropy", crossEntropy, result.get("cross_entropy").asDouble());
    network.backwardParameters(loss.backward());
    double lambda = golden.get("lambda").asDouble();
    L0Penalty penalty = L0Penalty.of(network, lambda);
    double value = penalty.value(network.parameters());
    tolerance.check("penalty", value / lambda, result.get("penalty").asDouble());
    tolerance.check("total", crossEntropy + value, result.get("total").asDouble());
    penalty.addGradient(network.parameters());
    tolerance.check(
        "gradient of logAlpha",
        network.parameters().get("gates.logAlpha").gradient(),
        result.get("gradient_log_alpha"));
    result
        .get("gradients")
        .fieldNames()
        .forEachRemaining(name -> tolerance.check(
            name,
            network.parameters().get(name).gradient(),
            result.get("gradients").get(name)));
    for (int i = 0; i < gates.units(); i++) {
      tolerance.check(
          "probability",
          gates.openProbabilities()[i],
          result.get("non_zero_probability").get("data").get(i).asDouble());
      tolerance.check(
          "gate",
          gates.evaluated()[i],
          result.get("test_time_z").get("data").get(i).asDouble());
    }
    // The penalty's count is the probabilities' sum times the four outputs behind the gates.
    tolerance.check("open", 4 * gates.expectedOpen(), result.get("penalty").asDouble());
  }

  private static Sequential withGates(JsonNode golden, HardConcreteGates gates) {
    Sequential rest = Golden.network(golden.get("architecture").get(0), golden.get("parameters"));
    Layer[] layers = new Layer[rest.layers().size() + 1];
    layers[0] = gates;
    for (int i = 1; i < layers.length; i++) {
      layers[i] = rest.layers().get(i - 1);
    }
    return Sequential.of(DOUBLE, layers);
  }

  /** Gates on single weights, which no layer has, by the same functions. */
  @Test
  void weightGatesAgree() {
    JsonNode golden = Golden.read("l0_hard_concrete_weight");
    JsonNode result = golden.get("results").get(0);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    double[] logAlpha = Arrays.values(Golden.array(golden.get("log_alpha")));
    double[] u = Arrays.values(Golden.array(golden.get("u")));
    Sequential network =
        Golden.network(golden.get("architecture").get(0), golden.get("parameters"));
    INDArray weight = network.parameters().get("fc1.weight").value();
    double[] ungated = Arrays.values(weight);
    for (int i = 0; i < u.length; i++) {
      double stretched = HardConcrete.stretched(logAlpha[i], u[i]);
      tolerance.check("sbar", stretched, at(result, "sbar", i));
      tolerance.check("z", HardConcrete.gate(stretched), at(result, "z", i));
      tolerance.check("test z", HardConcrete.evaluated(logAlpha[i]), at(result, "test_time_z", i));
      tolerance.check(
          "probability",
          HardConcrete.openProbability(logAlpha[i]),
          at(result, "non_zero_probability", i));
      weight.putScalar(i, ungated[i] * HardConcrete.gate(stretched));
    }
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray logits = network.forward(Golden.array(golden.get("input")), Mode.TRAINING);
    tolerance.check("logits", logits, result.get("logits"));
    loss.forward(logits, Golden.labels(golden));
    network.backwardParameters(loss.backward());
    double[] gradient = Arrays.values(network.parameters().get("fc1.weight").gradient());
    for (int i = 0; i < u.length; i++) {
      double stretched = HardConcrete.stretched(logAlpha[i], u[i]);
      double p = HardConcrete.openProbability(logAlpha[i]);
      double byAlpha = gradient[i] * ungated[i] * HardConcrete.slope(stretched)
          + golden.get("lambda").asDouble() * p * (1 - p);
      tolerance.check("gradient of logAlpha", byAlpha, at(result, "gradient_log_alpha", i));
    }
  }

  private static double at(JsonNode result, String name, int i) {
    return result.get(name).get("data").get(i).asDouble();
  }

  @ParameterizedTest
  @EnumSource
  void gradients(NoiseScope scope) {
    // A gate in five is cut; the difference quotients below are of the others, whose noise is far
    // enough from a cut.
    INDArray logAlpha = Arrays.random(DOUBLE, 1, 6);
    GradientCheck.check(
        () -> new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(8)),
        Arrays.random(DOUBLE, 3, 5, 6));
  }

  @ParameterizedTest
  @EnumSource
  void gatesFollowFromTheSeed(NoiseScope scope) {
    INDArray ones = Nd4j.ones(DOUBLE, 30, 50);
    INDArray logAlpha = Nd4j.zeros(DOUBLE, 50);
    HardConcreteGates gates =
        new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(8));
    gates.reseed(5);
    INDArray first = gates.forward(ones, Mode.TRAINING).dup();
    INDArray second = gates.forward(ones, Mode.TRAINING).dup();
    assertThat(second).isNotEqualTo(first);
    gates.reseed(5);
    assertThat(gates.forward(ones, Mode.TRAINING)).isEqualTo(first);
    assertThat(first.getRow(1).equals(first.getRow(0))).isEqualTo(scope == NoiseScope.BATCH);
  }

  /** At logAlpha = 0 the parts that are 0 and 1 are equal, by symmetry, and known. */
  @Test
  void drawsTheDistribution() {
    HardConcreteGates gates = new HardConcreteGates(
        "gates", Nd4j.zeros(DOUBLE, 100), NoiseScope.EXAMPLE, new SplittableRandom(8));
    double[] z = Arrays.values(gates.forward(Nd4j.ones(DOUBLE, 1000, 100), Mode.TRAINING));
    double closed = java.util.Arrays.stream(z).filter(gate -> gate == 0).count();
    double open = java.util.Arrays.stream(z).filter(gate -> gate == 1).count();
    double expected = 1 - gates.openProbabilities()[0];
    assertThat(expected).isCloseTo(0.168, within(0.001));
    assertThat(closed / z.length).isCloseTo(expected, within(0.005));
    assertThat(open / z.length).isCloseTo(expected, within(0.005));
    assertThat(gates.expectedOpen()).isCloseTo(100 * (1 - expected), within(1e-9));
  }

  @Test
  void evaluatesWithoutNoise() {
    INDArray logAlpha = Nd4j.createFromArray(-3.0, -2.4, 0, 2.3, 2.5);
    HardConcreteGates gates =
        new HardConcreteGates("gates", logAlpha, NoiseScope.EXAMPLE, new SplittableRandom(8));
    INDArray ones = Nd4j.ones(DOUBLE, 2, 5);
    double[] z = gates.evaluated();
    assertThat(z[0]).isZero();
    assertThat(z[1]).isZero();
    assertThat(z[2]).isEqualTo(0.5, within(1e-15));
    assertThat(z[3]).isCloseTo(0.99, within(0.002));
    assertThat(z[4]).isOne();
    assertThat(gates.open()).isEqualTo(3);
    INDArray y = gates.forward(ones, Mode.EVALUATION);
    assertThat(Arrays.values(y.getRow(0))).containsExactly(z);
    assertThat(Arrays.values(y.getRow(1))).containsExactly(z);
    assertThatThrownBy(() -> gates.backward(ones)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void copiesDrawOthersWhateverTheirNumber(NoiseScope scope) {
    INDArray ones = Nd4j.ones(DOUBLE, 3, 50);
    INDArray logAlpha = Nd4j.zeros(DOUBLE, 50);
    HardConcreteGates gates =
        new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(8));
    HardConcreteGates same =
        new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(8));
    Layer first = gates.split();
    Layer second = gates.split();
    same.split();
    assertThat(first.parameters().get("gates.logAlpha").value()).isSameAs(logAlpha);
    INDArray own = gates.forward(ones, Mode.TRAINING);
    assertThat(same.forward(ones, Mode.TRAINING)).isEqualTo(own);
    INDArray ofFirst = first.forward(ones, Mode.TRAINING);
    assertThat(ofFirst).isNotEqualTo(own);
    assertThat(second.forward(ones, Mode.TRAINING)).isNotEqualTo(own).isNotEqualTo(ofFirst);
  }

  /** 0 and 1 would be infinite as logits, which no logAlpha outweighs: u is 1e-6 or 1 - 1e-6 there. */
  @Test
  void noiseStaysAwayFromZeroAndOne() {
    double[] drawn = {0, 1};
    int[] next = {0};
    HardConcreteGates gates = new HardConcreteGates(
        "gates",
        Nd4j.createFromArray(14.0, -14.0),
        NoiseScope.BATCH,
        random -> drawn[next[0]++],
        new SplittableRandom(1));
    double[] z = Arrays.values(gates.forward(Nd4j.ones(DOUBLE, 1, 2), Mode.TRAINING));
    double logit = Math.log(1e-6) - Math.log(1 - 1e-6) + 14;
    double expected = 1.2 / (1 + Math.exp(-logit / (2.0 / 3))) - 0.1;
    assertThat(expected).isBetween(0.5, 0.6);
    assertThat(z[0]).isCloseTo(expected, within(1e-9));
    assertThat(z[1]).isCloseTo(1 - expected, within(1e-9));
  }

  @Test
  void tellsItsNameAndItsSize() {
    HardConcreteGates gates = new HardConcreteGates(
        "gates", Nd4j.zeros(DOUBLE, 5), NoiseScope.BATCH, new SplittableRandom(8));
    assertThat(gates).hasToString("HardConcreteGates gates [5]");
    assertThat(gates.name()).isEqualTo("gates");
    assertThat(gates.units()).isEqualTo(5);
  }

  /** STRETCH s (1 - s) / BETA, and 0 from the cuts on. */
  @Test
  void theSlopeIsZeroFromTheCutsOn() {
    assertThat(HardConcrete.slope(0.5)).isEqualTo(1.2 / 4 * 1.5, within(1e-15));
    assertThat(HardConcrete.slope(Double.MIN_VALUE))
        .isEqualTo(0.1 * 1.1 / 1.2 * 1.5, within(1e-15));
    assertThat(HardConcrete.slope(0)).isZero();
    assertThat(HardConcrete.slope(1)).isZero();
    assertThat(HardConcrete.slope(-0.05)).isZero();
    assertThat(HardConcrete.slope(1.05)).isZero();
  }

  @Test
  void logAlphaHasToBeAVectorOfNumbers() {
    for (INDArray wrong :
        new INDArray[] {Nd4j.zeros(DOUBLE, 2, 3), Nd4j.zeros(DataType.INT32, 3)}) {
      assertThatThrownBy(() ->
              new HardConcreteGates("gates", wrong, NoiseScope.BATCH, new SplittableRandom(8)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("gates.logAlpha");
    }
  }

  /** Whoever sets logAlpha, as an optimizer does, need not run a batch before asking. */
  @Test
  void probabilitiesFollowTheParameter() {
    INDArray logAlpha = Nd4j.zeros(DOUBLE, 2);
    HardConcreteGates gates =
        new HardConcreteGates("gates", logAlpha, NoiseScope.BATCH, new SplittableRandom(8));
    // sigmoid(logAlpha + 2 / 3 log 11), since -gamma / zeta is 1 / 11.
    double odds = Math.pow(11, 2.0 / 3);
    assertThat(gates.openProbabilities())
        .containsExactly(new double[] {odds / (1 + odds), odds / (1 + odds)}, within(1e-15));
    logAlpha.putScalar(1, -Math.log(odds));
    assertThat(gates.openProbabilities())
        .containsExactly(new double[] {odds / (1 + odds), 0.5}, within(1e-15));
    assertThat(gates.expectedOpen()).isEqualTo(odds / (1 + odds) + 0.5, within(1e-15));
  }

  /** A small batch after a large one, and the other way round, has the gradients of a fresh layer. */
  @ParameterizedTest
  @EnumSource
  void batchesOfAnySizeFollowOneAnother(NoiseScope scope) {
    INDArray logAlpha = Arrays.random(DOUBLE, 1, 6);
    HardConcreteGates gates =
        new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(8));
    for (int batch : new int[] {3, 5, 2, 5}) {
      HardConcreteGates fresh =
          new HardConcreteGates("gates", logAlpha, scope, new SplittableRandom(9));
      INDArray x = Arrays.random(DOUBLE, batch, batch, 6);
      INDArray dy = Arrays.random(DOUBLE, batch + 1, batch, 6);
      gates.reseed(4);
      fresh.reseed(4);
      double[] y = Arrays.values(fresh.forward(x, Mode.TRAINING));
      double[] dx = Arrays.values(fresh.backward(dy));
      assertThat(Arrays.values(gates.forward(x, Mode.TRAINING))).isEqualTo(y);
      assertThat(Arrays.values(gates.backward(dy))).isEqualTo(dx);
      assertThat(Arrays.values(gates.parameters().get(0).gradient()))
          .isEqualTo(Arrays.values(fresh.parameters().get(0).gradient()));
    }
  }

  @Test
  void refusals() {
    Sequential none = Sequential.builder(DOUBLE, 1).input(3).dense("fc", 2).build();
    assertThatThrownBy(() -> L0Penalty.of(none, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network has no gates, expected HardConcreteGates");
    Sequential last =
        Sequential.builder(DOUBLE, 1).input(3).dense("fc", 2).gates("gates").build();
    assertThatThrownBy(() -> L0Penalty.of(last, 1))
        .hasMessage(
            "HardConcreteGates gates [2] is not before a dense layer, expected one directly after it");
    assertThatThrownBy(() -> L0Penalty.of(last, -1))
        .hasMessage("lambda is -1.0, expected a finite number of at least 0");
    assertThatThrownBy(() ->
            Sequential.builder(DOUBLE, 1).input(3).gates("gates", Double.NaN, NoiseScope.BATCH))
        .hasMessage("logAlpha is NaN, expected a finite number");
    assertThatThrownBy(() -> last.layers().get(1).forward(Nd4j.zeros(DOUBLE, 2, 3), Mode.TRAINING))
        .hasMessage("gates: input has shape [2, 3], expected [batch, 2]");
  }
}
