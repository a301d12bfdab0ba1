package io.github.descent4j.constraint;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Minimizer;
import io.github.descent4j.batch.MinimizerResult;
import io.github.descent4j.batch.Objective;
import io.github.descent4j.batch.StopReason;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.ParametersAccess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Constraints c_i(x) &lt;= 0 on functions of one's own, as a term that is added to the loss: by quadratic penalty, or by augmented
 * Lagrangian with multiplier updates.
 *
 * <pre>
 * force_i = max(0, lambda_i + weight c_i(x))
 * loss    = f(x) + sum_i (force_i^2 - lambda_i^2) / (2 weight)
 * gradient += sum_i force_i grad c_i(x)
 *
 * update, quadratic:             lambda_i = 0;        weight *= growth
 * update, augmented Lagrangian:  lambda_i = force_i;  weight *= growth if the violation has not fallen to a quarter
 * violation = max_i |max(c_i(x), -lambda_i / weight)|
 * </pre>
 *
 * <p>weight grows no further than maxWeight, nor where the violation is within the tolerance. The quadratic penalty leaves a violation
 * of about lambda / weight, so its weight has to become large, and the function hard to minimize; the augmented Lagrangian is exact at
 * a moderate weight: take it. Scale constraints so that a violation of 1 is large.
 *
 * <p><b>Defaults.</b> weight 10, growth 10, maxWeight 1e8, tolerance 1e-6, maxRounds 50.
 *
 * <p><b>Errors.</b> A constraint that is NaN or infinite fails {@link #addTo} and {@link #update}, which then have changed nothing; to a
 * minimizer it says that the function is not defined there.
 *
 * <p><b>Memory.</b> Two arrays per parameter during a call. <b>State.</b> The multipliers and the weight: {@link #multipliers}, {@link
 * #weight}, {@link #restore}. One thread at a time.
 *
 * <p><b>Sources.</b> Courant 1943; Hestenes 1969, Powell 1969, Rockafellar 1973; Nocedal and Wright 2006, frameworks 17.1 and 17.3.
 *
 * <pre>{@code
 * Penalty penalty = Penalty.augmentedLagrangian()
 *     .atMostZero("norm", all -> {
 *       INDArray w = all.get("w").value();
 *       all.get("w").gradient().assign(w.mul(2));
 *       return w.mul(w).sumNumber().doubleValue() - 1;
 *     })
 *     .build();
 * PenaltyResult result = penalty.minimize(new LBfgs(), objective, parameters);
 * }</pre>
 */
public final class Penalty {
  private static final double ENOUGH = 0.25;

  private final boolean augmented;
  private final List<String> names;
  private final List<Objective> constraints;
  private final double growth;
  private final double maxWeight;
  private final double tolerance;
  private final int maxRounds;
  private double weight;
  private double violation = Double.POSITIVE_INFINITY;

  /** Estimates: those of a quadratic penalty are not part of it. */
  private double[] multipliers;

  private Penalty(Builder builder) {
    augmented = builder.augmented;
    names = List.copyOf(builder.constraints.keySet());
    constraints = List.copyOf(builder.constraints.values());
    growth = builder.growth;
    tolerance = builder.tolerance;
    maxRounds = builder.maxRounds;
    weight = builder.weight;
    maxWeight = Check.atLeast(weight, "maxWeight", builder.maxWeight);
    multipliers = new double[names.size()];
  }

  /** Starts a quadratic penalty from the defaults. */
  public static Builder quadratic() {
    return new Builder(false);
  }

  /** Starts an augmented Lagrangian from the defaults. */
  public static Builder augmentedLagrangian() {
    return new Builder(true);
  }

  /** The factor of the squares. */
  public double weight() {
    return weight;
  }

  /** The multipliers of the last update by the names of the constraints, 0 at first; of a quadratic penalty an estimate. */
  public Map<String, Double> multipliers() {
    Map<String, Double> all = new LinkedHashMap<>();
    for (int i = 0; i < multipliers.length; i++) {
      all.put(names.get(i), multipliers[i]);
    }
    return all;
  }

  /** The violation of the last update, which decides with the next whether the weight grows; infinite at first. */
  public double violation() {
    return violation;
  }

  /**
   * Goes on from a weight, multipliers and a violation that were read earlier, as if there had been no break.
   *
   * @throws IllegalArgumentException if the weight is not in (0, maxWeight], the names are not those of the constraints, a
   *     multiplier is negative or not finite, or the violation is negative or NaN
   */
  public void restore(double weight, Map<String, Double> multipliers, double violation) {
    requireNonNull(multipliers, "multipliers is null, expected those of the constraints");
    Check.require(violation >= 0, "violation", violation, "a number >= 0");
    Check.require(
        weight > 0 && weight <= maxWeight, "weight", weight, "a number in (0, " + maxWeight + "]");
    if (multipliers.size() != names.size() || !multipliers.keySet().containsAll(names)) {
      throw new IllegalArgumentException(
          "multipliers are of " + multipliers.keySet() + ", expected those of " + names);
    }
    double[] restored = new double[names.size()];
    for (int i = 0; i < restored.length; i++) {
      String name = names.get(i);
      Double multiplier = requireNonNull(
          multipliers.get(name),
          () -> "multiplier of '" + name + "' is null, expected a number >= 0");
      restored[i] = Check.atLeastZero("multiplier of '" + name + "'", multiplier);
    }
    this.weight = weight;
    this.multipliers = restored;
    this.violation = violation;
  }

  /**
   * Adds the gradient of the penalty to gradients that are those of the loss: for training, ahead of every step.
   *
   * @return the value of the penalty, to add to the loss
   * @throws IllegalStateException if a constraint is not finite, or a gradient given as rows; then no gradient has changed
   */
  public double addTo(Parameters parameters) {
    Sums sums = new Sums(parameters);
    double value = 0;
    for (int i = 0; i < names.size(); i++) {
      value += sums.add(i, require(i, sums.evaluate(i)));
    }
    sums.addToGradients();
    return value;
  }

  /**
   * Updates multipliers and weight from where the parameters are: for training, from time to time, after an epoch for example.
   *
   * @return the violation
   * @throws IllegalStateException if a constraint is not finite; then nothing has changed
   */
  public double update(Parameters parameters) {
    Sums sums = new Sums(parameters);
    double[] forces = new double[names.size()];
    double worst = 0;
    for (int i = 0; i < forces.length; i++) {
      double c = require(i, sums.evaluate(i));
      worst = Math.max(worst, Math.abs(Math.max(c, -multiplier(i) / weight)));
      forces[i] = force(i, c);
    }
    if (worst > tolerance && !(augmented && worst <= ENOUGH * violation)) {
      weight = Math.min(maxWeight, weight * growth);
    }
    multipliers = forces;
    violation = worst;
    return worst;
  }

  /** A function with this penalty, whatever multipliers and weight are when it is evaluated. */
  public Objective over(Objective objective) {
    requireNonNull(objective, "objective is null, expected a function to minimize");
    return parameters -> {
      double value = objective.evaluate(parameters);
      Sums sums = new Sums(parameters);
      for (int i = 0; i < names.size(); i++) {
        double c = sums.evaluate(i);
        if (!Double.isFinite(c)) {
          return Double.NaN;
        }
        value += sums.add(i, c);
      }
      sums.addToGradients();
      return value;
    };
  }

  /**
   * Minimizes a function within the constraints: minimizations with the penalty, an update after each, until the violation is within
   * the tolerance. They begin where the parameters are, which need not be inside, with the present multipliers.
   *
   * @throws IllegalStateException if the function, a gradient or a constraint is not finite where the parameters are
   */
  public PenaltyResult minimize(Minimizer minimizer, Objective objective, Parameters parameters) {
    requireNonNull(minimizer, "minimizer is null, expected one for functions without constraints");
    Objective penalized = over(objective);
    int rounds = 0;
    MinimizerResult last;
    double missed;
    do {
      last = minimizer.minimize(penalized, parameters);
      missed = update(parameters);
      rounds++;
    } while (missed > tolerance && rounds < maxRounds && last.reason() != StopReason.UNBOUNDED);
    double value = objective.evaluate(parameters);
    boolean converged = missed <= tolerance && last.converged();
    return new PenaltyResult(value, missed, rounds, converged, multipliers(), last);
  }

  private double multiplier(int index) {
    return augmented ? multipliers[index] : 0;
  }

  private double force(int index, double constraint) {
    return Math.max(0, multiplier(index) + weight * constraint);
  }

  private double require(int index, double constraint) {
    if (!Double.isFinite(constraint)) {
      throw new IllegalStateException(
          "constraint '" + names.get(index) + "' is " + constraint + ", expected a finite number");
    }
    return constraint;
  }

  @Override
  public String toString() {
    return "Penalty(" + (augmented ? "augmentedLagrangian" : "quadratic") + ", constraints=" + names
        + ", weight=" + weight + ", growth=" + growth + ", maxWeight=" + maxWeight + ", tolerance="
        + tolerance + ", maxRounds=" + maxRounds + ")";
  }

  /** The gradients of the constraints, which go into arrays of their own. */
  private final class Sums {
    private final Parameters parameters;
    private final Parameters view;
    private final List<INDArray> sums = new ArrayList<>();
    private boolean isZero = true;

    Sums(Parameters parameters) {
      this.parameters = parameters;
      Parameter[] all = new Parameter[parameters.size()];
      for (int i = 0; i < all.length; i++) {
        Parameter parameter = parameters.get(i);
        ParameterAccess.ACCESS.requireOpen(parameter);
        if (parameter.rows().isPresent()) {
          throw new IllegalStateException("gradient of parameter '" + parameter.name()
              + "' is given as rows, expected a whole gradient, as needed by " + Penalty.this);
        }
        INDArray value = parameter.value();
        boolean empty = value.isEmpty();
        all[i] = ParameterAccess.ACCESS.withGradient(parameter, empty ? value : zeros(value));
        sums.add(empty ? value : zeros(value));
      }
      view = ParametersAccess.ACCESS.trusted(all);
    }

    private static INDArray zeros(INDArray like) {
      return Nd4j.create(like.dataType(), like.shape(), 'c');
    }

    /** A constraint's value; its gradient is in the view. */
    double evaluate(int index) {
      for (Parameter parameter : view) {
        if (!parameter.gradient().isEmpty()) {
          parameter.gradient().assign(0);
        }
      }
      return constraints.get(index).evaluate(view);
    }

    /** Adds the gradient of the constraint evaluated last, and returns what it adds to the loss. */
    double add(int index, double constraint) {
      double force = force(index, constraint);
      for (int i = 0; force > 0 && i < view.size(); i++) {
        if (!sums.get(i).isEmpty()) {
          sums.get(i).addi(view.get(i).gradient().muli(force));
          isZero = false;
        }
      }
      double lambda = multiplier(index);
      return (force * force - lambda * lambda) / (2 * weight);
    }

    void addToGradients() {
      for (int i = 0; !isZero && i < view.size(); i++) {
        if (!sums.get(i).isEmpty()) {
          parameters.get(i).gradient().addi(sums.get(i));
        }
      }
    }
  }

  /** Constraints and settings of a {@link Penalty}, the settings at their defaults until set. */
  public static final class Builder {
    private final boolean augmented;
    private final Map<String, Objective> constraints = new LinkedHashMap<>();
    private double weight = 10;
    private double growth = 10;
    private double maxWeight = 1e8;
    private double tolerance = 1e-6;
    private int maxRounds = 50;

    private Builder(boolean augmented) {
      this.augmented = augmented;
    }

    /**
     * Adds a constraint c(x) &lt;= 0.
     *
     * @param name for its multiplier
     * @param constraint returns c, and leaves its gradient in the gradient arrays, which are not those of the loss and are 0 at first:
     *     parameters that it does not depend on can be left out
     * @throws IllegalArgumentException if the name is empty or taken
     */
    public Builder atMostZero(String name, Objective constraint) {
      requireNonNull(name, "name of a constraint is null, expected a name");
      requireNonNull(constraint, () -> "constraint '" + name + "' is null, expected a function");
      if (name.isEmpty() || constraints.containsKey(name)) {
        throw new IllegalArgumentException("name of a constraint is '" + name
            + "', expected a name that is not empty and none of " + constraints.keySet());
      }
      constraints.put(name, constraint);
      return this;
    }

    /**
     * The first factor of the squares.
     *
     * @throws IllegalArgumentException if it is not finite and above 0
     */
    public Builder weight(double weight) {
      this.weight = Check.positive("weight", weight);
      return this;
    }

    /**
     * What the weight is multiplied by at updates.
     *
     * @throws IllegalArgumentException if it is not finite and at least 1
     */
    public Builder growth(double growth) {
      this.growth = Check.atLeastOne("growth", growth);
      return this;
    }

    /** The largest weight: finite, and not below the first one. */
    public Builder maxWeight(double maxWeight) {
      this.maxWeight = Check.positive("maxWeight", maxWeight);
      return this;
    }

    /**
     * The violation that is as good as none.
     *
     * @throws IllegalArgumentException if it is not finite and at least 0
     */
    public Builder tolerance(double tolerance) {
      this.tolerance = Check.atLeastZero("tolerance", tolerance);
      return this;
    }

    /**
     * How many minimizations there are at most.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxRounds(int maxRounds) {
      this.maxRounds = Check.count(1, "maxRounds", maxRounds);
      return this;
    }

    /**
     * Makes the penalty.
     *
     * @throws IllegalStateException if there is no constraint
     * @throws IllegalArgumentException if maxWeight is below the weight
     */
    public Penalty build() {
      if (constraints.isEmpty()) {
        throw new IllegalStateException("constraints are empty, expected at least one");
      }
      return new Penalty(this);
    }
  }
}
