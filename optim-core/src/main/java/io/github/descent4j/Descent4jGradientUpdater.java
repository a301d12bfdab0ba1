package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.ParameterState.Slot;
import io.github.descent4j.kernel.Chunk;
import io.github.descent4j.kernel.KernelChoice;
import io.github.descent4j.kernel.Kernels;
import io.github.descent4j.kernel.Pieces;
import io.github.descent4j.kernel.Span;
import io.github.descent4j.kernel.Workforce;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Turns gradients into updates, with the state in arrays that ND4J owns, saves and restores.
 *
 * <p>The rule's kernel steps a parameter of zeros, block by block; 0 - u is exact, so what is taken off is the
 * update that a parameter of any other value would have had. Slots and gradient are paired by logical
 * index, whatever their orders and strides.
 */
final class Descent4jGradientUpdater implements GradientUpdater<Descent4jUpdater> {
  private final Descent4jUpdater config;
  private final Slot[] slots;
  private final Kernels kernels = KernelChoice.kernels();
  private final Workforce workforce = new Workforce(this::update);
  private final Chunk[] chunks = new Chunk[workforce.threads()];
  private final Pieces pieces = new Pieces();
  private final double[] scalars = new double[ParameterState.SCALARS];

  /** What ND4J has handed in, one an element of {@link #slots}; null until it has. */
  private INDArray[] state;

  private Span[] stateSpans = {};
  private Span gradientSpan;

  /** The logical order in which elements are paired. */
  private char order = 'c';

  Descent4jGradientUpdater(Descent4jUpdater config) {
    this.config = config;
    slots = config.rule().slots();
    if (slots.length == 0) {
      state = new INDArray[0];
    }
    Arrays.setAll(chunks, worker -> new Chunk());
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
    if (Span.of(flat).begin() != Span.of(viewArray).begin()) {
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
    if (!stateMap.keySet().equals(config.rule().slotNames())) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "state of %s has slots %s, expected %s",
          config,
          stateMap.keySet(),
          config.rule().slotNames()));
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
    gradientSpan = Span.of(gradient);
    if (gradientSpan.overlapsItself()) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "gradient has elements that share memory (shape %s, strides %s), expected an array of its"
              + " own: dup() makes one",
          Arrays.toString(gradient.shape()),
          Arrays.toString(gradient.stride())));
    }
    UpdateRule rule = config.rule();
    long t = iteration + 1L;
    rule.prepare(t, rule.rateAt(t, config.handedIn(iteration, epoch)), scalars);
    boolean sameShape = state.length > 0 && Arrays.equals(state[0].shape(), gradient.shape());
    order = sameShape ? stateSpans[0].order() : state.length > 0 ? 'c' : gradientSpan.order();
    pieces.clear();
    pieces.add(0, gradientSpan.length());
    workforce.run(pieces.count(), pieces.elements() >= Pieces.PARALLEL);
    gradientSpan = null;
  }

  /** Updates one stretch, on any thread. */
  private void update(int piece, int worker) {
    Chunk chunk = chunks[worker];
    chunk.setUpdate(gradientSpan, stateSpans, order, pieces.from(piece), pieces.to(piece));
    config.rule().update(kernels, chunk, scalars);
  }

  private void requireMatch(INDArray gradient) {
    if (state == null) {
      throw new IllegalStateException(
          "state of " + config + " is not set, expected setStateViewArray or setState before");
    }
    if (gradient.wasClosed()) {
      throw new IllegalStateException("gradient has been closed, expected an open array");
    }
    if (!Span.supports(gradient.dataType())) {
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
    Span[] spans = new Span[arrays.length];
    for (int s = 0; s < arrays.length; s++) {
      DataType type = arrays[s].dataType();
      if (type != DataType.FLOAT && type != DataType.DOUBLE) {
        throw new IllegalArgumentException("state of " + config + " is of type " + type
            + ", expected FLOAT or DOUBLE, as in a network of that dataType: small second moments would be"
            + " 0");
      }
      spans[s] = Span.of(arrays[s]);
    }
    if (initialize) {
      for (int s = 0; s < arrays.length; s++) {
        arrays[s].assign(slots[s].initialValue());
      }
    }
    state = arrays;
    stateSpans = spans;
  }
}
