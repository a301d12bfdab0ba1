package io.github.descent4j.nn.train;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.BatchGradient;
import io.github.descent4j.nn.Loss;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.Targets;
import io.github.descent4j.nn.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Training on examples and on what an attack makes of them: the gradient of alpha L(x) + (1 - alpha) L(x'), where x' are the inputs after
 * an {@link Attack} on the network as it is before the step, and count as constants.
 *
 * <p>The masks of dropout are the same in all passes of a step. The mean loss that is reported is the one that is trained on, alpha L(x) +
 * (1 - alpha) L(x'); the examples that are correct are those without the attack.
 *
 * <p>I. J. Goodfellow, J. Shlens, C. Szegedy: Explaining and harnessing adversarial examples. ICLR 2015, section 6. With alpha = 0 and {@link
 * Attack#pgd}: A. Madry et al.: Towards deep learning models resistant to adversarial attacks. ICLR 2018.
 *
 * <pre>{@code
 * BatchGradient gradient = new AdversarialTraining(Attack.fgsm(0.1).within(0, 1), 0.5);
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).gradient(gradient).build();
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class AdversarialTraining implements BatchGradient {
  private final Attack attack;
  private final double alpha;

  /**
   * A mixture.
   *
   * @param attack what changes the inputs
   * @param alpha weight of the examples as they are, in [0, 1]
   * @throws IllegalArgumentException if it is not
   */
  public AdversarialTraining(Attack attack, double alpha) {
    this.attack = Objects.requireNonNull(attack, "attack");
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", expected a value in [0, 1]");
    }
    this.alpha = alpha;
  }

  @Override
  public Measured compute(
      Sequential network, Loss loss, INDArray features, Targets targets, long seed) {
    network.reseed(seed);
    double clean = loss.forward(network.forward(features, Mode.TRAINING), targets);
    int correct = loss.correct();
    INDArray gradient = network.backward(loss.backward());
    List<double[]> cleanGradients = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      cleanGradients.add(read(Memory.of(parameter.gradient())));
    }
    INDArray attacked = attack.perturb(network, loss, features, targets, seed, gradient);
    network.reseed(seed);
    double perturbed = loss.forward(network.forward(attacked, Mode.TRAINING), targets);
    network.backwardParameters(loss.backward());
    for (int i = 0; i < cleanGradients.size(); i++) {
      mix(cleanGradients.get(i), Memory.of(network.parameters().get(i).gradient()));
    }
    return new Measured(alpha * clean + (1 - alpha) * perturbed, correct);
  }

  private static double[] read(Memory memory) {
    double[] values = new double[memory.length()];
    memory.getDoubles(0, values, values.length);
    return values;
  }

  private void mix(double[] clean, Memory gradient) {
    double[] values = read(gradient);
    for (int i = 0; i < values.length; i++) {
      values[i] = alpha * clean[i] + (1 - alpha) * values[i];
    }
    gradient.putDoubles(0, values, values.length);
  }

  /** In words, such as {@code fgsm 0.1, weight 0.5}. */
  @Override
  public String toString() {
    return attack + ", weight " + (1 - alpha);
  }
}
