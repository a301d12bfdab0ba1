package io.github.descent4j.dl4j;

import io.github.descent4j.rule.UpdateRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a network's JSON holds of an update rule, from which {@link Descent4j#register} has it made again.
 *
 * <pre>{@code
 * Descent4j.register("SignMomentum", s -> new SignMomentum(s.learningRate(), s.number("beta")));
 * }</pre>
 */
public final class RuleSettings {
  private final String id;
  private final double learningRate;
  private final Map<String, Object> hyperparameters;

  RuleSettings(String id, double learningRate, Map<String, Object> hyperparameters) {
    this.id = id;
    this.learningRate = learningRate;
    this.hyperparameters = new LinkedHashMap<>(hyperparameters);
  }

  /** The step size where no schedule gives one. */
  public double learningRate() {
    return learningRate;
  }

  /**
   * A hyperparameter that is a number.
   *
   * @throws IllegalArgumentException if it is missing or none
   */
  public double number(String name) {
    return get(name, Number.class).doubleValue();
  }

  /**
   * A hyperparameter that is a boolean.
   *
   * @throws IllegalArgumentException if it is missing or none
   */
  public boolean flag(String name) {
    return get(name, Boolean.class);
  }

  /**
   * A hyperparameter that is a constant of an enum, or any other that is kept as text.
   *
   * @throws IllegalArgumentException if it is missing or none
   */
  public String text(String name) {
    return get(name, String.class);
  }

  private <T> T get(String name, Class<T> type) {
    Object value = hyperparameters.get(name);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(name + " of " + id + " is " + value
          + ", expected a value of type " + type.getSimpleName());
    }
    return type.cast(value);
  }

  /** What JSON can hold of a rule's hyperparameters. */
  static Map<String, Object> described(Map<String, Object> hyperparameters) {
    Map<String, Object> described = new LinkedHashMap<>(hyperparameters);
    described.replaceAll((name, value) -> value instanceof Number || value instanceof Boolean
        ? value
        : value instanceof Enum<?> option ? option.name() : value.toString());
    return described;
  }

  /** Sees to it that a factory has used all of it. */
  void requireSameIn(UpdateRule made) {
    Map<String, Object> all = described(made.hyperparameters());
    all.remove("weightDecay");
    Map<String, Object> expected = new LinkedHashMap<>(hyperparameters);
    expected.put("learningRate", learningRate);
    boolean same = all.keySet().equals(expected.keySet());
    for (String name : expected.keySet()) {
      same = same && isSame(all.get(name), expected.get(name));
    }
    if (!same) {
      throw new IllegalArgumentException("rule that the factory of '" + id + "' made is " + made
          + ", expected the hyperparameters " + expected);
    }
  }

  /** JSON has one kind of number. */
  private static boolean isSame(Object a, Object b) {
    if (a instanceof Number first && b instanceof Number second) {
      return Double.compare(first.doubleValue(), second.doubleValue()) == 0;
    }
    return Objects.equals(a, b);
  }

  @Override
  public String toString() {
    return id + hyperparameters + " with learning rate " + learningRate;
  }
}
