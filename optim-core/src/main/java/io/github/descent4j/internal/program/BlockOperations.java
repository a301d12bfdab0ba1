package io.github.descent4j.internal.program;

/**
 * The operations, each a loop over a block: what every form of a program is held to, bit for bit.
 *
 * <p>There is no {@code Math.fma}: without the hardware it is many times slower, and with it the bits differ.
 */
final class BlockOperations {

  private BlockOperations() {}

  static void apply(Operation operation, float[] d, float[] a, float[] b, int n) {
    switch (operation) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] / b[i];
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.min(a[i], b[i]);
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.max(a[i], b[i]);
        }
      }
      case SQUARE_ROOT -> {
        for (int i = 0; i < n; i++) {
          d[i] = (float) Math.sqrt(a[i]);
        }
      }
      case ABSOLUTE -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.abs(a[i]);
        }
      }
      case SIGN -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.max(-1f, Math.min(1f, a[i] * 0x1p127f * 0x1p127f));
        }
      }
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(operation);
    }
  }

  static void apply(Operation operation, double[] d, double[] a, double[] b, int n) {
    switch (operation) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          d[i] = a[i] / b[i];
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.min(a[i], b[i]);
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.max(a[i], b[i]);
        }
      }
      case SQUARE_ROOT -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.sqrt(a[i]);
        }
      }
      case ABSOLUTE -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.abs(a[i]);
        }
      }
      case SIGN -> {
        for (int i = 0; i < n; i++) {
          d[i] = Math.max(-1d, Math.min(1d, a[i] * 0x1p1023 * 0x1p1023));
        }
      }
      case INPUT, SCALAR, CONSTANT, EITHER -> throw new AssertionError(operation);
    }
  }
}
