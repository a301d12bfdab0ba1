package io.github.descent4j;

import io.github.descent4j.internal.memory.DoubleElements;
import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.rule.WholeParameter;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adafactor: a second moment that a matrix has by its rows and columns alone, and steps in proportion to the parameter (Shazeer
 * and Stern 2018, Algorithms 4 and 5).
 *
 * <pre>
 * rho = min(lr, 1 / sqrt(t)),  or lr without relativeStep
 * alpha = max(epsilon2, RMS(p)) rho,  or rho without scaleByParameter
 * b = 1 - t^-decayExponent
 * rowMeans = b rowMeans + (1 - b) mean of each row of (g² + epsilon1)
 * columnMeans = b columnMeans + (1 - b) mean of each column of (g² + epsilon1)
 * V = rowMeans columnMeans / mean(rowMeans)
 * v = b v + (1 - b) (g² + epsilon1),  V = v  instead, for vectors, and without factored
 * u = g / sqrt(V)
 * u = alpha u / max(1, RMS(u) / clipThreshold)
 * m = beta1 m + (1 - beta1) u,  u = m  if beta1 is above 0
 * p -= u + alpha decayInUpdate p
 * </pre>
 *
 * <p>{@code RMS(x)} is the root of the mean of the squares, over each {@link Parameter} alone; rows and columns are the last two
 * dimensions, and what is in front of them is a stack of matrices.
 *
 * <p><b>Defaults.</b> learningRate 0.01, relativeStep true, scaleByParameter true, factored true, beta1 0, decayExponent 0.8,
 * clipThreshold 1, epsilon1 1e-30, epsilon2 0.001, epsilonAsFloor false, decayInUpdate 0, no weight decay.
 *
 * <p><b>Fork.</b> The paper's relative step is {@code min(0.01, 1 / sqrt(t))}: the rate is its first argument here, as in PyTorch and
 * Keras, so that schedules serve; a rate that is given as it is, in transformers with {@code relative_step=False}, is
 * relativeStep false. With epsilonAsFloor true g² is as it is, mean(rowMeans) at least epsilon1 and V at least epsilon1²:
 * PyTorch's, {@link Conventions#adafactor}. The decay of transformers and timm is decayInUpdate, which alpha multiplies;
 * PyTorch's is {@code weightDecay(WeightDecay.decoupled(wd))}, whose RMS(p) is that ahead of the decay; both at
 * once are refused. Keras decays first and has RMS(p) behind it: none of these. Optax and timm factor matrices of more than 128 and 16 rows and columns alone.
 *
 * <p><b>Slots.</b> {@code rowMeans}, in the parameter's shape without its last dimension, and {@code columnMeans}, without its last
 * but one, from 0; {@code v}, in the parameter's shape, if it is not factored; {@code m}, in its shape, if beta1 is
 * above 0. Memory: a row and a column of a matrix, one array of anything else.
 *
 * <p>Means are summed in double, in one order, by one thread: any machine gives the same bits. A step works on copies of value, gradient
 * and slots, in float (in double for DOUBLE), until all parameters have succeeded; in double there is a block of them at a time.
 *
 * <pre>{@code
 * Optimizer optimizer = Adafactor.builder().decayInUpdate(0.01).build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Adafactor extends UpdateRule {

  /** With the default hyperparameters. */
  public Adafactor() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adafactor(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Adafactor(Builder builder) {
    super("Adafactor", builder, f -> define(f, builder));
    if (decayInUpdate() > 0 && weightDecay().coefficient() > 0) {
      throw new IllegalArgumentException("weightDecay is " + weightDecay()
          + " beside decayInUpdate " + decayInUpdate() + ", expected one of both");
    }
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    Update update = new Update(
        f.option("relativeStep", b.relativeStep),
        f.option("scaleByParameter", b.scaleByParameter),
        f.option("factored", b.factored),
        f.hyperparameter("beta1", b.beta1, Range.FRACTION).value(),
        f.hyperparameter("decayExponent", b.decayExponent, Range.POSITIVE).value(),
        f.hyperparameter("clipThreshold", b.clipThreshold, Range.POSITIVE).value(),
        f.hyperparameter("epsilon1", b.epsilon1, Range.POSITIVE).value(),
        f.hyperparameter("epsilon2", b.epsilon2, Range.AT_LEAST_ZERO).value(),
        f.option("epsilonAsFloor", b.epsilonAsFloor),
        f.hyperparameter("decayInUpdate", b.decayInUpdate, Range.AT_LEAST_ZERO).value(),
        b.decoupledDecay());
    f.wholeParameter(update::apply);
  }

  /** The arithmetic, in double over a block of elements at a time. */
  private record Update(
      boolean relativeStep,
      boolean scaleByParameter,
      boolean factored,
      double beta1,
      double decayExponent,
      double clipThreshold,
      double epsilon1,
      double epsilon2,
      boolean epsilonAsFloor,
      double decayInUpdate,
      double decoupledDecay) {

    void apply(WholeParameter w) {
      INDArray value = w.value();
      long[] shape = value.shape();
      boolean isFactored = factored && shape.length >= 2;
      INDArray rowMeans = isFactored ? w.slot("rowMeans", without(shape, shape.length - 1)) : null;
      INDArray columnMeans =
          isFactored ? w.slot("columnMeans", without(shape, shape.length - 2)) : null;
      INDArray v = isFactored ? null : w.slot("v", shape);
      INDArray m = beta1 > 0 ? w.slot("m", shape) : null;
      if (value.isEmpty()) {
        return;
      }
      DoubleElements p = new DoubleElements(value);
      DoubleElements g = new DoubleElements(w.gradient());
      double share = StrictMath.pow(w.t(), -decayExponent);
      Division division = isFactored
          ? factors(g, rowMeans, columnMeans, (int) shape[shape.length - 1], share)
          : byRoot(new DoubleElements(v), share);
      double rho =
          relativeStep ? Math.min(w.learningRate(), 1 / Math.sqrt(w.t())) : w.learningRate();
      double alpha =
          scaleByParameter ? Math.max(epsilon2, rmsAhead(p, w.learningRate())) * rho : rho;
      double scale = alpha / Math.max(1, rms(g, division) / clipThreshold);
      subtract(p, g, division, m == null ? null : new DoubleElements(m), alpha, scale);
    }

    /** Divides gradients by the root of V: twice, so that no array of quotients is needed, once for their norm and once for good. */
    private interface Division {
      void divide(long from, int n, double[] u, boolean forGood);
    }

    private void subtract(
        DoubleElements p,
        DoubleElements g,
        Division division,
        DoubleElements m,
        double alpha,
        double scale) {
      double[] u = new double[p.blockAt(0)];
      double[] value = new double[u.length];
      double[] mean = m == null ? null : new double[u.length];
      for (long from = 0; from < p.length(); from += DoubleElements.BLOCK) {
        int n = p.blockAt(from);
        g.load(from, n, u);
        division.divide(from, n, u, true);
        for (int i = 0; i < n; i++) {
          u[i] *= scale;
        }
        if (m != null) {
          m.load(from, n, mean);
          for (int i = 0; i < n; i++) {
            mean[i] = beta1 * mean[i] + (1 - beta1) * u[i];
            u[i] = mean[i];
          }
          m.store(from, n, mean);
        }
        p.load(from, n, value);
        for (int i = 0; i < n; i++) {
          value[i] -= u[i] + alpha * decayInUpdate * value[i];
        }
        p.store(from, n, value);
      }
    }

    /** Of the value ahead of decoupled decay, which has been taken off. */
    private double rmsAhead(DoubleElements p, double learningRate) {
      double left = Math.abs(1 - learningRate * decoupledDecay);
      return left == 0 ? 0 : rms(p, (from, n, x, forGood) -> {}) / left;
    }

    private Division byRoot(DoubleElements slot, double share) {
      double[] v = new double[slot.blockAt(0)];
      return (from, n, u, forGood) -> {
        slot.load(from, n, v);
        for (int i = 0; i < n; i++) {
          v[i] += share * (square(u[i]) - v[i]);
          u[i] /= Math.sqrt(Math.max(v[i], least()));
        }
        if (forGood) {
          slot.store(from, n, v);
        }
      };
    }

    private Division factors(
        DoubleElements g, INDArray rowSlot, INDArray columnSlot, int columns, double share) {
      double[] rowMeans = read(rowSlot);
      double[] columnMeans = read(columnSlot);
      int matrices = columnMeans.length / columns;
      int rows = rowMeans.length / matrices;
      // Sums of squares, and then factors, of which a gradient is multiplied by the product of two.
      double[] ofRows = new double[rowMeans.length];
      double[] ofColumns = new double[columnMeans.length];
      addSquares(g, columns, rows, ofRows, ofColumns);
      for (int matrix = 0; matrix < matrices; matrix++) {
        double ofAll = 0;
        for (int row = matrix * rows; row < (matrix + 1) * rows; row++) {
          rowMeans[row] += share * (ofRows[row] / columns - rowMeans[row]);
          ofAll += rowMeans[row];
        }
        double divisor = Math.max(ofAll / rows, epsilonAsFloor ? epsilon1 : Double.MIN_NORMAL);
        for (int row = matrix * rows; row < (matrix + 1) * rows; row++) {
          // Ahead of the columns: the product of both means may be out of range.
          ofRows[row] = 1 / Math.sqrt(rowMeans[row] / divisor);
        }
      }
      for (int column = 0; column < columnMeans.length; column++) {
        columnMeans[column] += share * (ofColumns[column] / rows - columnMeans[column]);
        ofColumns[column] = 1 / Math.sqrt(columnMeans[column]);
      }
      write(rowMeans, rowSlot);
      write(columnMeans, columnSlot);
      double most = 1 / Math.sqrt(least());
      return (from, n, u, forGood) -> {
        int row = (int) (from / columns);
        int column = (int) (from % columns);
        for (int i = 0; i < n; row++, column = 0) {
          double ofRow = ofRows[row];
          int first = row / rows * columns;
          for (int end = Math.min(n, i + columns - column); i < end; i++, column++) {
            u[i] *= Math.min(ofRow * ofColumns[first + column], most);
          }
        }
      };
    }

    private void addSquares(
        DoubleElements g, int columns, int rows, double[] ofRows, double[] ofColumns) {
      double[] u = new double[g.blockAt(0)];
      for (long from = 0; from < g.length(); from += DoubleElements.BLOCK) {
        int n = g.blockAt(from);
        g.load(from, n, u);
        int row = (int) (from / columns);
        int column = (int) (from % columns);
        for (int i = 0; i < n; row++, column = 0) {
          double ofRow = ofRows[row];
          int first = row / rows * columns;
          for (int end = Math.min(n, i + columns - column); i < end; i++, column++) {
            double square = square(u[i]);
            ofRow += square;
            ofColumns[first + column] += square;
          }
          ofRows[row] = ofRow;
        }
      }
    }

    /** Not 0, to which an epsilon1 that FLOAT does not have would be rounded. */
    private double least() {
      return epsilonAsFloor ? epsilon1 * epsilon1 : Double.MIN_NORMAL;
    }

    private double square(double g) {
      return epsilonAsFloor ? g * g : g * g + epsilon1;
    }

    private static double rms(DoubleElements elements, Division division) {
      double[] x = new double[elements.blockAt(0)];
      double sum = 0;
      for (long from = 0; from < elements.length(); from += DoubleElements.BLOCK) {
        int n = elements.blockAt(from);
        elements.load(from, n, x);
        division.divide(from, n, x, false);
        sum += squares(x, n);
      }
      return Math.sqrt(sum / elements.length());
    }

    /** In four sums, none of which waits for the others. */
    private static double squares(double[] x, int n) {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = 0;
      for (; i + 3 < n; i += 4) {
        a += x[i] * x[i];
        b += x[i + 1] * x[i + 1];
        c += x[i + 2] * x[i + 2];
        d += x[i + 3] * x[i + 3];
      }
      for (; i < n; i++) {
        a += x[i] * x[i];
      }
      return a + b + (c + d);
    }

    private static long[] without(long[] shape, int dimension) {
      long[] rest = new long[shape.length - 1];
      System.arraycopy(shape, 0, rest, 0, dimension);
      System.arraycopy(shape, dimension + 1, rest, dimension, rest.length - dimension);
      return rest;
    }

    private static double[] read(INDArray array) {
      return array.reshape(array.length()).toDoubleVector();
    }

    private static void write(double[] elements, INDArray array) {
      array.assign(Nd4j.createFromArray(elements).reshape('c', array.shape()));
    }
  }

  /** Whether the rate is at most 1 / sqrt(t). */
  public boolean relativeStep() {
    return option("relativeStep", Boolean.class);
  }

  /** Whether a step is in proportion to the parameter. */
  public boolean scaleByParameter() {
    return option("scaleByParameter", Boolean.class);
  }

  /** Whether a matrix has its second moment by rows and columns. */
  public boolean factored() {
    return option("factored", Boolean.class);
  }

  /** The factor of the first moment; 0 is without one. */
  public double beta1() {
    return number("beta1");
  }

  /** How fast the second moment gets slow. */
  public double decayExponent() {
    return number("decayExponent");
  }

  /** The root mean square that an update has at the most. */
  public double clipThreshold() {
    return number("clipThreshold");
  }

  /** What keeps the quotient finite. */
  public double epsilon1() {
    return number("epsilon1");
  }

  /** The least root mean square that a parameter is taken to have. */
  public double epsilon2() {
    return number("epsilon2");
  }

  /** Whether epsilon1 is a floor, instead of added to the squares. */
  public boolean epsilonAsFloor() {
    return option("epsilonAsFloor", Boolean.class);
  }

  /** The weight decay that is part of the update. */
  public double decayInUpdate() {
    return number("decayInUpdate");
  }

  /** Hyperparameters of {@link Adafactor}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private boolean relativeStep = true;
    private boolean scaleByParameter = true;
    private boolean factored = true;
    private double beta1 = 0;
    private double decayExponent = 0.8;
    private double clipThreshold = 1;
    private double epsilon1 = 1e-30;
    private double epsilon2 = 1e-3;
    private boolean epsilonAsFloor = false;
    private double decayInUpdate = 0;

    private Builder() {
      super(0.01);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** What is taken off a value ahead of the rule, as a factor of the rate. */
    private double decoupledDecay() {
      return weightDecay().isDecoupled() ? weightDecay().coefficient() : 0;
    }

    /** Whether the rate is at most 1 / sqrt(t), or as it is given. */
    public Builder relativeStep(boolean relativeStep) {
      this.relativeStep = relativeStep;
      return this;
    }

    /** Whether a step is in proportion to the parameter's root mean square. */
    public Builder scaleByParameter(boolean scaleByParameter) {
      this.scaleByParameter = scaleByParameter;
      return this;
    }

    /** Whether a matrix has its second moment by rows and columns, or by elements. */
    public Builder factored(boolean factored) {
      this.factored = factored;
      return this;
    }

    /** The factor of the first moment: in [0, 1); 0 is without one, and without its memory. */
    public Builder beta1(double beta1) {
      this.beta1 = beta1;
      return this;
    }

    /** How fast the second moment gets slow: above 0. */
    public Builder decayExponent(double decayExponent) {
      this.decayExponent = decayExponent;
      return this;
    }

    /** The root mean square that an update has at the most, ahead of the rate: above 0. */
    public Builder clipThreshold(double clipThreshold) {
      this.clipThreshold = clipThreshold;
      return this;
    }

    /** Keeps the quotient finite: above 0. */
    public Builder epsilon1(double epsilon1) {
      this.epsilon1 = epsilon1;
      return this;
    }

    /** The least root mean square that a parameter is taken to have, so that one of zeros moves: at least 0. */
    public Builder epsilon2(double epsilon2) {
      this.epsilon2 = epsilon2;
      return this;
    }

    /** Whether epsilon1 is a floor, as in PyTorch, instead of added to the squares. */
    public Builder epsilonAsFloor(boolean epsilonAsFloor) {
      this.epsilonAsFloor = epsilonAsFloor;
      return this;
    }

    /** The weight decay that is part of the update, multiplied by alpha: at least 0. */
    public Builder decayInUpdate(double decayInUpdate) {
      this.decayInUpdate = decayInUpdate;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Adafactor build() {
      return new Adafactor(this);
    }
  }
}
