package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.Adam;
import io.github.descent4j.Sgd;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.Golden;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.nn.Targets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Attacks, and training on what they make. */
class AttackTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  /** PyTorch's points, losses and gradients. */
  @ParameterizedTest
  @ValueSource(
      strings = {"adversarial_mlp_relu", "adversarial_mlp_tanh", "adversarial_cnn_relu_clip"})
  void agrees(String file) {
    JsonNode golden = Golden.read(file);
    JsonNode result = golden.get("results").get(0);
    Golden.Tolerance tolerance = Golden.tolerance(golden);
    Sequential network =
        Golden.network(golden.get("architecture").get(0), golden.get("parameters"));
    INDArray input = Golden.array(golden.get("input"));
    Targets labels = Targets.labels(Golden.labels(golden));
    double epsilon = golden.get("epsilon").asDouble();

    double loss = LOSS.forward(network.forward(input, Mode.TRAINING), labels);
    tolerance.check("loss", loss, result.get("loss").asDouble());
    INDArray gradient = network.backward(LOSS.backward());
    tolerance.check("input gradient", gradient, result.get("input_gradient"));

    Attack fgsm = clipped(Attack.fgsm(epsilon), golden);
    check("fgsm", fgsm, network, input, labels, result.get("fgsm"), tolerance);
    Attack l2 = clipped(Attack.l2(epsilon), golden);
    check("l2", l2, network, input, labels, result.get("l2"), tolerance);
    int steps = golden.get("pgd_steps").asInt();
    double step = golden.get("pgd_step").asDouble();
    for (int i = 1; i <= steps; i++) {
      INDArray point =
          clipped(Attack.pgd(epsilon, i, step), golden).perturb(network, LOSS, input, labels, 0);
      tolerance.check(
          "pgd after " + i,
          point,
          result.get("pgd").get("inputs_after_each_step").get(i - 1));
    }
    Attack pgd = clipped(Attack.pgd(epsilon, steps, step), golden);
    check("pgd", pgd, network, input, labels, result.get("pgd"), tolerance);

    BatchGradient training = new AdversarialTraining(fgsm, golden.get("alpha").asDouble());
    BatchGradient.Measured measured = training.compute(network, LOSS, input, labels, 0);
    tolerance.check(
        "training loss", measured.meanLoss(), result.get("training_loss").asDouble());
    tolerance.checkGradients("training gradient", network, result.get("training_gradients"));
    LOSS.forward(network.forward(input, Mode.EVALUATION), labels);
    assertThat(measured.correct()).isEqualTo(LOSS.correct());
  }

  private static Attack clipped(Attack attack, JsonNode golden) {
    JsonNode clip = golden.get("clip");
    return clip.isNull()
        ? attack
        : attack.within(clip.get(0).asDouble(), clip.get(1).asDouble());
  }

  private static void check(
      String name,
      Attack attack,
      Sequential network,
      INDArray input,
      Targets labels,
      JsonNode expected,
      Golden.Tolerance tolerance) {
    INDArray before = input.dup();
    INDArray point = attack.perturb(network, LOSS, input, labels, 0);
    assertThat(input).isEqualTo(before);
    if (expected.has("input")) {
      tolerance.check(name, point, expected.get("input"));
    }
    double loss = LOSS.forward(network.forward(point, Mode.TRAINING), labels);
    tolerance.check(name + " loss", loss, expected.get("loss").asDouble());
    network.backwardParameters(LOSS.backward());
    tolerance.checkGradients(name + " gradient", network, expected.get("gradients"));
  }

  /** A unit without influence has a gradient of 0, whose sign is 0. */
  @Test
  void whatHasNoInfluenceStays() {
    Sequential network =
        Sequential.builder(DataType.DOUBLE, 1).input(3).dense("fc", 2).build();
    network.parameters().get("fc.weight").value().assign(Nd4j.createFromArray(new double[][] {
      {1, 0, 0}, {-1, 0, 0}
    }));
    INDArray x = Nd4j.createFromArray(new double[][] {{1, 2, 3}});
    INDArray zero = x.dup();
    assertThat(Attack.fgsm(0.5).perturb(network, LOSS, x, Targets.labels(0), 0))
        .isEqualTo(Nd4j.createFromArray(new double[][] {{0.5, 2, 3}}));
    assertThat(Attack.l2(0.5).perturb(network, LOSS, x, Targets.labels(0), 0))
        .isEqualTo(Nd4j.createFromArray(new double[][] {{0.5, 2, 3}}));
    network.parameters().get("fc.weight").value().assign(0);
    assertThat(Attack.l2(0.5).perturb(network, LOSS, x, Targets.labels(0), 0)).isEqualTo(zero);
  }

  /** Two clouds that differ strongly in one feature and weakly in many: attacks find the many. */
  private static InMemoryDataset clouds() {
    SplittableRandom random = new SplittableRandom(6);
    int size = 400;
    float[] features = new float[size * 40];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 2;
      double sign = 2 * labels[i] - 1;
      for (int j = 0; j < 40; j++) {
        double noise = 2 * random.nextDouble() - 1;
        features[i * 40 + j] = (float) (j == 0 ? sign + 0.3 * noise : 0.15 * sign + 0.3 * noise);
      }
    }
    return InMemoryDataset.of(features, labels, 2, 40);
  }

  private static Sequential trained(BatchGradient gradient) {
    Sequential network = Sequential.builder(DataType.FLOAT, 2)
        .input(40)
        .dense("fc1", 16)
        .relu()
        .dropout(0.1)
        .dense("fc2", 2)
        .build();
    Trainer.builder(network, new Adam(0.01))
        .batchSize(50)
        .seed(3)
        .gradient(gradient)
        .build()
        .fit(clouds(), 15);
    return network;
  }

  private static int rightUnderAttack(Sequential network, Attack attack) {
    InMemoryDataset data = clouds();
    INDArray x = Nd4j.create(DataType.FLOAT, data.size(), 40);
    int[] labels = new int[data.size()];
    int[] all = java.util.stream.IntStream.range(0, data.size()).toArray();
    data.read(all, 0, data.size(), x, labels);
    INDArray attacked = attack.perturb(network, LOSS, x, Targets.labels(labels), 0);
    LOSS.forward(network.forward(attacked, Mode.EVALUATION), labels);
    return LOSS.correct();
  }

  @Test
  void adversarialTrainingHelpsAgainstTheAttack() {
    Attack attack = Attack.fgsm(0.5);
    int without = rightUnderAttack(trained(BatchGradient.backpropagation()), attack);
    int with = rightUnderAttack(trained(new AdversarialTraining(attack, 0.5)), attack);
    assertThat(with).isGreaterThan(without + 40);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    AdversarialTraining gradient = new AdversarialTraining(Attack.pgd(0.3, 3, 0.2), 0.3);
    INDArray first = trained(gradient).parameters().get("fc1.weight").value();
    assertThat(trained(gradient).parameters().get("fc1.weight").value()).isEqualTo(first);
  }

  /** Statistics are those of examples: what an attack tries on the way is none. */
  @Test
  void leavesRunningStatistics() {
    Sequential network = Sequential.builder(DataType.FLOAT, 2)
        .input(40)
        .dense("fc1", 8)
        .batchNorm("norm1")
        .dense("fc2", 2)
        .build();
    INDArray x = Nd4j.rand(DataType.FLOAT, 4, 40);
    Targets labels = Targets.labels(0, 1, 1, 0);
    network.forward(x, Mode.TRAINING);
    INDArray mean = network.buffers().get("norm1.runningMean").dup();
    INDArray variance = network.buffers().get("norm1.runningVariance").dup();
    Attack attack = Attack.pgd(0.3, 3, 0.2);
    attack.perturb(network, LOSS, x, labels, 0);
    assertThat(network.buffers().get("norm1.runningMean").toFloatVector())
        .isEqualTo(mean.toFloatVector());
    assertThat(network.buffers().get("norm1.runningVariance").toFloatVector())
        .isEqualTo(variance.toFloatVector());
    assertThatThrownBy(() -> attack.perturb(network, LOSS, x, Targets.labels(0, 1, 7, 0), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(network.buffers().get("norm1.runningMean").toFloatVector())
        .isEqualTo(mean.toFloatVector());
    network.forward(x.add(1), Mode.TRAINING);
    assertThat(network.buffers().get("norm1.runningMean").toFloatVector())
        .isNotEqualTo(mean.toFloatVector());
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Attack.fgsm(-0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon is -0.1, expected a finite number of at least 0");
    assertThatThrownBy(() -> Attack.pgd(1, 0, 1)).hasMessage("steps is 0, expected at least 1");
    assertThatThrownBy(() -> Attack.pgd(1, 1, Double.NaN))
        .hasMessage("step is NaN, expected a finite number of at least 0");
    assertThatThrownBy(() -> Attack.l2(1).within(1, 0))
        .hasMessage("highest is 0.0, expected at least the lowest, 1.0");
    assertThatThrownBy(() -> new AdversarialTraining(Attack.l2(1), 1.5))
        .hasMessage("alpha is 1.5, expected a value in [0, 1]");
    Sequential network =
        Sequential.builder(DataType.DOUBLE, 1).input(3).dense("fc", 2).build();
    AdversarialTraining gradient = new AdversarialTraining(Attack.l2(1), 0.5);
    assertThatThrownBy(
            () -> Trainer.builder(network, LBfgsOptimizer.builder().build()).gradient(gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gradient is l2 1.0, weight 0.5, expected backpropagation with an LBfgsOptimizer");
    assertThat(Trainer.builder(network, new Sgd(1)).gradient(gradient).build()).isNotNull();
  }
}
