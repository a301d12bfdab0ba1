package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EarlyStoppingTest {
  private static final INDArray INPUT = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 5}});

  private final Sequential network = network();

  private static Sequential network() {
    return Sequential.builder(DataType.FLOAT, 3)
        .input(2)
        .batchNorm("norm")
        .dense("fc", 2)
        .build();
  }

  /** Changes parameters and buffers, as an epoch does. */
  private void train(int epoch) {
    network.parameters().forEach(parameter -> parameter.value().addi(epoch));
    network.forward(INPUT, Mode.TRAINING);
  }

  private double[] output() {
    return network.forward(INPUT, Mode.EVALUATION).dup().data().asDouble();
  }

  @Test
  void endsAfterThePatienceAndRestoresTheBest() {
    EarlyStopping stopping = EarlyStopping.onHighest(network, 2, 0);
    double[] accuracies = {0.5, 0.8, 0.7, 0.9, 0.9, 0.85, 1};
    double[] best = null;
    int epoch = 0;
    while (!stopping.stopped()) {
      train(++epoch);
      boolean improved = stopping.update(epoch, accuracies[epoch - 1]);
      assertThat(improved).isEqualTo(epoch == 1 || epoch == 2 || epoch == 4);
      best = epoch == 4 ? output() : best;
    }
    assertThat(epoch).isEqualTo(6);
    assertThat(stopping.best()).isEqualTo(0.9);
    assertThat(stopping.bestEpoch()).isEqualTo(4);
    assertThat(stopping.epochsWithoutImprovement()).isEqualTo(2);
    assertThat(output()).isNotEqualTo(best);
    stopping.restore();
    assertThat(output()).isEqualTo(best);
  }

  @Test
  void lowerLossesAreBetterByMoreThanTheDelta() {
    EarlyStopping stopping = EarlyStopping.onLowest(network, 3, 0.125);
    assertThat(stopping.update(1, 1)).isTrue();
    assertThat(stopping.update(2, 0.875)).isFalse();
    assertThat(stopping.update(3, 0.75)).isTrue();
    assertThat(stopping.update(4, 2)).isFalse();
    assertThat(stopping.best()).isEqualTo(0.75);
    assertThat(stopping.stopped()).isFalse();
  }

  @Test
  void nanIsNoImprovement() {
    EarlyStopping stopping = EarlyStopping.onHighest(network, 2, 0);
    assertThat(stopping.update(1, Double.NaN)).isFalse();
    assertThat(stopping.bestEpoch()).isZero();
    assertThat(stopping.update(2, -5)).isTrue();
    assertThat(stopping.update(3, Double.NaN)).isFalse();
    assertThat(stopping.best()).isEqualTo(-5);
  }

  @Test
  void goesOnFromWhatWasSaved(@TempDir Path directory) {
    EarlyStopping stopping = EarlyStopping.onHighest(network, 2, 0);
    train(1);
    stopping.update(1, 0.5);
    double[] best = output();
    train(2);
    stopping.update(2, 0.4);
    Path file = directory.resolve("best.npz");
    stopping.bestWeights().save(file);

    EarlyStopping resumed = EarlyStopping.onHighest(network, 2, 0);
    resumed.bestWeights().load(file);
    resumed.resume(stopping.best(), stopping.bestEpoch(), stopping.epochsWithoutImprovement());
    assertThat(resumed.stopped()).isFalse();
    assertThat(resumed.update(3, 0.5)).isFalse();
    assertThat(resumed.stopped()).isTrue();
    resumed.restore();
    assertThat(output()).isEqualTo(best);
  }

  @Test
  void beforeTheFirstEpochTheBestIsTheBeginning() {
    double[] beginning = output();
    EarlyStopping stopping = EarlyStopping.onLowest(network, 1, 0);
    train(1);
    stopping.restore();
    assertThat(output()).isEqualTo(beginning);
    assertThat(stopping.best()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesDeltas(double minDelta) {
    assertThatThrownBy(() -> EarlyStopping.onLowest(network, 1, minDelta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("minDelta is " + minDelta + ", expected a finite number of at least 0");
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> EarlyStopping.onHighest(network, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("patience is 0, expected at least 1");
    EarlyStopping stopping = EarlyStopping.onHighest(network, 1, 0);
    assertThatThrownBy(() -> stopping.resume(Double.NaN, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bestEpoch is 3 with best NaN, expected an epoch and its value");
    assertThatThrownBy(() -> stopping.resume(1, 1, -1))
        .hasMessage("epochsWithoutImprovement is -1, expected at least 0");
    assertThat(stopping.bestEpoch()).isZero();
  }

  @Test
  void goesOnFromABeginningWithoutAnEpoch() {
    EarlyStopping stopping = EarlyStopping.onHighest(network, 2, 0);
    assertThatThrownBy(() -> stopping.resume(0.5, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bestEpoch is -1 with best 0.5, expected an epoch and its value");
    stopping.resume(Double.NaN, 0, 0);
    assertThat(stopping.best()).isNaN();
    assertThat(stopping.update(1, 0.5)).isTrue();
    assertThat(stopping.bestEpoch()).isOne();
  }
}
