package io.github.descent4j.constraint;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The proximal map of a penalty h: the point that is near and has a small penalty.
 *
 * <pre>
 * prox(x) = argmin_y |y - x|^2 / 2 + step h(y),   t = step strength:
 *
 * l1(strength)                   h = strength |y|_1             sign(x) max(0, |x| - t)
 * elasticNet(l1, l2)             h = l1 |y|_1 + l2/2 |y|^2      soft(x, step l1) / (1 + step l2)
 * groupLasso(strength, units)    h = strength sum_u |y_u|_2     x_u max(0, 1 - t / |x_u|) for each unit u
 * sparseGroupLasso(l1, group, units)                            soft(x, step l1), then group lasso with group
 * l0(strength)                   h = strength number of y_i != 0  x_i where |x_i| &gt; sqrt(2 t), else 0
 * lInfinity(strength)            h = strength max |y_i|         sign(x) min(|x|, c), the excess over c summing to t
 * </pre>
 *
 * <p>What falls below a threshold is exactly 0. Strengths are finite and at least 0. Groups are not weighted by their size. Elements
 * that are NaN or infinite stay as they are in the maps that go element by element (l1, elasticNet, l0); in the others an array or
 * unit that has one stays as it is.
 *
 * <p><b>Shapes.</b> Any, each parameter by itself, FLOAT, DOUBLE and half types in any memory order; the arithmetic is in double and
 * rounded once.
 *
 * <p><b>Memory.</b> Two vectors of double while a parameter is mapped.
 *
 * <p><b>Sources.</b> Soft threshold: Donoho 1995; group lasso: Yuan and Lin 2006; sparse group lasso: Friedman, Hastie and Tibshirani
 * 2010; all of them: Parikh and Boyd, <i>Proximal Algorithms</i>, 2014.
 *
 * <pre>{@code
 * Optimizer optimizer = new Sgd(0.1).proximal(ProximalMap.l1(1e-3).only(p -> p.value().rank() > 1));
 * }</pre>
 */
@FunctionalInterface
public interface ProximalMap {

  /**
   * Moves the values to their proximal point.
   *
   * @param parameters their gradients mean nothing here
   * @param step multiplies the penalty: finite and at least 0
   */
  void apply(Parameters parameters, double step);

  /**
   * Sees to it that {@link #apply} will not fail: an optimizer asks ahead of the first step of these parameters, so that a step that
   * fails changes nothing. By default the map is tried on copies, with a step of 1.
   *
   * @throws IllegalArgumentException if the parameters are not those that this map is for
   */
  default void requireFit(Parameters parameters) {
    List<Parameter> copies = new ArrayList<>();
    for (Parameter parameter : parameters) {
      INDArray value = parameter.value();
      boolean empty = value.isEmpty();
      copies.add(Parameter.of(
          parameter.name(), empty ? value : value.dup(), empty ? value : Nd4j.zerosLike(value)));
    }
    apply(Parameters.of(copies), 1);
  }

  /**
   * The same of some parameters.
   *
   * @param members a function of what stays: name, type and shape
   */
  default ProximalMap only(Predicate<Parameter> members) {
    return new Selected(
        this, requireNonNull(members, "members are null, expected a predicate"), List.of());
  }

  /**
   * The same of the parameters with these names. Where one is missing, steps fail.
   *
   * @throws IllegalArgumentException if there is none, or one twice
   */
  default ProximalMap only(String... names) {
    return new Selected(this, null, Selected.names(names));
  }

  /** First this map and then another: the map of both penalties if they are of different parameters. */
  default ProximalMap then(ProximalMap next) {
    return new Sequence(this, next);
  }

  /**
   * The soft threshold, of the lasso.
   *
   * @throws IllegalArgumentException if the strength is negative or not finite
   */
  static ProximalMap l1(double strength) {
    Check.atLeastZero("strength", strength);
    return new ArrayMap(
        "l1(" + strength + ")", p -> {}, (x, shape, step) -> soften(x, step * strength));
  }

  /**
   * The soft threshold and a division: lasso and ridge.
   *
   * @throws IllegalArgumentException if a strength is negative or not finite
   */
  static ProximalMap elasticNet(double l1, double l2) {
    Check.atLeastZero("l1", l1);
    Check.atLeastZero("l2", l2);
    return new ArrayMap("elasticNet(l1=" + l1 + ", l2=" + l2 + ")", p -> {}, (x, shape, step) -> {
      soften(x, step * l1);
      for (int i = 0; i < x.length; i++) {
        x[i] /= 1 + step * l2;
      }
    });
  }

  /**
   * Whole units become 0.
   *
   * @throws IllegalArgumentException if the strength is negative or not finite
   */
  static ProximalMap groupLasso(double strength, Units units) {
    Check.atLeastZero("strength", strength);
    requireNonNull(units, "units are null, expected what makes a group");
    return new ArrayMap(
        "groupLasso(" + strength + ", " + units + ")",
        p -> {},
        (x, shape, step) -> shrink(x, shape, step * strength, units));
  }

  /**
   * Whole units become 0, and elements of the others.
   *
   * @throws IllegalArgumentException if a strength is negative or not finite
   */
  static ProximalMap sparseGroupLasso(double l1, double group, Units units) {
    Check.atLeastZero("l1", l1);
    Check.atLeastZero("group", group);
    requireNonNull(units, "units are null, expected what makes a group");
    return new ArrayMap(
        "sparseGroupLasso(l1=" + l1 + ", group=" + group + ", " + units + ")",
        p -> {},
        (x, shape, step) -> units.forEach(x, shape, unit -> {
          if (unit.isFinite()) {
            unit.soften(step * l1);
            unit.shrinkTwoNorm(step * group);
          }
        }));
  }

  /**
   * The hard threshold.
   *
   * @throws IllegalArgumentException if the strength is negative or not finite
   */
  static ProximalMap l0(double strength) {
    Check.atLeastZero("strength", strength);
    return new ArrayMap("l0(" + strength + ")", p -> {}, (x, shape, step) -> {
      double threshold = Math.sqrt(2 * step * strength);
      for (int i = 0; i < x.length; i++) {
        x[i] = Math.abs(x[i]) <= threshold ? 0 : x[i];
      }
    });
  }

  /**
   * Cuts the largest elements.
   *
   * @throws IllegalArgumentException if the strength is negative or not finite
   */
  static ProximalMap lInfinity(double strength) {
    Check.atLeastZero("strength", strength);
    return new ArrayMap("lInfinity(" + strength + ")", p -> {}, (x, shape, step) -> {
      Unit all = new Unit(x);
      if (all.isFinite()) {
        all.cutLargest(step * strength);
      }
    });
  }

  private static void soften(double[] x, double threshold) {
    new Unit(x).soften(threshold);
  }

  private static void shrink(double[] x, long[] shape, double amount, Units units) {
    units.forEach(x, shape, unit -> {
      if (unit.isFinite()) {
        unit.shrinkTwoNorm(amount);
      }
    });
  }
}
