package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.AttackChoice;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that describe an attack on test images. */
public final class AttackOptions {
  private static final List<Double> DEFAULT_SIZES = List.of(0.0, 0.05, 0.1, 0.2, 0.3);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--attack",
      paramLabel = "ATTACK",
      description =
          "Show the test images after an attack, too: ${COMPLETION-CANDIDATES}. Default: no attack.")
  private AttackChoice attack;

  @Option(
      names = "--epsilon",
      paramLabel = "SIZE",
      split = ",",
      description = {
        "Sizes of the attack in grey values from 0 to 1: of each pixel, or of all together for l2. Default: 0,0.05,0.1,0.2,0.3."
      })
  private List<Double> epsilons;

  /** Fails as a wrong command line if a value is out of range. */
  public void validate() {
    Check.option(
        command, epsilons == null || attack != null, "--epsilon", epsilons, "--attack with it");
    for (double epsilon : epsilons()) {
      Check.option(
          command, epsilon >= 0 && epsilon <= 100, "--epsilon", epsilon, "values in [0, 100]");
    }
  }

  /** The attack, or null. */
  public AttackChoice attack() {
    return attack;
  }

  /** The attack and its sizes, in words. */
  @Override
  public String toString() {
    String sizes = epsilons().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return attack + " of " + sizes;
  }

  /** Its sizes. */
  public List<Double> epsilons() {
    return epsilons == null ? DEFAULT_SIZES : epsilons;
  }
}
