package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Cross-entropy between the softmax of the logits and integer labels, mean over the batch.
 *
 * <p>With K classes, label y and label smoothing e (Szegedy et al. 2016, section 7) the target of class k is t<sub>k</sub> =
 * (1 - e) [k = y] + e / K, and an example's loss is -sum t<sub>k</sub> log p<sub>k</sub> with p<sub>k</sub> =
 * exp(z<sub>k</sub>) / sum exp(z<sub>j</sub>). The gradient with respect to the logits is (p - t) / batch. Everything is
 * computed in double, relative to the greatest logit, so that huge logits stay finite.
 *
 * <pre>{@code
 * SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
 * double meanLoss = loss.forward(network.forward(images, Mode.TRAINING), labels);
 * network.backward(loss.backward());
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class SoftmaxCrossEntropy extends CurvedLoss {
  private final double labelSmoothing;
  private final ReusableArray gradient = new ReusableArray();
  private final ReusableArray softmax = new ReusableArray();
  private Memory logits;
  private int batch;
  private int classes;
  private int correct;
  private int[] labels = new int[0];
  private double[] losses = new double[0];
  private double[] probabilities = new double[0];
  private double[] gradients = new double[0];

  /** A loss without label smoothing. */
  public SoftmaxCrossEntropy() {
    this(0);
  }

  /**
   * A loss with label smoothing.
   *
   * @param labelSmoothing part of each target that is spread over all classes, in [0, 1)
   * @throws IllegalArgumentException if the value is not in [0, 1)
   */
  public SoftmaxCrossEntropy(double labelSmoothing) {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing is " + labelSmoothing + ", expected a value in [0, 1)");
    }
    this.labelSmoothing = labelSmoothing;
  }

  /**
   * Computes the loss of a batch.
   *
   * @param logits {@code [batch, classes]}, FLOAT or DOUBLE
   * @param labels the first {@code batch} elements are the labels, each from 0 to {@code classes - 1}; copied
   * @return the mean loss over the batch
   * @throws IllegalArgumentException if a shape, a type or a label is not as stated
   */
  public double forward(INDArray logits, int[] labels) {
    Checks.batch("loss", logits, null, -1);
    int n = (int) logits.size(0);
    int k = (int) logits.size(1);
    checkLabels(labels, n, k);
    this.logits = Memory.of(logits, this.logits);
    batch = n;
    classes = k;
    if (losses.length < n) {
      this.labels = new int[n];
      losses = new double[n];
    }
    if (probabilities.length < n * k) {
      probabilities = new double[n * k];
      gradients = new double[n * k];
    }
    System.arraycopy(labels, 0, this.labels, 0, n);
    this.logits.getDoubles(0, probabilities, n * k);
    correct = 0;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      losses[i] = softmaxOf(i * k, labels[i]);
      sum += losses[i];
    }
    return sum / n;
  }

  /**
   * Computes the loss of a batch.
   *
   * @param logits {@code [batch, classes]}, FLOAT or DOUBLE
   * @param targets {@linkplain Targets#labels(int...) labels}, each from 0 to {@code classes - 1}; copied
   * @return the mean loss over the batch
   * @throws IllegalArgumentException if a shape, a type or a label is not as stated
   */
  @Override
  public double forward(INDArray logits, Targets targets) {
    return forward(logits, targets.labels());
  }

  /**
   * The gradient of the last mean loss with respect to the logits.
   *
   * @return an array of the logits' shape and type, valid until the next call of this method
   * @throws IllegalStateException if there was no {@link #forward} before
   */
  @Override
  public INDArray backward() {
    requireForward();
    double rest = labelSmoothing / classes;
    for (int i = 0, at = 0; i < batch; i++) {
      for (int k = 0; k < classes; k++, at++) {
        double target = k == labels[i] ? 1 - labelSmoothing + rest : rest;
        gradients[at] = (probabilities[at] - target) / batch;
      }
    }
    return store(gradient, gradients);
  }

  @Override
  INDArray curvature(INDArray tangent) {
    requireForward();
    double[] t = new double[batch * classes];
    Memory.of(tangent).getDoubles(0, t, t.length);
    for (int from = 0; from < t.length; from += classes) {
      double mean = 0;
      for (int k = from; k < from + classes; k++) {
        mean += probabilities[k] * t[k];
      }
      for (int k = from; k < from + classes; k++) {
        t[k] = probabilities[k] * (t[k] - mean) / batch;
      }
    }
    return Nd4j.createFromArray(t).reshape(batch, classes).castTo(logits.dataType());
  }

  /**
   * The softmax of the last logits.
   *
   * @return an array of the logits' shape and type, valid until the next call of this method
   * @throws IllegalStateException if there was no {@link #forward} before
   */
  public INDArray probabilities() {
    requireForward();
    return store(softmax, probabilities);
  }

  /**
   * The loss of each example of the last batch.
   *
   * @return a new array of {@code batch} elements
   * @throws IllegalStateException if there was no {@link #forward} before
   */
  public double[] lossPerExample() {
    requireForward();
    return Arrays.copyOf(losses, batch);
  }

  /**
   * How many examples of the last batch have their greatest logit at the label. Where several are greatest, the first
   * counts; an example with a NaN is not correct.
   *
   * @return a number from 0 to {@code batch}
   * @throws IllegalStateException if there was no {@link #forward} before
   */
  @Override
  public int correct() {
    requireForward();
    return correct;
  }

  @Override
  public String toString() {
    return "SoftmaxCrossEntropy label smoothing " + labelSmoothing;
  }

  /** Replaces an example's logits by their softmax, counts it if it is correct, and returns its loss. */
  private double softmaxOf(int from, int label) {
    double[] z = probabilities;
    int greatest = 0;
    double mean = 0;
    for (int k = 0; k < classes; k++) {
      mean += z[from + k] / classes;
      if (z[from + k] > z[from + greatest]) {
        greatest = k;
      }
    }
    if (greatest == label && !Double.isNaN(mean)) {
      correct++;
    }
    double max = z[from + greatest];
    double labelled = z[from + label];
    double sum = 0;
    for (int k = from; k < from + classes; k++) {
      z[k] = StrictMath.exp(z[k] - max);
      sum += z[k];
    }
    for (int k = from; k < from + classes; k++) {
      z[k] /= sum;
    }
    double target = (1 - labelSmoothing) * (labelled - max) + labelSmoothing * (mean - max);
    return StrictMath.log(sum) - target;
  }

  private INDArray store(ReusableArray array, double[] values) {
    Memory memory = array.shaped(logits.dataType(), batch, classes);
    memory.putDoubles(0, values, batch * classes);
    return memory.array();
  }

  private void requireForward() {
    if (logits == null) {
      throw new IllegalStateException("loss: no batch yet, expected forward before");
    }
  }

  private static void checkLabels(int[] labels, int n, int k) {
    Objects.requireNonNull(labels, "labels");
    if (labels.length < n) {
      throw new IllegalArgumentException(
          "loss: labels has " + labels.length + " elements, expected at least " + n);
    }
    for (int i = 0; i < n; i++) {
      if (labels[i] < 0 || labels[i] >= k) {
        throw new IllegalArgumentException("loss: label of example "
            + i
            + " is "
            + labels[i]
            + ", expected a value in [0, "
            + k
            + ")");
      }
    }
  }
}
