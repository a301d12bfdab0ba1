package io.github.descent4j.rule;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.state.ParameterState;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The steps of a rule that updates whole parameters: all on copies, which are swapped in when all have succeeded. */
final class WholeStep implements UpdateRule.RuleStep {
  private final Formula formula;
  private final WeightDecay weightDecay;
  private final Blend blend = new Blend();
  private final List<WholeUpdate> updates = new ArrayList<>();

  WholeStep(Formula formula, WeightDecay weightDecay) {
    this.formula = formula;
    this.weightDecay = weightDecay;
  }

  @Override
  public void check(StepContext context, ParameterState[] states, double handedIn) {
    release();
    boolean succeeded = false;
    try {
      update(context, states, handedIn);
      succeeded = true;
    } finally {
      if (!succeeded) {
        release();
      }
    }
  }

  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  private void update(StepContext context, ParameterState[] states, double handedIn) {
    Parameters parameters = context.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).rows().isPresent()) {
        throw new IllegalArgumentException(
            "gradient of parameter '" + parameters.get(i).name()
                + "' is given as rows, expected a whole gradient: " + formula
                + " updates whole parameters");
      }
      try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
        WholeUpdate update = begin(parameters.get(i), states[i], handedIn);
        updates.add(update);
        takeGradient(context, i, update);
        formula.whole().accept(update);
        update.requireWhole();
      }
    }
  }

  private WholeUpdate begin(Parameter parameter, ParameterState state, double handedIn) {
    long t = state.steps + 1;
    double rate = formula.rateAt(t, handedIn);
    DataType type = ParameterState.slotType(state.type);
    INDArray copy = parameter.value().dup('c');
    INDArray value = copy.castTo(type);
    if (value != copy) {
      copy.close();
    }
    return new WholeUpdate(parameter, state, t, rate, value, value.dup('c'));
  }

  /** Fills in the gradient, as clips and coupled decay leave it, and takes decoupled decay off the value. */
  private void takeGradient(StepContext context, int i, WholeUpdate update) {
    INDArray value = update.value();
    INDArray gradient = update.gradient();
    blend.clear();
    blend.copy(
        ArrayMemory.of(gradient),
        ParameterAccess.ACCESS.gradientMemory(context.parameters().get(i)),
        StepContextAccess.ACCESS.transform(context, i));
    blend.run();
    double decay = weightDecay.coefficient();
    if (decay != 0 && !value.isEmpty()) {
      if (weightDecay.isDecoupled()) {
        addScaled(value, -update.learningRate() * decay, value);
      } else {
        addScaled(gradient, decay, value);
      }
    }
  }

  private static void addScaled(INDArray target, double factor, INDArray source) {
    INDArray scaled = source.mul(factor);
    target.addi(scaled);
    scaled.close();
  }

  @Override
  public void commit() {
    updates.forEach(WholeUpdate::swapIn);
    release();
  }

  @Override
  public void release() {
    updates.forEach(WholeUpdate::free);
    updates.clear();
  }

  @Override
  public String text() {
    return "(whole parameters, in ND4J's arithmetic)";
  }
}
