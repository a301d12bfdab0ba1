package io.github.descent4j.nn;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.FloatLoop;
import io.github.descent4j.internal.program.Program;
import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/** See {@link Loops}. */
final class FloatLoops extends ElementwiseLoops<float[]> {
  static final FloatLoops INSTANCE = new FloatLoops();

  private FloatLoops() {}

  @Override
  Compiled compile(Program program) {
    FloatLoop loop = io.github.descent4j.internal.program.Loops.chosen().floats(program);
    return (n, number, blocks) -> {
      float[][] arrays = new float[blocks.length][];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = (float[]) blocks[i];
      }
      loop.run(arrays, n, new float[] {(float) number});
    };
  }

  @Override
  public float[] allocate(int n) {
    return new float[n];
  }

  @Override
  public int length(float[] block) {
    return block.length;
  }

  @Override
  public void get(Memory memory, int from, float[] to, int start, int n) {
    memory.get(from, to, start, n);
  }

  @Override
  public void put(Memory memory, int from, float[] source, int start, int n) {
    memory.put(from, source, start, n);
  }

  @Override
  public void load(ArrayMemory memory, long from, float[] to, int n, long[] offsets) {
    memory.load('c', from, n, to, offsets);
  }

  @Override
  public void store(ArrayMemory memory, long from, float[] source, int n, long[] offsets) {
    memory.store('c', from, n, source, offsets);
  }

  @Override
  public void zero(float[] a, int from, int n) {
    Arrays.fill(a, from, from + n, 0);
  }

  @Override
  public void fill(float[] a, int from, int step, int count, double value) {
    for (int i = 0; i < count; i++) {
      a[from + i * step] = (float) value;
    }
  }

  @Override
  public void copy(float[] a, int from, float[] b, int to, int n) {
    System.arraycopy(a, from, b, to, n);
  }

  @Override
  public void add(float[] sum, float[] a, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i];
    }
  }

  @Override
  public void sigmoid(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) (1 / (1 + StrictMath.exp(-y[i])));
    }
  }

  @Override
  public void tanh(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) StrictMath.tanh(y[i]);
    }
  }

  @Override
  public void dropout(float[] y, boolean[] keep, int from, double scale, int n) {
    float factor = (float) scale;
    for (int i = 0; i < n; i++) {
      y[i] = keep[from + i] ? y[i] * factor : 0;
    }
  }

  @Override
  public void transpose(float[] a, int rows, int columns, float[] b) {
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      for (int column = 0; column < columns; column++) {
        b[column * rows + row] = a[from + column];
      }
    }
  }

  @Override
  public void gather(float[] a, int from, int step, int count, int n, float[] b, int to) {
    if (n == 1) {
      for (int i = 0; i < count; i++) {
        b[to + i] = a[from + i * step];
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      System.arraycopy(a, from + i * step, b, to + i * n, n);
    }
  }

  @Override
  public void scatter(float[] b, int from, int count, int n, float[] a, int to, int step) {
    if (n == 1) {
      for (int i = 0; i < count; i++) {
        a[to + i * step] = b[from + i];
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      System.arraycopy(b, from + i * n, a, to + i * step, n);
    }
  }

  @Override
  public void pick(float[] a, int[] places, int n, float[] b) {
    for (int i = 0; i < n; i++) {
      b[i] = a[places[i]];
    }
  }

  @Override
  public void place(float[] b, int[] places, int n, float[] a) {
    for (int i = 0; i < n; i++) {
      a[places[i]] = b[i];
    }
  }

  @Override
  public void addToPlaces(
      float[] b, float[] places, int from, int[] corners, int[] offsets, float[] a) {
    for (int i = 0; i < corners.length; i++) {
      int place = (int) places[from + i];
      // The difference is 0 or NaN.
      a[corners[i] + offsets[place]] += b[i] + (places[from + i] - place);
    }
  }

  @Override
  public void scaled(float[] a, double factor, float[] b, int n) {
    float by = (float) factor;
    for (int i = 0; i < n; i++) {
      b[i] = a[i] * by;
    }
  }

  @Override
  public void toDoubles(float[] a, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = a[i];
    }
  }
}
