package io.github.descent4j.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers that every parameter keeps. */
class NumberSlotTest {

  private static void refused(String problem, Consumer<Formula> definition) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateRule.of("Own", 0.1, definition))
        .withMessage("formula Own: " + problem);
  }

  @Test
  void aWrongUseIsAnErrorWhenTheRuleIsMade() {
    refused("slot 'v': expected set(...) to say what it becomes, found none", f -> {
      f.numberSlot("v");
      f.subtract(f.gradient());
    });
    refused("set of the slot 'v': expected a number, found g", f -> {
      f.numberSlot("v").set(f.gradient());
    });
    refused("set of the slot 'v': expected one value, found a second: v + 2", f -> {
      NumberSlot v = f.numberSlot("v");
      v.set(v.plus(1));
      v.set(v.plus(2));
    });
    refused("slot 'v': expected a name that no other slot has, nor master", f -> {
      f.numberSlot("v");
      f.slot("v");
    });
    refused("ofNorms 'n': expected terms that are not made of norms", f -> {
      NumberSlot v = f.numberSlot("v");
      f.ofNorms("n", n -> n[0], f.gradient().times(v));
    });
    refused("wholeParameter: expected no slot(...), subtract(...) or update(...) beside it", f -> {
      f.numberSlot("v");
      f.wholeParameter(w -> {});
    });
  }

  @Test
  void nothingIsSetOnceTheDefinitionHasReturned() {
    NumberSlot[] slot = {null};
    Term[] next = {null};
    UpdateRule.of("Own", 0.1, f -> {
      slot[0] = f.numberSlot("v");
      next[0] = slot[0].plus(1);
      slot[0].set(next[0]);
      f.subtract(f.gradient());
    });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> slot[0].set(next[0]))
        .withMessage(
            "formula Own: set of the slot 'v': expected a call in the definition, found one"
                + " after it has returned");
  }

  /** Without norms, of values before the step, for parameters of different numbers of steps; and behind arrays. */
  @Test
  void everyParameterHasItsOwn() {
    UpdateRule rule = UpdateRule.define("Counted", 1, f -> {
          NumberSlot count = f.numberSlot("count");
          NumberSlot sum = f.numberSlot("sum");
          Slot m = f.slot("m");
          count.set(count.plus(1));
          sum.set(sum.plus(count.squared()));
          f.subtract(m.set(m.plus(f.gradient())).times(count));
        })
        .masterValues(true)
        .build();
    INDArray a = Nd4j.zeros(DataType.FLOAT16, 3);
    INDArray b = Nd4j.zeros(DataType.DOUBLE, 2);
    Parameter early = Parameter.of("a", a, Nd4j.ones(DataType.FLOAT16, 3));
    rule.step(Parameters.of(early));
    rule.step(Parameters.of(early, Parameter.of("b", b, Nd4j.ones(DataType.DOUBLE, 2))));
    rule.step(Parameters.of(early, Parameter.of("b", b, Nd4j.ones(DataType.DOUBLE, 2))));

    // 1 * 0 + 2 * 1 + 3 * 2, and 1 * 0 + 2 * 1.
    assertThat(a.getDouble(1)).isEqualTo(-8);
    assertThat(b.getDouble(1)).isEqualTo(-2);
    assertThat(rule.state().slots("a")).containsExactly("m", "count", "sum", "master");
    assertThat(rule.state().slot("a", "count").getDouble(0)).isEqualTo(3);
    assertThat(rule.state().slot("a", "sum").getDouble(0)).isEqualTo(5);
    assertThat(rule.state().slot("b", "count").getDouble(0)).isEqualTo(2);
    assertThat(rule.formula())
        .isEqualTo(
            "count' = count + 1\nsum' = sum + (count * count)\nm' = m + g\np' = p - m' * count");
  }
}
