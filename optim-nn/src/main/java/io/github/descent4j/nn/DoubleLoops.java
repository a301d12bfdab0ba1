package io.github.descent4j.nn;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.program.DoubleLoop;
import io.github.descent4j.internal.program.Program;
import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/** See {@link Loops}. */
final class DoubleLoops extends ElementwiseLoops<double[]> {
  static final DoubleLoops INSTANCE = new DoubleLoops();

  private DoubleLoops() {}

  @Override
  Compiled compile(Program program) {
    DoubleLoop loop = io.github.descent4j.internal.program.Loops.chosen().doubles(program);
    return (n, number, blocks) -> {
      double[][] arrays = new double[blocks.length][];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = (double[]) blocks[i];
      }
      loop.run(arrays, n, new double[] {number});
    };
  }

  @Override
  public double[] allocate(int n) {
    return new double[n];
  }

  @Override
  public int length(double[] block) {
    return block.length;
  }

  @Override
  public void get(Memory memory, int from, double[] to, int start, int n) {
    memory.get(from, to, start, n);
  }

  @Override
  public void put(Memory memory, int from, double[] source, int start, int n) {
    memory.put(from, source, start, n);
  }

  @Override
  public void load(ArrayMemory memory, long from, double[] to, int n, long[] offsets) {
    memory.load('c', from, n, to, offsets);
  }

  @Override
  public void store(ArrayMemory memory, long from, double[] source, int n, long[] offsets) {
    memory.store('c', from, n, source, offsets);
  }

  @Override
  public void zero(double[] a, int from, int n) {
    Arrays.fill(a, from, from + n, 0);
  }

  @Override
  public void fill(double[] a, int from, int step, int count, double value) {
    for (int i = 0; i < count; i++) {
      a[from + i * step] = value;
    }
  }

  @Override
  public void copy(double[] a, int from, double[] b, int to, int n) {
    System.arraycopy(a, from, b, to, n);
  }

  @Override
  public void add(double[] sum, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i];
    }
  }

  @Override
  public void sigmoid(double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 1 / (1 + StrictMath.exp(-y[i]));
    }
  }

  @Override
  public void tanh(double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = StrictMath.tanh(y[i]);
    }
  }

  @Override
  public void dropout(double[] y, boolean[] keep, int from, double scale, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = keep[from + i] ? y[i] * scale : 0;
    }
  }

  @Override
  public void transpose(double[] a, int rows, int columns, double[] b) {
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      for (int column = 0; column < columns; column++) {
        b[column * rows + row] = a[from + column];
      }
    }
  }

  @Override
  public void gather(double[] a, int from, int step, int count, int n, double[] b, int to) {
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
  public void scatter(double[] b, int from, int count, int n, double[] a, int to, int step) {
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
  public void pick(double[] a, int[] places, int n, double[] b) {
    for (int i = 0; i < n; i++) {
      b[i] = a[places[i]];
    }
  }

  @Override
  public void place(double[] b, int[] places, int n, double[] a) {
    for (int i = 0; i < n; i++) {
      a[places[i]] = b[i];
    }
  }

  @Override
  public void addToPlaces(
      double[] b, double[] places, int from, int[] corners, int[] offsets, double[] a) {
    for (int i = 0; i < corners.length; i++) {
      int place = (int) places[from + i];
      // The difference is 0 or NaN.
      a[corners[i] + offsets[place]] += b[i] + (places[from + i] - place);
    }
  }

  @Override
  public void scaled(double[] a, double factor, double[] b, int n) {
    for (int i = 0; i < n; i++) {
      b[i] = a[i] * factor;
    }
  }

  @Override
  public void toDoubles(double[] a, double[] to, int n) {
    System.arraycopy(a, 0, to, 0, n);
  }
}
