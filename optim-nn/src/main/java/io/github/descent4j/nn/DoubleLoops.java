package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/** See {@link Loops}. */
final class DoubleLoops implements Loops<double[]> {
  static final DoubleLoops INSTANCE = new DoubleLoops();

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
  public void add(double[] sum, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i];
    }
  }

  @Override
  public void addScalar(double[] a, int from, int n, double[] b, int at) {
    double value = b[at];
    for (int i = from; i < from + n; i++) {
      a[i] += value;
    }
  }

  @Override
  public void addSum(double[] sum, int at, double[] a, int from, int n) {
    // Four partial sums: one would wait for each addition before the next.
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = from;
    for (; i + 3 < from + n; i += 4) {
      sum0 += a[i];
      sum1 += a[i + 1];
      sum2 += a[i + 2];
      sum3 += a[i + 3];
    }
    for (; i < from + n; i++) {
      sum0 += a[i];
    }
    sum[at] += (sum0 + sum1) + (sum2 + sum3);
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
      // All ones where y > 0, as y is never negative: a branch on the sign would be mispredicted.
      long mask = -Double.doubleToRawLongBits(y[i]) >> 63;
      dy[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(dy[i]) & mask);
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
  public void interleave(double[] a, int count, int length, double[] b) {
    for (int n = 0; n < count; n++) {
      int from = n * length;
      for (int i = 0; i < length; i++) {
        b[i * count + n] = a[from + i];
      }
    }
  }

  @Override
  public void separate(double[] b, int count, int length, double[] a) {
    for (int n = 0; n < count; n++) {
      int from = n * length;
      for (int i = 0; i < length; i++) {
        a[from + i] = b[i * count + n];
      }
    }
  }

  @Override
  public void im2col(
      double[] images, int count, int m, int channel, double[] columns, ConvolutionShape s) {
    int outputWidth = s.outputWidth() * m;
    int at = 0;
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int first = s.firstColumn(kx);
        int end = Math.max(first, s.endColumn(kx));
        for (int n = 0; n < count; n += m) {
          int plane = n * s.imageLength() + channel * s.height() * s.width() * m;
          for (int oy = 0; oy < s.outputHeight(); oy++, at += outputWidth) {
            int iy = oy * s.stride() + ky - s.padding();
            boolean inside = iy >= 0 && iy < s.height();
            if (!inside || end - first < s.outputWidth()) {
              Arrays.fill(columns, at, at + outputWidth, 0);
            }
            int row = plane + (iy * s.width() + kx - s.padding()) * m;
            if (inside && s.stride() == 1) {
              System.arraycopy(images, row + first * m, columns, at + first * m, (end - first) * m);
            } else if (inside) {
              for (int ox = first; ox < end; ox++) {
                System.arraycopy(images, row + ox * s.stride() * m, columns, at + ox * m, m);
              }
            }
          }
        }
      }
    }
  }

  @Override
  public void col2im(
      double[] columns, int count, int m, int channel, double[] images, ConvolutionShape s) {
    int outputWidth = s.outputWidth() * m;
    int at = 0;
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int first = s.firstColumn(kx);
        int end = s.endColumn(kx);
        for (int n = 0; n < count; n += m) {
          int plane = n * s.imageLength() + channel * s.height() * s.width() * m;
          for (int oy = 0; oy < s.outputHeight(); oy++, at += outputWidth) {
            int iy = oy * s.stride() + ky - s.padding();
            if (iy < 0 || iy >= s.height()) {
              continue;
            }
            int row = plane + (iy * s.width() + kx - s.padding()) * m;
            if (s.stride() == 1) {
              addTo(images, row + first * m, columns, at + first * m, (end - first) * m);
            } else {
              for (int ox = first; ox < end; ox++) {
                addTo(images, row + ox * s.stride() * m, columns, at + ox * m, m);
              }
            }
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
  public void maxPool(double[] plane, int from, double[] y, int to, int[] argmax, PoolShape s) {
    if (s.size() == 2) {
      maxPool2x2(plane, from, y, to, argmax, s);
      return;
    }
    int at = to;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at++) {
        int corner = from + oy * s.stride() * s.width() + ox * s.stride();
        int best = corner;
        double max = plane[corner];
        for (int ky = 0; ky < s.size(); ky++) {
          for (int kx = 0; kx < s.size(); kx++) {
            int candidate = corner + ky * s.width() + kx;
            double value = plane[candidate];
            if (value > max || Double.isNaN(value)) {
              best = candidate;
              max = value;
            }
          }
        }
        y[at] = max;
        argmax[at] = best;
      }
    }
  }

  /** The same without branches, which would be mispredicted. */
  private static void maxPool2x2(
      double[] plane, int from, double[] y, int to, int[] argmax, PoolShape s) {
    int at = to;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      int upper = from + oy * s.stride() * s.width();
      for (int ox = 0; ox < s.outputWidth(); ox++, at++) {
        int best = upper + ox * s.stride();
        int lower = best + s.width();
        double max = plane[best];
        double value = plane[best + 1];
        best = value > max ? best + 1 : best;
        max = Math.max(max, value);
        value = plane[lower];
        best = value > max ? lower : best;
        max = Math.max(max, value);
        value = plane[lower + 1];
        best = value > max ? lower + 1 : best;
        y[at] = Math.max(max, value);
        argmax[at] = best;
      }
    }
  }

  @Override
  public void maxPoolGradient(double[] dx, double[] dy, int[] argmax, int n) {
    for (int i = 0; i < n; i++) {
      dx[argmax[i]] += dy[i];
    }
  }
}
