package io.github.descent4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.AdamW;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.Sgd;
import io.github.descent4j.schedule.Schedules;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Our updaters in DL4J's networks, on the first images of MNIST. */
@Tag("slow")
class Dl4jNetworkTest {
  private static final Path MNIST =
      Path.of("..", "mnist-example", "src", "main", "resources", "mnist");
  private static final int PIXELS = 28 * 28;
  private static final int BATCH = 100;
  private static final int BATCHES = 40;

  private static final List<DataSet> TRAINING = new ArrayList<>();
  private static DataSet test;

  @TempDir
  private File folder;

  @BeforeAll
  static void readImages() throws IOException {
    DataSet images = read("train", BATCH * BATCHES);
    TRAINING.clear();
    TRAINING.addAll(images.batchBy(BATCH));
    test = read("t10k", 1000);
  }

  private static DataSet read(String name, int count) throws IOException {
    byte[] grey = bytes(name + "-images-idx3-ubyte.gz", 16, count * PIXELS);
    byte[] digits = bytes(name + "-labels-idx1-ubyte.gz", 8, count);
    float[] pixels = new float[grey.length];
    float[] labels = new float[count * 10];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (grey[i] & 0xff) / 255f;
    }
    for (int i = 0; i < count; i++) {
      labels[10 * i + digits[i]] = 1;
    }
    return new DataSet(
        Nd4j.create(pixels, new long[] {count, PIXELS}, 'c'),
        Nd4j.create(labels, new long[] {count, 10}, 'c'));
  }

  private static byte[] bytes(String file, int header, int count) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(MNIST.resolve(file))))) {
      in.readNBytes(header);
      return in.readNBytes(count);
    }
  }

  static List<OptimizerCase> cases() {
    return OptimizerCase.withoutDecay().stream()
        .filter(OptimizerCase::isUpdater)
        .toList();
  }

  private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder) {
    MultiLayerConfiguration configuration = builder
        .seed(42)
        .weightInit(WeightInit.RELU_UNIFORM)
        .activation(Activation.RELU)
        .list()
        .layer(new DenseLayer.Builder().nIn(PIXELS).nOut(32).build())
        .layer(new DenseLayer.Builder().nOut(16).build())
        .layer(new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(10)
            .activation(Activation.SOFTMAX)
            .build())
        .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static MultiLayerNetwork network(IUpdater updater) {
    return network(new NeuralNetConfiguration.Builder().updater(updater));
  }

  private static void train(MultiLayerNetwork network, int from, int to) {
    for (int batch = from; batch < to; batch++) {
      network.fit(TRAINING.get(batch % BATCHES));
    }
  }

  private static Optimizer scheduled(OptimizerCase optimizer) {
    return optimizer
        .create()
        .get()
        .scheduled(Schedules.linearWarmup(3, 1e-3).then(Schedules.cosine(1e-3, 10)));
  }

  @Test
  void itLearnsDigits() {
    MultiLayerNetwork network = network(Descent4j.updater(new RAdam(0.01)));
    train(network, 0, 4 * BATCHES);
    INDArray found = network.output(test.getFeatures()).argMax(1);
    int correct = 0;
    for (int i = 0; i < found.length(); i++) {
      correct += test.getLabels().getDouble(i, found.getLong(i)) == 1 ? 1 : 0;
    }
    assertThat(correct / 1000.0).isGreaterThan(0.85);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aNetworkTakesOurSteps(OptimizerCase optimizerCase) {
    MultiLayerNetwork network = network(Descent4j.updater(scheduled(optimizerCase)));
    Optimizer optimizer = scheduled(optimizerCase);
    for (int batch = 0; batch < 8; batch++) {
      INDArray before = network.params().dup();
      DataSet data = TRAINING.get(batch);
      network.setInput(data.getFeatures());
      network.setLabels(data.getLabels());
      network.computeGradientAndScore();
      // DL4J divides the sum of the examples' gradients by their number at the next step.
      INDArray gradient = network.getFlattenedGradients().dup().divi(BATCH).reshape(before.shape());
      optimizer.step(Parameters.of(Parameter.of("all", before, gradient)));
      network.fit(data);
      Descent4jUpdaterTest.assertBits(network.params(), before);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainingGoesOnBitForBitFromAFile(OptimizerCase optimizer) throws IOException {
    MultiLayerNetwork whole = network(Descent4j.updater(scheduled(optimizer)));
    train(whole, 0, 3);
    File file = new File(folder, "network.zip");
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    MultiLayerNetwork clone = whole.clone();
    assertThat(restored.getLayerWiseConfigurations()).isEqualTo(whole.getLayerWiseConfigurations());
    assertThat(restored.getIterationCount()).isEqualTo(3);
    train(whole, 3, 6);
    train(restored, 3, 6);
    Descent4jUpdaterTest.assertBits(restored.params(), whole.params());
    INDArray state = whole.getUpdater().getStateViewArray();
    if (optimizer.slots().isEmpty()) {
      assertThat(state).isNull();
    } else {
      Descent4jUpdaterTest.assertBits(restored.getUpdater().getStateViewArray(), state);
    }
    assertThat(clone.getIterationCount()).isEqualTo(3);
    train(clone, 3, 6);
    Descent4jUpdaterTest.assertBits(clone.params(), whole.params());
  }

  @Test
  void layersAndBiasesHaveUpdatersOfTheirOwn() {
    MultiLayerNetwork network = network(new NeuralNetConfiguration.Builder()
        .updater(Descent4j.updater(new Adam(1e-3)))
        .biasUpdater(Descent4j.updater(new Sgd(0))));
    INDArray bias = network.getParam("0_b").dup();
    INDArray weights = network.getParam("0_W").dup();
    train(network, 0, 3);
    assertThat(network.getParam("0_b")).isEqualTo(bias);
    assertThat(network.getParam("0_W")).isNotEqualTo(weights);
  }

  @Test
  void theRateOfANetworkCanBeSet() {
    MultiLayerNetwork network = network(Descent4j.updater(new Adam(1e-3)));
    train(network, 0, 2);
    network.setLearningRate(0);
    INDArray before = network.params().dup();
    train(network, 2, 4);
    assertThat(network.params()).isEqualTo(before);
    network.setLearningRate(Descent4j.schedule(Schedules.step(0.1, 4, 0.5)));
    assertThat(network.getLearningRate(0)).isEqualTo(0.05);
    train(network, 4, 5);
    assertThat(network.params()).isNotEqualTo(before);
  }

  /** Theirs is taken off with the update, p - (u + lr wd p), where ours is (p - lr wd p) - u. */
  @Test
  void decayOfADl4jLayerMakesAdamW() {
    double rate = 1e-2;
    double decay = 0.1;
    MultiLayerNetwork network = decayed(rate, decay);
    MultiLayerNetwork plain = decayed(rate, 0);
    INDArray before = network.getParam("0_W").dup();
    train(network, 0, 1);
    train(plain, 0, 1);
    INDArray difference = plain.getParam("0_W").sub(network.getParam("0_W"));
    INDArray expected = before.mul(rate * decay);
    assertThat(expected.amaxNumber().doubleValue()).isGreaterThan(1e-5);
    assertThat(difference.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-7);
  }

  private static MultiLayerNetwork decayed(double rate, double decay) {
    MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
        .seed(42)
        .weightInit(WeightInit.RELU_UNIFORM)
        .updater(
            Descent4j.updater(AdamW.builder().learningRate(rate).weightDecay(0).build()))
        .list()
        .layer(new OutputLayer.Builder(LossFunction.MCXENT)
            .nIn(PIXELS)
            .nOut(10)
            .activation(Activation.SOFTMAX)
            .weightDecay(decay)
            .build())
        .build());
    network.init();
    return network;
  }
}
