package io.github.descent4j.nn.train;

import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.internal.BlasThreads;
import io.github.descent4j.nn.memory.Memory;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Changes inputs a little so that a network's loss on them grows. With g the gradient of the loss by the inputs:
 *
 * <ul>
 *   <li>{@link #fgsm}: x + epsilon sign(g), with sign(0) = 0 (Goodfellow, Shlens and Szegedy 2015),
 *   <li>{@link #l2}: x + epsilon g / |g|₂, each example by its own norm; one with a gradient of 0 stays,
 *   <li>{@link #pgd}: several steps x + step sign(g), each back into [x - epsilon, x + epsilon] of the original (Madry et al. 2018, without a
 *       random start).
 * </ul>
 *
 * <p>Numbers can be kept in the {@linkplain #within range} that inputs have.
 *
 * <p>The gradient is that of {@link Mode#TRAINING}. To attack a network as it is in evaluation, attack its {@link
 * io.github.descent4j.nn.InferenceNetwork}.
 *
 * <p>I. J. Goodfellow, J. Shlens, C. Szegedy: Explaining and harnessing adversarial examples. ICLR 2015. A. Madry, A. Makelov, L. Schmidt,
 * D. Tsipras, A. Vladu: Towards deep learning models resistant to adversarial attacks. ICLR 2018.
 *
 * <pre>{@code
 * Attack attack = Attack.pgd(0.1, 10, 0.02).within(0, 1);
 * INDArray attacked = attack.perturb(network, new SoftmaxCrossEntropy(), images, Targets.labels(labels), 0);
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Attack {

  private enum Kind {
    FGSM,
    L2,
    PGD
  }

  private final Kind kind;
  private final double epsilon;
  private final int steps;
  private final double step;
  private final double lowest;
  private final double highest;

  private Attack(Kind kind, double epsilon, int steps, double step, double lowest, double highest) {
    this.kind = kind;
    this.epsilon = epsilon;
    this.steps = steps;
    this.step = step;
    this.lowest = lowest;
    this.highest = highest;
  }

  private static Attack of(Kind kind, double epsilon, int steps, double step) {
    requireSize("epsilon", epsilon);
    return new Attack(
        kind, epsilon, steps, step, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  private static void requireSize(String name, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected a finite number of at least 0");
    }
  }

  /**
   * The fast gradient sign method.
   *
   * @param epsilon greatest change of a number, at least 0 and finite
   * @throws IllegalArgumentException if it is not
   */
  public static Attack fgsm(double epsilon) {
    return of(Kind.FGSM, epsilon, 1, epsilon);
  }

  /**
   * A step along the gradient.
   *
   * @param epsilon its length, at least 0 and finite
   * @throws IllegalArgumentException if it is not
   */
  public static Attack l2(double epsilon) {
    return of(Kind.L2, epsilon, 1, epsilon);
  }

  /**
   * Projected gradient steps.
   *
   * @param epsilon greatest change of a number, at least 0 and finite
   * @param steps how many, at least 1
   * @param step change of a number in one of them, at least 0 and finite
   * @throws IllegalArgumentException if a value is not as stated
   */
  public static Attack pgd(double epsilon, int steps, double step) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ", expected at least 1");
    }
    requireSize("step", step);
    return of(Kind.PGD, epsilon, steps, step);
  }

  /**
   * The same attack, with numbers cut to a range after each step.
   *
   * @param lowest the lowest number
   * @param highest the highest number, at least the lowest
   * @throws IllegalArgumentException if it is below the lowest, or one is NaN
   */
  public Attack within(double lowest, double highest) {
    if (!(lowest <= highest)) {
      throw new IllegalArgumentException(
          "highest is " + highest + ", expected at least the lowest, " + lowest);
    }
    return new Attack(kind, epsilon, steps, step, lowest, highest);
  }

  /**
   * The inputs after the attack.
   *
   * @param network that is attacked; its parameters and buffers stay, the gradients do not
   * @param loss that is to grow
   * @param inputs a batch, which stays as it is
   * @param targets of these examples
   * @param seed of the network's random numbers: each gradient is taken with those
   * @return a new array in 'c' order
   * @throws IllegalArgumentException if the examples do not fit the network or the loss
   */
  public INDArray perturb(
      Sequential network, Loss loss, INDArray inputs, Targets targets, long seed) {
    INDArray[] attacked = new INDArray[1];
    BlasThreads.single(() -> attacked[0] = perturb(network, loss, inputs, targets, seed, null));
    return attacked[0];
  }

  /**
   * As the other method.
   *
   * @param gradient by the inputs as they are, or null where it is still to be computed
   */
  INDArray perturb(
      Sequential network,
      Loss loss,
      INDArray inputs,
      Targets targets,
      long seed,
      INDArray gradient) {
    Objects.requireNonNull(inputs, "inputs");
    // Passes in TRAINING move the running statistics of normalizations, which are those of
    // examples.
    List<INDArray> buffers = List.copyOf(network.buffers().values());
    List<INDArray> before = buffers.stream().map(INDArray::dup).toList();
    try {
      return steps(network, loss, inputs, targets, seed, gradient);
    } finally {
      for (int i = 0; i < before.size(); i++) {
        buffers.get(i).assign(before.get(i));
      }
    }
  }

  private INDArray steps(
      Sequential network,
      Loss loss,
      INDArray inputs,
      Targets targets,
      long seed,
      INDArray gradient) {
    Memory original = Memory.of(inputs);
    int n = original.length();
    INDArray attacked = Nd4j.createUninitialized(inputs.dataType(), inputs.shape(), 'c');
    Memory memory = Memory.of(attacked);
    double[] x = new double[n];
    double[] q = new double[n];
    double[] g = new double[n];
    original.getDoubles(0, x, n);
    memory.putDoubles(0, x, n);
    for (int i = 0; i < steps; i++) {
      INDArray slope = i == 0 && gradient != null
          ? gradient
          : inputGradient(network, loss, attacked, targets, seed);
      Memory.of(slope).getDoubles(0, g, n);
      // Read back, so that the steps start from rounded numbers, which are those the network has
      // seen.
      memory.getDoubles(0, q, n);
      if (kind == Kind.L2) {
        stepAlong(g, q, (int) inputs.size(0));
      } else {
        stepBySign(g, q);
      }
      for (int j = 0; j < n; j++) {
        double near = Math.min(x[j] + epsilon, Math.max(x[j] - epsilon, q[j]));
        q[j] = Math.min(highest, Math.max(lowest, near));
      }
      memory.putDoubles(0, q, n);
    }
    return attacked;
  }

  private static INDArray inputGradient(
      Sequential network, Loss loss, INDArray inputs, Targets targets, long seed) {
    network.reseed(seed);
    loss.forward(network.forward(inputs, Mode.TRAINING), targets);
    return network.backward(loss.backward());
  }

  private void stepBySign(double[] gradient, double[] q) {
    for (int j = 0; j < q.length; j++) {
      q[j] += step * Math.signum(gradient[j]);
    }
  }

  private void stepAlong(double[] gradient, double[] q, int batch) {
    int length = q.length / batch;
    for (int from = 0; from < q.length; from += length) {
      double squares = 0;
      for (int j = from; j < from + length; j++) {
        squares += gradient[j] * gradient[j];
      }
      double scale = squares == 0 ? 0 : epsilon / Math.sqrt(squares);
      for (int j = from; j < from + length; j++) {
        q[j] += scale * gradient[j];
      }
    }
  }

  /** In words, such as {@code pgd 0.1 in 10 steps of 0.02}. */
  @Override
  public String toString() {
    return switch (kind) {
      case FGSM -> "fgsm " + epsilon;
      case L2 -> "l2 " + epsilon;
      case PGD -> "pgd " + epsilon + " in " + steps + " steps of " + step;
    };
  }
}
