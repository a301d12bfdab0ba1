package io.github.descent4j.internal.access;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.Map;

/** What this library does with {@link Parameters} beyond what users see. */
public interface ParametersAccess {
  /** The only one. */
  ParametersAccess ACCESS = Registry.of(ParametersAccess.class, Parameters.class);

  /** Parameters that another step has checked together. */
  Parameters trusted(Parameter[] parameters);

  /** All by their names, in order. */
  Map<String, Parameter> byName(Parameters parameters);
}
