package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.gradient.GradientTransform;

/**
 * Sharpness-aware minimization: any optimizer steps from the gradient at the worst point nearby (Foret et al. 2021,
 * Algorithm 1), or, adaptive, at the worst point in proportion to the parameters (ASAM: Kwon et al. 2021, Algorithm 1).
 *
 * <pre>
 * e = rho g / (|g| + 1e-12)              adaptive:  e = rho p² g / (|p g| + 1e-12)
 * g' = gradient at p + e,  and the optimizer steps from g' at p
 * </pre>
 *
 * <p>The norms are L2, over all parameters together; p² and p g are products of elements.
 *
 * <p>A step computes gradients twice. The caller has computed them at the parameters as they are, and hands in what
 * computes them again, into the same arrays, from the parameters as they then are:
 *
 * <pre>{@code
 * Sam optimizer = new Sam(new Momentum(0.1));
 * for (Batch batch : batches) {
 *   computeGradients(batch); // yours
 *   optimizer.step(parameters, () -> computeGradients(batch));
 * }
 * }</pre>
 *
 * <p>The second gradients are computed ahead of everything else. So it makes no difference where in a chain this is: clips,
 * guards, accumulation, monitors, schedules and groups, inside or outside, all see the second gradients, and {@link
 * #step(Optimizer, Parameters, Runnable)} steps from the outermost of them.
 *
 * <p><b>Defaults.</b> rho 0.05; not adaptive.
 *
 * <p><b>Fork.</b> Weight decay is taken from p, not from p + e, as in the authors' code and in davda54's. Optax's {@code sam}
 * spreads one step over several calls. ASAM is as in davda54's code, without the paper's term for elements near 0.
 *
 * <p><b>Errors.</b> What the second computation throws ends the step; whether it throws or not, the parameters are back as
 * they were, bit for bit. Where the norm of the first gradients is not finite, there is no second computation, and the step
 * goes on with them: a guard then has its say.
 *
 * <p><b>Memory.</b> One array per parameter, of its type; adaptive, a second one, FLOAT for half types. A state file has
 * nothing of it.
 */
public final class Sam extends Decorator {
  /** The length of e, unless given. */
  public static final double DEFAULT_RHO = 0.05;

  /** Keeps e finite where the gradient is 0. */
  private static final double EPSILON = 1e-12;

  private final double rho;
  private final boolean adaptive;

  /** The parameters as they were. */
  private final ReplacedGradients originals = new ReplacedGradients(true);

  /** Adaptive: the products of parameter and gradient. */
  private final ReplacedGradients products = new ReplacedGradients(false);

  private final StepContext given = new StepContext();
  private final StepContext multiplied = new StepContext();
  private final GradientTransform perturbation = new GradientTransform();
  private final Blend blend = new Blend();

  /** Whether the second gradients have been computed, for the step under way. */
  private boolean computed;

  /**
   * With a rho of 0.05.
   *
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if there is one like this inside of it
   */
  public Sam(Optimizer inner) {
    this(inner, DEFAULT_RHO);
  }

  /**
   * What {@link Optimizer#sharpnessAware(double)} returns.
   *
   * @param rho the length of the way to the second gradients: finite and at least 0
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if rho is out of its range, or there is one like this inside of the optimizer
   */
  public Sam(Optimizer inner, double rho) {
    this(inner, rho, false);
  }

  private Sam(Optimizer inner, double rho, boolean adaptive) {
    super(inner);
    this.rho = Check.atLeastZero("rho", rho);
    this.adaptive = adaptive;
    if (inner.find(Sam.class).isPresent()) {
      throw new IllegalArgumentException(
          "optimizer is " + inner + ", expected one that is not sharpness-aware already");
    }
  }

  /**
   * The adaptive variant, ASAM.
   *
   * @param rho finite and at least 0; some ten times that of the plain variant, 0.5 in the paper
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if rho is out of its range, or there is one like this inside of the optimizer
   */
  public static Sam adaptive(Optimizer inner, double rho) {
    return new Sam(inner, rho, true);
  }

  /** The length of the way to the second gradients. */
  public double rho() {
    return rho;
  }

  /** Whether this is ASAM. */
  public boolean isAdaptive() {
    return adaptive;
  }

  /**
   * Takes a step where this is the outermost of a chain.
   *
   * @param parameters with their gradients
   * @param gradients computes the gradients of the same loss again, from the values as they then are, into the same arrays; of
   *     accumulated micro-batches those of the last
   * @throws IllegalStateException as {@link Optimizer#step(Parameters)}
   */
  public void step(Parameters parameters, Runnable gradients) {
    step(this, parameters, gradients);
  }

  /**
   * Takes a step of a chain with a {@link Sam} in it.
   *
   * @param optimizer the outermost of the chain
   * @param parameters with their gradients
   * @param gradients as in {@link #step(Parameters, Runnable)}
   * @throws IllegalArgumentException if there is none in the chain
   * @throws IllegalStateException as {@link Optimizer#step(Parameters)}
   */
  public static void step(Optimizer optimizer, Parameters parameters, Runnable gradients) {
    requireNonNull(optimizer, "optimizer is null, expected one that is sharpness-aware");
    requireNonNull(
        gradients, "gradients are null, expected a function that computes them once more");
    Sam sam = optimizer
        .find(Sam.class)
        .orElseThrow(() -> new IllegalArgumentException(
            "optimizer is " + optimizer + ", expected one that is sharpness-aware"));
    sam.enter();
    try {
      sam.computeAgain(parameters, gradients);
    } finally {
      sam.given.clear();
      sam.multiplied.clear();
      sam.leave();
    }
    sam.computed = true;
    try {
      optimizer.step(parameters);
    } finally {
      sam.computed = false;
    }
  }

  private void computeAgain(Parameters parameters, Runnable gradients) {
    given.reset(parameters);
    given.requireWholeGradients(this);
    originals.find(parameters);
    double norm = adaptive ? multiply(parameters) : given.globalNorm(Norm.L2);
    if (!Double.isFinite(norm)) {
      return;
    }
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      blend.copy(originals.memory(i), ParameterAccess.ACCESS.valueMemory(parameters.get(i)));
    }
    blend.run();
    perturbation.reset();
    perturbation.scale(rho);
    perturbation.scale(1 / (norm + EPSILON));
    try {
      perturb(parameters);
      gradients.run();
    } finally {
      restore(parameters);
    }
    originals.keep();
    products.keep();
  }

  /** Makes the products p² g, and returns the norm of p g. */
  private double multiply(Parameters parameters) {
    products.find(parameters);
    products.copyAll(given);
    multiplyOnce(parameters);
    multiplied.reset(products.parameters());
    double norm = multiplied.globalNorm(Norm.L2);
    multiplyOnce(parameters);
    return norm;
  }

  private void multiplyOnce(Parameters parameters) {
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      blend.product(products.memory(i), ParameterAccess.ACCESS.valueMemory(parameters.get(i)));
    }
    blend.run();
  }

  private void perturb(Parameters parameters) {
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      blend.sum(
          ParameterAccess.ACCESS.valueMemory(parameter),
          ParameterAccess.ACCESS.valueMemory(parameter),
          adaptive ? products.memory(i) : ParameterAccess.ACCESS.gradientMemory(parameter),
          perturbation);
    }
    blend.run();
  }

  /** As far as arrays are open, whatever has been done to the others. */
  private void restore(Parameters parameters) {
    blend.clear();
    Parameter closed = null;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.value().wasClosed()) {
        closed = parameter;
      } else {
        blend.copy(ParameterAccess.ACCESS.valueMemory(parameter), originals.memory(i));
      }
    }
    blend.run();
    if (closed != null) {
      ParameterAccess.ACCESS.requireOpen(closed);
    }
  }

  @Override
  protected void check(StepContext context) {
    if (!computed) {
      throw new IllegalStateException("step has no second gradients, expected Sam.step(optimizer,"
          + " parameters, gradients) with what computes them: " + this);
    }
    beginInner(context);
  }

  @Override
  protected void forgetOwn(String parameterName) {
    originals.forget(parameterName);
    products.forget(parameterName);
  }

  @Override
  protected void renameOwn(String parameterName, String newName) {
    originals.rename(parameterName, newName);
    products.rename(parameterName, newName);
  }

  @Override
  public String toString() {
    return inner + ".sharpnessAware(" + rho + (adaptive ? ", adaptive)" : ")");
  }
}
