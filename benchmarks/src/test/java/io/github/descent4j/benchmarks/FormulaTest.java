package io.github.descent4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A validation that accepts anything would make every figure worthless. */
class FormulaTest {

  @ParameterizedTest
  @EnumSource(Formula.class)
  void refusesEveryOtherOptimizer(Formula formula) {
    for (Formula other : Formula.values()) {
      if (other != formula) {
        try (Model model = new Model("100")) {
          var parameters = model.parameters();
          var optimizer = Optimizers.create(other);
          assertThatThrownBy(
                  () -> model.validate("other", formula, () -> optimizer.step(parameters)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("other is not " + formula.label());
        }
      }
    }
  }
}
