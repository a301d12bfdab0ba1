package io.github.descent4j.mnist.tour;

import io.github.descent4j.Optimizer;
import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.AttackRun;
import io.github.descent4j.mnist.settings.AttackChoice;
import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.DivergedException;
import io.github.descent4j.nn.train.Trainer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What chapters train on: the first of the training images, and all test images, for the mlp of {@code train}. */
final class Pupil {
  static final int BATCH_SIZE = 128;

  private final MnistData data;
  private final GreyScale scale;
  private final Dataset training;
  private final Dataset test;

  Pupil(MnistData data, int examples) {
    this.data =
        new MnistData(data.train().part(0, Math.min(examples, data.train().size())), data.test());
    scale = GreyScale.of(this.data.train());
    training = new ImageDataset(this.data.train(), scale);
    test = new ImageDataset(this.data.test(), scale);
  }

  Dataset training() {
    return training;
  }

  Dataset test() {
    return test;
  }

  /** The right answer of a training image. */
  int label(int example) {
    return data.train().label(example);
  }

  int stepsPerEpoch() {
    return (training.size() - 1) / BATCH_SIZE + 1;
  }

  /** How grey values become inputs. */
  GreyScale scale() {
    return scale;
  }

  Sequential network(double dropout, long seed) {
    return network(HiddenSettings.NONE, dropout, seed);
  }

  Sequential network(HiddenSettings hidden, double dropout, long seed) {
    return ModelChoice.MLP.build(
        data.train().rows(), data.train().columns(), data.train().classes(), hidden, dropout, seed);
  }

  /**
   * The accuracy on the first test images after an attack.
   *
   * @param network as it is in evaluation in both modes
   * @param epsilon size of the attack, in grey values from 0 to 1
   */
  double accuracyUnder(AttackChoice attack, double epsilon, Sequential network, int images) {
    return AttackRun.of(network, data.test().part(0, images), scale, attack, epsilon, 0)
        .accuracy();
  }

  /** The accuracy on the test images after some epochs of training with a seed; that of a guess if it diverged. */
  double accuracy(Optimizer optimizer, int epochs, long seed) {
    Trainer trainer = Trainer.builder(network(0, seed), optimizer)
        .batchSize(BATCH_SIZE)
        .seed(seed)
        .build();
    try {
      trainer.fit(training, epochs);
    } catch (DivergedException e) {
      return 1.0 / training.classes();
    }
    return trainer.evaluate(test).accuracy();
  }

  /** Values of several seeds at one point. */
  record Values(double mean, double lowest, double highest) {
    static Values of(double... values) {
      return new Values(
          Arrays.stream(values).average().orElseThrow(),
          Arrays.stream(values).min().orElseThrow(),
          Arrays.stream(values).max().orElseThrow());
    }
  }

  /** The same examples with labels of one's own. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  record Relabelled(Dataset examples, int... answers) implements Dataset {
    @Override
    public int size() {
      return examples.size();
    }

    @Override
    public long[] exampleShape() {
      return examples.exampleShape();
    }

    @Override
    public int classes() {
      return examples.classes();
    }

    @Override
    public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
      examples.read(indices, from, count, features, labels);
      for (int i = 0; i < count; i++) {
        labels[i] = answers[indices[from + i]];
      }
    }
  }
}
