package io.github.descent4j.rule;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowUpdate;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.StepContextAccess;
import io.github.descent4j.internal.gradient.GradientTransform;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Preparation;
import io.github.descent4j.internal.program.Program.Pass;
import io.github.descent4j.internal.program.ProgramLoops;
import io.github.descent4j.internal.program.RuleLoops;
import io.github.descent4j.internal.state.ParameterState;
import io.github.descent4j.internal.update.PlannedUpdate;
import io.github.descent4j.internal.update.StretchUpdater;
import io.github.descent4j.internal.update.UpdateArrays;
import io.github.descent4j.internal.update.UpdateNumbers;
import java.util.Arrays;
import java.util.Map;

/**
 * The steps of an element-wise rule: plans what is to happen to every parameter, measures the norms that the rule
 * wants, and runs the loops over all memory as one list of work.
 */
final class ElementwiseStep implements UpdateRule.RuleStep {

  /** From this many elements on, memory is what bounds a step, and smaller blocks stay in the cache. */
  private static final long LARGE = 1 << 20;

  /** With fewer arrays the larger blocks stay there as well, and cost less each. */
  private static final int MANY_ARRAYS = 4;

  /** An element of a row costs several times as much as one of a stretch: rows are not where the cache looks ahead. */
  private static final long PARALLEL_ROWS = WorkList.PARALLEL / 4;

  /** The numbers of a step that several parameters share. */
  private static final class SharedNumbers {
    long t;
    int variant;
    double decoupledDecay;
    double learningRate;
    final UpdateNumbers numbers;

    SharedNumbers(int count) {
      numbers = new UpdateNumbers(count);
    }
  }

  private final Formula formula;
  private final Description description;
  private final WeightDecay weightDecay;
  private final int slots;
  private final boolean masterValues;
  private final RuleLoops loops;
  private final RowSteps rowSteps;

  private final ParallelRunner updates = new ParallelRunner(this::update);
  private final ParallelRunner measurements = new ParallelRunner(this::measure);
  private final StretchUpdater[] updaters = new StretchUpdater[updates.threads()];
  private final WorkList work = new WorkList();

  private PlannedUpdate[] plans = {};
  private SharedNumbers[] shared = {};
  private int sharedCount;
  private Parameters planned;
  private long parallel;
  private ParameterState[] checked = {};
  private int block = StretchUpdater.BLOCK;

  // Of each piece of work and term: the sum, or that of squares; then of each parameter and of the
  // model:
  // the norms.
  private double[] squares = {};
  private final double[] norms;
  private final double[] modelNorms;

  /** Whether each parameter has numbers of its own: of norms, or kept. */
  private final boolean ownNumbers;

  /** How many numbers each parameter keeps, behind its slots. */
  private final int kept;

  private final double[] number = new double[1];
  private final long[] offset = new long[1];

  ElementwiseStep(
      Formula formula, WeightDecay weightDecay, boolean masterValues, RowUpdate rowUpdate) {
    this.formula = formula;
    this.weightDecay = weightDecay;
    slots = formula.slots().size();
    this.masterValues = masterValues;
    description = formula.description();
    loops = new RuleLoops(description);
    norms = new double[description.normCount()];
    modelNorms = new double[description.normCount()];
    kept = description.numberSlotCount();
    ownNumbers = norms.length + kept > 0;
    Arrays.setAll(updaters, worker -> new StretchUpdater());
    rowSteps = new RowSteps(formula, weightDecay, slots, masterValues, rowUpdate);
  }

  @Override
  public void check(StepContext context, ParameterState[] states, double handedIn) {
    Parameters parameters = context.parameters();
    int size = parameters.size();
    makeRoom(size);
    if (parameters != planned) {
      listWork(parameters);
    }
    sharedCount = 0;
    SharedNumbers numbers = null;
    for (int i = 0; i < size; i++) {
      long t = states[i].steps + 1;
      if (numbers == null || numbers.t != t) {
        numbers = computeNumbers(t, handedIn);
      }
      plan(
          plans[i],
          parameters.get(i),
          states[i],
          numbers,
          StepContextAccess.ACCESS.transform(context, i));
    }
    checked = states;
    if (ownNumbers) {
      readKept(states, size);
      measureNorms(size, sharedCount > 0 ? shared[0].learningRate : handedIn);
    }
  }

  @Override
  public void commit() {
    updates.run(work.count(), work.elements() >= parallel);
    formula.remembered().keepRenewed();
    for (int i = 0; i < planned.size(); i++) {
      PlannedUpdate plan = plans[i];
      for (int k = 0; k < kept; k++) {
        number[0] = plan.kept[k];
        plan.slots[slots + k].store('c', 0, 1, number, offset);
      }
      rowSteps.remember(plan, checked[i]);
    }
  }

  @Override
  public void catchUp(Parameters parameters, long[] rows, Map<String, ParameterState> states) {
    rowSteps.catchUp(parameters, rows, states);
  }

  private void makeRoom(int size) {
    if (plans.length < size) {
      int had = plans.length;
      plans = Arrays.copyOf(plans, size);
      for (int i = had; i < size; i++) {
        plans[i] = new PlannedUpdate();
      }
    }
  }

  private void listWork(Parameters parameters) {
    work.clear();
    parallel = WorkList.PARALLEL;
    for (int i = 0; i < parameters.size(); i++) {
      if (ParameterAccess.ACCESS.rows(parameters.get(i)) != null) {
        parallel = PARALLEL_ROWS;
      }
      work.add(i, ParameterAccess.ACCESS.givenMemory(parameters.get(i)).length());
    }
    boolean small = work.elements() >= LARGE && description.arrays() >= MANY_ARRAYS;
    block = small ? StretchUpdater.BLOCK / 2 : StretchUpdater.BLOCK;
    planned = parameters;
  }

  /** Most parameters have taken the same steps as the one before them, and share its numbers. */
  private SharedNumbers computeNumbers(long t, double handedIn) {
    if (sharedCount == shared.length) {
      shared = Arrays.copyOf(shared, sharedCount + 1);
      shared[sharedCount] = new SharedNumbers(description.numberCount());
    }
    SharedNumbers numbers = shared[sharedCount++];
    numbers.t = t;
    double rate = formula.rateAt(t, handedIn);
    numbers.learningRate = rate;
    numbers.variant = formula.computeNumbers(t, rate, numbers.numbers);
    double decay = weightDecay.coefficient();
    numbers.decoupledDecay = weightDecay.isDecoupled() ? rate * decay : 0;
    Preparation.putDecay(
        numbers.numbers.wide(),
        numbers.numbers.rounded(),
        description.preparationNumbers(),
        weightDecay.isDecoupled() ? 0 : decay,
        numbers.decoupledDecay);
    return numbers;
  }

  private void plan(
      PlannedUpdate plan,
      Parameter parameter,
      ParameterState state,
      SharedNumbers numbers,
      GradientTransform transform) {
    ArrayMemory value = ParameterAccess.ACCESS.valueMemory(parameter);
    ArrayMemory gradient = ParameterAccess.ACCESS.givenMemory(parameter);
    long[] rows = ParameterAccess.ACCESS.rows(parameter);
    rowSteps.require(parameter, state, transform);
    if (plan.arrays == null || !plan.arrays.isOf(value, gradient, state.slotMemory)) {
      ArrayMemory master = masterValues && value.isHalf() ? state.slotMemory[slots + kept] : null;
      plan.arrays = new UpdateArrays(value, gradient, state.slotMemory, slots, master, state.order);
    }
    boolean wide = plan.arrays.isWide();
    plan.numbers = numbers.numbers;
    int preparation = decayPreparation(numbers, wide);
    boolean asGiven = transform.isIdentity();
    if (!asGiven || ownNumbers) {
      if (plan.own == null) {
        plan.own = new UpdateNumbers(description.numberCount());
      }
      plan.own.copyFrom(numbers.numbers, description.numberCount());
      plan.numbers = plan.own;
    }
    if (!asGiven) {
      preparation |= transform.preparation(wide);
      transform.putNumbers(
          wide, plan.own.wide(), plan.own.rounded(), description.preparationNumbers());
    }
    boolean dense = rows == null && plan.arrays.isDense();
    plan.update = loops.of(Pass.UPDATE, numbers.variant, preparation, wide, dense);
    if (rows == null) {
      plan.rows = null;
    } else {
      int replayed = decayPreparation(numbers, wide);
      ProgramLoops alone = loops.of(Pass.UPDATE, numbers.variant, replayed, wide, false);
      plan.rows = rowSteps.plan(parameter, state, alone, numbers.numbers);
    }
    if (norms.length > 0) {
      plan.norms =
          loops.of(Pass.NORMS, numbers.variant, preparation, wide, plan.arrays.isDenseInC());
    }
  }

  private int decayPreparation(SharedNumbers numbers, boolean wide) {
    double coefficient = weightDecay.coefficient();
    if (coefficient == 0) {
      return 0;
    }
    if (!weightDecay.isDecoupled()) {
      return wide || (float) coefficient != 0 ? Preparation.COUPLED : 0;
    }
    double decay = numbers.decoupledDecay;
    return (wide ? decay : (float) decay) != 0 ? Preparation.DECOUPLED : 0;
  }

  private void readKept(ParameterState[] states, int size) {
    for (int i = 0; i < size; i++) {
      PlannedUpdate plan = plans[i];
      if (plan.kept == null) {
        plan.kept = new double[kept];
      }
      plan.slots = states[i].slotMemory;
      for (int k = 0; k < kept; k++) {
        plan.slots[slots + k].load('c', 0, 1, number, offset);
        plan.kept[k] = number[0];
      }
    }
  }

  /** Measures the norms, and computes the numbers that each parameter has of its own. */
  private void measureNorms(int size, double learningRate) {
    int terms = norms.length;
    if (squares.length < work.count() * terms) {
      squares = new double[work.count() * terms];
    }
    if (terms > 0) {
      measurements.run(work.count(), work.elements() >= WorkList.PARALLEL);
    }
    Arrays.fill(modelNorms, 0);
    for (int piece = 0; piece < work.count() * terms; piece++) {
      modelNorms[piece % terms] += squares[piece];
    }
    takeRoots(modelNorms);
    formula.remembered().renew(modelNorms, learningRate);
    int piece = 0;
    for (int i = 0; i < size; i++) {
      Arrays.fill(norms, 0);
      for (; piece < work.count() && work.owner(piece) == i; piece++) {
        for (int term = 0; term < terms; term++) {
          norms[term] += squares[piece * terms + term];
        }
      }
      takeRoots(norms);
      UpdateNumbers own = plans[i].numbers;
      description.computeNumbersOfNorms(
          norms, modelNorms, plans[i].kept, own.wide(), own.rounded());
    }
  }

  private void takeRoots(double[] measured) {
    for (int term = 0; term < measured.length; term++) {
      measured[term] = description.isSum(term) ? measured[term] : Math.sqrt(measured[term]);
    }
  }

  /** Measures one stretch of one parameter, on any thread. */
  private void measure(int piece, int worker) {
    PlannedUpdate plan = plans[work.owner(piece)];
    updaters[worker].measure(
        description,
        plan.norms,
        plan.arrays,
        plan.numbers,
        work.from(piece),
        work.to(piece),
        squares,
        piece * norms.length);
  }

  /** Updates one stretch of one parameter, on any thread. */
  private void update(int piece, int worker) {
    PlannedUpdate plan = plans[work.owner(piece)];
    if (plan.rows != null) {
      rowSteps.update(plan, work.from(piece), work.to(piece), worker);
      return;
    }
    updaters[worker].update(
        plan.update, plan.arrays, plan.numbers, work.from(piece), work.to(piece), block);
  }

  @Override
  public String text() {
    return description.numberSlotsText() + loops.text();
  }
}
