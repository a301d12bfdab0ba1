package io.github.descent4j.batch;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.Check;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * L-BFGS step by step, over an objective that may be another at every step: a mini-batch. What {@code torch.optim.LBFGS} is in PyTorch.
 *
 * <pre>{@code
 * LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(5).build();
 * for (Batch batch : batches) {
 *   optimizer.step(parameters, all -> computeGradients(batch)); // yours: fills the gradients, returns the loss
 * }
 * }</pre>
 *
 * <p>A step takes up to {@code iterations} iterations of {@link LBfgs} on the objective it is given, with a line search on that
 * objective, from the pairs that earlier steps have left. Parameters end at the best point of the step.
 *
 * <p><b>What it does with mini-batches.</b> It believes each one: a step goes as far towards the minimum of its batch as its iterations
 * let it, so a small batch with many iterations is fitted, and the others are forgotten. Use few iterations, and batches so large that
 * their gradients agree. Both gradients of a pair are of the same batch, so that their difference is curvature and not the difference of
 * two batches (Schraudolph, Yu and Günter 2007); pairs of earlier batches stay in the history, and the inverse Hessian is one of several
 * batches. Where the last one misleads, a line search that fails forgets them all.
 *
 * <p><b>Fork.</b> PyTorch forms a pair of the last gradient of a call and the first of the next one, which are of two batches where
 * those differ, and has no line search unless told. On a full batch both learn from the same pairs. It also ends a step after
 * {@code max_eval} evaluations, 1.25 {@code max_iter} of them by default, and where value or elements change by {@code tolerance_change},
 * 1e-9, or less. Here these are not asked until {@code maxEvaluations}, {@code valueTolerance} and {@code stepTolerance} are set; the
 * tolerances grow with value and elements, and the limit holds within a line search, which PyTorch finishes.
 *
 * <p>{@link #step(Parameters)}, which has one gradient and no objective, fails, and so do decorators.
 *
 * <p><b>Memory.</b> 4 history vectors of double, because a step works on a copy of the pairs and one that fails leaves them as they were, and
 * the nine of a run. They are kept from step to step, as long as the arrays of the parameters stay the same.
 *
 * <p><b>Defaults.</b> iterations 20, history 10, gradientTolerance 1e-7 of the largest element, lineSearch {@link MoreThuente}; valueTolerance 0 and
 * stepTolerance 0 (neither is asked), maxEvaluations without limit, no preconditioner.
 *
 * <p><b>Slots.</b> {@code s} and {@code y}, the pairs: DOUBLE [pairs, shape of the parameter], oldest first; copies. A state file holds
 * them, and a training goes on from it with the bits it would have had, if the settings are the same: of them the file has the history
 * alone, which has to be that of the optimizer. The file is written by {@link Parameters#save}; loading it needs the model's parameters.
 */
public final class LBfgsOptimizer implements Optimizer {
  private static final String HEAD = "L-BFGS";
  private static final List<String> SLOTS = List.of("s", "y");

  private final int history;
  private final int iterations;
  private final LBfgs method;
  private final AtomicBoolean busy = new AtomicBoolean();

  private long steps;
  private PairHistory pairs;

  /** Where the next step works, so that one that fails leaves the pairs as they were. */
  private PairHistory spare;

  /** Of the last step. */
  private Workspace workspace;

  /** Names and shapes that the pairs are of, in order. */
  private Map<String, long[]> model = Map.of();

  /** With the defaults. */
  public LBfgsOptimizer() {
    this(builder());
  }

  private LBfgsOptimizer(Builder builder) {
    history = builder.history;
    iterations = Check.count(1, "iterations", builder.iterations);
    method = LBfgs.builder()
        .history(history)
        .maxIterations(iterations)
        .maxEvaluations(builder.maxEvaluations)
        .gradientTolerance(builder.gradientTolerance)
        .valueTolerance(builder.valueTolerance)
        .stepTolerance(builder.stepTolerance)
        .preconditioner(builder.preconditioner)
        .lineSearch(builder.lineSearch)
        .build();
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Takes one step on an objective.
   *
   * @param objective of this step alone; the same at every call within the step
   * @return how it went: the first value of the history is the one before the step
   * @throws IllegalArgumentException if names or shapes are not those of the steps before, or the preconditioner's
   * @throws IllegalStateException if another step is under way, an array has been closed, or value or gradient are not finite where the
   *     parameters are; parameters and state are as they were
   */
  public MinimizerResult step(Parameters parameters, Objective objective) {
    requireNonNull(parameters, "parameters are null, expected the parameters of this step");
    requireNonNull(objective, "objective is null, expected a function to evaluate");
    return alone(() -> {
      if (workspace == null || !workspace.isOf(parameters)) {
        requireSameModel(shapes(parameters));
        workspace = new Workspace(parameters);
      }
      Layout layout = workspace.layout();
      layout.requireOpen();
      layout.readValues(workspace.start);
      PairHistory working = copyOfPairs(layout.size());
      workspace.goOnFrom(working);
      MinimizerResult result;
      try {
        result = method.minimize(objective, workspace, iteration -> true);
      } catch (RuntimeException | Error failure) {
        layout.writeValues(workspace.start);
        throw failure;
      }
      spare = pairs;
      pairs = working;
      model = model.isEmpty() ? shapes(parameters) : model;
      steps++;
      return result;
    });
  }

  private PairHistory copyOfPairs(int size) {
    if (spare == null || spare.size() != size) {
      spare = new PairHistory(history, size);
    }
    if (pairs == null) {
      spare.clear();
    } else {
      spare.copyFrom(pairs);
    }
    return spare;
  }

  /**
   * Cannot be: one gradient is too little for a line search.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public void step(Parameters parameters) {
    throw new UnsupportedOperationException(
        "step(Parameters) has no objective to search along a line, expected step(parameters, objective)");
  }

  @Override
  public long steps() {
    return steps;
  }

  /** The first step that the line search tries: 1. */
  @Override
  public double learningRate() {
    return 1;
  }

  @Override
  public OptimizerState state() {
    return new State();
  }

  @Override
  public String toString() {
    return "LBfgsOptimizer(iterations=" + iterations + ", " + method + ")";
  }

  private <T> T alone(Supplier<T> action) {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "a step, save or load of this optimizer is under way, expected one at a time: " + this);
    }
    try {
      return action.get();
    } finally {
      busy.set(false);
    }
  }

  private static Map<String, long[]> shapes(Parameters parameters) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      shapes.put(parameter.name(), parameter.value().shape().clone());
    }
    return shapes;
  }

  private void requireSameModel(Map<String, long[]> shapes) {
    if (model.isEmpty()) {
      return;
    }
    if (!List.copyOf(model.keySet()).equals(List.copyOf(shapes.keySet()))) {
      throw new IllegalArgumentException("parameters are " + shapes.keySet() + ", expected "
          + model.keySet() + " in this order as in the steps before");
    }
    shapes.forEach((name, shape) -> {
      if (!Arrays.equals(shape, model.get(name))) {
        throw new IllegalArgumentException(
            "parameter '" + name + "' has shape " + Arrays.toString(shape) + ", expected "
                + Arrays.toString(model.get(name)) + " as in the steps before");
      }
    });
  }

  /** The pairs and counts as arrays that a file can hold: for each parameter [m, shape], of zeros where there is no pair. */
  private static final class Saved {
    final INDArray head = Nd4j.create(DataType.DOUBLE, 3);
    final List<FlatArrays> steps = new ArrayList<>();
    final List<FlatArrays> changes = new ArrayList<>();
    final Parameters all;

    Saved(Map<String, long[]> model, int history) {
      List<Parameter> parameters = new ArrayList<>();
      parameters.add(parameter(HEAD, head));
      List<INDArray> s = new ArrayList<>();
      List<INDArray> y = new ArrayList<>();
      model.forEach((name, shape) -> {
        long[] stacked = stacked(history, shape);
        if (Arrays.stream(stacked).allMatch(length -> length > 0)) {
          s.add(Nd4j.create(DataType.DOUBLE, stacked, 'c'));
          y.add(Nd4j.create(DataType.DOUBLE, stacked, 'c'));
          parameters.add(parameter(name + " s", s.get(s.size() - 1)));
          parameters.add(parameter(name + " y", y.get(y.size() - 1)));
        }
      });
      for (int pair = 0; pair < history; pair++) {
        int index = pair;
        steps.add(new FlatArrays(s.stream().map(array -> array.slice(index)).toList()));
        changes.add(new FlatArrays(y.stream().map(array -> array.slice(index)).toList()));
      }
      all = Parameters.of(parameters);
    }

    private static Parameter parameter(String name, INDArray value) {
      return Parameter.of(name, value, Nd4j.createUninitialized(DataType.DOUBLE, value.shape()));
    }
  }

  private static long[] stacked(int count, long[] shape) {
    long[] stacked = new long[shape.length + 1];
    stacked[0] = count;
    System.arraycopy(shape, 0, stacked, 1, shape.length);
    return stacked;
  }

  private final class State implements OptimizerState {
    @Override
    public Set<String> parameters() {
      return model.keySet();
    }

    @Override
    public Set<String> slots(String parameterName) {
      requireKnown(parameterName);
      return Set.copyOf(SLOTS);
    }

    @Override
    public INDArray slot(String parameterName, String slotName) {
      requireKnown(parameterName);
      if (!SLOTS.contains(slotName)) {
        throw new IllegalArgumentException("slot is '" + slotName + "', expected one of " + SLOTS);
      }
      long[] shape = model.get(parameterName);
      int from = 0;
      for (Map.Entry<String, long[]> entry : model.entrySet()) {
        if (entry.getKey().equals(parameterName)) {
          break;
        }
        from += (int) length(entry.getValue());
      }
      int length = (int) length(shape);
      double[] all = new double[pairs.count() * length];
      for (int i = 0; i < pairs.count(); i++) {
        double[] vector = slotName.equals("s") ? pairs.step(i) : pairs.change(i);
        System.arraycopy(vector, from, all, i * length, length);
      }
      long[] stacked = stacked(pairs.count(), shape);
      return all.length == 0
          ? Nd4j.create(DataType.DOUBLE, stacked)
          : Nd4j.create(all, stacked, 'c');
    }

    private static long length(long[] shape) {
      return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    @Override
    public long steps(String parameterName) {
      requireKnown(parameterName);
      return steps;
    }

    private void requireKnown(String parameterName) {
      if (!model.containsKey(parameterName)) {
        throw new IllegalArgumentException("parameter name is '" + parameterName
            + "', expected one that has been stepped: " + model.keySet());
      }
    }

    @Override
    public void save(Path file) {
      requireNonNull(file, "file is null, expected a path");
      alone(() -> {
        Saved saved = new Saved(model, history);
        int count = pairs == null ? 0 : pairs.count();
        saved.head.putScalar(0, (double) steps);
        saved.head.putScalar(1, history);
        saved.head.putScalar(2, count);
        for (int i = 0; i < count; i++) {
          saved.steps.get(i).write(pairs.step(i));
          saved.changes.get(i).write(pairs.change(i));
        }
        saved.all.save(file);
        return null;
      });
    }

    @Override
    public void load(Path file, LoadOption... options) {
      throw new UnsupportedOperationException(
          "load(Path) does not know the parameters, expected load(file, parameters)");
    }

    @Override
    public void load(Path file, Parameters parameters, LoadOption... options) {
      requireNonNull(file, "file is null, expected a path");
      requireNonNull(parameters, "parameters are null, expected the model's");
      if (options.length > 0) {
        throw new IllegalArgumentException("options are " + Arrays.toString(options)
            + ", expected none: pairs are of all parameters together");
      }
      alone(() -> {
        Map<String, long[]> shapes = shapes(parameters);
        PairHistory loaded = new PairHistory(history, new Layout(parameters).size());
        INDArray head = Nd4j.create(DataType.DOUBLE, 3);
        Parameters.of(Saved.parameter(HEAD, head)).load(file, LoadOption.ALLOW_EXTRA_PARAMETERS);
        if (head.getInt(1) != history) {
          throw new StateFileException(
              file, "has a history of " + head.getInt(1) + ", expected " + history, null);
        }
        if (head.getLong(0) < 0 || head.getInt(2) < 0 || head.getInt(2) > history) {
          throw new StateFileException(
              file,
              "has " + head.getLong(0) + " steps and " + head.getInt(2)
                  + " pairs, expected at least 0 steps and from 0 to " + history + " pairs",
              null);
        }
        if (head.getLong(0) > 0) {
          Saved saved = new Saved(shapes, history);
          saved.all.load(file);
          double[] step = new double[loaded.size()];
          double[] change = new double[loaded.size()];
          for (int i = 0; i < head.getInt(2); i++) {
            saved.steps.get(i).read(step);
            saved.changes.get(i).read(change);
            if (!loaded.add(step, change, 0)) {
              throw new StateFileException(
                  file, "has a pair " + i + " of no positive curvature, expected s.y > 0", null);
            }
          }
        }
        pairs = loaded;
        workspace = null;
        model = shapes;
        steps = head.getLong(0);
        return null;
      });
    }
  }

  /** Settings of {@link LBfgsOptimizer}, at their defaults until set. */
  public static final class Builder {
    private int history = 10;
    private int iterations = 20;
    private int maxEvaluations = Integer.MAX_VALUE;
    private double gradientTolerance = 1e-7;
    private double valueTolerance;
    private double stepTolerance;
    private Preconditioner preconditioner;
    private LineSearch lineSearch = new MoreThuente();

    private Builder() {}

    /** How many pairs: at least 1. */
    public Builder history(int history) {
      this.history = history;
      return this;
    }

    /** The most iterations of a step: at least 1. */
    public Builder iterations(int iterations) {
      this.iterations = iterations;
      return this;
    }

    /**
     * The most evaluations of a step, which it keeps to in the midst of a line search too: at least 1, and with 1 it does not move.
     */
    public Builder maxEvaluations(int maxEvaluations) {
      this.maxEvaluations = maxEvaluations;
      return this;
    }

    /** A step ends early if the largest element of the gradient is at most this: finite, at least 0. */
    public Builder gradientTolerance(double gradientTolerance) {
      this.gradientTolerance = gradientTolerance;
      return this;
    }

    /** A step ends early if an iteration changes the value by at most this times max(1, |value|): finite; 0 does not ask. */
    public Builder valueTolerance(double valueTolerance) {
      this.valueTolerance = valueTolerance;
      return this;
    }

    /**
     * A step ends early if an iteration changes no element by more than this times max(1, largest element): finite; 0 does not ask.
     */
    public Builder stepTolerance(double stepTolerance) {
      this.stepTolerance = stepTolerance;
      return this;
    }

    /** The preconditioner, the same for all batches; null for none. */
    public Builder preconditioner(Preconditioner preconditioner) {
      this.preconditioner = preconditioner;
      return this;
    }

    /** How far to go along a direction; {@link FixedStep} is what PyTorch does unless told. */
    public Builder lineSearch(LineSearch lineSearch) {
      this.lineSearch = lineSearch;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public LBfgsOptimizer build() {
      return new LBfgsOptimizer(this);
    }
  }
}
