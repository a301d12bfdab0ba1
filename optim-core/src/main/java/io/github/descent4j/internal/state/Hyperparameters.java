package io.github.descent4j.internal.state;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.access.StateReaderAccess;
import io.github.descent4j.internal.file.Fields;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The settings of an optimizer in a state file: saved to be compared, never loaded. */
public final class Hyperparameters {
  private static final String HYPERPARAMETERS = "hyperparameters";
  private static final String LEARNING_RATE = "learningRate";

  private Hyperparameters() {}

  /** Puts them by name. */
  public static void save(Map<String, Object> hyperparameters, StateWriter out) {
    out.put(HYPERPARAMETERS, json(hyperparameters));
  }

  /**
   * Compares an optimizer's own with those of its object in the file.
   *
   * @param owner whose they are, for the message
   * @throws StateFileException if one differs, and that is not allowed
   */
  public static void compare(Map<String, Object> hyperparameters, Object owner, StateReader in) {
    Fields saved = StateReaderAccess.ACCESS.fields(in).object(HYPERPARAMETERS);
    Map<String, Object> own = json(hyperparameters);
    Set<String> names = new LinkedHashSet<>(own.keySet());
    names.addAll(saved.names());
    for (String name : names) {
      boolean allowed = in.allows(LoadOption.ALLOW_OTHER_HYPERPARAMETERS)
          || (name.equals(LEARNING_RATE) && in.allows(LoadOption.ALLOW_OTHER_LEARNING_RATE));
      boolean both = own.containsKey(name) && saved.names().contains(name);
      if (!allowed && !(both && same(saved.get(name), own.get(name)))) {
        throw in.problem(String.format(
            Locale.ROOT,
            "has hyperparameter %s = %s, expected %s as in %s; %s keeps the latter",
            name,
            saved.get(name),
            own.containsKey(name) ? own.get(name) : "none",
            owner,
            name.equals(LEARNING_RATE)
                ? LoadOption.ALLOW_OTHER_LEARNING_RATE
                : LoadOption.ALLOW_OTHER_HYPERPARAMETERS));
      }
    }
  }

  /** Other writers of JSON may print 0.0 as 0. */
  private static boolean same(Object saved, Object own) {
    if (saved instanceof Number a && own instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return Objects.equals(saved, own);
  }

  private static Map<String, Object> json(Map<String, Object> hyperparameters) {
    Map<String, Object> json = new LinkedHashMap<>(hyperparameters);
    json.replaceAll((name, value) -> {
      if (value instanceof WeightDecay decay) {
        String form = decay.isDecoupled() ? "decoupled" : "coupled";
        return decay.coefficient() == 0 ? "none" : Map.of(form, decay.coefficient());
      }
      // JSON has no infinity, which is text in the file.
      boolean isNumber = value instanceof Number number && Double.isFinite(number.doubleValue());
      return isNumber || value instanceof Boolean ? value : value.toString();
    });
    return json;
  }
}
