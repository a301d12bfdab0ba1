package io.github.descent4j.dl4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.NamedHyperparameters;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Makes update rules from their descriptions: the rule's id, and each hyperparameter by the name that it has
 * in what the rule describes and in the builder.
 */
final class NamedRule {
  /** Of users. */
  private static final Map<String, Function<RuleSettings, UpdateRule>> REGISTERED =
      new ConcurrentHashMap<>();

  private NamedRule() {}

  static void register(String id, Function<RuleSettings, UpdateRule> factory) {
    requireNonNull(id, "id is null, expected that of an update rule");
    requireNonNull(factory, "factory is null, expected one that makes " + id);
    if (Rules.find(id).isPresent()) {
      throw new IllegalArgumentException(
          "id is '" + id + "', expected one that no rule of this library has");
    }
    REGISTERED.put(id, factory);
  }

  /**
   * A rule without weight decay.
   *
   * @param name its id
   * @param hyperparameters its own: numbers, booleans and the names of enum constants; what is left out has
   *     its default
   * @throws IllegalArgumentException if there is no such rule or hyperparameter, or a value is out of
   *     its range
   */
  static UpdateRule make(String name, double learningRate, Map<String, Object> hyperparameters) {
    Function<RuleSettings, UpdateRule> factory = REGISTERED.get(name);
    if (factory != null) {
      return registered(name, factory, learningRate, hyperparameters);
    }
    UpdateRule.Builder<?> builder = builder(name);
    builder.learningRate(learningRate).weightDecay(WeightDecay.none());
    hyperparameters.forEach(
        (hyperparameter, value) -> NamedHyperparameters.set(builder, name, hyperparameter, value));
    return (UpdateRule) NamedHyperparameters.call(
        NamedHyperparameters.method(builder.getClass(), "build", 0), builder);
  }

  private static UpdateRule registered(
      String id,
      Function<RuleSettings, UpdateRule> factory,
      double learningRate,
      Map<String, Object> hyperparameters) {
    RuleSettings settings = new RuleSettings(id, learningRate, hyperparameters);
    UpdateRule made = factory.apply(settings);
    requireNonNull(made, "rule that the factory of '" + id + "' made is null, expected a rule");
    if (!UpdateRuleAccess.ACCESS.id(made).equals(id)) {
      throw new IllegalArgumentException(
          "rule that the factory of '" + id + "' made is " + made + ", expected that id");
    }
    if (made.weightDecay().coefficient() != 0) {
      throw new IllegalArgumentException("rule that the factory of '" + id + "' made is " + made
          + ", expected no weight decay, since an updater is not given the parameters");
    }
    settings.requireSameIn(made);
    return made;
  }

  private static UpdateRule.Builder<?> builder(String name) {
    Rules.Rule<?> rule = Rules.find(name)
        .orElseThrow(() -> new IllegalArgumentException("rule is '" + name
            + "', expected the id of an update rule such as Adam, or of one of your own that"
            + " Descent4j.register has been told of"));
    return rule.builder().get();
  }
}
