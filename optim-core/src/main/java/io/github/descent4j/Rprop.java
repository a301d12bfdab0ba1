package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.NumberSlot;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import java.util.List;

/**
 * Rprop: every element has a step size of its own, which grows while the gradient keeps its sign and shrinks when it changes; how large the
 * gradient is does not matter (Riedmiller and Braun 1993; Igel and Hüsken 2003).
 *
 * <pre>
 * s = sign(g) previous
 * size = size etaPlus if s is 1, size etaMinus if s is -1; then at least stepMin, at most stepMax
 * RPROP_MINUS:   p -= lr size sign(g);  previous = sign(g)
 * others:        direction = 0 if s is -1, else sign(g);  previous = direction
 * IRPROP_MINUS:  p -= lr size direction
 * RPROP_PLUS:    change = -change if s is -1, else -lr size direction;  p += change
 * IRPROP_PLUS:   the same, but change = 0 if s is -1 and the loss has not risen
 * </pre>
 *
 * <p>It is for gradients of all examples at once: in those of small batches most changes of sign are noise. IRPROP_PLUS has to be given the
 * loss at the parameters that the gradient is of, ahead of every step: {@link #loss}. The trainers of {@code optim-nn} and {@code optim-spark} do that.
 *
 * <p><b>Defaults.</b> learningRate 1, variant IRPROP_MINUS, initialStep 0.01, etaMinus 0.5, etaPlus 1.2, stepMin 1e-6, stepMax 50, no weight decay.
 *
 * <p><b>Fork.</b> PyTorch is IRPROP_MINUS; its {@code lr} is the initialStep, and later rates do nothing there. Here the learning rate is a
 * factor of all steps, so that a schedule does what it says. PyTorch multiplies the gradients, which in float can be 0 from 1e-23 on; here
 * their signs are. Optax's {@code rprop} makes the step of the gradient before (0.2.8).
 *
 * <p><b>Slots.</b> {@code size}, from initialStep, and {@code previous}, a sign, from 0, in the parameter's shape; {@code change} if the variant
 * is RPROP_PLUS or IRPROP_PLUS; a number {@code loss} if it is IRPROP_PLUS. Memory: two arrays, or three.
 *
 * <pre>{@code
 * Optimizer optimizer = new Rprop();
 * optimizer.step(parameters); // with the gradient of all examples
 * }</pre>
 */
public final class Rprop extends UpdateRule {

  /** The loss at the parameters ahead of a step. */
  private static final class Loss {
    double value;

    /** The step that it is for, counted from 1; 0 for none. */
    long step;

    /** Null until the rule has been made. */
    Rprop rule;

    double require() {
      if (step != rule.steps() + 1) {
        throw new IllegalStateException("loss of step " + (rule.steps() + 1)
            + " is missing, expected a call of loss(value) ahead of every step of IRPROP_PLUS");
      }
      return value;
    }
  }

  private final Loss loss;

  /** With the default hyperparameters. */
  public Rprop() {
    this(builder());
  }

  private Rprop(Builder builder) {
    this(builder, new Loss());
  }

  private Rprop(Builder builder, Loss loss) {
    super("Rprop", builder, f -> define(f, builder, loss));
    this.loss = loss;
    loss.rule = this;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b, Loss given) {
    Variant variant = f.option("variant", b.variant);
    double initialStep =
        f.hyperparameter("initialStep", b.initialStep, Range.AT_LEAST_ZERO).value();
    Scalar etaMinus = f.hyperparameter("etaMinus", b.etaMinus, Range.UNIT);
    Scalar etaPlus = f.hyperparameter("etaPlus", b.etaPlus, Range.atLeast(1));
    Scalar stepMin = f.hyperparameter("stepMin", b.stepMin, Range.AT_LEAST_ZERO);
    Scalar stepMax = f.hyperparameter("stepMax", b.stepMax, Range.AT_LEAST_ZERO);
    if (!(stepMin.value() <= initialStep && initialStep <= stepMax.value())) {
      throw new IllegalArgumentException("initialStep is " + initialStep
          + ", expected a number from stepMin, " + stepMin.value() + ", to stepMax, "
          + stepMax.value());
    }

    Slot size = f.slot("size", initialStep);
    Slot previous = f.slot("previous");
    Term sign = f.gradient().sign();
    Term s = sign.times(previous);
    Term turned = f.constant(0).minus(s).maximum(0);
    // Two of the three are 0, so that sums and products are exact.
    Term factor = s.maximum(0)
        .times(etaPlus)
        .plus(turned.times(etaMinus))
        .plus(f.constant(1).minus(s.absolute()));
    Term next = size.set(size.times(factor).maximum(stepMin).minimum(stepMax));
    Term direction =
        variant == Variant.RPROP_MINUS ? sign : sign.times(f.constant(1).minus(turned));
    previous.set(direction);
    Term step = f.learningRate().times(next).times(direction);
    if (variant == Variant.RPROP_PLUS || variant == Variant.IRPROP_PLUS) {
      Slot change = f.slot("change");
      Term back = turned.times(change);
      step = step.plus(variant == Variant.RPROP_PLUS ? back : back.times(rose(f, given)));
      change.set(f.constant(0).minus(step));
    }
    f.subtract(step);
  }

  /** 1 where the loss is above that of the parameter's step before, else 0. */
  private static Scalar rose(Formula f, Loss given) {
    NumberSlot loss = f.numberSlot("loss");
    Scalar now = f.scalar("now", s -> given.require());
    loss.set(now);
    return (Scalar) now.minus(loss).sign().maximum(0);
  }

  /**
   * Finds the rules within an optimizer that have to be told the {@linkplain #loss loss} ahead of every step.
   *
   * <pre>{@code
   * Rprop.needingLoss(optimizer).forEach(rule -> rule.loss(value));
   * optimizer.step(parameters);
   * }</pre>
   */
  public static List<Rprop> needingLoss(Optimizer optimizer) {
    return optimizer.findAll(Rprop.class).stream()
        .filter(rule -> rule.variant() == Variant.IRPROP_PLUS)
        .toList();
  }

  /**
   * Takes the loss at the parameters as they are now, ahead of a step of IRPROP_PLUS.
   *
   * @throws IllegalArgumentException if it is not finite
   * @throws IllegalStateException if the variant is another, which needs none
   */
  public void loss(double loss) {
    if (variant() != Variant.IRPROP_PLUS) {
      throw new IllegalStateException(
          "variant is " + variant() + ", expected IRPROP_PLUS: others have no use for a loss");
    }
    this.loss.value = Range.FINITE.require("loss", loss);
    this.loss.step = steps() + 1;
  }

  /** What happens where the gradient has changed its sign. */
  public Variant variant() {
    return option("variant", Variant.class);
  }

  /** The size of an element's first step. */
  public double initialStep() {
    return number("initialStep");
  }

  /** The factor of a size where the sign has changed. */
  public double etaMinus() {
    return number("etaMinus");
  }

  /** The factor of a size where it has not. */
  public double etaPlus() {
    return number("etaPlus");
  }

  /** The smallest size. */
  public double stepMin() {
    return number("stepMin");
  }

  /** The largest size. */
  public double stepMax() {
    return number("stepMax");
  }

  /** What happens to an element whose gradient has changed its sign, beside the smaller size. */
  public enum Variant {
    /** Nothing: it makes a step of the smaller size (Riedmiller 1994). */
    RPROP_MINUS,
    /** It goes back to where it was, and the next step begins anew (Riedmiller and Braun 1993). */
    RPROP_PLUS,
    /** It stays, and the next step begins anew (Igel and Hüsken 2003; PyTorch). */
    IRPROP_MINUS,
    /** It goes back if the loss has risen, stays if not, and the next step begins anew (Igel and Hüsken 2003). */
    IRPROP_PLUS
  }

  /** Hyperparameters of {@link Rprop}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private Variant variant = Variant.IRPROP_MINUS;
    private double initialStep = 0.01;
    private double etaMinus = 0.5;
    private double etaPlus = 1.2;
    private double stepMin = 1e-6;
    private double stepMax = 50;

    private Builder() {
      super(1);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** What happens where the gradient has changed its sign. */
    public Builder variant(Variant variant) {
      this.variant = requireNonNull(
          variant,
          "variant is null, expected RPROP_MINUS, RPROP_PLUS, IRPROP_MINUS or IRPROP_PLUS");
      return this;
    }

    /** The size of an element's first step: from stepMin to stepMax. */
    public Builder initialStep(double initialStep) {
      this.initialStep = initialStep;
      return this;
    }

    /** The factor of a size where the sign has changed: in [0, 1]. */
    public Builder etaMinus(double etaMinus) {
      this.etaMinus = etaMinus;
      return this;
    }

    /** The factor of a size where it has not: at least 1. */
    public Builder etaPlus(double etaPlus) {
      this.etaPlus = etaPlus;
      return this;
    }

    /** The smallest size: at least 0. */
    public Builder stepMin(double stepMin) {
      this.stepMin = stepMin;
      return this;
    }

    /** The largest size: at least 0. */
    public Builder stepMax(double stepMax) {
      this.stepMax = stepMax;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Rprop build() {
      return new Rprop(this);
    }
  }
}
