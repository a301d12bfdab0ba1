package io.github.descent4j.nn.train;

import io.github.descent4j.Parameters;
import io.github.descent4j.nn.HardConcreteGates;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * A penalty on the expected number of weights behind gates that are not closed: lambda times the sum, over all gates of {@link
 * HardConcreteGates}, of the probability sigmoid(logAlpha - beta log(-gamma / zeta)) that a gate is not 0, times the number of weights that
 * it switches, which is the number of outputs of the dense layer behind the gates.
 *
 * <p>The loss being a mean over the examples, lambda is for one weight and one example: Louizos et al. divide theirs, 0.1 for
 * a network of 784-300-100-10 units on MNIST, by the 60,000 training images.
 *
 * <p>C. Louizos, M. Welling, D. P. Kingma: Learning sparse neural networks through L0 regularization. ICLR 2018, equations 9 and 12.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).penalty(L0Penalty.of(network, 1e-6)).build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class L0Penalty implements WeightPenalty {
  private final double lambda;
  private final List<Switch> switches;

  /** Gates, and how many weights each of them switches. */
  private record Switch(HardConcreteGates gates, long weights) {
    String parameter() {
      return gates.parameters().get(0).name();
    }
  }

  private L0Penalty(double lambda, List<Switch> switches) {
    this.lambda = lambda;
    this.switches = List.copyOf(switches);
  }

  /**
   * A penalty on all gates of a network.
   *
   * @param network with at least one layer of gates, each directly before a layer with a weight {@code [outputs, inputs]}
   * @param lambda strength, at least 0 and finite
   * @throws IllegalArgumentException if a value is not as stated
   */
  public static L0Penalty of(Sequential network, double lambda) {
    if (!(lambda >= 0 && Double.isFinite(lambda))) {
      throw new IllegalArgumentException(
          "lambda is " + lambda + ", expected a finite number of at least 0");
    }
    List<Switch> switches = new ArrayList<>();
    List<Layer> layers = network.layers();
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) instanceof HardConcreteGates gates) {
        switches.add(new Switch(gates, outputsAfter(layers, i)));
      }
    }
    if (switches.isEmpty()) {
      throw new IllegalArgumentException("network has no gates, expected HardConcreteGates");
    }
    return new L0Penalty(lambda, switches);
  }

  private static long outputsAfter(List<Layer> layers, int gates) {
    if (gates + 1 < layers.size()) {
      Parameters next = layers.get(gates + 1).parameters();
      if (next.size() > 0 && next.get(0).value().rank() == 2) {
        return next.get(0).value().size(0);
      }
    }
    throw new IllegalArgumentException(
        layers.get(gates) + " is not before a dense layer, expected one directly after it");
  }

  /**
   * lambda times the expected number of weights behind gates that are not 0.
   *
   * @param parameters those of the network
   */
  @Override
  public double value(Parameters parameters) {
    double sum = 0;
    for (Switch gates : switches) {
      sum += gates.weights * gates.gates.expectedOpen();
    }
    return lambda * sum;
  }

  @Override
  public void addGradient(Parameters parameters) {
    for (Switch gates : switches) {
      Memory memory = Memory.of(parameters.get(gates.parameter()).gradient());
      double[] gradient = new double[memory.length()];
      memory.getDoubles(0, gradient, gradient.length);
      double[] open = gates.gates.openProbabilities();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += lambda * gates.weights * open[i] * (1 - open[i]);
      }
      memory.putDoubles(0, gradient, gradient.length);
    }
  }

  /** The strength, such as {@code L0 1.0E-6}. */
  @Override
  public String toString() {
    return "L0 " + lambda;
  }
}
