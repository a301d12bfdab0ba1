package io.github.descent4j.rule;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.state.ParameterState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One step of one parameter by a {@link Formula#wholeParameter}: copies that are swapped in on success. */
final class WholeUpdate implements WholeParameter {
  private final Parameter parameter;
  private final ParameterState state;
  private final long t;
  private final double learningRate;
  private final INDArray value;
  private final INDArray gradient;
  private final Map<String, INDArray> slots = new LinkedHashMap<>();

  /**
   * Begins.
   *
   * @param value a copy, decoupled decay taken off
   * @param gradient a copy, clipped and decayed
   */
  WholeUpdate(
      Parameter parameter,
      ParameterState state,
      long t,
      double learningRate,
      INDArray value,
      INDArray gradient) {
    this.parameter = parameter;
    this.state = state;
    this.t = t;
    this.learningRate = learningRate;
    this.value = value;
    this.gradient = gradient;
  }

  @Override
  public String name() {
    return parameter.name();
  }

  @Override
  public INDArray value() {
    return value;
  }

  @Override
  public INDArray gradient() {
    return gradient;
  }

  @Override
  public long t() {
    return t;
  }

  @Override
  public double learningRate() {
    return learningRate;
  }

  @Override
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  public INDArray slot(String slotName, long... shape) {
    if (slotName == null || !slotName.matches("[A-Za-z]\\w*")) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "slot of parameter '%s' is '%s', expected letters and digits",
          name(),
          slotName));
    }
    INDArray copy = slots.get(slotName);
    if (copy == null) {
      INDArray known = state.slot(slotName);
      try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
        DataType type = ParameterState.slotType(state.type);
        copy = known == null ? zeros(type, shape) : known.dup('c');
      }
      slots.put(slotName, copy);
    }
    if (!Arrays.equals(copy.shape(), shape)) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "slot '%s' of parameter '%s' has shape %s, expected %s as at its first step",
          slotName,
          name(),
          Arrays.toString(shape),
          Arrays.toString(copy.shape())));
    }
    return copy;
  }

  private static INDArray zeros(DataType type, long[] shape) {
    return shape.length == 0 ? Nd4j.scalar(type, 0) : Nd4j.create(type, shape, 'c');
  }

  /**
   * Sees to it that the arrays are what a parameter and its slots can become.
   *
   * @throws IllegalStateException if one has been closed
   */
  void requireWhole() {
    if (value.wasClosed() || slots.values().stream().anyMatch(INDArray::wasClosed)) {
      throw new IllegalStateException("an array of the update of parameter '" + name()
          + "' has been closed, expected an open array");
    }
  }

  /** Puts the copies in place. */
  void swapIn() {
    if (!value.isEmpty()) {
      parameter.value().assign(value);
    }
    slots.forEach((slotName, copy) -> {
      INDArray known = state.slot(slotName);
      if (known == null) {
        state.add(slotName, copy);
      } else if (!known.isEmpty()) {
        known.assign(copy);
      }
    });
  }

  /**
   * Frees the copies. The garbage collector, which sees objects of some bytes and not what they hold outside of the heap, would let
   * gigabytes of them gather.
   */
  void free() {
    value.close();
    gradient.close();
    slots.forEach((slotName, copy) -> {
      if (state.slot(slotName) != copy) {
        copy.close();
      }
    });
  }
}
