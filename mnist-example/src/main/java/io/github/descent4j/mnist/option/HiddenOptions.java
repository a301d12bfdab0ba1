package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.settings.HiddenSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that make hidden dense layers random: DropConnect, and gates with a penalty. */
final class HiddenOptions {

  @Option(
      names = HiddenSettings.DROP_CONNECT,
      paramLabel = "PART",
      description =
          "Part of the weights of each hidden dense layer dropped in training, in [0, 1); the others are divided by what is kept. Default: none.")
  private Double dropConnect;

  @Option(
      names = HiddenSettings.PAPER,
      description =
          "DropConnect as in its paper: biases are dropped too, and evaluation multiplies instead.")
  private boolean paper;

  @Option(
      names = HiddenSettings.PER_EXAMPLE,
      description = "DropConnect with weights dropped anew for each image, many times slower.")
  private boolean perExample;

  @Option(
      names = HiddenSettings.L0,
      paramLabel = "RATE",
      description = {
        "Gates behind the units of each hidden dense layer, with a penalty of rate for each weight behind a gate that is not closed."
            + " Closed units are removed at the end. Default: none."
      })
  private Double l0;

  @Option(
      names = HiddenSettings.INPUT_GATES,
      description = "Gates before the first dense layer, too.")
  private boolean inputGates;

  /** Fails as a wrong command line if a value is out of range, or one without the other that it is about. */
  void validate(CommandSpec command) {
    Check.option(
        command,
        dropConnect == null || (dropConnect >= 0 && dropConnect < 1),
        HiddenSettings.DROP_CONNECT,
        dropConnect,
        "a value in [0, 1)");
    Check.option(
        command,
        l0 == null || (l0 >= 0 && Double.isFinite(l0)),
        HiddenSettings.L0,
        l0,
        "a finite number of at least 0");
    String dropConnectToo = HiddenSettings.DROP_CONNECT + " with it";
    boolean drops = dropConnect != null;
    Check.option(command, !paper || drops, HiddenSettings.PAPER, true, dropConnectToo);
    Check.option(command, !perExample || drops, HiddenSettings.PER_EXAMPLE, true, dropConnectToo);
    Check.option(
        command,
        !inputGates || l0 != null,
        HiddenSettings.INPUT_GATES,
        true,
        HiddenSettings.L0 + " with it");
  }

  HiddenSettings settings() {
    return new HiddenSettings(
        dropConnect == null ? 0 : dropConnect, paper, perExample, l0, inputGates);
  }
}
