package io.github.descent4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.descent4j.Muon;
import io.github.descent4j.Rprop;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.Rules.Rule;
import io.github.descent4j.rule.UpdateRule;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NamedHyperparametersTest {

  static List<Rule<?>> rules() {
    return Rules.all();
  }

  /** Each that a rule describes is set by its name, to another value where it has one that is surely in range. */
  @ParameterizedTest
  @MethodSource("rules")
  void eachOneOfARuleIsSetByItsName(Rule<?> rule) {
    Map<String, Object> defaults = NamedHyperparameters.defaults(rule);
    defaults.forEach((name, value) -> {
      String other = other(value);
      Map<String, Object> expected = new LinkedHashMap<>(defaults);
      UpdateRule made = rule.make(builder -> NamedHyperparameters.set(
          builder, rule.id(), name, NamedHyperparameters.parse(rule, name, other)));
      assertThat(made.hyperparameters().get(name)).as(name).hasToString(other);
      expected.keySet().remove(name);
      // What Prodigy's beta3 is without a word follows from beta2.
      expected.keySet().removeIf(n -> rule.id().equals("Prodigy") && n.equals("beta3"));
      assertThat(made.hyperparameters()).containsAllEntriesOf(expected);
    });
  }

  /** Each has a method of its name, which says what it is: of the defaults, and of another value where one is surely in range. */
  @ParameterizedTest
  @MethodSource("rules")
  void aRulesMethodsSayWhatItsHyperparametersAre(Rule<?> rule) {
    Map<String, Object> defaults = NamedHyperparameters.defaults(rule);
    requireMethods(rule.make(builder -> {}), defaults.keySet());
    defaults.forEach((name, value) -> {
      UpdateRule made = rule.make(builder -> NamedHyperparameters.set(
          builder, rule.id(), name, NamedHyperparameters.parse(rule, name, other(value))));
      requireMethods(made, defaults.keySet());
    });
  }

  private static String other(Object value) {
    if (value instanceof Boolean flag) {
      return String.valueOf(!flag);
    }
    if (value instanceof Double number && number >= 0 && number < 1) {
      return String.valueOf(number == 0 ? 0.25 : number * 0.99);
    }
    return value.toString();
  }

  private static void requireMethods(UpdateRule rule, Set<String> names) {
    for (String name : names) {
      try {
        assertThat(rule.getClass().getMethod(name).invoke(rule))
            .as(name)
            .isEqualTo(rule.hyperparameters().get(name));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(rule + " has no method " + name, e);
      }
    }
  }

  /** So that calls follow one another. */
  @ParameterizedTest
  @MethodSource("rules")
  void buildersReturnThemselves(Rule<?> rule) {
    Map<String, Object> values = new LinkedHashMap<>(NamedHyperparameters.defaults(rule));
    values.put("learningRate", 0.5);
    values.put("weightDecay", WeightDecay.none());
    rule.make(builder -> values.forEach((name, value) -> {
      List<Method> methods = Arrays.stream(builder.getClass().getMethods())
          .filter(method -> method.getName().equals(name) && takes(method, value))
          .toList();
      assertThat(methods)
          .as(name)
          .isNotEmpty()
          .allSatisfy(method -> assertThat(method.invoke(builder, value)).isSameAs(builder));
    }));
  }

  private static boolean takes(Method method, Object value) {
    if (method.getParameterCount() != 1) {
      return false;
    }
    Class<?> type = method.getParameterTypes()[0];
    return type.isPrimitive()
        ? MethodType.methodType(type).wrap().returnType().isInstance(value)
        : type.isInstance(value);
  }

  @Test
  void readsWholeNumbersAndConstants() {
    Rule<?> muon = Rules.find("Muon").orElseThrow();
    assertThat(NamedHyperparameters.parse(muon, "newtonSchulzSteps", "7")).isEqualTo(7);
    assertThat(NamedHyperparameters.parse(muon, "scaling", "match-rms"))
        .isEqualTo(Muon.Scaling.MATCH_RMS.name());
    Rule<?> rprop = Rules.find("Rprop").orElseThrow();
    UpdateRule made = rprop.make(b -> NamedHyperparameters.set(
        b,
        "Rprop",
        "variant",
        NamedHyperparameters.parse(rprop, "variant", Rprop.Variant.IRPROP_PLUS.name())));
    assertThat(made.hyperparameters()).containsEntry("variant", Rprop.Variant.IRPROP_PLUS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Adam | beta | 1   | hyperparameter is 'beta', expected beta1 or beta2 of Adam",
        "Adam | learningRate | 1 | hyperparameter is 'learningRate', expected beta1, beta2, epsilon or epsilonHat of Adam",
        "Sgd  | beta | 1   | hyperparameter is 'beta', expected none, Sgd has no hyperparameters of its own",
        "Adam | beta1 | x  | beta1 is 'x', expected a number",
        "Adam | epsilonHat | 1 | epsilonHat is '1', expected true or false",
        "Muon | newtonSchulzSteps | 1.5 | newtonSchulzSteps is '1.5', expected a whole number",
      })
  void saysWhatWasExpected(String rule, String name, String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamedHyperparameters.parse(Rules.find(rule).orElseThrow(), name, text))
        .withMessage(message);
  }
}
