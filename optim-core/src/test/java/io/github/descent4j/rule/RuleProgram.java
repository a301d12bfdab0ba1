package io.github.descent4j.rule;

import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Preparation;
import io.github.descent4j.internal.program.Program;
import io.github.descent4j.internal.program.Program.Pass;
import io.github.descent4j.internal.update.UpdateNumbers;
import java.util.ArrayList;
import java.util.List;

/** The program of a step of a rule, and the numbers that its loops are given. */
public final class RuleProgram {
  private final Program program;
  private final UpdateNumbers numbers;
  private final List<String> names;

  private RuleProgram(Program program, UpdateNumbers numbers, List<String> names) {
    this.program = program;
    this.numbers = numbers;
    this.names = names;
  }

  /** Whether a rule's elements follow from its program and the step's numbers alone. */
  public static boolean isOf(UpdateRule rule) {
    Formula formula = formula(rule);
    return formula.whole() == null
        && formula.description().normCount() == 0
        && formula.description().numberSlotCount() == 0;
  }

  /** That of the parameter's step {@code t} at the rule's own rate, without clips. */
  public static RuleProgram of(UpdateRule rule, long t, boolean wide) {
    Formula formula = formula(rule);
    Description description = formula.description();
    UpdateNumbers numbers = new UpdateNumbers(description.numberCount());
    double rate =
        formula.rateAt(t, ((Number) rule.hyperparameters().get("learningRate")).doubleValue());
    int variant = formula.computeNumbers(t, rate, numbers);
    WeightDecay decay = rule.weightDecay();
    double coupled = decay.isDecoupled() ? 0 : decay.coefficient();
    double decoupled = decay.isDecoupled() ? rate * decay.coefficient() : 0;
    Preparation.putDecay(
        numbers.wide(), numbers.rounded(), description.preparationNumbers(), coupled, decoupled);
    int preparation = (wide ? coupled : (float) coupled) != 0 ? Preparation.COUPLED : 0;
    preparation |= (wide ? decoupled : (float) decoupled) != 0 ? Preparation.DECOUPLED : 0;
    List<String> names = new ArrayList<>(List.of("p", "g"));
    names.addAll(description.slotNames());
    return new RuleProgram(
        Program.of(description, variant, preparation, Pass.UPDATE), numbers, names);
  }

  private static Formula formula(UpdateRule rule) {
    try {
      var field = UpdateRule.class.getDeclaredField("formula");
      field.setAccessible(true);
      return (Formula) field.get(rule);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("UpdateRule has no formula", e);
    }
  }

  public Program program() {
    return program;
  }

  /** A number as loops of the type have it. */
  public double number(int index, boolean wide) {
    return wide ? numbers.wide()[index] : numbers.rounded()[index];
  }

  /** The name of an array: p, g or a slot. */
  public String name(int array) {
    return names.get(array);
  }
}
