package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.RowMeans;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient centralization: takes the mean of every output's weights off the gradients of matrices and kernels (Yong et al.
 * 2020, equation 1): what {@link Optimizer#centralized} returns.
 *
 * <pre>
 * g[i, ...] -= mean of g[i, ...]
 * </pre>
 *
 * <p>An output is an index of the first dimension: {@code [outputs, inputs]} and {@code [outputs, inputs, height, width]}, as
 * in {@code optim-nn} and PyTorch. Parameters of fewer than two dimensions are left alone, and so are those with one weight
 * an output, whose gradients would become 0.
 *
 * <p>Coupled weight decay comes after it, inside the rule. Clips outside see the gradients before, those inside after.
 *
 * <p><b>Fork.</b> The authors also centralize {@code [outputs, 1]}, which then never learns. Of parameters that the
 * predicate leaves out, such as biases of the shape {@code [1, n]}, and weights with the outputs last, gradients stay as they
 * are.
 *
 * <p><b>Memory.</b> One array per parameter, the changed gradient, FLOAT for half types. A state file has nothing of it.
 *
 * <pre>{@code
 * Optimizer optimizer = new GradientCentralization(new Momentum(0.1), p -> p.name().endsWith(".w"));
 * optimizer.step(parameters);
 * }</pre>
 */
public final class GradientCentralization extends GradientDecorator {
  private final Predicate<Parameter> members;
  private final RowMeans means = new RowMeans();

  /**
   * Of all matrices and kernels.
   *
   * @throws NullPointerException if the optimizer is null
   */
  public GradientCentralization(Optimizer inner) {
    this(inner, parameter -> true);
  }

  /**
   * Of some.
   *
   * @param members which matrices and kernels; a function of what stays: name, type and shape
   * @throws NullPointerException if an argument is null
   */
  public GradientCentralization(Optimizer inner, Predicate<Parameter> members) {
    super(inner);
    this.members = requireNonNull(members, "members are null, expected a predicate");
  }

  @Override
  protected void change(Parameter parameter, INDArray gradient) {
    if (gradient.rank() >= 2 && gradient.length() > gradient.size(0) && members.test(parameter)) {
      means.takeOff(ParameterAccess.ACCESS.gradientMemory(parameter), gradient.size(0));
    }
  }

  @Override
  public String toString() {
    return inner() + ".centralized()";
  }
}
