package io.github.descent4j.dl4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import io.github.descent4j.internal.program.Description;
import io.github.descent4j.internal.program.Program.Pass;
import io.github.descent4j.internal.program.ProgramLoops;
import io.github.descent4j.internal.program.RuleLoops;
import io.github.descent4j.internal.state.SlotDefinition;
import io.github.descent4j.internal.update.StretchUpdater;
import io.github.descent4j.internal.update.UpdateArrays;
import io.github.descent4j.internal.update.UpdateNumbers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Turns gradients into updates, with the state in arrays that ND4J owns, saves and restores.
 *
 * <p>The rule's loop steps a parameter of zeros, block by block; 0 - u is exact, so what is taken off is the
 * update that a parameter of any other value would have had. Slots and gradient are paired by logical
 * index, whatever their orders and strides.
 */
final class Descent4jGradientUpdater implements GradientUpdater<Descent4jUpdater> {
  private final Descent4jUpdater config;
  private final SlotDefinition[] slots;
  private final RuleLoops rule;
  private final ParallelRunner runner = new ParallelRunner(this::update);
  private final StretchUpdater[] updaters = new StretchUpdater[runner.threads()];
  private final WorkList work = new WorkList();
  private final UpdateNumbers numbers;

  /** What ND4J has handed in, one an element of {@link #slots}; null until it has. */
  private INDArray[] state;

  private ArrayMemory[] stateMemory = {};

  // Of the update under way.
  private UpdateArrays arrays;
  private ProgramLoops loops;

  Descent4jGradientUpdater(Descent4jUpdater config) {
    this.config = config;
    slots = UpdateRuleAccess.ACCESS.slots(config.rule());
    if (slots.length == 0) {
      state = new INDArray[0];
    }
    Description description = UpdateRuleAccess.ACCESS.description(config.rule());
    rule = new RuleLoops(description);
    numbers = new UpdateNumbers(description.numberCount());
    Arrays.setAll(updaters, worker -> new StretchUpdater());
  }

  @Override
  public Descent4jUpdater getConfig() {
    return config;
  }

  /**
   * Keeps the state in a part of an array each: first all elements of the first slot, then those of the
   * next.
   *
   * @param gradientShape shape of the slots
   * @param gradientOrder 'c' or 'f': in which order the elements follow each other
   */
  @Override
  public void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    if (slots.length == 0) {
      if (viewArray != null && viewArray.length() > 0) {
        throw new IllegalArgumentException("state of " + config + " has length "
            + viewArray.length() + ", expected none, as the rule has no slots");
      }
      return;
    }
    requireNonNull(viewArray, () -> "state of " + config + " is null, expected an array");
    long length = viewArray.length() / slots.length;
    long expected = Arrays.stream(gradientShape).reduce(1, Math::multiplyExact);
    if (length * slots.length != viewArray.length() || length != expected) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "state of %s has length %d, expected %d times the %d elements of the gradient",
          config,
          viewArray.length(),
          slots.length,
          expected));
    }
    INDArray flat = viewArray.reshape('c', new long[] {viewArray.length()});
    if (ArrayMemory.of(flat).begin() != ArrayMemory.of(viewArray).begin()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "state of %s has strides %s, expected elements that follow each other",
          config,
          Arrays.toString(viewArray.stride())));
    }
    INDArray[] arrays = new INDArray[slots.length];
    for (int s = 0; s < slots.length; s++) {
      INDArray slot = flat.get(NDArrayIndex.interval(s * length, (s + 1) * length));
      INDArray shaped = gradientShape.length > 1
          ? Shape.newShapeNoCopy(slot, gradientShape, gradientOrder == 'f')
          : slot;
      arrays[s] = requireNonNull(shaped, "dense memory takes any shape");
    }
    take(arrays, initialize);
  }

  @Override
  public void setState(Map<String, INDArray> stateMap, boolean initialize) {
    Set<String> names = slotNames();
    if (!stateMap.keySet().equals(names)) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT, "state of %s has slots %s, expected %s", config, stateMap.keySet(), names));
    }
    INDArray[] arrays = new INDArray[slots.length];
    for (int s = 0; s < slots.length; s++) {
      arrays[s] = stateMap.get(slots[s].name());
      if (!Arrays.equals(arrays[s].shape(), arrays[0].shape())
          || arrays[s].dataType() != arrays[0].dataType()) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "slot '%s' of %s is %s%s, expected %s%s as slot '%s'",
            slots[s].name(),
            config,
            arrays[s].dataType(),
            Arrays.toString(arrays[s].shape()),
            arrays[0].dataType(),
            Arrays.toString(arrays[0].shape()),
            slots[0].name()));
      }
    }
    take(arrays, initialize);
  }

  private Set<String> slotNames() {
    Set<String> names = new LinkedHashSet<>();
    for (SlotDefinition slot : slots) {
      names.add(slot.name());
    }
    return names;
  }

  @Override
  public Map<String, INDArray> getState() {
    Map<String, INDArray> named = new LinkedHashMap<>();
    for (int s = 0; state != null && s < slots.length; s++) {
      named.put(slots[s].name(), state[s]);
    }
    return named;
  }

  /**
   * Takes step {@code iteration + 1}.
   *
   * @param gradient becomes the update, in place
   * @throws IllegalArgumentException if its type or length is not that of the state, elements share memory, or the
   *     iteration is negative; nothing has changed
   * @throws IllegalStateException if there is no state, an array has been closed, or a schedule gave a rate
   *     that is negative or not finite; nothing has changed
   */
  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    requireNonNull(gradient, "gradient is null, expected an array");
    if (iteration < 0) {
      throw new IllegalArgumentException("iteration is " + iteration + ", expected a number >= 0");
    }
    requireMatch(gradient);
    ArrayMemory gradientMemory = ArrayMemory.of(gradient);
    if (gradientMemory.overlapsItself()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient has elements that share memory (shape %s, strides %s), expected an array of its"
              + " own: dup() makes one",
          Arrays.toString(gradient.shape()),
          Arrays.toString(gradient.stride())));
    }
    long t = iteration + 1L;
    double rate =
        UpdateRuleAccess.ACCESS.rateAt(config.rule(), t, config.handedIn(iteration, epoch));
    int variant = UpdateRuleAccess.ACCESS.computeNumbers(config.rule(), t, rate, numbers);
    boolean sameShape = state.length > 0 && Arrays.equals(state[0].shape(), gradient.shape());
    char order =
        sameShape ? stateMemory[0].order() : state.length > 0 ? 'c' : gradientMemory.order();
    arrays = new UpdateArrays(null, gradientMemory, stateMemory, stateMemory.length, null, order);
    loops = rule.of(Pass.UPDATE, variant, 0, arrays.isWide(), arrays.isDense());
    work.clear();
    work.add(0, gradientMemory.length());
    runner.run(work.count(), work.elements() >= WorkList.PARALLEL);
    arrays = null;
  }

  /** Updates one stretch, on any thread. */
  private void update(int piece, int worker) {
    updaters[worker].update(
        loops, arrays, numbers, work.from(piece), work.to(piece), StretchUpdater.BLOCK);
  }

  private void requireMatch(INDArray gradient) {
    if (state == null) {
      throw new IllegalStateException(
          "state of " + config + " is not set, expected setStateViewArray or setState before");
    }
    if (gradient.wasClosed()) {
      throw new IllegalStateException("gradient has been closed, expected an open array");
    }
    if (!ArrayMemory.supports(gradient.dataType())) {
      throw new IllegalArgumentException("gradient is of type " + gradient.dataType()
          + ", expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16");
    }
    for (INDArray slot : state) {
      if (slot.wasClosed()) {
        throw new IllegalStateException(
            "state of " + config + " has been closed, expected an open array");
      }
      if (slot.dataType() != gradient.dataType()) {
        throw new IllegalArgumentException("gradient is of type " + gradient.dataType()
            + ", expected " + slot.dataType() + " as the state");
      }
      if (slot.length() != gradient.length()) {
        throw new IllegalArgumentException(String.format(
            Locale.ROOT,
            "gradient has shape %s, expected %d elements as a slot of the state",
            Arrays.toString(gradient.shape()),
            slot.length()));
      }
    }
  }

  private void take(INDArray[] arrays, boolean initialize) {
    ArrayMemory[] memories = new ArrayMemory[arrays.length];
    for (int s = 0; s < arrays.length; s++) {
      DataType type = arrays[s].dataType();
      if (type != DataType.FLOAT && type != DataType.DOUBLE) {
        throw new IllegalArgumentException("state of " + config + " is of type " + type
            + ", expected FLOAT or DOUBLE, as in a network of that dataType: small second moments would be"
            + " 0");
      }
      memories[s] = ArrayMemory.of(arrays[s]);
    }
    if (initialize) {
      for (int s = 0; s < arrays.length; s++) {
        arrays[s].assign(slots[s].initialValue());
      }
    }
    state = arrays;
    stateMemory = memories;
  }
}
