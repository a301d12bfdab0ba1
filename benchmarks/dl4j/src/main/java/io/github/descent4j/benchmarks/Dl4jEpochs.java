package io.github.descent4j.benchmarks;

import io.github.descent4j.dl4j.Descent4j;
import java.io.IOException;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The networks of {@code mnist-example train} in DL4J, with the Adam of ND4J or, by {@code -Dupdater=descent4j}, with ours.
 */
final class Dl4jEpochs extends Epochs {
  private final MultiLayerNetwork network;

  private Dl4jEpochs(String model) throws IOException {
    NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
        .seed(42)
        .updater(updater(System.getProperty("updater", "nd4j")))
        .weightInit(WeightInit.RELU_UNIFORM)
        .activation(Activation.RELU)
        .convolutionMode(ConvolutionMode.Truncate)
        .list();
    switch (model) {
      case "mlp" -> {
        layers.layer(new DenseLayer.Builder().nOut(256).build());
        layers.layer(new DenseLayer.Builder().nOut(128).build());
      }
      case "cnn" -> {
        layers.layer(new ConvolutionLayer.Builder(5, 5).nOut(16).build());
        layers.layer(pool());
        layers.layer(new ConvolutionLayer.Builder(5, 5).nOut(32).build());
        layers.layer(pool());
        layers.layer(new DenseLayer.Builder().nOut(128).build());
      }
      default -> throw new IllegalArgumentException("model is " + model + ", expected mlp or cnn");
    }
    layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(Digits.CLASSES)
        .activation(Activation.SOFTMAX)
        .build());
    MultiLayerConfiguration configuration = layers
        .setInputType(
            model.equals("mlp")
                ? InputType.feedForward(Digits.PIXELS)
                : InputType.convolutionalFlat(28, 28, 1))
        .build();
    network = new MultiLayerNetwork(configuration);
    network.init();
  }

  private static IUpdater updater(String library) {
    return switch (library) {
      case "nd4j" -> new Adam(1e-3);
      case "descent4j" -> Descent4j.updater(new io.github.descent4j.Adam(1e-3));
      default ->
        throw new IllegalArgumentException(
            "updater is " + library + ", expected nd4j or descent4j");
    };
  }

  private static SubsamplingLayer pool() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(2, 2)
        .stride(2, 2)
        .build();
  }

  @Override
  void step(int[] examples) {
    float[] pixels = new float[examples.length * Digits.PIXELS];
    float[] labels = new float[examples.length * Digits.CLASSES];
    for (int i = 0; i < examples.length; i++) {
      System.arraycopy(
          training.pixels(), examples[i] * Digits.PIXELS, pixels, i * Digits.PIXELS, Digits.PIXELS);
      labels[i * Digits.CLASSES + training.label(examples[i])] = 1;
    }
    network.fit(
        Nd4j.create(pixels, new long[] {examples.length, Digits.PIXELS}, 'c'),
        Nd4j.create(labels, new long[] {examples.length, Digits.CLASSES}, 'c'));
  }

  @Override
  int[] classify(int from, int to) {
    float[] pixels = Arrays.copyOfRange(test.pixels(), from * Digits.PIXELS, to * Digits.PIXELS);
    INDArray images = Nd4j.create(pixels, new long[] {to - from, Digits.PIXELS}, 'c');
    return network.output(images).argMax(1).toIntVector();
  }

  /** See {@link Epochs}. */
  public static void main(String[] arguments) throws IOException {
    new Dl4jEpochs(arguments[0]).run(arguments);
  }
}
