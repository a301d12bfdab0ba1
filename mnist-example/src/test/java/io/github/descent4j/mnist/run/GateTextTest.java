package io.github.descent4j.mnist.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.settings.HiddenSettings;
import io.github.descent4j.mnist.settings.ModelChoice;
import io.github.descent4j.nn.Sequential;
import org.junit.jupiter.api.Test;

class GateTextTest {
  private static final HiddenSettings GATES = new HiddenSettings(0, false, false, 1e-3, false);

  /**
   * Batch normalizations are no weights that gates have removed: the convolutions have (9 + 1) 16, (9 x 16 + 1) 16, (9 x 16 + 1) 32 and (9 x
   * 32 + 1) 32, the dense layers behind one pixel of 32 channels (32 + 1) 128 and (128 + 1) 10.
   */
  @Test
  void withAllGatesOpenAllWeightsAreLeft() {
    assertThat(GateText.of(convnet())).last().isEqualTo("pruned     21882 of 21882 weights left");
  }

  /** A closed unit takes 32 weights and a bias of its own, and 10 weights of the next layer. */
  @Test
  void aClosedGateTakesTheUnitsWeights() {
    Sequential network = convnet();
    network.parameters().get("fc1.gates.logAlpha").value().putScalar(7, -5);
    assertThat(GateText.of(network)).last().isEqualTo("pruned     21839 of 21882 weights left");
  }

  @Test
  void nothingWithoutGates() {
    assertThat(GateText.of(ModelChoice.CONVNET.build(4, 4, 10, 0, 1))).isEmpty();
  }

  private static Sequential convnet() {
    return ModelChoice.CONVNET.build(4, 4, 10, GATES, 0, 1);
  }
}
