package io.github.descent4j.clip;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.AdaptiveClipAccess;
import io.github.descent4j.internal.access.Registry;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Settings of adaptive gradient clipping: unit by unit, in proportion to the parameter (Brock et al.
 * 2021, equation 3); immutable.
 *
 * <pre>
 * g_i = g_i min(1, clipping max(|p_i|, epsilon) / |g_i|)   for each unit i, in L2 norms
 * </pre>
 *
 * <p><b>Units.</b> The paper's unit is all that leads to one output: a row of a dense weight {@code
 * [outputs, inputs]}. {@link #outputsFirst}, the default, takes the first dimension as the outputs, as
 * {@code optim-nn} and PyTorch lay out weights. {@link #outputsLast} takes the layouts of the paper's own
 * code and Optax's {@code adaptive_grad_clip}: {@code [inputs, outputs]}, {@code [height, width, inputs,
 * outputs]}, {@code [depth, height, width, inputs, outputs]}, and of rank 3, multi-head layers, a unit for
 * each place of the last two dimensions. Vectors, scalars and arrays with at most one dimension above 1
 * are one unit.
 *
 * <p><b>Defaults.</b> epsilon 1e-3, outputsFirst, all parameters. The paper clips all but the last linear
 * layer, with a clipping between 0.01 and 0.16.
 *
 * <pre>{@code
 * AdaptiveClip clip = AdaptiveClip.of(0.01).except(p -> p.name().startsWith("head."));
 * }</pre>
 */
public final class AdaptiveClip {
  private final double clipping;
  private final double epsilon;
  private final boolean outputsFirst;
  private final Predicate<Parameter> excepted;

  static {
    Registry.register(AdaptiveClipAccess.class, new AdaptiveClipAccess() {
      @Override
      public double clipping(AdaptiveClip clip) {
        return clip.clipping;
      }

      @Override
      public double epsilon(AdaptiveClip clip) {
        return clip.epsilon;
      }

      @Override
      public boolean isOutputsFirst(AdaptiveClip clip) {
        return clip.outputsFirst;
      }

      @Override
      public int units(AdaptiveClip clip, Parameter parameter) {
        return clip.excepted.test(parameter) ? 0 : clip.units(parameter);
      }
    });
  }

  private AdaptiveClip(
      double clipping, double epsilon, boolean outputsFirst, Predicate<Parameter> excepted) {
    this.clipping = Check.positive("clipping", clipping);
    this.epsilon = Check.positive("epsilon", epsilon);
    this.outputsFirst = outputsFirst;
    this.excepted = requireNonNull(excepted, "excepted is null, expected a predicate");
  }

  /**
   * With the largest ratio of the norms of gradient and parameter.
   *
   * @throws IllegalArgumentException if it is not a finite number above 0
   */
  public static AdaptiveClip of(double clipping) {
    return new AdaptiveClip(clipping, 1e-3, true, parameter -> false);
  }

  /**
   * The same with another least norm of a parameter, which lets parameters move that begin at 0.
   *
   * @throws IllegalArgumentException if it is not a finite number above 0
   */
  public AdaptiveClip epsilon(double epsilon) {
    return new AdaptiveClip(clipping, epsilon, outputsFirst, excepted);
  }

  /** The same with the outputs in the first dimension. */
  public AdaptiveClip outputsFirst() {
    return new AdaptiveClip(clipping, epsilon, true, excepted);
  }

  /** The same with the outputs in the last dimension. */
  public AdaptiveClip outputsLast() {
    return new AdaptiveClip(clipping, epsilon, false, excepted);
  }

  /** The same without clipping some parameters. */
  public AdaptiveClip except(Predicate<Parameter> excepted) {
    return new AdaptiveClip(clipping, epsilon, outputsFirst, excepted);
  }

  /**
   * How many units an array of a shape has.
   *
   * @throws IllegalArgumentException if it has more than five dimensions and the outputs last
   */
  private int units(Parameter parameter) {
    long[] shape = parameter.value().shape();
    int wide = 0;
    for (long dimension : shape) {
      wide += dimension == 1 ? 0 : 1;
    }
    if (wide <= 1) {
      return 1;
    }
    int last = shape.length - 1;
    if (outputsFirst) {
      return Math.max(1, Math.toIntExact(shape[0]));
    }
    if (shape.length > 5) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter '%s' has %d dimensions, expected at most 5 for outputsLast",
          parameter,
          shape.length));
    }
    long units = shape.length == 3 ? shape[1] * shape[2] : shape[last];
    return Math.max(1, Math.toIntExact(units));
  }

  @Override
  public String toString() {
    return "adaptive(" + clipping + ", epsilon=" + epsilon
        + (outputsFirst ? ", outputsFirst)" : ", outputsLast)");
  }
}
