package io.github.descent4j.spark;

import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.InMemoryDataset;
import io.github.descent4j.nn.train.ValueDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A small problem that can be learnt: noisy points around four centres in six dimensions, and networks for it. */
final class Points {
  static final int SIZE = 203;
  static final int DIMENSIONS = 6;
  static final int CLASSES = 4;

  private Points() {}

  static List<LabelledExample> examples() {
    SplittableRandom random = new SplittableRandom(5);
    double[] centres = random.doubles(CLASSES * DIMENSIONS, -1, 1).toArray();
    List<LabelledExample> examples = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      int label = random.nextInt(CLASSES);
      float[] features = new float[DIMENSIONS];
      for (int j = 0; j < DIMENSIONS; j++) {
        features[j] = (float) (centres[label * DIMENSIONS + j] + 0.8 * (random.nextDouble() - 0.5));
      }
      examples.add(new LabelledExample(features, label));
    }
    return examples;
  }

  static Dataset dataset() {
    float[][] features = new float[SIZE][];
    int[] labels = new int[SIZE];
    List<LabelledExample> examples = examples();
    for (int i = 0; i < SIZE; i++) {
      features[i] = examples.get(i).features();
      labels[i] = examples.get(i).label();
    }
    return InMemoryDataset.of(Nd4j.createFromArray(features), labels, CLASSES);
  }

  /** The same features with two numbers to be learnt, from 0 to 1. */
  static List<ValueExample> valueExamples() {
    SplittableRandom random = new SplittableRandom(6);
    List<ValueExample> examples = new ArrayList<>();
    for (LabelledExample example : examples()) {
      float[] x = example.features();
      double sum = x[0] - x[1] + 0.2 * random.nextDouble();
      float[] values = {(float) (1 / (1 + Math.exp(-sum))), example.label() % 2};
      examples.add(new ValueExample(x, values));
    }
    return examples;
  }

  static Dataset values() {
    float[][] features = new float[SIZE][];
    float[][] values = new float[SIZE][];
    List<ValueExample> examples = valueExamples();
    for (int i = 0; i < SIZE; i++) {
      features[i] = examples.get(i).features();
      values[i] = examples.get(i).values();
    }
    return ValueDataset.of(Nd4j.createFromArray(features), Nd4j.createFromArray(values));
  }

  /** A network with an output for each of the two numbers. */
  static Sequential regression() {
    return regression(DataType.FLOAT);
  }

  static Sequential regression(DataType type) {
    return Sequential.builder(type, 3)
        .input(DIMENSIONS)
        .dense("fc1", 9)
        .relu()
        .dropout(0.2)
        .dense("fc2", 2)
        .build();
  }

  static Sequential mlp() {
    return mlp(DataType.FLOAT);
  }

  static Sequential mlp(DataType type) {
    return Sequential.builder(type, 3)
        .input(DIMENSIONS)
        .dense("fc1", 9)
        .relu()
        .dropout(0.2)
        .dense("fc2", CLASSES)
        .build();
  }

  static Sequential normalized() {
    return Sequential.builder(DataType.FLOAT, 3)
        .input(DIMENSIONS)
        .dense("fc1", 9)
        .batchNorm("norm1")
        .relu()
        .dense("fc2", CLASSES)
        .build();
  }
}
