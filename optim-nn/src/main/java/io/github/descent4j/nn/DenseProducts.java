package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.memory.Memory;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arithmetic of {@link Dense}, in pieces that threads share where the layer has the batch to itself.
 *
 * <p>A piece has some of the outputs: their columns of y, their rows of the weight's gradient. Or some of the inputs: their columns of dx or of
 * the weight's gradient. So each weight and each gradient is touched by one thread, and nothing has to be added. How many pieces follows from the shapes.
 */
final class DenseProducts<A> {
  /** A product with fewer multiplications in a piece costs less than to wake another thread. */
  private static final long LEAST_WORK = 1 << 21;

  /** The same for gradients: there are two products to share out, and each piece packs anew what it does not have to itself. */
  private static final long LEAST_GRADIENT_WORK = 1 << 22;

  /** Fewer columns than this, and packing the other matrix for every piece takes longer than the second thread saves. */
  private static final int LEAST_COLUMNS = 64;

  private final Loops<A> loops;
  private final Matrix weight;
  private final Matrix weightGradient;
  private final Memory bias;
  private final Memory biasGradient;
  private final int inputs;
  private final int outputs;
  private final A biases;
  private final A row;
  private final A sum;
  private Pieces action;
  private final ParallelRunner runner = new ParallelRunner((piece, worker) -> action.run(piece));
  private boolean divide;

  /** What is done for each piece. */
  private interface Pieces {
    void run(int piece);
  }

  DenseProducts(Loops<A> loops, Parameter weight, Parameter bias) {
    this.loops = loops;
    outputs = (int) weight.value().size(0);
    inputs = (int) weight.value().size(1);
    this.weight = Matrix.of(Memory.of(weight.value()), inputs);
    weightGradient = Matrix.of(Memory.of(weight.gradient()), inputs);
    this.bias = Memory.of(bias.value());
    biasGradient = Memory.of(bias.gradient());
    biases = loops.allocate(outputs);
    row = loops.allocate(outputs);
    sum = loops.allocate(outputs);
  }

  void divide(boolean divide) {
    this.divide = divide;
  }

  /** {@code y = x W^T + b}. */
  void forward(Memory x, Memory y) {
    Matrix input = Matrix.of(x, inputs);
    Matrix output = Matrix.of(y, outputs);
    loops.get(bias, 0, biases, 0, outputs);
    int pieces = pieces(outputs, input.rows(), LEAST_WORK);
    run(pieces, input.rows(), piece -> {
      int from = begin(piece, pieces, outputs);
      int to = begin(piece + 1, pieces, outputs);
      fillRows(y, from, to);
      output.columns(from, to).multiply(input, false, weight.rows(from, to), true, true);
    });
  }

  /** {@code dW = dy^T x}, {@code db} the sum of dy's rows, and {@code dx = dy W} unless that is null. */
  void backward(Memory x, Memory dy, Memory dx) {
    Matrix input = Matrix.of(x, inputs);
    Matrix gradient = Matrix.of(dy, outputs);
    Matrix inputGradient = dx == null ? null : Matrix.of(dx, inputs);
    // A piece packs its part of one matrix and all of the other one, which had better be the
    // smaller one.
    boolean byInputs = inputs > outputs;
    int ofWeight = pieces(byInputs ? inputs : outputs, input.rows(), LEAST_GRADIENT_WORK);
    int ofInput = dx == null ? 0 : pieces(inputs, input.rows(), LEAST_GRADIENT_WORK);
    int ofBias = ofWeight + ofInput;
    run(ofBias + 1, input.rows(), piece -> {
      if (piece == ofBias) {
        sumRows(dy);
      } else if (piece >= ofWeight) {
        int from = begin(piece - ofWeight, ofInput, inputs);
        int to = begin(piece - ofWeight + 1, ofInput, inputs);
        inputGradient
            .columns(from, to)
            .multiply(gradient, false, weight.columns(from, to), false, false);
      } else if (byInputs) {
        int from = begin(piece, ofWeight, inputs);
        int to = begin(piece + 1, ofWeight, inputs);
        weightGradient
            .columns(from, to)
            .multiply(gradient, true, input.columns(from, to), false, false);
      } else {
        int from = begin(piece, ofWeight, outputs);
        int to = begin(piece + 1, ofWeight, outputs);
        weightGradient
            .rows(from, to)
            .multiply(gradient.columns(from, to), true, input, false, false);
      }
    });
  }

  /** Pieces of a product that has so many columns to share out, the rest of its work being the same for each. */
  private int pieces(int columns, int rows, long leastWork) {
    if (!divide) {
      return 1;
    }
    return (int) Math.max(1, Math.min(work(rows) / leastWork, columns / LEAST_COLUMNS));
  }

  /** Multiplications of a product. */
  private long work(int rows) {
    return (long) rows * inputs * outputs;
  }

  private static int begin(int piece, int pieces, int columns) {
    return (int) ((long) columns * piece / pieces);
  }

  private void run(int pieces, int rows, Pieces action) {
    if (!divide || work(rows) < LEAST_WORK) {
      for (int piece = 0; piece < pieces; piece++) {
        action.run(piece);
      }
      return;
    }
    this.action = action;
    runner.run(pieces, Nd4j.factory().blas().getMaxThreads() == 1);
  }

  /** Starts each row at the bias: the matrix product adds to it, which spares a pass over the output. */
  private void fillRows(Memory y, int from, int to) {
    for (int at = 0; at < y.length(); at += outputs) {
      loops.put(y, at + from, biases, from, to - from);
    }
  }

  private void sumRows(Memory dy) {
    loops.zero(sum, 0, outputs);
    for (int from = 0; from < dy.length(); from += outputs) {
      loops.get(dy, from, row, 0, outputs);
      loops.add(sum, row, outputs);
    }
    loops.put(biasGradient, 0, sum, 0, outputs);
  }
}
