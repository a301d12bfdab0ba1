package io.github.descent4j.decorator;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.Norm;
import io.github.descent4j.internal.Check;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Gives different parameters to different optimizers, and steps them as one.
 *
 * <p>A parameter belongs to the first group, in the order of the builder, whose predicate it
 * satisfies; one that satisfies none is an error unless {@link Builder#otherwise} takes it. Schedules,
 * clips and guards outside see the whole model; those of a group's own optimizer see the group.
 *
 * <pre>{@code
 * Optimizer optimizer = Optimizer.groups()
 *     .group("biases and norms", p -> p.value().rank() < 2, new Adam())
 *     .group("head", p -> p.name().startsWith("head."), adamW(), 10)
 *     .otherwise(adamW()) // yours: a new Adam with decoupled decay
 *     .build()
 *     .scheduled(Schedules.cosine(1e-3, 10_000))
 *     .clipped(GradientClip.byGlobalNorm(1.0));
 * }</pre>
 *
 * <p><b>Learning rates.</b> The rate of a group is its rate factor times the rate handed in from
 * outside, or, where nothing outside gives one, times that of the group's own optimizer. As with any
 * nesting the outermost schedule wins, so a schedule outside replaces those inside the groups.
 *
 * <p><b>Counting.</b> Every group takes part in every step, even with no parameter in it, so that
 * schedules inside the groups agree about the step.
 *
 * <p><b>Errors.</b> All groups are checked before the first is updated: a failed step changes none of
 * them. A parameter keeps the group of its first step; matching another later is an error.
 */
public final class GroupedOptimizer extends TwoPhaseOptimizer {
  private final Group[] groups;

  /** The parameters that the parts were last made of: mostly those of the next step too. */
  private Parameters routed;

  private GroupedOptimizer(Builder builder) {
    groups = builder.groups.toArray(Group[]::new);
  }

  /** Starts without a group. */
  public static Builder builder() {
    return new Builder();
  }

  /** Looks into the groups in their order. */
  @Override
  public <T> List<T> findAll(Class<T> type) {
    List<T> found = new ArrayList<>(super.findAll(type));
    for (Group group : groups) {
      found.addAll(group.optimizer.findAll(type));
    }
    return List.copyOf(found);
  }

  /** The names of the groups, in their order. */
  public List<String> groups() {
    return Arrays.stream(groups).map(group -> group.name).toList();
  }

  /**
   * The group that a parameter belongs to.
   *
   * @throws IllegalArgumentException if no group takes it, or another one took it at its first step
   */
  public String groupOf(Parameter parameter) {
    return groups[find(parameter)].name;
  }

  /** Completed steps: those of the group that has completed most, as a guard in a group may skip. */
  @Override
  public long steps() {
    long steps = 0;
    for (Group group : groups) {
      steps = Math.max(steps, group.optimizer.steps());
    }
    return steps;
  }

  /** Of all groups together: it grows when any of them has taken a step. */
  long stepsOfAll() {
    long sum = 0;
    for (Group group : groups) {
      sum += Decorator.stepsTaken(group.optimizer);
    }
    return sum;
  }

  /** The learning rate that the first group's next step will use; see {@link #learningRate(String)}. */
  @Override
  public double learningRate() {
    return groups[0].learningRate();
  }

  double learningRateTimes(double factor) {
    return Decorator.learningRateTimes(factor * groups[0].rateFactor, groups[0].optimizer);
  }

  /**
   * The learning rate that a group's next step will use if no decorator outside of the groups gives
   * one: that of its optimizer, whose own rate or schedule is multiplied by its factor.
   *
   * @throws IllegalArgumentException if there is no group of that name
   */
  public double learningRate(String groupName) {
    for (Group group : groups) {
      if (group.name.equals(groupName)) {
        return group.learningRate();
      }
    }
    throw new IllegalArgumentException(
        "group name is '" + groupName + "', expected one of " + groups());
  }

  /** The slots of all groups' parameters: group by group, and in a group by their first step. */
  @Override
  public OptimizerState state() {
    return withFiles(
        new GroupedState(Arrays.stream(groups).map(group -> group.state).toList()));
  }

  @Override
  protected void save(StateWriter out) {
    GroupsFile.save(groups, out);
  }

  @Override
  protected void load(StateReader in) {
    GroupsFile.load(this, groups, in);
    in.whenAllIsWell(() -> routed = null);
  }

  @Override
  protected void bringUpToDate(Parameters parameters, long[] rows) {
    for (Group group : groups) {
      group.optimizer.bringUpToDate(parameters, rows);
    }
  }

  @Override
  protected void alone(Runnable action) {
    super.alone(() -> aloneInGroups(action, 0));
  }

  private void aloneInGroups(Runnable action, int from) {
    if (from == groups.length) {
      action.run();
    } else {
      groups[from].optimizer.alone(() -> aloneInGroups(action, from + 1));
    }
  }

  @Override
  protected double learningRateFrom(double handedIn) {
    return groups[0].optimizer.learningRateFrom(handedIn * groups[0].rateFactor);
  }

  @Override
  protected void forget(String parameterName) {
    for (Group group : groups) {
      group.optimizer.forget(parameterName);
    }
    routed = null;
  }

  @Override
  protected void rename(String parameterName, String newName) {
    for (Group group : groups) {
      group.optimizer.rename(parameterName, newName);
    }
    routed = null;
  }

  @Override
  protected boolean squaresGradients() {
    return Arrays.stream(groups).anyMatch(group -> group.optimizer.squaresGradients());
  }

  @Override
  protected Norm wantedNorm() {
    return null;
  }

  @Override
  protected boolean checksAhead() {
    return true;
  }

  @Override
  protected void check(StepContext context) {
    if (context.parameters() != routed) {
      route(context.parameters());
    }
    int begun = 0;
    try {
      while (begun < groups.length) {
        Group group = groups[begun];
        group.context.resetToPart(context, group.part, group.places, group.rateFactor);
        group.optimizer.begin(group.context);
        begun++;
      }
    } finally {
      if (begun < groups.length) {
        abandonGroups(0, begun);
      }
    }
  }

  @Override
  protected void commit(StepContext context) {
    int finished = 0;
    try {
      while (finished < groups.length) {
        Group group = groups[finished++];
        group.optimizer.finish(group.context);
      }
    } finally {
      abandonGroups(finished, groups.length);
    }
  }

  @Override
  protected void release() {
    abandonGroups(0, groups.length);
  }

  private void abandonGroups(int from, int to) {
    for (int i = from; i < to; i++) {
      groups[i].optimizer.abandon();
    }
  }

  private void route(Parameters parameters) {
    int[] owner = new int[parameters.size()];
    int[] sizes = new int[groups.length];
    for (int i = 0; i < owner.length; i++) {
      owner[i] = find(parameters.get(i));
      sizes[owner[i]]++;
    }
    for (int g = 0; g < groups.length; g++) {
      Parameter[] part = new Parameter[sizes[g]];
      int[] places = new int[sizes[g]];
      for (int i = 0, j = 0; i < owner.length; i++) {
        if (owner[i] == g) {
          part[j] = parameters.get(i);
          places[j++] = i;
        }
      }
      groups[g].part = ParametersAccess.ACCESS.trusted(part);
      groups[g].places = places;
    }
    routed = parameters;
  }

  /** Null if none does. */
  Group firstThatTakes(Parameter parameter) {
    int group = indexOf(parameter);
    return group == groups.length ? null : groups[group];
  }

  private int indexOf(Parameter parameter) {
    int group = 0;
    while (group < groups.length && !groups[group].members.test(parameter)) {
      group++;
    }
    return group;
  }

  private int find(Parameter parameter) {
    int found = indexOf(parameter);
    if (found == groups.length) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "parameter '%s' belongs to no group, expected one of %s to take it, or otherwise()",
          parameter,
          groups()));
    }
    for (int g = 0; g < groups.length; g++) {
      if (g != found && groups[g].state.parameters().contains(parameter.name())) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "parameter '%s' belongs to group '%s', expected '%s' as at its first step",
            parameter.name(),
            groups[found].name,
            groups[g].name));
      }
    }
    return found;
  }

  @Override
  public String toString() {
    List<String> texts = new ArrayList<>();
    for (Group group : groups) {
      texts.add(group.name + ": " + (group.rateFactor == 1 ? "" : group.rateFactor + " x ")
          + group.optimizer);
    }
    return "Groups" + texts;
  }

  /** The groups of a {@link GroupedOptimizer}, in the order in which they are asked. */
  public static final class Builder {
    private final List<Group> groups = new ArrayList<>();
    private boolean complete;

    private Builder() {}

    /**
     * Adds a group with a rate factor of 1.
     *
     * @param name for messages, {@link #learningRate} and state files, not that of another group
     * @param members which parameters it takes of those that no group before it takes; a function of
     *     what stays: name, type and shape
     * @param optimizer of this group alone; it may have decorators. One of your own extends UpdateRule, {@link
     *     Decorator} or {@link TwoPhaseOptimizer}
     * @throws IllegalArgumentException if the name is empty or taken, the optimizer is another
     *     group's or extends none of these, or {@link #otherwise} has been called
     */
    public Builder group(String name, Predicate<Parameter> members, Optimizer optimizer) {
      return group(name, members, optimizer, 1);
    }

    /**
     * Adds a group.
     *
     * @param rateFactor multiplies every learning rate of the group, wherever it comes from: finite,
     *     at least 0; 0 freezes the parameters while the slots go on
     * @throws IllegalArgumentException as above, or if the factor is out of its range
     */
    public Builder group(
        String name, Predicate<Parameter> members, Optimizer optimizer, double rateFactor) {
      requireNonNull(name, "name of a group is null, expected a name");
      requireNonNull(
          members, () -> "members of group '" + name + "' are null, expected a predicate");
      requireNonNull(
          optimizer, () -> "optimizer of group '" + name + "' is null, expected an optimizer");
      require(
          !complete,
          "group is '" + name
              + "', expected groups ahead of otherwise(), which takes all the rest");
      require(!name.isEmpty(), "name of a group is '', expected a name");
      for (Group other : groups) {
        require(
            !other.name.equals(name),
            "name of a group is '" + name + "', expected a name that is not taken");
        require(
            rule(other.optimizer) != rule(optimizer),
            "optimizer of group '" + name + "' is taken, expected an optimizer of its own, not that"
                + " of group '" + other.name + "'");
      }
      // Checking all groups ahead of the first update takes steps in two halves.
      require(
          optimizer instanceof TwoPhaseOptimizer known && known.checksAhead(),
          "optimizer of group '" + name + "' is " + optimizer
              + ", expected one that extends UpdateRule, Decorator or"
              + " TwoPhaseOptimizer, down to its rule: all groups are checked ahead of the first update");
      require(
          optimizer.find(Sam.class).isEmpty(),
          "optimizer of group '" + name + "' is " + optimizer
              + ", expected Sam around the groups: it computes the gradients of the whole model");
      Check.atLeastZero("rateFactor", rateFactor);
      groups.add(new Group(name, members, (TwoPhaseOptimizer) optimizer, rateFactor));
      return this;
    }

    /**
     * Adds the group "otherwise" of all parameters that no group before it takes.
     *
     * @throws IllegalArgumentException as {@link #group(String, Predicate, Optimizer)}
     */
    public Builder otherwise(Optimizer optimizer) {
      return otherwise(optimizer, 1);
    }

    /**
     * The same with a rate factor.
     *
     * @throws IllegalArgumentException as {@link #group(String, Predicate, Optimizer, double)}
     */
    public Builder otherwise(Optimizer optimizer, double rateFactor) {
      group("otherwise", parameter -> true, optimizer, rateFactor);
      complete = true;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalStateException if there is no group
     */
    public GroupedOptimizer build() {
      if (groups.isEmpty()) {
        throw new IllegalStateException("groups are empty, expected at least one group");
      }
      return new GroupedOptimizer(this);
    }

    private static Optimizer rule(Optimizer optimizer) {
      Optimizer rule = optimizer;
      while (rule instanceof Decorator decorator) {
        rule = decorator.inner;
      }
      return rule;
    }

    private static void require(boolean valid, String message) {
      if (!valid) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
