package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.clip.Norm;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A decorator that puts other gradients in place of those that come from outside: the base of what is more than
 * scaling and clamping, such as noise or centralization.
 *
 * <pre>{@code
 * class Centralized extends GradientDecorator { // Yong et al. 2020: the mean of every output's weights is taken off
 *   Centralized(Optimizer inner) {
 *     super(inner);
 *   }
 *
 *   protected void change(Parameter parameter, INDArray gradient) {
 *     if (gradient.rank() == 2) {
 *       gradient.subiColumnVector(gradient.mean(1));
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>What {@link #change} is given are copies, on which everything outside (clips, the mean of an accumulated window) has
 * been done already; everything inside, norms of clips and guards included, sees what it makes of them. Learning rates
 * pass through. The caller's gradients are never written.
 *
 * <p>One that remembers something moves on in {@link #commit}, and overrides {@link #savedAs}, {@link #saveOwn} and {@link
 * #loadOwn}.
 *
 * <p><b>Memory.</b> One array per parameter, not part of what a resumed run needs.
 */
public abstract class GradientDecorator extends Decorator {
  private final ReplacedGradients gradients = new ReplacedGradients(false);

  /**
   * Around an optimizer, which is stepped by this one alone from now on.
   *
   * @throws NullPointerException if it is null
   */
  protected GradientDecorator(Optimizer inner) {
    super(inner);
  }

  /**
   * Changes the gradient of one parameter in place; called for every parameter of every step that has elements, in their
   * order. What it throws ends the step with everything as it was, if it has changed nothing but the gradient.
   *
   * @param parameter its name and value, which is not to be changed; its gradient is the other argument
   * @param gradient a copy of the parameter's shape: DOUBLE for a DOUBLE parameter, FLOAT for any other. Not to be kept
   */
  protected abstract void change(Parameter parameter, INDArray gradient);

  @Override
  protected void check(StepContext context) {
    context.requireWholeGradients(this);
    gradients.find(context.parameters());
    gradients.copyAll(context);
    for (int i = 0; i < context.parameters().size(); i++) {
      INDArray gradient = gradients.array(i);
      if (!gradient.isEmpty()) {
        change(gradients.parameters().get(i), gradient);
      }
    }
    // Sees to it that no array has been closed.
    beginInner(gradients.inside(context));
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(gradients.inside());
    gradients.keep();
  }

  @Override
  protected void forgetOwn(String parameterName) {
    gradients.forget(parameterName);
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    gradients.rename(parameterName, newName);
  }

  /** The clip inside measures another gradient than the guard outside. */
  @Override
  protected Norm wantedNorm() {
    return null;
  }
}
