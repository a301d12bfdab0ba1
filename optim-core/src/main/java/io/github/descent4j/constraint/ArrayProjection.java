package io.github.descent4j.constraint;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.function.Consumer;

/** A projection of this library. */
final class ArrayProjection extends ArrayMap implements Projection {

  ArrayProjection(String text, Consumer<Parameter> fit, Elements elements) {
    super(text, fit, elements);
  }

  /** For parameters of any shape. */
  ArrayProjection(String text, Elements elements) {
    this(text, parameter -> {}, elements);
  }

  @Override
  public void project(Parameters parameters) {
    apply(parameters, 1);
  }
}
