package io.github.descent4j.health;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.GradientMonitorAccess;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.Registry;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.gradient.Blend;
import io.github.descent4j.internal.gradient.GradientTransform;
import io.github.descent4j.internal.gradient.NormReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Watches gradients and updates while training, and says which parameter does not learn, since which
 * step.
 *
 * <p>Of each parameter, in L2 norms, for the gradient g, the value p before the step and p' after it:
 *
 * <pre>
 * gradientNorm = |g|,   gradientRms = |g| / sqrt(elements),   updateRatio = |p' - p| / |p|
 * </pre>
 *
 * <p><b>Verdicts.</b> A <i>weight</i> is a parameter of rank 2 or more: biases begin at 0 and have no
 * scale. Parameters are in the order in which the model uses them, so that gradients go from the last
 * to the first.
 *
 * <ul>
 *   <li>exploding, at once: a gradient, parameter or update is not finite, or the update ratio of a
 *       weight is above {@code explodingUpdate}. After {@code patience} observations in a row: the
 *       gradient's norm is above {@code explodingGrowth} times the mean of its norms so far, and the
 *       update ratio above {@code largeUpdate}. Pascanu, Mikolov and Bengio 2013 (section 3.2) measure
 *       by the average norm over many updates.
 *   <li>dead, after {@code patience} observations in a row: every element of the gradient is 0.
 *   <li>vanishing, after as many: the gradient's RMS of a weight is below {@code vanishing} times the
 *       greatest of the weights behind it. Glorot and Bengio 2010 (section 4.2) compare layers so. Where
 *       all gradients become small together, as at the end of training, none vanishes; and one that
 *       has vanished is not cured by the others' becoming small, too, but by its own growth.
 *   <li>unmoved, after as many that saw a step taken: the gradient is not 0 and none of the above, and every
 *       element of the parameter is after the step what it was before. The learning rate is 0 (the end of
 *       a schedule), or so small that the step is rounded away: less than half the distance to the
 *       parameter's next number, at 1 about 0.002 in BFLOAT16, 0.0002 in FLOAT16 and 3e-8 in FLOAT. One
 *       element that moves is enough to be healthy.
 *   <li>healthy, at first, and after as many observations without any of these.
 * </ul>
 *
 * <p><b>Defaults.</b> every 1, patience 5, vanishing 1e-3, explodingGrowth 100, largeUpdate 0.1 and
 * explodingUpdate 10: two and four orders of magnitude above the rule of thumb of 1e-3 (Karpathy,
 * CS231n, "Ratio of weights:updates").
 *
 * <pre>{@code
 * GradientMonitor monitor = GradientMonitor.builder().every(10).build();
 * Optimizer optimizer = new Adam().monitored(monitor);
 * for (Batch batch : batches) {
 *   computeGradients(batch); // yours
 *   optimizer.step(parameters);
 * }
 * System.out.println(monitor.report());
 * }</pre>
 *
 * <p>Without an optimizer of this library, {@link #beforeStep} and {@link #afterStep} go around the
 * update.
 *
 * <p><b>Cost.</b> An observed step reads gradients and parameters and copies the parameters; steps in
 * between cost nothing. Memory: one array per parameter, FLOAT for half types.
 *
 * <p><b>Threads.</b> A monitor is used by the thread that steps.
 */
public final class GradientMonitor {
  final int patience;
  final double vanishing;
  final double explodingGrowth;
  final double largeUpdate;
  final double explodingUpdate;

  private final int every;
  private final Map<String, WatchedParameter> watched = new LinkedHashMap<>();
  private final List<GradientReport.Onset> onsets = new ArrayList<>();
  private final GradientTransform asGiven = new GradientTransform();
  private final NormReader reader = new NormReader();
  private final Blend blend = new Blend();

  /** The optimizer that tells of steps, null if none does. */
  private Optimizer owner;

  /** What {@link #beforeStep} measures with. */
  private final StepContext own = StepContextAccess.ACCESS.create();

  private long ownSteps;
  private long lastStep;

  // Of the step under way, if it is observed.
  private boolean observing;
  private long step;
  private Parameters parameters;
  private WatchedParameter[] current = {};
  private double[] gradientNorms = {};
  private double[] parameterNorms = {};

  static {
    Registry.register(GradientMonitorAccess.class, new GradientMonitorAccess() {
      @Override
      public void belongTo(GradientMonitor monitor, Optimizer optimizer) {
        monitor.belongTo(optimizer);
      }

      @Override
      public void before(GradientMonitor monitor, StepContext context, long step) {
        monitor.before(context, step);
      }

      @Override
      public void after(GradientMonitor monitor, boolean stepped) {
        monitor.after(stepped);
      }
    });
  }

  private GradientMonitor(Builder builder) {
    every = (int) Check.atLeast(1, "every", builder.every);
    patience = (int) Check.atLeast(1, "patience", builder.patience);
    vanishing = Check.atLeastZero("vanishing", builder.vanishing);
    explodingGrowth = Check.require(
        builder.explodingGrowth > 1, "explodingGrowth", builder.explodingGrowth, "a number > 1");
    largeUpdate = Check.require(
        builder.largeUpdate >= 0, "largeUpdate", builder.largeUpdate, "a number >= 0");
    explodingUpdate = Check.require(
        builder.explodingUpdate > 0, "explodingUpdate", builder.explodingUpdate, "a number > 0");
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Comes ahead of an update that no {@linkplain Optimizer#monitored monitored} optimizer makes, with
   * the gradients that lead to it. The first call is step 1.
   *
   * @throws IllegalArgumentException if a parameter's shape or type is not that of an earlier step
   * @throws IllegalStateException if an optimizer uses this monitor, or an array has been closed
   */
  public void beforeStep(Parameters parameters) {
    if (owner != null) {
      throw new IllegalStateException(
          "monitor is used by " + owner + ", which tells it of steps, expected one of your own");
    }
    StepContextAccess.ACCESS.reset(own, parameters);
    before(own, ownSteps + 1);
  }

  /**
   * Comes after the update that {@link #beforeStep} came ahead of.
   *
   * @throws IllegalStateException if it did not, or an array has been closed
   */
  public void afterStep() {
    if (own.parameters() == null) {
      throw new IllegalStateException("afterStep() was called, expected beforeStep() ahead of it");
    }
    for (Parameter parameter : own.parameters()) {
      ParameterAccess.ACCESS.requireOpen(parameter);
    }
    StepContextAccess.ACCESS.clear(own);
    ownSteps++;
    after(true);
  }

  /** The last observed step, from 1; 0 if there is none. */
  public long lastStep() {
    return lastStep;
  }

  /** The last observation of every parameter, in the order in which they were first observed. */
  public List<ParameterHealth> health() {
    List<ParameterHealth> all = new ArrayList<>(watched.size());
    for (WatchedParameter parameter : watched.values()) {
      all.add(parameter.health());
    }
    return all;
  }

  /** The same with where each trouble began. */
  public GradientReport report() {
    List<GradientReport.Onset> inOrder = new ArrayList<>(onsets);
    inOrder.sort(Comparator.comparingLong(GradientReport.Onset::step));
    return new GradientReport(lastStep, health(), inOrder);
  }

  /** From now on an optimizer tells of steps. */
  private void belongTo(Optimizer optimizer) {
    if (owner != null || ownSteps != 0) {
      String use =
          owner == null ? "has been told of " + ownSteps + " steps" : "is used by " + owner;
      throw new IllegalArgumentException(
          "monitor " + use + ", expected one of this optimizer's own");
    }
    owner = optimizer;
  }

  /** The first half of an observation, of gradients as the decorators outside have left them. */
  private void before(StepContext context, long step) {
    observing = false;
    if ((step - 1) % every != 0) {
      return;
    }
    find(context.parameters());
    reader.clear();
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      reader.add(ParameterAccess.ACCESS.valueMemory(parameters.get(i)), asGiven);
      blend.copy(
          current[i].copy.slotMemory[0], ParameterAccess.ACCESS.valueMemory(parameters.get(i)));
    }
    reader.measure(Norm.L2);
    blend.run();
    for (int i = 0; i < parameters.size(); i++) {
      parameterNorms[i] = reader.norm(i);
      gradientNorms[i] = context.norm(i, Norm.L2);
    }
    this.step = step;
    observing = true;
  }

  /**
   * The second half.
   *
   * @param stepped whether the parameters have been updated
   */
  private void after(boolean stepped) {
    if (!observing) {
      return;
    }
    observing = false;
    if (stepped) {
      measureUpdates();
    }
    double laterRms = 0;
    for (int i = parameters.size() - 1; i >= 0; i--) {
      WatchedParameter parameter = current[i];
      boolean trouble = parameter.observe(
          this,
          step,
          gradientNorms[i],
          parameterNorms[i],
          stepped,
          stepped ? reader.norm(i) : Double.NaN,
          laterRms);
      if (trouble) {
        remember(parameter);
      }
      laterRms = Math.max(laterRms, parameter.comparableRms());
    }
    for (int i = 0; i < parameters.size(); i++) {
      watched.putIfAbsent(current[i].name, current[i]);
    }
    lastStep = step;
  }

  private void measureUpdates() {
    blend.clear();
    for (int i = 0; i < parameters.size(); i++) {
      blend.difference(
          current[i].copy.slotMemory[0], ParameterAccess.ACCESS.valueMemory(parameters.get(i)));
    }
    blend.run();
    reader.clear();
    for (int i = 0; i < parameters.size(); i++) {
      reader.add(current[i].copy.slotMemory[0], asGiven);
    }
    reader.measure(Norm.L2);
  }

  /** Of each parameter and verdict the first time alone, so that there is an end to them. */
  private void remember(WatchedParameter parameter) {
    for (GradientReport.Onset onset : onsets) {
      if (onset.name().equals(parameter.name) && onset.verdict() == parameter.verdict()) {
        return;
      }
    }
    onsets.add(new GradientReport.Onset(parameter.since(), parameter.name, parameter.verdict()));
  }

  /** Finds or makes what is known of every parameter; new ones are kept once they are observed. */
  private void find(Parameters parameters) {
    if (parameters == this.parameters) {
      return;
    }
    WatchedParameter[] found = new WatchedParameter[parameters.size()];
    for (int i = 0; i < found.length; i++) {
      WatchedParameter known = watched.get(parameters.get(i).name());
      if (known != null) {
        known.copy.requireMatch(parameters.get(i));
      }
      found[i] = known == null ? new WatchedParameter(parameters.get(i)) : known;
    }
    current = found;
    gradientNorms = new double[found.length];
    parameterNorms = new double[found.length];
    this.parameters = parameters;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "GradientMonitor(every=%s, patience=%s, vanishing=%s, explodingGrowth=%s, largeUpdate=%s, explodingUpdate=%s)",
        every,
        patience,
        vanishing,
        explodingGrowth,
        largeUpdate,
        explodingUpdate);
  }

  /** Settings of a {@link GradientMonitor}, at their defaults until set. */
  public static final class Builder {
    private int every = 1;
    private int patience = 5;
    private double vanishing = 1e-3;
    private double explodingGrowth = 100;
    private double largeUpdate = 0.1;
    private double explodingUpdate = 10;

    private Builder() {}

    /** Observes the first step and every so many-th after it: at least 1. */
    public Builder every(int steps) {
      this.every = steps;
      return this;
    }

    /** How many observations in a row make a verdict that is not made at once: at least 1. */
    public Builder patience(int observations) {
      this.patience = observations;
      return this;
    }

    /** The part of later weights' gradients below which one vanishes: finite, at least 0. */
    public Builder vanishing(double part) {
      this.vanishing = part;
      return this;
    }

    /** How many times its mean a norm is that explodes: above 1, may be infinite. */
    public Builder explodingGrowth(double factor) {
      this.explodingGrowth = factor;
      return this;
    }

    /** The update ratio above which growth is explosion: at least 0, may be infinite. */
    public Builder largeUpdate(double ratio) {
      this.largeUpdate = ratio;
      return this;
    }

    /** The update ratio of a weight that is explosion at once: above 0, may be infinite. */
    public Builder explodingUpdate(double ratio) {
      this.explodingUpdate = ratio;
      return this;
    }

    /**
     * Makes the monitor.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public GradientMonitor build() {
      return new GradientMonitor(this);
    }
  }
}
