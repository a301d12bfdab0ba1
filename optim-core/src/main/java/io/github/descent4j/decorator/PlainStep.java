package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The steps of an optimizer that implements {@link Optimizer} and extends nothing of this library, inside a
 * decorator: whichever way it reads a gradient, it gets what the decorators outside have made of it.
 */
final class PlainStep {
  private final Optimizer optimizer;
  private final ReplacedGradients treated = new ReplacedGradients(true);

  // Of the step under way.
  private StepContext handedIn;
  private boolean isTreated;

  /** The values ahead of the step, while it is not known that the optimizer asks for the rate. */
  private final List<INDArray> before = new ArrayList<>();

  /** Whether it has asked for a rate that was handed in. */
  private boolean asksForRate;

  PlainStep(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /** Makes what the step needs. */
  void begin(StepContext context) {
    context.requireWholeGradients(optimizer);
    isTreated = !context.hasGradientsAsGiven();
    handedIn = context;
    if (isTreated) {
      treated.find(context.parameters());
      treated.copyAll(context);
      handedIn = treated.inside(context);
    }
    before.clear();
    if (!asksForRate && handedIn.isRateGiven()) {
      copyValues(handedIn.parameters());
    }
  }

  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  private void copyValues(Parameters parameters) {
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      for (Parameter parameter : parameters) {
        INDArray value = parameter.value();
        before.add(value.isEmpty() ? value : value.dup());
      }
    }
  }

  /**
   * Takes the step.
   *
   * @throws IllegalStateException if a learning rate has been handed in that the optimizer has never asked for; the
   *     parameters are as they were
   */
  void finish() {
    handedIn.forgetQuestions();
    optimizer.step(handedIn);
    if (isTreated) {
      treated.keep();
    }
    if (asksForRate || !handedIn.isRateGiven()) {
      return;
    }
    asksForRate = handedIn.wasAskedForRate();
    if (!asksForRate) {
      restoreValues(handedIn.parameters());
      throw new IllegalStateException(
          "learning rate " + handedIn.learningRateOr(Double.NaN)
              + " was handed into " + optimizer
              + ", which did not ask for it, expected step(StepContext) to call context.learningRateOr(its own rate)");
    }
    before.clear();
  }

  private void restoreValues(Parameters parameters) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).value().isEmpty()) {
        parameters.get(i).value().assign(before.get(i));
      }
    }
    before.clear();
  }
}
