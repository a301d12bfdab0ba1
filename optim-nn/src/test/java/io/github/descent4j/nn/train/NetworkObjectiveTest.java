package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.LBfgsOptimizer;
import io.github.descent4j.batch.MinimizerResult;
import io.github.descent4j.batch.NewtonCg;
import io.github.descent4j.batch.StopReason;
import io.github.descent4j.nn.Sequential;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network's loss over its data, as a function that batch methods minimize. */
@Timeout(60)
class NetworkObjectiveTest {

  private static Dataset data(int size) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray features = Nd4j.create(DataType.DOUBLE, size, 4);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        double x = random.nextDouble(-1, 1);
        features.putScalar(i, j, x);
        sum += (j + 1) * x;
      }
      labels[i] = sum + random.nextDouble(-1, 1) > 0 ? 1 : sum < -1 ? 2 : 0;
    }
    return InMemoryDataset.of(features, labels, 3);
  }

  private static Sequential network() {
    return Sequential.builder(DataType.DOUBLE, 3)
        .input(4)
        .dense("fc1", 5)
        .tanh()
        .dense("fc2", 3)
        .build();
  }

  @Test
  void theGradientIsTheDerivativeOfTheValue() {
    Sequential network = network();
    NetworkObjective objective = NetworkObjective.builder(network, data(50))
        .penalty(ElasticNet.of(0, 0.1))
        .pieceSize(16)
        .build();
    for (Parameter parameter : network.parameters()) {
      objective.evaluate(network.parameters());
      INDArray gradient = parameter.gradient().dup();
      for (int i = 0; i < parameter.value().length(); i++) {
        double before = parameter.value().getDouble(i);
        parameter.value().putScalar(i, before + 1e-5);
        double above = objective.evaluate(network.parameters());
        parameter.value().putScalar(i, before - 1e-5);
        double below = objective.evaluate(network.parameters());
        parameter.value().putScalar(i, before);
        assertThat(gradient.getDouble(i)).isCloseTo((above - below) / 2e-5, within(1e-8));
      }
    }
  }

  @Test
  void piecesChangeNoMoreThanTheLastBits() {
    Sequential network = network();
    Dataset data = data(50);
    double whole = NetworkObjective.builder(network, data).build().evaluate(network.parameters());
    INDArray gradient = network.parameters().get(0).gradient().dup();
    double pieces =
        NetworkObjective.builder(network, data).pieceSize(7).build().evaluate(network.parameters());
    assertThat(pieces).isCloseTo(whole, within(1e-14));
    assertThat(network.parameters().get(0).gradient().sub(gradient).amaxNumber().doubleValue())
        .isLessThan(1e-14);
    Trainer trainer = Trainer.builder(network, new Sgd(0.1)).build();
    assertThat(trainer.evaluate(data).meanLoss()).isCloseTo(whole, within(1e-14));
  }

  @Test
  void batchMethodsFindItsMinimum() {
    Sequential first = network();
    NetworkObjective objective = NetworkObjective.builder(first, data(60))
        .penalty(ElasticNet.of(0, 1e-2))
        .build();
    MinimizerResult result =
        LBfgs.builder().gradientTolerance(1e-8).build().minimize(objective, first.parameters());
    assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
    assertThat(objective.evaluate(first.parameters())).isEqualTo(result.value());
    MinimizerResult newton = NewtonCg.builder()
        .gradientTolerance(1e-8)
        .build()
        .minimize(objective.withDifferencedHessianProduct(), first.parameters());
    assertThat(newton.iterations()).as("%s", newton).isZero();
  }

  @Test
  void dropoutIsTheSameAtEveryEvaluation() {
    Sequential network = Sequential.builder(DataType.DOUBLE, 3)
        .input(4)
        .dense("fc1", 50)
        .dropout(0.5)
        .dense("fc2", 3)
        .build();
    NetworkObjective objective =
        NetworkObjective.builder(network, data(30)).pieceSize(8).seed(7).build();
    double value = objective.evaluate(network.parameters());
    assertThat(objective.evaluate(network.parameters())).isEqualTo(value);
    NetworkObjective other =
        NetworkObjective.builder(network, data(30)).pieceSize(8).seed(8).build();
    assertThat(other.evaluate(network.parameters())).isNotEqualTo(value);
  }

  @Test
  void batchesServeTheOptimizer() {
    Sequential network = network();
    NetworkObjective.Builder batches =
        NetworkObjective.builder(network, data(90)).penalty(ElasticNet.of(0, 1e-2));
    NetworkObjective all = batches.build();
    assertThat(all.size()).isEqualTo(90);
    double before = all.evaluate(network.parameters());
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    int[] odd = new int[45];
    int[] even = new int[45];
    for (int i = 0; i < 45; i++) {
      odd[i] = 2 * i + 1;
      even[i] = 2 * i;
    }
    for (int epoch = 0; epoch < 5; epoch++) {
      optimizer.step(network.parameters(), batches.build(odd));
      optimizer.step(network.parameters(), batches.build(even));
    }
    assertThat(all.evaluate(network.parameters())).isLessThan(0.8 * before);
  }

  @Test
  void refusesWhatIsNoFunction() {
    Sequential normalized = Sequential.builder(DataType.DOUBLE, 3)
        .input(4)
        .dense("fc1", 5)
        .batchNorm("norm")
        .dense("fc2", 3)
        .build();
    assertThatThrownBy(() -> NetworkObjective.builder(normalized, data(9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("norm.runningMean");
    Sequential network = network();
    NetworkObjective objective = NetworkObjective.builder(network, data(9)).build();
    Parameters others = network().parameters();
    assertThatThrownBy(() -> objective.evaluate(others))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected those of the network");
    assertThatThrownBy(() -> NetworkObjective.builder(network, data(9)).pieceSize(0))
        .hasMessage("pieceSize is 0, expected at least 1");
    assertThatThrownBy(() -> NetworkObjective.builder(network, data(9)).build(9))
        .hasMessage("example is 9, expected a value in [0, 9)");
    assertThatThrownBy(() -> NetworkObjective.builder(network, data(9)).build(new int[0]))
        .hasMessage("number of examples is 0, expected at least 1");
  }
}
