package io.github.descent4j.mnist.settings;

import io.github.descent4j.nn.DropConnect;
import io.github.descent4j.nn.NoiseScope;
import io.github.descent4j.nn.Sequential;
import java.util.Map;

/**
 * What is random in the hidden dense layers of a network while it is trained, besides dropout.
 *
 * @param dropConnect part of the weights that is dropped
 * @param paper whether it is the paper's form, which drops biases too and scales in evaluation
 * @param perExample whether each image has a mask of its own
 * @param l0 strength of the penalty on open gates, or null where there are no gates
 * @param inputGates whether the inputs of the first dense layer have gates too
 */
public record HiddenSettings(
    double dropConnect, boolean paper, boolean perExample, Double l0, boolean inputGates) {
  public static final String DROP_CONNECT = "--drop-connect";
  public static final String PAPER = "--drop-connect-paper";
  public static final String PER_EXAMPLE = "--drop-connect-per-image";
  public static final String L0 = "--l0";
  public static final String INPUT_GATES = "--l0-inputs";

  /** Nothing. */
  public static final HiddenSettings NONE = new HiddenSettings(0, false, false, null, false);

  /**
   * What a checkpoint says, by the names of the options.
   *
   * @throws NumberFormatException if a value is no number
   */
  public static HiddenSettings of(Map<String, String> saved) {
    String l0 = saved.get(L0);
    return new HiddenSettings(
        Double.parseDouble(saved.getOrDefault(DROP_CONNECT, "0")),
        saved.containsKey(PAPER),
        saved.containsKey(PER_EXAMPLE),
        l0 == null ? null : Double.valueOf(l0),
        saved.containsKey(INPUT_GATES));
  }

  /** Adds what comes before the first dense layer. */
  void addInputGates(Sequential.Builder builder) {
    if (inputGates) {
      builder.gates("inputs.gates");
    }
  }

  /** Adds a hidden dense layer with its rectifier, and what follows it. */
  void addDense(Sequential.Builder builder, String name, int units, double dropout) {
    if (dropConnect > 0) {
      DropConnect.Form form = paper ? DropConnect.Form.PAPER : DropConnect.Form.SCALED;
      NoiseScope scope = perExample ? NoiseScope.EXAMPLE : NoiseScope.BATCH;
      builder.dropConnect(name, units, dropConnect, form, scope);
    } else {
      builder.dense(name, units);
    }
    builder.relu();
    if (dropout > 0) {
      builder.dropout(dropout);
    }
    if (l0 != null) {
      builder.gates(name + ".gates");
    }
  }

  /** The option that makes layers other than plain ones, or null. */
  public String without() {
    return l0 != null ? L0 : dropConnect > 0 ? DROP_CONNECT : null;
  }

  /** Whether there are layers for training alone that only {@code InferenceNetwork} makes plain ones, as an export needs them. */
  public boolean needsFolding() {
    return without() != null;
  }

  /** In words, or empty. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (dropConnect > 0) {
      text.append(", DropConnect ").append(dropConnect);
      text.append(paper ? " as in the paper" : "").append(perExample ? " per image" : "");
    }
    if (l0 != null) {
      text.append(", l0 ").append(l0).append(inputGates ? " on inputs too" : "");
    }
    return text.toString();
  }
}
