package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.RowGradient;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.Arrays;
import org.nd4j.linalg.api.iter.NdIndexIterator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer that takes no step from gradients that are not finite: what {@link
 * Optimizer#guarded} returns.
 *
 * <p>It looks at the gradients as the decorators outside have left them: inside a clip by value it
 * accepts an infinity that the clip has made finite.
 *
 * <p>A finite gradient can be too large as well: above 1.8e19 (FLOAT) or 1.3e154 (DOUBLE) its square is infinite, and a
 * second moment that becomes infinite stays so: Adam then never moves that weight again. Where the rule squares gradients,
 * elements above 1e18 (FLOAT slots, so half types too) or 1e152 (DOUBLE) as they arrive at the rule, behind the clips
 * inside, count as not finite. {@code docs/clipping.md} says what to do.
 *
 * <pre>{@code
 * GuardedOptimizer optimizer = new Sgd(0.1).guarded(NonFinite.SKIP);
 * optimizer.step(parameters);
 * long skipped = optimizer.skippedSteps();
 * }</pre>
 */
public final class GuardedOptimizer extends Decorator {
  private static final String SKIPPED_STEPS = "skippedSteps";

  private final NonFinite policy;
  private long skippedSteps;

  /** Whether the step under way is skipped. */
  private boolean skips;

  /**
   * What {@link Optimizer#guarded} returns.
   *
   * @throws NullPointerException if an argument is null
   */
  public GuardedOptimizer(Optimizer inner, NonFinite policy) {
    super(inner);
    this.policy = requireNonNull(policy, "policy is null, expected FAIL or SKIP");
  }

  /** Steps not taken under {@link NonFinite#SKIP}. */
  public long skippedSteps() {
    return skippedSteps;
  }

  @Override
  protected void check(StepContext context) {
    skips = false;
    Norm wanted = wantedNorm();
    for (int i = 0; i < context.parameters().size(); i++) {
      if (!context.isFinite(i, wanted == null ? Norm.L2 : wanted)) {
        if (policy == NonFinite.SKIP) {
          skips = true;
          return;
        }
        Parameter parameter = context.parameters().get(i);
        throw new NonFiniteGradientException(parameter.name(), firstNonFinite(parameter));
      }
    }
    if (squaresGradients()) {
      context.guard();
    }
    try {
      beginInner(context);
    } catch (NonFiniteGradientException e) {
      if (policy == NonFinite.FAIL || !e.isTooLarge()) {
        throw e;
      }
      skips = true;
    }
  }

  @Override
  protected void commit(StepContext context) {
    if (skips) {
      skippedSteps++;
    } else {
      finishInner(context);
    }
  }

  @Override
  protected void release() {
    if (!skips) {
      super.release();
    }
  }

  @Override
  protected String savedAs() {
    return policy == NonFinite.SKIP ? "guarded" : null;
  }

  @Override
  protected void saveOwn(StateWriter out) {
    out.put(SKIPPED_STEPS, skippedSteps);
  }

  @Override
  protected void loadOwn(StateReader in) {
    long loaded = in.steps(SKIPPED_STEPS, 0);
    in.whenAllIsWell(() -> skippedSteps = loaded);
  }

  private static String firstNonFinite(Parameter parameter) {
    RowGradient rows = parameter.rows().orElse(null);
    INDArray gradient = rows == null ? parameter.gradient() : rows.block();
    NdIndexIterator indices = new NdIndexIterator('c', gradient.shape());
    while (gradient.rank() > 0 && indices.hasNext()) {
      long[] index = indices.next();
      double element = gradient.getDouble(index);
      if (!Double.isFinite(element)) {
        index[0] = rows == null ? index[0] : rows.rows()[(int) index[0]];
        return "is " + element + " at " + Arrays.toString(index);
      }
    }
    return gradient.rank() == 0 ? "is " + gradient.getDouble(0) : "is not finite after clipping";
  }

  @Override
  public String toString() {
    return inner + ".guarded(" + policy + ")";
  }
}
