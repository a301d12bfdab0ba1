package io.github.descent4j.benchmarks;

import java.io.IOException;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains a library's network on MNIST and prints the seconds of each epoch, in the form of {@code mnist-example train}; fails
 * if the network has not learnt in the end.
 *
 * <p>Arguments: {@code mlp}, {@code cnn} or, of some libraries, {@code convnet}, the number of epochs, and, for a library that would take too long, the number of
 * batches that stand for an epoch.
 */
abstract class Epochs {
  static final int BATCH = 128;

  /** What a whole epoch or two reach, or what some hundred batches do. */
  private static final double LEARNT = 0.95;

  private static final double LEARNT_IN_PART = 0.85;
  private static final int TEST_BATCH = 1000;

  final Digits training;
  final Digits test;

  Epochs() throws IOException {
    training = new Digits("train");
    test = new Digits("t10k");
  }

  /** One step of Adam on the given examples of the training set. */
  abstract void step(int[] examples);

  /** The digits that the network takes examples of the test set for. */
  abstract int[] classify(int from, int to);

  final void run(String[] arguments) {
    int epochs = Integer.parseInt(arguments[1]);
    int all = (training.size() - 1) / BATCH + 1;
    int batches = arguments.length > 2 ? Integer.parseInt(arguments[2]) : all;
    SplittableRandom random = new SplittableRandom(42);
    double accuracy = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      int[] order = shuffled(training.size(), random);
      for (int batch = 0; batch < batches; batch++) {
        int from = batch * BATCH;
        int[] examples = new int[Math.min(BATCH, order.length - from)];
        System.arraycopy(order, from, examples, 0, examples.length);
        step(examples);
      }
      double seconds = (System.nanoTime() - start) / 1e9 * all / batches;
      accuracy = accuracy();
      System.out.printf(
          Locale.ROOT,
          "epoch %d/%d  test accuracy %.4f  %.2f s%n",
          epoch,
          epochs,
          accuracy,
          seconds);
    }
    double expected = batches == all ? LEARNT : LEARNT_IN_PART;
    if (!(accuracy >= expected)) {
      throw new IllegalStateException(
          "test accuracy is " + accuracy + ", expected at least " + expected);
    }
  }

  private double accuracy() {
    int correct = 0;
    for (int from = 0; from < test.size(); from += TEST_BATCH) {
      int[] found = classify(from, from + TEST_BATCH);
      for (int i = 0; i < TEST_BATCH; i++) {
        correct += found[i] == test.label(from + i) ? 1 : 0;
      }
    }
    return (double) correct / test.size();
  }

  private static int[] shuffled(int size, SplittableRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
