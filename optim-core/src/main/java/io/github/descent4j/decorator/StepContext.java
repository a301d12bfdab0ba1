package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.gradient.GradientTransform;
import io.github.descent4j.internal.gradient.NormReader;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One training step on its way inwards, from the outermost decorator to the update rule: the
 * parameters, the learning rate if a schedule gave one, and what is to happen to each gradient.
 *
 * <p>Decorators of your own use it as the library's do: override {@link Decorator#check}, read or change the
 * context, go on inwards. A context is reused for every step of its owner and must not be kept.
 *
 * <p>An {@link Optimizer} that extends nothing of this library gets one in {@link Optimizer#step(StepContext)}: the gradients
 * of its {@link #parameters} are as the decorators outside have left them, and it asks for the learning rate.
 */
public final class StepContext {
  /** What a guard lets pass to a rule that squares gradients: hundreds of such squares fit a sum in a slot. */
  private static final double LARGEST_FLOAT = 1e18;

  private static final double LARGEST_DOUBLE = 1e152;

  /** Brings the norm of any finite gradient into the range of double. */
  private static final double DOWN = 0x1p-64;

  private final NormReader reader = new NormReader();
  private Parameters parameters;
  private final GradientTransform asGiven = new GradientTransform();
  private double learningRate;
  private double rateFactor;

  /** Whether anyone has asked for the learning rate. */
  private boolean askedForRate;

  private GradientTransform[] transforms = {};

  // The norms of the gradients as the caller gave them, read at most once a step.
  private double[] norms = {};
  private boolean[] finite = {};
  private Norm measured;

  /** Whether a guard outside wants no slot to become infinite. */
  private boolean guarded;

  static {
    Registry.register(StepContextAccess.class, new StepContextAccess() {
      @Override
      public StepContext create() {
        return new StepContext();
      }

      @Override
      public void reset(StepContext context, Parameters parameters) {
        context.reset(parameters);
      }

      @Override
      public void clear(StepContext context) {
        context.clear();
      }

      @Override
      public GradientTransform transform(StepContext context, int index) {
        return context.transforms[index];
      }

      @Override
      public void requireSquarable(StepContext context) {
        if (context.guarded) {
          for (int i = 0; i < context.parameters.size(); i++) {
            context.requireSquarable(i);
          }
        }
      }
    });
  }

  StepContext() {}

  void reset(Parameters parameters) {
    requireNonNull(parameters, "parameters are null, expected the parameters of this step");
    int size = parameters.size();
    for (int i = 0; i < size; i++) {
      ParameterAccess.ACCESS.requireOpen(parameters.get(i));
    }
    int room = transforms.length;
    makeRoom(size);
    for (int i = room; i < size; i++) {
      transforms[i] = new GradientTransform();
    }
    for (int i = 0; i < size; i++) {
      transforms[i].reset();
    }
    this.parameters = parameters;
    learningRate = Double.NaN;
    rateFactor = 1;
    measured = null;
    guarded = false;
  }

  /**
   * Takes over a part of an outer step: some of its parameters, with the treatment of their
   * gradients so far. A context is either reset or a part, always the same.
   *
   * @param places of the part's parameters in the outer step
   * @param factor multiplies every learning rate
   */
  void resetToPart(StepContext outer, Parameters part, int[] places, double factor) {
    makeRoom(part.size());
    for (int i = 0; i < part.size(); i++) {
      transforms[i] = outer.transforms[places[i]];
    }
    parameters = part;
    learningRate = outer.rate();
    rateFactor = outer.rateFactor * factor;
    measured = null;
    guarded = outer.guarded;
  }

  private void makeRoom(int size) {
    if (transforms.length < size) {
      transforms = Arrays.copyOf(transforms, size);
      norms = new double[size];
      finite = new boolean[size];
    }
  }

  /** Lets go of the caller's arrays. */
  void clear() {
    parameters = null;
  }

  /** The parameters of this step. */
  public Parameters parameters() {
    return parameters;
  }

  /** Whether a schedule has given the learning rate. */
  public boolean hasLearningRate() {
    askedForRate = true;
    return isRateGiven();
  }

  /** The same, asked by who passes the step on. */
  boolean isRateGiven() {
    return !Double.isNaN(learningRate);
  }

  /** From here on {@link #wasAskedForRate} tells. */
  void forgetQuestions() {
    askedForRate = false;
  }

  /** Whether the learning rate has been asked for, or taken over into another step. */
  boolean wasAskedForRate() {
    return askedForRate;
  }

  /** Whether no decorator outside has changed a gradient. */
  boolean hasGradientsAsGiven() {
    for (int i = 0; i < parameters.size(); i++) {
      if (!transforms[i].isIdentity()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The learning rate that a schedule has given, or the one passed in where none has, times the
   * factor of the {@linkplain GroupedOptimizer group} that this step is in.
   */
  public double learningRateOr(double own) {
    return (hasLearningRate() ? learningRate : own) * rateFactor;
  }

  /**
   * Gives the learning rate of this step.
   *
   * @throws IllegalStateException if it is negative or not finite
   */
  public void learningRate(double learningRate) {
    if (!(learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalStateException(
          "learning rate of a schedule is " + learningRate + ", expected a finite number >= 0");
    }
    this.learningRate = learningRate;
  }

  /** The rate handed in, NaN if none is. */
  double rate() {
    askedForRate = true;
    return learningRate;
  }

  double rateFactor() {
    return rateFactor;
  }

  /** Asks the rules inside to refuse gradients whose squares leave the range of a slot. */
  void guard() {
    guarded = true;
  }

  boolean isGuarded() {
    return guarded;
  }

  /** Passes on what {@link #rate()} and {@link #rateFactor()} of another step were. */
  void rate(double rate, double factor) {
    learningRate = rate;
    rateFactor = factor;
  }

  /**
   * Multiplies a gradient, as left by the decorators outside, by a factor.
   *
   * @param index the parameter's place
   * @param factor at least 0, or NaN to make the gradient NaN
   */
  public void scale(int index, double factor) {
    if (factor < 0) {
      throw new IllegalArgumentException("factor is " + factor + ", expected a number >= 0");
    }
    transforms[index].scale(factor);
  }

  /**
   * Clamps the elements of a gradient, as left by the decorators outside.
   *
   * @param index the parameter's place
   * @param lower not above {@code upper}
   * @param upper not below {@code lower}
   */
  public void clamp(int index, double lower, double upper) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "lower is " + lower + ", expected a number <= upper = " + upper);
    }
    transforms[index].clamp(lower, upper);
  }

  /**
   * The norm of a gradient, as left by the decorators outside.
   *
   * @return NaN if an element is NaN; infinite if one is infinite, or the norm is out of the range of double
   */
  public double norm(int index, Norm kind) {
    GradientTransform transform = transforms[index];
    if (transform.onlyScales()) {
      measure(kind);
      if (norms[index] < Double.POSITIVE_INFINITY || !finite[index]) {
        return norms[index] * transform.factor();
      }
      // It is out of range as the gradient was given, and need not be as it is now.
    }
    measureAlone(index, kind);
    return reader.norm(0);
  }

  /** The norm of all gradients together, as left by the decorators outside. */
  public double globalNorm(Norm kind) {
    double total = 0;
    boolean allFinite = true;
    for (int i = 0; i < parameters.size(); i++) {
      double norm = norm(i, kind);
      allFinite &= Double.isFinite(norm);
      total = switch (kind) {
        case L1 -> total + norm;
        case L2 -> total + norm * norm;
        case MAX -> Math.max(total, norm);
      };
    }
    if (kind != Norm.L2) {
      return total;
    }
    if (allFinite && (total == Double.POSITIVE_INFINITY || total < Double.MIN_NORMAL)) {
      // The squares left the range of double, the norm need not.
      double norm = 0;
      for (int i = 0; i < parameters.size(); i++) {
        norm = StrictMath.hypot(norm, norm(i, kind));
      }
      return norm;
    }
    return Math.sqrt(total);
  }

  /**
   * Scales a gradient by {@code min(1, limit / norm)}, right to rounding wherever its elements are finite: also where
   * norm or quotient leave the range of double.
   *
   * @param index the parameter's place
   * @param limit a finite number above 0
   */
  public void limitNorm(int index, double limit, Norm kind) {
    double norm = norm(index, kind);
    if (norm == Double.POSITIVE_INFINITY && isFinite(index, kind)) {
      transforms[index].scale(DOWN);
      norm = norm(index, kind);
      transforms[index].scale(limit / norm);
    } else {
      scaleBelow(index, limit, norm);
    }
  }

  /**
   * Scales all gradients by {@code min(1, limit / (norm + epsilon))}, the norm taken over all of them, right to rounding
   * wherever their elements are finite.
   *
   * @param limit a finite number above 0
   * @param epsilon a finite number of at least 0
   * @return the norm before
   */
  public double limitGlobalNorm(double limit, Norm kind, double epsilon) {
    double norm = globalNorm(kind);
    int size = parameters.size();
    if (norm == Double.POSITIVE_INFINITY && areFinite(kind)) {
      for (int i = 0; i < size; i++) {
        transforms[i].scale(DOWN);
      }
      double scaled = globalNorm(kind);
      for (int i = 0; i < size; i++) {
        transforms[i].scale(limit / scaled);
      }
      return norm;
    }
    for (int i = 0; i < size; i++) {
      scaleBelow(i, limit, norm + epsilon);
    }
    return norm;
  }

  private void scaleBelow(int index, double limit, double norm) {
    double factor = Math.min(1, limit / norm);
    if (factor < Double.MIN_NORMAL && norm < Double.POSITIVE_INFINITY) {
      // In several factors, as the quotient itself would lose its digits.
      transforms[index].scale(0x1p-512);
      transforms[index].scale(0x1p-512);
      factor = limit * 0x1p512 / (norm * 0x1p-512);
    }
    transforms[index].scale(factor);
  }

  private boolean areFinite(Norm kind) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!isFinite(i, kind)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Sees to it that no element of a gradient, as it now is, has a square that a slot cannot hold.
   *
   * @throws NonFiniteGradientException if one has
   */
  private void requireSquarable(int index) {
    GradientTransform transform = transforms[index];
    Parameter parameter = parameters.get(index);
    double limit = parameter.value().dataType() == DataType.DOUBLE ? LARGEST_DOUBLE : LARGEST_FLOAT;
    if (transform.bound() <= limit || norm(index, measured == null ? Norm.L2 : measured) <= limit) {
      return;
    }
    double largest = norm(index, Norm.MAX);
    if (largest > limit) {
      throw NonFiniteGradientException.tooLarge(
          parameter.name(), largest, parameter.value().dataType(), limit);
    }
  }

  /**
   * Whether a gradient, as left by the decorators outside, has neither NaN nor infinity.
   *
   * @param index the parameter's place
   * @param kind the norm that is wanted later in this step, if any: both come from the same read
   */
  boolean isFinite(int index, Norm kind) {
    GradientTransform transform = transforms[index];
    if (transform.onlyScales()) {
      measure(measured == null ? kind : measured);
      return finite[index];
    }
    measureAlone(index, kind);
    return reader.isFinite(0);
  }

  GradientTransform transform(int index) {
    return transforms[index];
  }

  /**
   * Sees to it that every gradient is an array.
   *
   * @param who cannot take another
   * @throws IllegalStateException if one is given as rows
   */
  void requireWholeGradients(Object who) {
    for (int i = 0; i < parameters.size(); i++) {
      if (ParameterAccess.ACCESS.rows(parameters.get(i)) != null) {
        throw new IllegalStateException(
            "gradient of parameter '" + parameters.get(i).name()
                + "' is given as rows, expected a whole gradient, as needed by " + who);
      }
    }
  }

  /** Measures all gradients as the caller gave them, unless that is done. */
  private void measure(Norm kind) {
    if (measured == kind) {
      return;
    }
    reader.clear();
    for (int i = 0; i < parameters.size(); i++) {
      reader.add(ParameterAccess.ACCESS.orderedMemory(parameters.get(i)), asGiven);
    }
    reader.measure(kind);
    for (int i = 0; i < parameters.size(); i++) {
      norms[i] = reader.norm(i);
      finite[i] = reader.isFinite(i);
    }
    measured = kind;
  }

  /** Measures one gradient as the decorators outside have left it. */
  private void measureAlone(int index, Norm kind) {
    reader.clear();
    reader.add(ParameterAccess.ACCESS.orderedMemory(parameters.get(index)), transforms[index]);
    reader.measure(kind);
  }
}
