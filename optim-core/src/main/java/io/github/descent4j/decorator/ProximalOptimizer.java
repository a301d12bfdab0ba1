package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.constraint.ProximalMap;

/**
 * An optimizer whose steps end in a set, or at the proximal point of a penalty: what {@link Optimizer#projected} and {@link
 * Optimizer#proximal} return.
 *
 * <pre>
 * p' = step(p, g)           of the optimizer inside, with its momentum and weight decay
 * p  = P(p')                projected
 * p  = prox(p', rate)       proximal: the penalty times the learning rate of this step
 * </pre>
 *
 * <p><b>Order.</b> The step inside is complete before the map: slots are of the gradients alone and never see it, so that a momentum
 * goes on pointing out of the set until gradients turn it. Around {@code Sgd} this is the projected and the proximal gradient method,
 * which find the minimizer of the loss over the set, or of loss plus penalty. Around rules with a rate for each element (Adam) the
 * point in the set that the rule comes to rest at need not be that minimizer, as the nearest point is meant in plain distance.
 *
 * <p>The rate is that of the rule, from whatever schedule gives it and with the factor of the group. A step that was skipped, or
 * that was one of several accumulated inside, is followed by no map; around groups all parameters are mapped as soon as one group has
 * taken a step.
 *
 * <p><b>Errors.</b> Whether the map fits the parameters is asked ahead of the step, which fails with everything as it was if it does
 * not. The maps of this library do not fail after that; one of your own that does throws out of a step that has been taken.
 *
 * <p><b>State.</b> A state file has nothing of it: what follows from it is in the parameters.
 *
 * <p><b>Source.</b> Projected gradient: Goldstein 1964, Levitin and Polyak 1966; proximal gradient: Lions and Mercier 1979; for
 * training, forward-backward splitting: Duchi and Singer 2009.
 *
 * <pre>{@code
 * Optimizer optimizer = new Momentum(0.1)
 *     .projected(Projection.maxNorm(3).only(p -> p.value().rank() > 1))
 *     .clipped(GradientClip.byGlobalNorm(1));
 * }</pre>
 */
public final class ProximalOptimizer extends Decorator {
  private final ProximalMap map;

  /** The parameters that the map was last found to fit: mostly those of the next step too. */
  private Parameters fitted;

  // Of the step under way.
  private double rate;
  private long before;

  /**
   * What {@link Optimizer#projected} and {@link Optimizer#proximal} return.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are groups inside, and the map is no projection; if the rule inside makes the
   *     parameters anew in each step (ScheduleFree, DAdaptSgd, Ftrl)
   */
  public ProximalOptimizer(Optimizer inner, ProximalMap map) {
    super(inner);
    this.map = requireNonNull(map, "map is null, expected a projection or a proximal map");
    requireRuleThatGoesOnFromValues();
    if (!(map instanceof Projection) && inner.find(GroupedOptimizer.class).isPresent()) {
      throw new IllegalArgumentException(
          "optimizer is " + inner
              + ", expected one without groups, whose learning rates differ: proximal(...) belongs inside of them");
    }
  }

  @Override
  protected void check(StepContext context) {
    context.requireWholeGradients(this);
    Parameters parameters = context.parameters();
    if (parameters != fitted) {
      map.requireFit(parameters);
      fitted = parameters;
    }
    rate = map instanceof Projection ? 1 : rateOf(context);
    before = stepsTaken(inner);
    beginInner(context);
  }

  private double rateOf(StepContext context) {
    return context.isRateGiven()
        ? super.learningRateFrom(context.rate() * context.rateFactor())
        : learningRateTimes(context.rateFactor(), inner);
  }

  @Override
  protected void commit(StepContext context) {
    finishInner(context);
    if (stepsTaken(inner) > before) {
      map.apply(context.parameters(), rate);
    }
  }

  @Override
  public String toString() {
    return inner + (map instanceof Projection ? ".projected(" : ".proximal(") + map + ")";
  }
}
