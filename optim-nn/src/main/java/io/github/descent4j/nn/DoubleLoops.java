package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/** See {@link Loops}. */
final class DoubleLoops implements Loops<double[]> {
  static final DoubleLoops INSTANCE = new DoubleLoops();

  /**
   * Twice times this, any positive number is at least 1: min(1, x HUGE HUGE) is 1 for x &gt; 0 and 0 for x = 0, without a branch,
   * which would be mispredicted and keep C2 from vectorizing.
   */
  private static final double HUGE = 0x1p1022;

  private DoubleLoops() {}

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
  public void add(double[] sum, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i];
    }
  }

  @Override
  public void relu(double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(y[i], 0);
    }
  }

  @Override
  public void reluGradient(double[] y, double[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= Math.min(1, y[i] * HUGE * HUGE);
    }
  }

  @Override
  public void sigmoid(double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 1 / (1 + StrictMath.exp(-y[i]));
    }
  }

  @Override
  public void sigmoidGradient(double[] y, double[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= y[i] * (1 - y[i]);
    }
  }

  @Override
  public void tanh(double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = StrictMath.tanh(y[i]);
    }
  }

  @Override
  public void tanhGradient(double[] y, double[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= 1 - y[i] * y[i];
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
  public void im2row(double[] image, double[] fields, int rowLength, ConvolutionShape s) {
    int channels = s.channels();
    int at = 0;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at += rowLength) {
        int left = ox * s.stride() - s.padding();
        int first = Math.max(0, -left);
        int n = (Math.min(s.kernelWidth(), s.width() - left) - first) * channels;
        for (int ky = 0; ky < s.kernelHeight() && n > 0; ky++) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy >= 0 && iy < s.height()) {
            int from = (iy * s.width() + left + first) * channels;
            System.arraycopy(
                image, from, fields, at + (ky * s.kernelWidth() + first) * channels, n);
          }
        }
      }
    }
  }

  @Override
  public void row2im(double[] fields, int rowLength, double[] image, ConvolutionShape s) {
    int channels = s.channels();
    int at = 0;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at += rowLength) {
        int left = ox * s.stride() - s.padding();
        int first = Math.max(0, -left);
        int n = (Math.min(s.kernelWidth(), s.width() - left) - first) * channels;
        for (int ky = 0; ky < s.kernelHeight() && n > 0; ky++) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy >= 0 && iy < s.height()) {
            int to = (iy * s.width() + left + first) * channels;
            addTo(image, to, fields, at + (ky * s.kernelWidth() + first) * channels, n);
          }
        }
      }
    }
  }

  private static void addTo(double[] sum, int to, double[] a, int from, int n) {
    for (int i = 0; i < n; i++) {
      sum[to + i] += a[from + i];
    }
  }

  @Override
  public void im2col(double[] image, double[] fields, ConvolutionShape s) {
    int at = 0;
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int first = s.firstColumn(kx);
        int n = s.endColumn(kx) - first;
        for (int oy = 0; oy < s.outputHeight(); oy++, at += s.outputWidth()) {
          int iy = oy * s.stride() + ky - s.padding();
          if (iy < 0 || iy >= s.height() || n <= 0) {
            continue;
          }
          int from = iy * s.width() + first * s.stride() + kx - s.padding();
          if (s.stride() == 1) {
            System.arraycopy(image, from, fields, at + first, n);
          } else {
            for (int i = 0; i < n; i++) {
              fields[at + first + i] = image[from + i * s.stride()];
            }
          }
        }
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
  public void scatterAdd(double[] b, int from, int count, int n, double[] a, int to, int step) {
    for (int i = 0; i < count; i++) {
      addTo(a, to + i * step, b, from + i * n, n);
    }
  }

  @Override
  public void max(double[] y, double[] x, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(y[i], x[i]);
    }
  }

  @Override
  public void takeMaximum(double[] x, double[] y, double[] rest, double[] taken, int n) {
    for (int i = 0; i < n; i++) {
      taken[i] = rest[i] * (1 - Math.min(1, (y[i] - x[i]) * HUGE * HUGE));
      rest[i] -= taken[i];
    }
  }

  @Override
  public void multiply(double[] a, double factor, int n) {
    double by = factor;
    for (int i = 0; i < n; i++) {
      a[i] *= by;
    }
  }

  @Override
  public void toDoubles(double[] a, double[] to, int n) {
    System.arraycopy(a, 0, to, 0, n);
  }

  @Override
  public void addDeviations(double[] x, double[] center, double[] sum, double[] squares, int n) {
    for (int i = 0; i < n; i++) {
      double d = x[i] - center[i];
      sum[i] += d;
      squares[i] += d * d;
    }
  }

  @Override
  public void addProducts(
      double[] dy, double[] x, double[] center, double[] sum, double[] products, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += dy[i];
      products[i] += dy[i] * (x[i] - center[i]);
    }
  }

  @Override
  public void normalize(double[] x, double[] center, double[] scale, double[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - center[i]) * scale[i] + shift[i];
    }
  }

  @Override
  public void normalizeGradient(
      double[] dy,
      double[] x,
      double[] center,
      double[] scale,
      double[] slope,
      double[] shift,
      int n) {
    for (int i = 0; i < n; i++) {
      dy[i] = dy[i] * scale[i] + (x[i] - center[i]) * slope[i] + shift[i];
    }
  }
}
