package io.github.descent4j.nn;

import io.github.descent4j.nn.ActivationHealth.Verdict;
import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dead rectifiers, saturated sigmoids and units that all do the same, as a batch of examples shows them: what no norm of a
 * gradient tells apart. Immutable; {@link #toString} is a table.
 *
 * <p>A unit is dead or repeated <i>for this batch</i>: take some hundred examples that are like the training data. Saturation
 * at the top of deep sigmoid networks: Glorot and Bengio 2010, section 3.
 *
 * <pre>{@code
 * NetworkHealth health = NetworkHealth.of(network, images);
 * if (!health.isHealthy()) {
 *   System.out.println(health);
 * }
 * }</pre>
 *
 * @param layers the activations in order, those of networks inside the network included
 */
public record NetworkHealth(List<ActivationHealth> layers) {
  private static final double NEAR_A_BOUND = 0.01;

  private static final double ALIKE = 1e-5;

  /** Takes a copy. */
  public NetworkHealth {
    layers = List.copyOf(layers);
  }

  /**
   * Runs a batch through the network, layer by layer, in {@link Mode#EVALUATION}: between two steps, as a forward pass in
   * that mode is not followed by a backward pass.
   *
   * @param network any; activations of one's own are passed over
   * @param examples a batch that fits it
   * @throws IllegalArgumentException if it does not
   */
  public static NetworkHealth of(Sequential network, INDArray examples) {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(examples, "examples");
    Checks.type("network", "input", examples, network.dataType());
    List<ActivationHealth> found = new ArrayList<>();
    new Pass(found).run(network, examples);
    return new NetworkHealth(found);
  }

  /** Whether every layer is. */
  public boolean isHealthy() {
    return layers.stream().allMatch(layer -> layer.verdict() == Verdict.HEALTHY);
  }

  /** A line for each layer. */
  @Override
  public String toString() {
    int width = "layer".length();
    for (ActivationHealth layer : layers) {
      width = Math.max(width, layer.name().length());
    }
    StringBuilder table = new StringBuilder();
    table.append(String.format(
        Locale.ROOT,
        "%-" + width + "s  %6s  %6s  %9s  %8s  %s%n",
        "layer",
        "units",
        "dead",
        "saturated",
        "distinct",
        "verdict"));
    for (ActivationHealth layer : layers) {
      table.append(String.format(
          Locale.ROOT,
          "%-" + width + "s  %6d  %6d  %8.1f%%  %8d  %s%n",
          layer.name(),
          layer.units(),
          layer.deadUnits(),
          100 * layer.saturated(),
          layer.distinctUnits(),
          layer.verdict()));
    }
    return table.toString();
  }

  /** A forward pass that looks at what comes out of each activation. */
  private static final class Pass {
    private final List<ActivationHealth> found;
    private String parent = "";

    Pass(List<ActivationHealth> found) {
      this.found = found;
    }

    INDArray run(Sequential network, INDArray input) {
      INDArray output = input;
      for (Layer layer : network.layers()) {
        if (layer instanceof Sequential inner) {
          output = run(inner, output);
          continue;
        }
        output = layer.forward(output, Mode.EVALUATION);
        if (layer instanceof Activation activation) {
          found.add(new Outputs(output).health(parent + activation, activation));
        } else if (layer.parameters().size() > 0) {
          String first = layer.parameters().get(0).name();
          parent = first.substring(0, Math.max(0, first.lastIndexOf('.'))) + " ";
        }
      }
      return output;
    }
  }

  /** What one layer has put out, unit by unit. */
  private static final class Outputs {
    private final int examples;
    private final int units;
    private final int places;
    private final double[] values;

    Outputs(INDArray output) {
      Memory memory = Memory.of(output);
      values = new double[memory.length()];
      memory.getDoubles(0, values, values.length);
      examples = (int) output.size(0);
      units = (int) output.size(1);
      places = values.length / examples / units;
    }

    ActivationHealth health(String name, Activation activation) {
      boolean rectifies = activation instanceof Relu;
      List<Integer> living = new ArrayList<>();
      for (int unit = 0; unit < units; unit++) {
        if (!rectifies || !isDead(unit)) {
          living.add(unit);
        }
      }
      int dead = units - living.size();
      double saturated = rectifies ? 0 : saturated(activation instanceof Tanh ? -1 : 0);
      int distinct = distinct(living);
      Verdict verdict = verdict(dead, saturated, living.size(), distinct);
      return new ActivationHealth(name, units, dead, saturated, distinct, verdict);
    }

    private Verdict verdict(int dead, double saturated, int living, int distinct) {
      if (!Arrays.stream(values).allMatch(Double::isFinite)) {
        return Verdict.NOT_FINITE;
      }
      if (2 * dead > units) {
        return Verdict.DEAD;
      }
      if (saturated > 0.5) {
        return Verdict.SATURATED;
      }
      return living > 1 && 2 * distinct <= living ? Verdict.SYMMETRIC : Verdict.HEALTHY;
    }

    private boolean isDead(int unit) {
      for (int example = 0; example < examples; example++) {
        int from = (example * units + unit) * places;
        for (int i = from; i < from + places; i++) {
          if (values[i] != 0) {
            return false;
          }
        }
      }
      return true;
    }

    private double saturated(double lowerBound) {
      long near = Arrays.stream(values)
          .filter(y -> y <= lowerBound + NEAR_A_BOUND || y >= 1 - NEAR_A_BOUND)
          .count();
      return (double) near / values.length;
    }

    /** Most units differ from most others in the first examples already. */
    private int distinct(List<Integer> living) {
      double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
      List<Integer> groups = new ArrayList<>();
      for (int unit : living) {
        if (groups.stream().noneMatch(group -> alike(unit, group, ALIKE * largest))) {
          groups.add(unit);
        }
      }
      return groups.size();
    }

    private boolean alike(int a, int b, double tolerance) {
      for (int example = 0; example < examples; example++) {
        int first = example * units;
        for (int i = 0; i < places; i++) {
          double difference = values[(first + a) * places + i] - values[(first + b) * places + i];
          if (!(Math.abs(difference) <= tolerance)) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
