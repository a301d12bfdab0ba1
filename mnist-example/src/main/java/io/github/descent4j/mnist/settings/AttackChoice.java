package io.github.descent4j.mnist.settings;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.nn.train.Attack;
import java.util.Locale;

/** The attacks of {@code --adversarial} and {@code --attack}, on grey values from 0 to 1. */
public enum AttackChoice {
  /** Each pixel by epsilon, in the direction of the gradient's sign. */
  FGSM {
    @Override
    Attack of(double epsilon) {
      return Attack.fgsm(epsilon);
    }
  },
  /** All pixels along the gradient, by epsilon together. */
  L2 {
    @Override
    Attack of(double epsilon) {
      return Attack.l2(epsilon);
    }
  },
  /** Ten steps of a quarter of epsilon. */
  PGD {
    @Override
    Attack of(double epsilon) {
      return Attack.pgd(epsilon, STEPS, epsilon / 4);
    }
  };

  private static final int STEPS = 10;

  abstract Attack of(double epsilon);

  /**
   * The attack on inputs of a network, which stay those of grey values.
   *
   * @param epsilon in grey values from 0 to 1
   */
  public Attack of(double epsilon, GreyScale scale) {
    float[] inputs = scale.inputs();
    float black = inputs[0];
    float white = inputs[inputs.length - 1];
    return of(epsilon * (white - black)).within(black, white);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
