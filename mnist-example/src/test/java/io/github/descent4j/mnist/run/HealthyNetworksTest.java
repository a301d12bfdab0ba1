package io.github.descent4j.mnist.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.mnist.settings.OptimizerChoice;
import io.github.descent4j.nn.NetworkHealth;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.Trainer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network that learns MNIST is healthy at every step. */
@Tag("slow")
class HealthyNetworksTest {
  private static final int PROBE = 200;

  private static ImageDataset training;

  @BeforeAll
  static void readData() {
    LabelledImages images = MnistData.bundled().train();
    training = new ImageDataset(images, GreyScale.of(images));
  }

  @ParameterizedTest
  @EnumSource(value = OptimizerChoice.class, mode = EnumSource.Mode.EXCLUDE, names = "LBFGS")
  void theMlpIsWithEveryOptimizer(OptimizerChoice optimizer) {
    assertHealthy(ModelChoice.MLP, optimizer, 200);
  }

  /** Of those whose rates, chosen for the mlp, suit the cnn too. */
  @ParameterizedTest
  @EnumSource(
      value = OptimizerChoice.class,
      names = {"ADAGRAD", "ADADELTA", "ADAM", "RADAM"})
  void theCnnIs(OptimizerChoice optimizer) {
    assertHealthy(ModelChoice.CNN, optimizer, 50);
  }

  private static void assertHealthy(ModelChoice model, OptimizerChoice optimizer, int steps) {
    Sequential network = model.build(28, 28, 10, 0, 42);
    GradientMonitor monitor = GradientMonitor.builder().build();
    Trainer.builder(
            network,
            optimizer.build(optimizer.defaultLearningRate, WeightDecay.none()).monitored(monitor))
        .batchSize(128)
        .seed(42)
        .build()
        .fit(new Beginning(training, 128 * steps), 1);
    assertThat(monitor.lastStep()).isEqualTo(steps);
    assertThat(monitor.report().onsets()).as("%s", monitor.report()).isEmpty();
    NetworkHealth activations = NetworkHealth.of(network, probe());
    assertThat(activations.isHealthy()).as("%s", activations).isTrue();
  }

  private static INDArray probe() {
    INDArray images = Nd4j.create(DataType.FLOAT, PROBE, 1, 28, 28);
    training.read(IntStream.range(0, PROBE).toArray(), 0, PROBE, images, new int[PROBE]);
    return images;
  }

  /** The first examples of a dataset. */
  private record Beginning(Dataset whole, int size) implements Dataset {
    @Override
    public long[] exampleShape() {
      return whole.exampleShape();
    }

    @Override
    public int classes() {
      return whole.classes();
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      whole.read(indices, from, count, features, labels);
    }
  }
}
