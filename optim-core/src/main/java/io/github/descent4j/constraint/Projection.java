package io.github.descent4j.constraint;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.Check;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest point of a closed convex set: the proximal map of a penalty that is 0 in the set and infinite outside.
 *
 * <pre>
 * box(lower, upper)      lower &lt;= x &lt;= upper     min(max(x, lower), upper)
 * nonNegative()          x &gt;= 0                  max(x, 0)
 * l2Ball(radius)         |x|_2 &lt;= radius         x min(1, radius / |x|_2)
 * l1Ball(radius)         |x|_1 &lt;= radius         sign(x) max(0, |x| - c)
 * simplex(total)         x &gt;= 0, sum x = total   max(0, x - c)
 * halfSpace(a, b)        a.x &lt;= b                x - max(0, a.x - b) a / |a|^2
 * hyperplane(a, b)       a.x = b                 x - (a.x - b) a / |a|^2
 * maxNorm(limit)         |x_u|_2 &lt;= limit        x_u min(1, limit / |x_u|_2) for each unit u
 * </pre>
 *
 * <p>c is the number that makes the sum right. A point of the set comes back bit for bit, on its edge up to the rounding of the norm; of the
 * two sets that are equations, a point that solves them up to the rounding of the sum. A radius or limit of 0 is allowed, and makes the elements 0.
 *
 * <p>Elements that are NaN stay so, infinities go to the bound where box and nonNegative have one; in the other sets an array or unit
 * with an element that is not finite stays as it is. Guard the gradients against them ({@link
 * io.github.descent4j.Optimizer#guarded}).
 *
 * <p><b>Shapes.</b> Any, each parameter by itself, FLOAT, DOUBLE and half types in any memory order; the arithmetic is in double and
 * rounded once, so that in FLOAT a norm may exceed its limit by a rounding. Arrays given (a, center, lower, upper) have the shape of
 * the parameter, are copied, and any type will do.
 *
 * <p><b>Fork.</b> {@link #maxNorm}: Keras's {@code MaxNorm} divides by 1e-7 + norm, which leaves units a little shorter, and has the
 * outputs last by default.
 *
 * <p><b>Memory.</b> Two vectors of double while a parameter is projected, three where it is sorted (l1Ball, simplex).
 *
 * <p><b>Sources.</b> l1Ball and simplex: Duchi, Shalev-Shwartz, Singer and Chandra, <i>Efficient projections onto the l1-ball for
 * learning in high dimensions</i>, ICML 2008, figure 1; maxNorm: Srebro and Shraibman 2005, as used by Srivastava et al. 2014.
 *
 * <p>A set of all parameters together is a lambda, which works on what it is given:
 *
 * <pre>{@code
 * Projection ball = parameters -> {
 *   INDArray w = parameters.get("w").value();
 *   double norm = w.norm2Number().doubleValue();
 *   if (norm > 1) {
 *     w.divi(norm);
 *   }
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Projection extends ProximalMap {

  /**
   * Moves the values to the nearest point of the set; a point of the set stays as it is.
   *
   * @param parameters of the names, types and shapes of those that are optimized, but not always the same: their gradients mean
   *     nothing
   */
  void project(Parameters parameters);

  /** The same, whatever the step. */
  @Override
  default void apply(Parameters parameters, double step) {
    project(parameters);
  }

  @Override
  default Projection only(Predicate<Parameter> members) {
    return new Selected.Projecting(
        this, requireNonNull(members, "members are null, expected a predicate"), List.of());
  }

  @Override
  default Projection only(String... names) {
    return new Selected.Projecting(this, null, Selected.names(names));
  }

  /** First onto this set, then onto another: the nearest point of both if they are of different parameters. */
  default Projection then(Projection next) {
    return new Sequence.Projecting(this, next);
  }

  /**
   * Onto the box lower &lt;= x &lt;= upper of all elements.
   *
   * @param lower not above upper; may be infinite
   * @param upper may be infinite
   * @throws IllegalArgumentException if lower is above upper, or one is NaN
   */
  static Projection box(double lower, double upper) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "lower is " + lower + ", expected a number <= upper = " + upper);
    }
    return new ArrayProjection("box(" + lower + ", " + upper + ")", (x, shape, step) -> {
      for (int i = 0; i < x.length; i++) {
        x[i] = x[i] < lower ? lower : x[i] > upper ? upper : x[i];
      }
    });
  }

  /**
   * Onto a box with bounds for each element.
   *
   * @throws IllegalArgumentException if the shapes differ, an element of lower is above that of upper, or one is NaN
   */
  static Projection box(INDArray lower, INDArray upper) {
    FixedArray least = new FixedArray("lower", lower);
    FixedArray most = new FixedArray("upper", upper);
    least.requireBelow(most);
    return new ArrayProjection(
        "box(" + least + ", " + most + ")", least::requireShapeOf, (x, shape, step) -> {
          for (int i = 0; i < x.length; i++) {
            x[i] = x[i] < least.at(i) ? least.at(i) : x[i] > most.at(i) ? most.at(i) : x[i];
          }
        });
  }

  /** Onto x &gt;= 0. */
  static Projection nonNegative() {
    return new ArrayProjection("nonNegative()", (x, shape, step) -> {
      for (int i = 0; i < x.length; i++) {
        x[i] = x[i] < 0 ? 0 : x[i];
      }
    });
  }

  /**
   * Onto the ball of an L2 norm: the lecture's constraint in place of a ridge.
   *
   * @throws IllegalArgumentException if the radius is negative or not finite
   */
  static Projection l2Ball(double radius) {
    Check.atLeastZero("radius", radius);
    return new ArrayProjection("l2Ball(" + radius + ")", (x, shape, step) -> {
      Unit all = new Unit(x);
      if (all.isFinite()) {
        all.limitTwoNorm(radius);
      }
    });
  }

  /**
   * Onto the ball around a center.
   *
   * @throws IllegalArgumentException if the radius is negative or not finite, or an element of the center is not finite
   */
  static Projection l2Ball(double radius, INDArray center) {
    Check.atLeastZero("radius", radius);
    FixedArray middle = new FixedArray("center", center);
    middle.requireFinite();
    return new ArrayProjection(
        "l2Ball(" + radius + ", " + middle + ")", middle::requireShapeOf, (x, shape, step) -> {
          double[] offset = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            offset[i] = x[i] - middle.at(i);
          }
          Unit all = new Unit(offset);
          double[] before = offset.clone();
          if (all.isFinite()) {
            all.limitTwoNorm(radius);
          }
          for (int i = 0; i < x.length; i++) {
            x[i] = offset[i] == before[i] ? x[i] : middle.at(i) + offset[i];
          }
        });
  }

  /**
   * Onto the ball of an L1 norm: points with elements that are exactly 0.
   *
   * @throws IllegalArgumentException if the radius is negative or not finite
   */
  static Projection l1Ball(double radius) {
    Check.atLeastZero("radius", radius);
    return new ArrayProjection("l1Ball(" + radius + ")", (x, shape, step) -> {
      Unit all = new Unit(x);
      if (all.isFinite()) {
        all.limitOneNorm(radius);
      }
    });
  }

  /**
   * Onto what is at least 0 and has a sum: probabilities, mixtures. A parameter without elements does not fit.
   *
   * @throws IllegalArgumentException if the total is not finite and above 0
   */
  static Projection simplex(double total) {
    Check.positive("total", total);
    return new ArrayProjection(
        "simplex(" + total + ")",
        parameter -> {
          if (parameter.value().isEmpty()) {
            throw new IllegalArgumentException("parameter '" + parameter.name()
                + "' is empty, expected elements whose sum is " + total);
          }
        },
        (x, shape, step) -> {
          Unit all = new Unit(x);
          if (all.isFinite()) {
            all.toSimplex(total);
          }
        });
  }

  /**
   * Onto a.x &lt;= b.
   *
   * @throws IllegalArgumentException if an element is not finite, all of a are 0, or their squares leave the range of double
   */
  static Projection halfSpace(INDArray a, double b) {
    FixedArray normal = new FixedArray("a", a);
    double squares = normal.squares();
    Check.require(Double.isFinite(b), "b", b, "a finite number");
    return new ArrayProjection(
        "halfSpace(" + normal + ", " + b + ")",
        normal::requireShapeOf,
        (x, shape, step) -> normal.move(x, b, 0, squares));
  }

  /**
   * Onto a.x = b.
   *
   * @throws IllegalArgumentException if an element is not finite, all of a are 0, or their squares leave the range of double
   */
  static Projection hyperplane(INDArray a, double b) {
    FixedArray normal = new FixedArray("a", a);
    double squares = normal.squares();
    Check.require(Double.isFinite(b), "b", b, "a finite number");
    return new ArrayProjection(
        "hyperplane(" + normal + ", " + b + ")",
        normal::requireShapeOf,
        (x, shape, step) -> normal.move(x, b, Double.NEGATIVE_INFINITY, squares));
  }

  /**
   * Onto arrays whose units, with the outputs in the first dimension, have no larger L2 norm than the limit.
   *
   * @throws IllegalArgumentException if the limit is negative or not finite
   */
  static Projection maxNorm(double limit) {
    return maxNorm(limit, Units.OUTPUTS_FIRST);
  }

  /**
   * The same with other units.
   *
   * @throws IllegalArgumentException if the limit is negative or not finite
   */
  static Projection maxNorm(double limit, Units units) {
    Check.atLeastZero("limit", limit);
    requireNonNull(units, "units are null, expected what has a norm of its own");
    return new ArrayProjection(
        "maxNorm(" + limit + ", " + units + ")",
        (x, shape, step) -> units.forEach(x, shape, unit -> {
          if (unit.isFinite()) {
            unit.limitTwoNorm(limit);
          }
        }));
  }
}
