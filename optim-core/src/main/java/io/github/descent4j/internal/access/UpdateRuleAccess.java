package io.github.descent4j.internal.access;

import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.util.Map;

/** How the updaters of ND4J, and tests, run an {@link UpdateRule} without a step. */
public interface UpdateRuleAccess {
  /** The only one. */
  UpdateRuleAccess ACCESS = Registry.of(UpdateRuleAccess.class, UpdateRule.class);

  /** The name in state files and networks. */
  String id(UpdateRule rule);

  /** The hyperparameters by their field's names, in the order of the Javadoc. */
  Map<String, Object> hyperparameters(UpdateRule rule);

  /** The slots in the order of the Javadoc; not to be changed. */
  Slot[] slots(UpdateRule rule);

  /** The learning rate of a parameter's step t, counted from 1, given the one handed in. */
  double rateAt(UpdateRule rule, long t, double learningRate);

  /** Computes the scalars of step t. */
  void prepare(UpdateRule rule, long t, double learningRate, double[] scalars);

  /** Calls the rule's kernel. */
  void update(UpdateRule rule, Kernels kernels, Chunk chunk, double[] scalars);
}
