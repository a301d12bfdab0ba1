package io.github.descent4j.internal.access;

import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.update.UpdateNumbers;
import io.github.descent4j.rule.UpdateRule;

/** How the updaters of ND4J, and tests, run an {@link UpdateRule} without a step. */
public interface UpdateRuleAccess {
  /** The only one. */
  UpdateRuleAccess ACCESS = Registry.of(UpdateRuleAccess.class, UpdateRule.class);

  /** The name in state files and networks. */
  String id(UpdateRule rule);

  /** Whether the rule is computed element by element, and each element by itself. */
  boolean isElementwise(UpdateRule rule);

  /** Whether what is taken off the parameter, or a slot, depends on the parameter; of a rule that is element-wise. */
  boolean readsParameter(UpdateRule rule);

  /** What it computes, of a rule that is element-wise. */
  Description description(UpdateRule rule);

  /** The slots in the order of the Javadoc. */
  SlotDefinition[] slots(UpdateRule rule);

  /** The learning rate that its builder was given. */
  double ownRate(UpdateRule rule);

  /** The learning rate of a parameter's step t, counted from 1, given the one handed in. */
  double rateAt(UpdateRule rule, long t, double handedIn);

  /**
   * Computes the numbers of a step.
   *
   * @param t the parameter's step, from 1
   * @param learningRate of this step, as {@link #rateAt} has it
   * @return the step's choices
   */
  int computeNumbers(UpdateRule rule, long t, double learningRate, UpdateNumbers numbers);
}
