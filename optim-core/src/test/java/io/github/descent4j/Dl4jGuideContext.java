package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.dl4j.Descent4j;
import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** A network of DL4J and a model of SameDiff beside the rest. */
public abstract class Dl4jGuideContext extends GuideContext {
  private static final int IMAGES = 20;
  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  private final DataSet images = images();
  protected final DataSetIterator digits = new ListDataSetIterator<>(images.asList(), IMAGES / 2);
  protected final MultiLayerNetwork network = network();
  protected final SameDiff model = model();
  protected File file;

  @Override
  void run(Path workingFolder) throws Exception {
    file = workingFolder.resolve("network.zip").toFile();
    network.fit(digits);
    super.run(workingFolder);
  }

  private static DataSet images() {
    INDArray labels = Nd4j.zeros(IMAGES, CLASSES);
    for (int i = 0; i < IMAGES; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return new DataSet(Nd4j.rand(DataType.FLOAT, IMAGES, PIXELS), labels);
  }

  private static MultiLayerNetwork network() {
    OutputLayer layer = new OutputLayer.Builder()
        .nIn(PIXELS)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
    MultiLayerNetwork made = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
        .updater(Descent4j.updater(new RAdam(1e-3)))
        .list()
        .layer(layer)
        .build());
    made.init();
    return made;
  }

  private static SameDiff model() {
    SameDiff made = SameDiff.create();
    SDVariable x = made.placeHolder("x", DataType.FLOAT, -1, PIXELS);
    SDVariable y = made.placeHolder("y", DataType.FLOAT, -1, CLASSES);
    SDVariable error = x.mmul(made.var("w", Nd4j.zeros(PIXELS, CLASSES))).sub(y);
    made.setLossVariables(error.mul(error).mean("loss"));
    return made;
  }

  protected final void check(MultiLayerNetwork used) {
    assertThat(used.getIterationCount()).isPositive();
    INDArray before = used.params().dup();
    used.fit(digits);
    assertThat(used.params()).isNotEqualTo(before);
    check(used.params());
  }

  protected final void check(SameDiff used) {
    used.fit(images);
    check(used.getVariable("w").getArr());
    assertThat(used.getVariable("w").getArr()).isNotEqualTo(Nd4j.zeros(PIXELS, CLASSES));
  }

  protected final void check(IUpdater updater) {
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 3);
    INDArray state = Nd4j.zeros(DataType.FLOAT, updater.stateSize(3));
    updater.instantiate(state, true).applyUpdater(gradient, 0, 0);
    assertThat(gradient).isNotEqualTo(Nd4j.ones(DataType.FLOAT, 3));
    check(gradient);
  }
}
