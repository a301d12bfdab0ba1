package io.github.descent4j.decorator;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.NormalNoise;
import io.github.descent4j.internal.state.Hyperparameters;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient noise: adds normal noise whose variance falls from step to step (Neelakantan et al. 2015, equation 1): what {@link
 * Optimizer#noisy} returns.
 *
 * <pre>
 * g += N(0, eta / (1 + t)^gamma),   t = 0, 1, ...
 * </pre>
 *
 * <p>The noise of an element follows from the seed, t, the parameter's name and the element's index in 'c' order: it is the
 * same for any number of threads, in a resumed run, and whichever other parameters there are.
 *
 * <p>t counts the calls that this has seen through: where calls are accumulated inside, each has noise of its own.
 *
 * <p><b>Defaults.</b> gamma 0.55. The paper picks eta from 0.01, 0.3 and 1.
 *
 * <p><b>Memory.</b> One array per parameter, the changed gradient, FLOAT for half types.
 *
 * <p><b>State.</b> t is part of the state file.
 *
 * <pre>{@code
 * Optimizer optimizer = new GradientNoise(new Adam().clipped(GradientClip.byGlobalNorm(1)), 0.01, 0.55, 42);
 * optimizer.step(parameters);
 * }</pre>
 */
public final class GradientNoise extends GradientDecorator {
  /** The power of the step by which the variance falls, unless given. */
  public static final double DEFAULT_GAMMA = 0.55;

  private static final String T = "t";

  private final double eta;
  private final double gamma;
  private final long seed;
  private final NormalNoise noise = new NormalNoise();
  private long t;

  /**
   * With a gamma of 0.55.
   *
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public GradientNoise(Optimizer inner, double eta, long seed) {
    this(inner, eta, DEFAULT_GAMMA, seed);
  }

  /**
   * What {@link Optimizer#noisy} returns.
   *
   * @param eta the variance at first: finite and at least 0
   * @param gamma the power of the step by which it falls: finite and at least 0
   * @param seed another one, other noise
   * @throws NullPointerException if the optimizer is null
   * @throws IllegalArgumentException if a number is out of its range
   */
  public GradientNoise(Optimizer inner, double eta, double gamma, long seed) {
    super(inner);
    this.eta = Check.atLeastZero("eta", eta);
    this.gamma = Check.atLeastZero("gamma", gamma);
    this.seed = seed;
  }

  /** The variance of the next noise. */
  public double variance() {
    return gamma == 0 ? eta : eta / StrictMath.pow(1.0 + t, gamma);
  }

  @Override
  protected void change(Parameter parameter, INDArray gradient) {
    noise.add(
        ParameterAccess.ACCESS.gradientMemory(parameter),
        Math.sqrt(variance()),
        NormalNoise.mix(NormalNoise.mix(seed, t), parameter.name()));
  }

  @Override
  protected void commit(StepContext context) {
    super.commit(context);
    t++;
  }

  @Override
  protected String savedAs() {
    return "noisy";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    Hyperparameters.save(hyperparameters(), out);
    out.put(T, t);
  }

  @Override
  protected void loadOwn(StateReader in) {
    Hyperparameters.compare(hyperparameters(), this, in);
    long loaded = in.steps(T, 0);
    in.whenAllIsWell(() -> t = loaded);
  }

  private Map<String, Object> hyperparameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("eta", eta);
    all.put("gamma", gamma);
    // As text: a number of a file is a double, which does not hold every seed.
    all.put("seed", Long.toString(seed));
    return all;
  }

  @Override
  public String toString() {
    return inner() + ".noisy(" + eta + ", " + gamma + ", " + seed + ")";
  }
}
