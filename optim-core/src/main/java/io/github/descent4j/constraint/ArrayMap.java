package io.github.descent4j.constraint;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.memory.FlatArray;
import java.util.Arrays;
import java.util.function.Consumer;

/** A map of this library: of each parameter by itself, in double, and without a way to fail once the parameters fit. */
class ArrayMap implements ProximalMap {
  private final String text;
  private final Consumer<Parameter> fit;
  private final Elements elements;

  /** What happens to an array. */
  @FunctionalInterface
  interface Elements {
    /**
     * Moves elements in place.
     *
     * @param x in 'c' order, at least one
     */
    void map(double[] x, long[] shape, double step);
  }

  /**
   * Of its parts.
   *
   * @param text as the call that makes it
   * @param fit fails for a parameter that this map is not for
   */
  ArrayMap(String text, Consumer<Parameter> fit, Elements elements) {
    this.text = text;
    this.fit = fit;
    this.elements = elements;
  }

  @Override
  public void requireFit(Parameters parameters) {
    parameters.forEach(fit);
  }

  @Override
  public void apply(Parameters parameters, double step) {
    Check.atLeastZero("step", step);
    requireFit(parameters);
    FlatArray.Scratch scratch = new FlatArray.Scratch();
    for (Parameter parameter : parameters) {
      if (!parameter.value().isEmpty()) {
        FlatArray array = new FlatArray(parameter.value(), 0, scratch);
        double[] before = new double[array.end()];
        array.read(before);
        double[] x = before.clone();
        elements.map(x, parameter.value().shape(), step);
        if (!Arrays.equals(x, before)) {
          array.write(x);
        }
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
