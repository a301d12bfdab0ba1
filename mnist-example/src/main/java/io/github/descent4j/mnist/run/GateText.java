package io.github.descent4j.mnist.run;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.BatchNorm;
import io.github.descent4j.nn.HardConcreteGates;
import io.github.descent4j.nn.InferenceNetwork;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the gates of a network have come to, in lines. */
public final class GateText {
  private GateText() {}

  /** A line for each layer of gates, and one for what is left without closed units; none for a network without gates. */
  public static List<String> of(Sequential network) {
    List<String> lines = new ArrayList<>();
    // Gates and normalizations become part of the layers beside them, whatever is pruned.
    long folded = 0;
    for (Layer layer : network.layers()) {
      if (layer instanceof HardConcreteGates || layer instanceof BatchNorm) {
        folded += weights(layer.parameters());
      }
      if (layer instanceof HardConcreteGates found) {
        lines.add(String.format(
            Locale.ROOT,
            "gates      %d of %d open in %s, %.1f expected in training",
            found.open(),
            found.units(),
            found.name().replace(".gates", ""),
            found.expectedOpen()));
      }
    }
    if (!lines.isEmpty()) {
      lines.add(String.format(
          Locale.ROOT,
          "pruned     %d of %d weights left",
          weights(InferenceNetwork.of(network).parameters()),
          weights(network.parameters()) - folded));
    }
    return lines;
  }

  private static long weights(Parameters parameters) {
    long count = 0;
    for (Parameter parameter : parameters) {
      count += parameter.value().length();
    }
    return count;
  }
}
