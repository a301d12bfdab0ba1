package io.github.descent4j.mnist.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.data.GreyImage;
import java.util.List;

/**
 * How a network does on a test set, class by class.
 *
 * @param meanLoss mean cross-entropy over the examples
 * @param confusion in row i, column j the number of examples of class i that were taken for class j
 * @param worst the mistakes with the highest losses, the highest first
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares results.
public record TestResult(double meanLoss, int[][] confusion, List<Mistake> worst) {

  /**
   * An example that was taken for another class.
   *
   * @param example its number in the test set, from 0
   * @param label its class
   * @param predicted the class it was taken for
   * @param probability of that class
   * @param loss cross-entropy of the example
   * @param picture the example
   */
  public record Mistake(
      int example, int label, int predicted, double probability, double loss, GreyImage picture) {}

  /** The number of classes. */
  public int classes() {
    return confusion.length;
  }

  /** The number of examples. */
  public int total() {
    int total = 0;
    for (int label = 0; label < classes(); label++) {
      total += examples(label);
    }
    return total;
  }

  /** The number of examples that were taken for what they are. */
  public int correct() {
    int correct = 0;
    for (int label = 0; label < classes(); label++) {
      correct += confusion[label][label];
    }
    return correct;
  }

  /** {@code correct / total}. */
  public double accuracy() {
    return (double) correct() / total();
  }

  /** The number of examples of a class. */
  public int examples(int label) {
    int examples = 0;
    for (int count : confusion[label]) {
      examples += count;
    }
    return examples;
  }

  /** All of it but the pictures, for other programs. */
  public ObjectNode json() {
    ObjectNode json = JsonText.object();
    json.put("accuracy", accuracy()).put("correct", correct()).put("total", total());
    JsonText.put(json, "loss", meanLoss);
    ArrayNode classes = json.putArray("classes");
    for (int label = 0; label < classes(); label++) {
      ObjectNode one = classes.addObject().put("class", label);
      JsonText.put(one, "precision", precision(label));
      JsonText.put(one, "recall", recall(label));
      one.put("images", examples(label));
    }
    ArrayNode rows = json.putArray("confusion");
    for (int[] row : confusion) {
      ArrayNode counts = rows.addArray();
      for (int count : row) {
        counts.add(count);
      }
    }
    ArrayNode mistakes = json.putArray("mistakes");
    for (Mistake mistake : worst) {
      ObjectNode one = mistakes
          .addObject()
          .put("image", mistake.example())
          .put("label", mistake.label())
          .put("predicted", mistake.predicted());
      JsonText.put(one, "probability", mistake.probability());
      JsonText.put(one, "loss", mistake.loss());
    }
    return json;
  }

  /** Of the examples that were taken for a class, the part that is of it; NaN where none was. */
  public double precision(int predicted) {
    int taken = 0;
    for (int[] row : confusion) {
      taken += row[predicted];
    }
    return (double) confusion[predicted][predicted] / taken;
  }

  /** Of the examples of a class, the part that was taken for it; NaN where there is none. */
  public double recall(int label) {
    return (double) confusion[label][label] / examples(label);
  }
}
