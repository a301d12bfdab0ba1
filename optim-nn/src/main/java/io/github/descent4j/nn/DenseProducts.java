package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongPredicate;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arithmetic of {@link Dense}, in pieces that threads share where the layer has the batch to itself.
 *
 * <p>A piece has some of the outputs: their columns of y, their rows of the weight's gradient. Or some of the inputs: their columns of dx or of
 * the weight's gradient. So each weight and each gradient is touched by one thread, and nothing has to be added. How many pieces follows from the shapes.
 *
 * <p>Inputs that are constant in a batch, with values c, are left out of the products where that pays ({@link ConstantInputs}): what they add to y is
 * W c for each example, and their columns of dW are db c<sup>T</sup>.
 */
final class DenseProducts<A> {
  /** A product with fewer multiplications in a piece costs less than to wake another thread. */
  private static final long LEAST_WORK = 1 << 21;

  /** The same for gradients: there are two products to share out, and each piece packs anew what it does not have to itself. */
  private static final long LEAST_GRADIENT_WORK = 1 << 22;

  /** Fewer columns than this, and packing the other matrix for every piece takes longer than the second thread saves. */
  private static final int LEAST_COLUMNS = 64;

  /** Fewer examples than this are not worth a hand-over, where they are only read. */
  private static final int LEAST_ROWS = 32;

  /** Larger weights are not packed: their copy, in each shard, would take too much memory. */
  private static final long MOST_PACKED_WEIGHTS = 1 << 22;

  /** Into how many pieces the examples are cut where they are only read. */
  private static final int MOST_ROW_PIECES = 16;

  private final Loops<A> loops;
  private final LongPredicate readsInPlace;
  private final DataType type;
  private final Matrix weight;
  private final Matrix weightGradient;
  private final Memory bias;
  private final Memory biasGradient;
  private final int inputs;
  private final int outputs;
  private final A biases;
  private final ParallelRunner runner =
      new ParallelRunner((piece, worker) -> this.action.run(piece, scratch(worker)));
  private final List<Scratch> scratch;
  private Pieces<A> action;
  private boolean divide;

  /** Null as long as no batch has been large enough. */
  private ConstantInputs<A> constant;

  /** Of each piece of the examples, how far its inputs are from those of the first example. */
  private final List<A> spreads = new ArrayList<>();

  /** Room for the inputs without those that are constant. */
  private final ReusableArray inputRoom = new ReusableArray();

  /** The inputs without those that are constant, of the last batch that has some. */
  private Matrix packedInput;

  /** Biases with what constant inputs add to them. Null as long as no batch had such inputs. */
  private Memory packedBiases;

  /** Whether the last batch had constant inputs that were left out. */
  private boolean packed;

  /** What is done for each piece. */
  private interface Pieces<A> {
    void run(int piece, DenseProducts<A>.Scratch blocks);
  }

  /** Blocks of one worker. */
  private final class Scratch {
    final A row = loops.allocate(Math.max(inputs, outputs));
    final A other = loops.allocate(Math.max(inputs, outputs));
    final double[] sums = new double[outputs];

    /** The weights of some outputs without those of constant inputs, which stay in this worker's cache. */
    final ReusableArray packedWeights = new ReusableArray();
  }

  /**
   * The products of a layer's parameters.
   *
   * @param readsInPlace whether products of so many multiplications are computed from where the matrices are: to pack gains nothing then
   */
  DenseProducts(Loops<A> loops, Parameter weight, Parameter bias, LongPredicate readsInPlace) {
    this.loops = loops;
    this.readsInPlace = readsInPlace;
    type = weight.value().dataType();
    outputs = (int) weight.value().size(0);
    inputs = (int) weight.value().size(1);
    this.weight = Matrix.of(Memory.of(weight.value()), inputs);
    weightGradient = Matrix.of(Memory.of(weight.gradient()), inputs);
    this.bias = Memory.of(bias.value());
    biasGradient = Memory.of(bias.gradient());
    biases = loops.allocate(outputs);
    scratch = new ArrayList<>(Collections.nCopies(runner.threads(), null));
  }

  void divide(boolean divide) {
    this.divide = divide;
  }

  /** {@code y = x W^T + b}. */
  void forward(Memory x, Memory y) {
    Matrix input = Matrix.of(x, inputs);
    Matrix output = Matrix.of(y, outputs);
    int rows = input.rows();
    // Should packing fail half-way, what is packed is of no batch.
    packed = false;
    packed = packInput(x, rows);
    if (!packed) {
      loops.get(bias, 0, biases, 0, outputs);
    }
    int pieces = pieces(outputs, rows, LEAST_WORK);
    run(pieces, rows, (piece, blocks) -> {
      int from = begin(piece, pieces, outputs);
      int to = begin(piece + 1, pieces, outputs);
      Matrix weights = packed
          ? packWeight(from, to, (outputs + pieces - 1) / pieces, blocks)
          : weight.rows(from, to);
      fillRows(y, from, to);
      output.columns(from, to).multiply(packed ? packedInput : input, false, weights, true, true);
    });
  }

  /** {@code dW = dy^T x}, {@code db} the sum of dy's rows, and {@code dx = dy W} unless that is null. */
  void backward(Memory x, Memory dy, Memory dx) {
    Matrix input = packed ? packedInput : Matrix.of(x, inputs);
    Matrix gradient = Matrix.of(dy, outputs);
    Matrix inputGradient = dx == null ? null : Matrix.of(dx, inputs);
    int rows = input.rows();
    // A piece packs its part of one matrix and all of the other one, which had better be the
    // smaller one.
    boolean byInputs = !packed && inputs > outputs;
    int ofWeight = pieces(byInputs ? inputs : outputs, rows, LEAST_GRADIENT_WORK);
    int ofInput = dx == null ? 0 : pieces(inputs, rows, LEAST_GRADIENT_WORK);
    int ofBias = packed ? 0 : 1;
    run(ofWeight + ofInput + ofBias, rows, (piece, blocks) -> {
      if (piece == ofWeight + ofInput) {
        sumRows(dy, 0, outputs, blocks);
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
            .columns(0, input.columns())
            .multiply(gradient.columns(from, to), true, input, false, false);
        if (packed) {
          sumRows(dy, from, to, blocks);
          unpackGradient(from, to, blocks);
        }
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

  private void run(int pieces, int rows, Pieces<A> action) {
    if (!divide || work(rows) < LEAST_WORK) {
      for (int piece = 0; piece < pieces; piece++) {
        action.run(piece, scratch(0));
      }
      return;
    }
    this.action = action;
    runner.run(pieces, Nd4j.factory().blas().getMaxThreads() == 1);
  }

  /** The blocks of a worker, which alone asks for them. */
  private Scratch scratch(int worker) {
    Scratch known = scratch.get(worker);
    if (known == null) {
      known = new Scratch();
      scratch.set(worker, known);
    }
    return known;
  }

  /** Packs the inputs that vary, where that pays. */
  private boolean packInput(Memory x, int rows) {
    if (work(rows) < LEAST_WORK
        || readsInPlace.test(work(rows))
        || outputs < LEAST_COLUMNS
        || (long) inputs * outputs > MOST_PACKED_WEIGHTS) {
      return false;
    }
    if (constant == null) {
      constant = new ConstantInputs<>(type, loops, inputs);
    }
    if (!constant.begin(x)) {
      return false;
    }
    int pieces = Math.max(1, Math.min(rows / LEAST_ROWS, MOST_ROW_PIECES));
    while (spreads.size() < pieces) {
      spreads.add(loops.allocate(inputs));
    }
    run(pieces, rows, (piece, blocks) -> {
      A spread = spreads.get(piece);
      loops.zero(spread, 0, inputs);
      constant.compare(
          x, begin(piece, pieces, rows), begin(piece + 1, pieces, rows), blocks.row, spread);
    });
    for (int piece = 0; piece < pieces; piece++) {
      constant.join(spreads.get(piece));
    }
    if (!constant.end(rows)) {
      return false;
    }
    if (packedBiases == null) {
      packedBiases = Memory.of(Nd4j.create(type, outputs));
    }
    // As long as all of the batch, so that the array stays the same however many inputs vary.
    Memory to = inputRoom.shaped(type, (long) rows * inputs);
    run(pieces, rows, (piece, blocks) -> {
      for (int i = begin(piece, pieces, rows); i < begin(piece + 1, pieces, rows); i++) {
        packRow(x, i, to, i, blocks);
      }
    });
    packedInput = new Matrix(to, 0, rows, constant.varying(), constant.varying());
    return true;
  }

  private void packRow(Memory all, int row, Memory to, int packedRow, Scratch blocks) {
    loops.get(all, row * inputs, blocks.row, 0, inputs);
    constant.pack(blocks.row, blocks.other);
    loops.put(to, packedRow * constant.varying(), blocks.other, 0, constant.varying());
  }

  /** Takes the weights of some outputs, at most so many, and their biases with what constant inputs add to them. */
  private Matrix packWeight(int from, int to, int most, Scratch blocks) {
    Memory packedWeights = blocks.packedWeights.shaped(type, (long) most * inputs);
    for (int i = from; i < to; i++) {
      packRow(weight.memory(), i, packedWeights, i - from, blocks);
    }
    int n = to - from;
    loops.get(bias, from, biases, from, n);
    loops.put(packedBiases, from, biases, from, n);
    weight.rows(from, to).addProduct(constant.constantsMemory(), packedBiases, from);
    loops.get(packedBiases, from, biases, from, n);
    return new Matrix(packedWeights, 0, n, constant.varying(), constant.varying());
  }

  /** Spreads the product, which lies at the beginnings of the gradient's rows, over them, and sets what is of constant inputs. */
  private void unpackGradient(int from, int to, Scratch blocks) {
    for (int i = from; i < to; i++) {
      loops.get(weightGradient.memory(), i * inputs, blocks.other, 0, constant.varying());
      constant.unpack(blocks.other, blocks.sums[i - from], blocks.row);
      loops.put(weightGradient.memory(), i * inputs, blocks.row, 0, inputs);
    }
  }

  /** Starts each row at the bias: the matrix product adds to it, which spares a pass over the output. */
  private void fillRows(Memory y, int from, int to) {
    for (int at = 0; at < y.length(); at += outputs) {
      loops.put(y, at + from, biases, from, to - from);
    }
  }

  private void sumRows(Memory dy, int from, int to, Scratch blocks) {
    int n = to - from;
    loops.zero(blocks.other, 0, n);
    for (int at = from; at < dy.length(); at += outputs) {
      loops.get(dy, at, blocks.row, 0, n);
      loops.add(blocks.other, blocks.row, n);
    }
    loops.put(biasGradient, from, blocks.other, 0, n);
    loops.toDoubles(blocks.other, blocks.sums, n);
  }
}
