package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;

/** See {@link Loops}. */
final class FloatLoops implements Loops<float[]> {
  static final FloatLoops INSTANCE = new FloatLoops();

  private FloatLoops() {}

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
  public void zero(float[] a, int from, int n) {
    Arrays.fill(a, from, from + n, 0);
  }

  @Override
  public void add(float[] sum, float[] a, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i];
    }
  }

  @Override
  public void addScalar(float[] a, int from, int n, float[] b, int at) {
    float value = b[at];
    for (int i = from; i < from + n; i++) {
      a[i] += value;
    }
  }

  @Override
  public void addSum(float[] sum, int at, float[] a, int from, int n) {
    // Four partial sums: one would wait for each addition before the next.
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
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
  public void relu(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(y[i], 0);
    }
  }

  @Override
  public void reluGradient(float[] y, float[] dy, int n) {
    for (int i = 0; i < n; i++) {
      // All ones where y > 0, as y is never negative: a branch on the sign would be mispredicted.
      int mask = -Float.floatToRawIntBits(y[i]) >> 31;
      dy[i] = Float.intBitsToFloat(Float.floatToRawIntBits(dy[i]) & mask);
    }
  }

  @Override
  public void sigmoid(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) (1 / (1 + StrictMath.exp(-y[i])));
    }
  }

  @Override
  public void sigmoidGradient(float[] y, float[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= y[i] * (1 - y[i]);
    }
  }

  @Override
  public void tanh(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) StrictMath.tanh(y[i]);
    }
  }

  @Override
  public void tanhGradient(float[] y, float[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= 1 - y[i] * y[i];
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
  public void interleave(float[] a, int count, int length, float[] b) {
    for (int n = 0; n < count; n++) {
      int from = n * length;
      for (int i = 0; i < length; i++) {
        b[i * count + n] = a[from + i];
      }
    }
  }

  @Override
  public void separate(float[] b, int count, int length, float[] a) {
    for (int n = 0; n < count; n++) {
      int from = n * length;
      for (int i = 0; i < length; i++) {
        a[from + i] = b[i * count + n];
      }
    }
  }

  @Override
  public void im2col(
      float[] images, int count, int m, int channel, float[] columns, ConvolutionShape s) {
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
      float[] columns, int count, int m, int channel, float[] images, ConvolutionShape s) {
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

  private static void addTo(float[] sum, int to, float[] a, int from, int n) {
    for (int i = 0; i < n; i++) {
      sum[to + i] += a[from + i];
    }
  }

  @Override
  public void maxPool(float[] plane, int from, float[] y, int to, int[] argmax, PoolShape s) {
    if (s.size() == 2) {
      maxPool2x2(plane, from, y, to, argmax, s);
      return;
    }
    int at = to;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      for (int ox = 0; ox < s.outputWidth(); ox++, at++) {
        int corner = from + oy * s.stride() * s.width() + ox * s.stride();
        int best = corner;
        float max = plane[corner];
        for (int ky = 0; ky < s.size(); ky++) {
          for (int kx = 0; kx < s.size(); kx++) {
            int candidate = corner + ky * s.width() + kx;
            float value = plane[candidate];
            if (value > max || Float.isNaN(value)) {
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
      float[] plane, int from, float[] y, int to, int[] argmax, PoolShape s) {
    int at = to;
    for (int oy = 0; oy < s.outputHeight(); oy++) {
      int upper = from + oy * s.stride() * s.width();
      for (int ox = 0; ox < s.outputWidth(); ox++, at++) {
        int best = upper + ox * s.stride();
        int lower = best + s.width();
        float max = plane[best];
        float value = plane[best + 1];
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
  public void maxPoolGradient(float[] dx, float[] dy, int[] argmax, int n) {
    for (int i = 0; i < n; i++) {
      dx[argmax[i]] += dy[i];
    }
  }
}
