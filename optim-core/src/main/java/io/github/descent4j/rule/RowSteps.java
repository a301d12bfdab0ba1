package io.github.descent4j.rule;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowUpdate;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.gradient.GradientTransform;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import io.github.descent4j.internal.program.ProgramLoops;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.update.PlannedRows;
import io.github.descent4j.internal.update.PlannedUpdate;
import io.github.descent4j.internal.update.RowHistory;
import io.github.descent4j.internal.update.RowHistory.PastStep;
import io.github.descent4j.internal.update.RowUpdater;
import io.github.descent4j.internal.update.UpdateArrays;
import io.github.descent4j.internal.update.UpdateNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What an element-wise rule does with gradients that are given as rows. */
final class RowSteps {
  private final Formula formula;
  private final WeightDecay weightDecay;
  private final int slots;
  private final boolean masterValues;
  private final RowUpdate rowUpdate;

  private final ParallelRunner runner = new ParallelRunner(this::catchUp);
  private final RowUpdater[] updaters = new RowUpdater[runner.threads()];
  private final WorkList work = new WorkList();
  private final List<PlannedUpdate> plans = new ArrayList<>();

  RowSteps(
      Formula formula,
      WeightDecay weightDecay,
      int slots,
      boolean masterValues,
      RowUpdate rowUpdate) {
    this.formula = formula;
    this.weightDecay = weightDecay;
    this.slots = slots;
    this.masterValues = masterValues;
    this.rowUpdate = rowUpdate;
    Arrays.setAll(updaters, worker -> new RowUpdater());
  }

  /**
   * Sees to it that the rule can take a parameter's gradient as it is given.
   *
   * @throws IllegalArgumentException if the rule cannot take rows
   * @throws IllegalStateException if it cannot take this gradient
   */
  void require(Parameter parameter, ParameterState state, GradientTransform transform) {
    if (ParameterAccess.ACCESS.rows(parameter) == null) {
      if (state.rowHistory != null && state.rowHistory.isBehind()) {
        throw new IllegalStateException(behind(parameter.name()));
      }
      return;
    }
    String given = "gradient of parameter '" + parameter.name() + "' is given as rows, expected ";
    if (formula.description().normCount() > 0) {
      throw new IllegalArgumentException(
          given + "a whole gradient: " + formula + " takes norms of whole parameters");
    }
    if (formula.description().numberSlotCount() > 0) {
      throw new IllegalArgumentException(
          given + "a whole gradient: " + formula + " keeps numbers of whole parameters");
    }
    String needed =
        weightDecay.coefficient() != 0 ? "weight decay " + weightDecay : formula.everyRow();
    if (rowUpdate == RowUpdate.LAZY && needed != null) {
      throw new IllegalArgumentException(given + "a whole gradient or rowUpdate EXACT: " + needed
          + " is for all rows, and lazy rows would be left out");
    }
    if (rowUpdate == RowUpdate.LAZY
        && formula.startsFromValues() != null
        && state.steps == 0
        && !isZero(parameter)) {
      throw new IllegalArgumentException(given
          + "a whole gradient in its first step, of zeros if there is none, or rowUpdate EXACT: "
          + formula.startsFromValues() + " is made of the values then");
    }
    if (!transform.keepsZero()) {
      throw new IllegalStateException(
          given + "clips that leave 0 as it is: a gradient's norm is NaN,"
              + " or a clamp has no 0 in it");
    }
  }

  private static boolean isZero(Parameter parameter) {
    return parameter.value().isEmpty() || parameter.value().amaxNumber().doubleValue() == 0;
  }

  /** The message about a parameter whose rows have missed steps. */
  static String behind(String parameter) {
    return "parameter '" + parameter
        + "' has rows that are behind, expected a call of catchUp(parameters) before";
  }

  /**
   * Plans the rows of a step.
   *
   * @param loops of the same step with a gradient of 0
   * @param numbers of the step, which are copied
   */
  PlannedRows plan(
      Parameter parameter, ParameterState state, ProgramLoops loops, UpdateNumbers numbers) {
    long[] rows = ParameterAccess.ACCESS.rows(parameter);
    int[] places = ParameterAccess.ACCESS.places(parameter);
    long width = width(state);
    if (rowUpdate == RowUpdate.LAZY) {
      return new PlannedRows(rows, places, width, null, null);
    }
    int count = formula.description().numberCount();
    UpdateNumbers kept = new UpdateNumbers(count);
    kept.copyFrom(numbers, count);
    RowHistory history =
        state.rowHistory == null ? new RowHistory(state.shape[0]) : state.rowHistory;
    return new PlannedRows(rows, places, width, history, new PastStep(loops, kept));
  }

  private static long width(ParameterState state) {
    long width = 1;
    for (int d = 1; d < state.shape.length; d++) {
      width *= state.shape[d];
    }
    return width;
  }

  /** Updates a stretch of the rows of one parameter, on any thread. */
  void update(PlannedUpdate plan, long from, long to, int worker) {
    updaters[worker].update(plan, from, to);
  }

  /** A step has been taken: the rows that it did not have are behind from now on. */
  void remember(PlannedUpdate plan, ParameterState state) {
    if (plan.rows != null && plan.rows.history() != null) {
      plan.rows.remember();
      state.rowHistory = plan.rows.history();
    }
  }

  /**
   * Brings rows of parameters up to date.
   *
   * @param rows ascending, each once; null for all
   */
  void catchUp(Parameters parameters, long[] rows, Map<String, ParameterState> states) {
    work.clear();
    plans.clear();
    for (Parameter parameter : parameters) {
      ParameterState state = states.get(parameter.name());
      if (state != null && state.rowHistory != null) {
        ParameterAccess.ACCESS.requireOpen(parameter);
        state.requireMatch(parameter);
        PlannedUpdate plan = plan(parameter, rows, state);
        long count = rows == null ? state.shape[0] : rows.length;
        work.add(plans.size(), count * width(state));
        plans.add(plan);
      }
    }
    runner.run(work.count(), work.elements() >= WorkList.PARALLEL);
    plans.forEach(plan -> plan.rows.history().caughtUp(rows));
    plans.clear();
  }

  /** Plans that rows of a parameter catch up. */
  private PlannedUpdate plan(Parameter parameter, long[] rows, ParameterState state) {
    ArrayMemory value = ParameterAccess.ACCESS.valueMemory(parameter);
    PlannedUpdate plan = new PlannedUpdate();
    // Without a step no gradient is read: the value takes its place.
    ArrayMemory master = masterValues && value.isHalf() ? state.slotMemory[slots] : null;
    plan.arrays = new UpdateArrays(value, value, state.slotMemory, slots, master, state.order);
    plan.rows = new PlannedRows(rows, null, width(state), state.rowHistory, null);
    return plan;
  }

  /** Brings one stretch of one parameter up to date, on any thread. */
  private void catchUp(int piece, int worker) {
    updaters[worker].update(plans.get(work.owner(piece)), work.from(piece), work.to(piece));
  }
}
