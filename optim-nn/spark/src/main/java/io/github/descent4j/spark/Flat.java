package io.github.descent4j.spark;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.memory.ArrayMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers of some arrays as they travel: array by array, each in 'c' order, little-endian and without gaps. Floats where all arrays are
 * FLOAT or shorter, doubles otherwise.
 */
final class Flat {
  private static final int BLOCK = 4096;

  /** One of the two is null. */
  private final float[] floats;

  private final double[] doubles;

  private Flat(float[] floats, double[] doubles) {
    this.floats = floats;
    this.doubles = doubles;
  }

  /** Zeros, as many as the arrays have elements. */
  static Flat like(Collection<INDArray> arrays) {
    long length = 0;
    boolean wide = false;
    for (INDArray array : arrays) {
      length += array.length();
      wide |= array.dataType() == DataType.DOUBLE;
    }
    if (length * (wide ? Double.BYTES : Float.BYTES) > Integer.MAX_VALUE - (1 << 16)) {
      throw new IllegalArgumentException(
          "parameters have " + length + " elements, expected as many as fit into 2 GiB");
    }
    return of(wide, (int) length);
  }

  static Flat of(boolean wide, int length) {
    return wide ? new Flat(null, new double[length]) : new Flat(new float[length], null);
  }

  static List<INDArray> values(Parameters parameters) {
    List<INDArray> values = new ArrayList<>();
    for (Parameter parameter : parameters) {
      values.add(parameter.value());
    }
    return values;
  }

  static List<INDArray> gradients(Parameters parameters) {
    List<INDArray> gradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      gradients.add(parameter.gradient());
    }
    return gradients;
  }

  int length() {
    return wide() ? doubles.length : floats.length;
  }

  boolean wide() {
    return doubles != null;
  }

  int bytes() {
    return length() * (wide() ? Double.BYTES : Float.BYTES);
  }

  double get(int index) {
    return wide() ? doubles[index] : floats[index];
  }

  /** Copies the arrays' elements. */
  Flat read(Collection<INDArray> arrays) {
    each(arrays, false);
    return this;
  }

  /** Overwrites the arrays' elements, rounded to their types. */
  void write(Collection<INDArray> arrays) {
    each(arrays, true);
  }

  private void each(Collection<INDArray> arrays, boolean write) {
    long[] offsets = new long[BLOCK];
    float[] narrow = wide() ? new float[BLOCK] : null;
    int at = 0;
    for (INDArray array : arrays) {
      if (array.isEmpty()) {
        continue;
      }
      ArrayMemory memory = ArrayMemory.of(array);
      int length = (int) memory.length();
      for (int done = 0; done < length; done += BLOCK) {
        int n = Math.min(BLOCK, length - done);
        if (!wide()) {
          copy(memory, done, n, floats, at + done, offsets, write);
        } else if (memory.isDouble()) {
          copy(memory, done, n, doubles, at + done, offsets, write);
        } else {
          convert(memory, done, n, narrow, at + done, offsets, write);
        }
      }
      at += length;
    }
  }

  private static void copy(
      ArrayMemory memory, int from, int n, float[] flat, int at, long[] offsets, boolean write) {
    if (write) {
      memory.store('c', from, n, flat, at, offsets);
    } else {
      memory.load('c', from, n, flat, at, offsets);
    }
  }

  private static void copy(
      ArrayMemory memory, int from, int n, double[] flat, int at, long[] offsets, boolean write) {
    if (write) {
      memory.store('c', from, n, flat, at, offsets);
    } else {
      memory.load('c', from, n, flat, at, offsets);
    }
  }

  /** A shorter array among arrays of DOUBLE. */
  private void convert(
      ArrayMemory memory, int from, int n, float[] narrow, int at, long[] offsets, boolean write) {
    if (!write) {
      memory.load('c', from, n, narrow, 0, offsets);
    }
    for (int i = 0; i < n; i++) {
      if (write) {
        narrow[i] = (float) doubles[at + i];
      } else {
        doubles[at + i] = narrow[i];
      }
    }
    if (write) {
      memory.store('c', from, n, narrow, 0, offsets);
    }
  }

  /** Adds other numbers of the same kind. */
  Flat add(Flat other) {
    if (wide()) {
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] += other.doubles[i];
      }
    } else {
      for (int i = 0; i < floats.length; i++) {
        floats[i] += other.floats[i];
      }
    }
    return this;
  }

  /** Multiplies by a factor, rounded to these numbers' type first. */
  Flat times(double factor) {
    if (wide()) {
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] *= factor;
      }
    } else {
      float f = (float) factor;
      for (int i = 0; i < floats.length; i++) {
        floats[i] *= f;
      }
    }
    return this;
  }

  /** Becomes {@code minuend - this}. */
  Flat subtractedFrom(Flat minuend) {
    if (wide()) {
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = minuend.doubles[i] - doubles[i];
      }
    } else {
      for (int i = 0; i < floats.length; i++) {
        floats[i] = minuend.floats[i] - floats[i];
      }
    }
    return this;
  }

  boolean isFinite() {
    for (int i = 0; i < length(); i++) {
      if (!Double.isFinite(get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The same numbers as doubles. */
  Flat widened() {
    if (wide()) {
      return this;
    }
    Flat widened = of(true, floats.length);
    for (int i = 0; i < floats.length; i++) {
      widened.doubles[i] = floats[i];
    }
    return widened;
  }

  void put(ByteBuffer target) {
    target.order(ByteOrder.LITTLE_ENDIAN);
    if (wide()) {
      target.asDoubleBuffer().put(doubles);
    } else {
      target.asFloatBuffer().put(floats);
    }
    target.position(target.position() + bytes());
  }

  /** Overwrites all numbers. */
  Flat get(ByteBuffer source) {
    source.order(ByteOrder.LITTLE_ENDIAN);
    if (wide()) {
      source.asDoubleBuffer().get(doubles);
    } else {
      source.asFloatBuffer().get(floats);
    }
    source.position(source.position() + bytes());
    return this;
  }
}
