package io.github.descent4j.witness;

import static io.github.descent4j.witness.RandomRules.elements;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Rprop;
import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.program.ProgramTree;
import io.github.descent4j.rule.RuleProgram;
import io.github.descent4j.rule.UpdateRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The loops of every element-wise rule, with random hyperparameters, options and decays, do what the rule's program says in fifty
 * digits: {@link HighPrecisionTest} holds the programs of most against their formulas.
 */
class ProgramTest {
  private static final int TRIALS = 10;
  private static final int STEPS = 6;
  private static final int ELEMENTS = 12;

  static List<String> rules() {
    return Rules.all().stream()
        .filter(rule -> RuleProgram.isOf(withDefaults(rule)))
        .map(Rules.Rule::id)
        .toList();
  }

  private static <B extends UpdateRule.Builder<B>> UpdateRule withDefaults(Rules.Rule<B> rule) {
    return rule.builder().get().build();
  }

  @Test
  void mostRulesAreAmongThem() {
    assertThat(rules()).hasSizeGreaterThan(20).contains("Yogi", "NAdam", "Adan", "Ftrl", "Rprop");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void stepsAreThoseOfTheProgram(String id) {
    int known = 0;
    int all = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
        UpdateRule rule = RandomRules.rule(id, trial);
        if (dependsOnLosses(rule)) {
          continue;
        }
        SplittableRandom random = new SplittableRandom(~trial);
        INDArray value = RandomRules.values(type, ELEMENTS, random);
        INDArray gradient = Nd4j.create(type, ELEMENTS);
        Parameters parameters = Parameters.of(Parameter.of("p", value, gradient));
        // The slots begin with a step of their own, which is not looked at.
        gradient.assign(RandomRules.gradients(type, ELEMENTS, random));
        rule.step(parameters);
        for (int t = 2; t <= STEPS; t++) {
          gradient.assign(RandomRules.gradients(type, ELEMENTS, random));
          Map<String, double[]> before = arrays(rule, value, gradient);
          if (!before.values().stream().allMatch(RandomRules::allFinite)) {
            break;
          }
          RuleProgram program = RuleProgram.of(rule, t, type == DataType.DOUBLE);
          rule.step(parameters);
          Map<String, double[]> after = arrays(rule, value, gradient);
          for (int i = 0; i < ELEMENTS; i++) {
            for (Map.Entry<String, Bounded> result :
                evaluate(program, type, before, i).entrySet()) {
              all++;
              if (result.getValue().isKnown()) {
                known++;
                double actual = after.get(result.getKey())[i];
                assertThat(result.getValue().admits(actual))
                    .as(
                        "%s of %s as %s, step %d, element %d: %s, expected %s",
                        result.getKey(), rule, type, t, i, actual, result.getValue())
                    .isTrue();
              }
            }
          }
        }
      }
    }
    assertThat((double) known / all).as(id).isGreaterThan(0.6);
  }

  /** What this variant of Rprop chooses follows from losses that it is told ahead of steps; RpropTest has them. */
  private static boolean dependsOnLosses(UpdateRule rule) {
    return rule instanceof Rprop rprop && rprop.variant() == Rprop.Variant.IRPROP_PLUS;
  }

  private static Map<String, double[]> arrays(UpdateRule rule, INDArray value, INDArray gradient) {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    arrays.put("p", elements(value));
    arrays.put("g", elements(gradient));
    for (String slot : rule.state().slots("p")) {
      arrays.put(slot, elements(rule.state().slot("p", slot)));
    }
    return arrays;
  }

  private static Map<String, Bounded> evaluate(
      RuleProgram program, DataType type, Map<String, double[]> arrays, int element) {
    boolean wide = type == DataType.DOUBLE;
    Bounded.Type exact = wide ? Bounded.Type.DOUBLE : Bounded.Type.FLOAT;
    ProgramTree.Arithmetic<Bounded> arithmetic = new ProgramTree.Arithmetic<>() {
      @Override
      public Bounded input(int array) {
        return exact.of(arrays.get(program.name(array))[element]);
      }

      @Override
      public Bounded number(int index) {
        return exact.of(program.number(index, wide));
      }

      @Override
      public Bounded constant(double constant) {
        return exact.of(wide ? constant : (float) constant);
      }

      @Override
      public Bounded apply(String operation, Bounded a, Bounded b) {
        return switch (operation) {
          case "ADD" -> a.plus(b);
          case "SUBTRACT" -> a.minus(b);
          case "MULTIPLY" -> a.times(b);
          case "DIVIDE" -> a.over(b);
          case "MINIMUM" -> a.minimum(b);
          case "MAXIMUM" -> a.maximum(b);
          case "SQUARE_ROOT" -> a.root();
          case "ABSOLUTE" -> a.absolute();
          case "SIGN" -> a.sign();
          default -> throw new IllegalArgumentException(operation);
        };
      }
    };
    Map<String, Bounded> results = new LinkedHashMap<>();
    ProgramTree.evaluate(program.program(), arithmetic)
        .forEach((array, result) -> results.put(program.name(array), result));
    return results;
  }
}
