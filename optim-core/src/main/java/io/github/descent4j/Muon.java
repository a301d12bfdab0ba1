package io.github.descent4j;

import static java.util.Objects.requireNonNull;

import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.rule.WholeParameter;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Muon: momentum for matrices, whose steps have all their singular values near 1 (Jordan et al. 2024).
 *
 * <pre>
 * b = momentum b + (1 - momentum) g
 * u = momentum b + (1 - momentum) g,  or b without nesterov
 * X = u / (|u| + epsilon)
 * newtonSchulzSteps times:  G = X Xᵀ;  X = linear X + (cubic G + quintic G²) X
 * p -= lr scale X
 * </pre>
 *
 * <p>{@code |u|} is the root of the sum of all squares, and {@code scale} is that of {@link Scaling}. With more rows than
 * columns X is transposed for the iteration, which is the same in fewer operations. A parameter of a higher rank, such as
 * a convolution's kernel, is the matrix [first dimension, all others].
 *
 * <p>A matrix has two dimensions of more than one element as a rule; biases and norms, and by custom embeddings and the
 * last layer, are for another optimizer, in a {@linkplain Optimizer#groups group} of its own. A parameter of rank 0 or 1 is an
 * {@link IllegalArgumentException} that names it.
 *
 * <p><b>Defaults.</b> learningRate 0.02, momentum 0.95, nesterov true, scaling ROWS_OVER_COLUMNS, newtonSchulzSteps 5,
 * linear 3.4445, cubic -4.775, quintic 2.0315, epsilon 1e-7, epsilonInsideMaximum false, no weight
 * decay.
 *
 * <p><b>Fork.</b> As the author's code, but for the iteration, which is in the parameter's type (FLOAT for half types)
 * where the author and PyTorch have BFLOAT16: that differs by some 1e-2. PyTorch and timm have the norm at
 * least epsilon, {@code epsilonInsideMaximum(true)}, PyTorch a rate of 0.001 and a decoupled decay of 0.1. Scaling MATCH_RMS
 * is PyTorch's {@code match_rms_adamw}, and Keras's. The author's code takes rows and columns from a kernel's last two
 * dimensions, this from the matrix. Optax corrects the momentum for its start from 0, and has another direction in its first
 * steps.
 *
 * <p><b>Slots.</b> {@code b}, the momentum, in the parameter's shape, from 0. Memory: one array, and a few
 * more of a parameter's size in each step.
 *
 * <p>The products are made by ND4J's BLAS: the same machine and number of threads give the same bits, others may differ in
 * the last place.
 *
 * <pre>{@code
 * Optimizer optimizer = Optimizer.groups()
 *     .group("matrices", p -> p.value().rank() >= 2, new Muon())
 *     .otherwise(new AdamW(3e-4))
 *     .build();
 * optimizer.step(parameters);
 * }</pre>
 */
public final class Muon extends UpdateRule {

  /** With the default hyperparameters. */
  public Muon() {
    this(builder());
  }

  /**
   * With the default hyperparameters but the learning rate.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Muon(double learningRate) {
    this(builder().learningRate(learningRate));
  }

  private Muon(Builder builder) {
    super("Muon", builder, f -> define(f, builder));
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void define(Formula f, Builder b) {
    double momentum = f.hyperparameter("momentum", b.momentum, Range.FRACTION).value();
    boolean nesterov = f.option("nesterov", b.nesterov);
    Scaling scaling = f.option("scaling", b.scaling);
    int steps = f.option("newtonSchulzSteps", b.newtonSchulzSteps);
    if (steps < 1) {
      throw new IllegalArgumentException(
          "newtonSchulzSteps is " + steps + ", expected a number >= 1");
    }
    double linear = f.hyperparameter("linear", b.linear, Range.FINITE).value();
    double cubic = f.hyperparameter("cubic", b.cubic, Range.FINITE).value();
    double quintic = f.hyperparameter("quintic", b.quintic, Range.FINITE).value();
    double epsilon = f.epsilon("epsilon", b.epsilon).value();
    boolean insideMaximum = f.option("epsilonInsideMaximum", b.epsilonInsideMaximum);

    f.wholeParameter(w -> {
      INDArray value = w.value();
      requireMatrix(w);
      INDArray buffer = w.slot("b", value.shape());
      if (value.isEmpty()) {
        return;
      }
      INDArray gradient = w.gradient().muli(1 - momentum);
      buffer.muli(momentum).addi(gradient);
      INDArray direction = gradient;
      if (nesterov) {
        INDArray ahead = buffer.mul(momentum);
        direction.addi(ahead);
        ahead.close();
      } else {
        direction.assign(buffer);
      }

      long rows = value.size(0);
      long columns = value.length() / rows;
      INDArray matrix = direction.reshape('c', rows, columns);
      normalize(matrix, epsilon, insideMaximum);
      boolean tall = rows > columns;
      double length = w.learningRate() * scaling.factor(rows, columns);
      try (NewtonSchulz iteration = new NewtonSchulz(tall ? matrix.transpose() : matrix)) {
        for (int step = 0; step < steps; step++) {
          iteration.step(linear, cubic, quintic);
        }
        INDArray x = iteration.x().muli(length);
        value.reshape('c', rows, columns).subi(tall ? x.transpose() : x);
      }
    });
  }

  /** X of the iteration and what a step of it needs, freed at the end: the garbage collector sees no size of native memory. */
  private static final class NewtonSchulz implements AutoCloseable {
    private final INDArray gram;
    private final INDArray factor;
    private INDArray x;
    private INDArray next;

    NewtonSchulz(INDArray start) {
      long rows = start.rows();
      gram = matrix(start, rows, rows);
      factor = matrix(start, rows, rows);
      x = matrix(start, rows, start.columns()).assign(start);
      next = matrix(start, rows, start.columns());
    }

    /** Products want their results in 'f' order. */
    private static INDArray matrix(INDArray like, long rows, long columns) {
      return Nd4j.createUninitialized(like.dataType(), new long[] {rows, columns}, 'f');
    }

    INDArray x() {
      return x;
    }

    void step(double linear, double cubic, double quintic) {
      x.mmuli(x.transpose(), gram);
      gram.mmuli(gram, factor);
      factor.muli(quintic).addi(gram.muli(cubic));
      factor.mmuli(x, next).addi(x.muli(linear));
      INDArray before = x;
      x = next;
      next = before;
    }

    @Override
    public void close() {
      gram.close();
      factor.close();
      x.close();
      next.close();
    }
  }

  private static void requireMatrix(WholeParameter w) {
    if (w.value().rank() < 2) {
      throw new IllegalArgumentException("parameter '" + w.name() + "' has shape "
          + Arrays.toString(w.value().shape())
          + ", expected a matrix, or a kernel of a higher rank, for Muon; give others an optimizer of their own:"
          + " Optimizer.groups().group(\"matrices\", p -> p.value().rank() >= 2, new Muon())"
          + ".otherwise(new AdamW()).build()");
    }
  }

  /** Divides by the norm, by way of the largest element, so that no square is out of range. */
  private static void normalize(INDArray x, double epsilon, boolean insideMaximum) {
    double largest = x.amaxNumber().doubleValue();
    if (largest == 0) {
      return;
    }
    x.divi(largest);
    double norm = x.norm2Number().doubleValue();
    double relative = epsilon / largest;
    x.divi(insideMaximum ? Math.max(norm, relative) : norm + relative);
  }

  /** The factor of the momentum. */
  public double momentum() {
    return number("momentum");
  }

  /** Whether a step looks ahead. */
  public boolean nesterov() {
    return option("nesterov", Boolean.class);
  }

  /** How long a step is. */
  public Scaling scaling() {
    return option("scaling", Scaling.class);
  }

  /** How often the iteration is done. */
  public int newtonSchulzSteps() {
    return option("newtonSchulzSteps", Integer.class);
  }

  /** The factor of X in the iteration. */
  public double linear() {
    return number("linear");
  }

  /** The factor of X Xᵀ X in the iteration. */
  public double cubic() {
    return number("cubic");
  }

  /** The factor of X Xᵀ X Xᵀ X in the iteration. */
  public double quintic() {
    return number("quintic");
  }

  /** What keeps the quotient finite. */
  public double epsilon() {
    return number("epsilon");
  }

  /** Whether the norm is at least epsilon, instead of epsilon more. */
  public boolean epsilonInsideMaximum() {
    return option("epsilonInsideMaximum", Boolean.class);
  }

  /** The factor of a step, which depends on the matrix's shape. */
  public enum Scaling {
    /** {@code sqrt(max(1, rows / columns))}: the author's. */
    ROWS_OVER_COLUMNS,
    /**
     * {@code 0.2 sqrt(max(rows, columns))}: the root mean square of a step is then some 0.2 times the rate, as that of
     * Adam's (Liu et al. 2025), so that a rate of {@link AdamW} serves here too.
     */
    MATCH_RMS;

    double factor(long rows, long columns) {
      return this == MATCH_RMS
          ? 0.2 * Math.sqrt(Math.max(rows, columns))
          : Math.sqrt(Math.max(1, (double) rows / columns));
    }
  }

  /** Hyperparameters of {@link Muon}, at their defaults until set. */
  public static final class Builder extends UpdateRule.Builder<Builder> {
    private double momentum = 0.95;
    private boolean nesterov = true;
    private Scaling scaling = Scaling.ROWS_OVER_COLUMNS;
    private int newtonSchulzSteps = 5;
    private double linear = 3.4445;
    private double cubic = -4.775;
    private double quintic = 2.0315;
    private double epsilon = 1e-7;
    private boolean epsilonInsideMaximum = false;

    private Builder() {
      super(0.02);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The weight decay of the author and of others: {@code weightDecay(WeightDecay.decoupled(coefficient))}.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder weightDecay(double coefficient) {
      return weightDecay(WeightDecay.decoupled(coefficient));
    }

    /** The factor of the momentum: in [0, 1). */
    public Builder momentum(double momentum) {
      this.momentum = momentum;
      return this;
    }

    /** Whether a step looks ahead, as in {@link Nesterov}. */
    public Builder nesterov(boolean nesterov) {
      this.nesterov = nesterov;
      return this;
    }

    /** How long a step is. */
    public Builder scaling(Scaling scaling) {
      this.scaling =
          requireNonNull(scaling, "scaling is null, expected ROWS_OVER_COLUMNS or MATCH_RMS");
      return this;
    }

    /** How often the iteration is done: at least 1. */
    public Builder newtonSchulzSteps(int newtonSchulzSteps) {
      this.newtonSchulzSteps = newtonSchulzSteps;
      return this;
    }

    /** The factor of X in the iteration: finite. */
    public Builder linear(double linear) {
      this.linear = linear;
      return this;
    }

    /** The factor of X Xᵀ X in the iteration: finite. */
    public Builder cubic(double cubic) {
      this.cubic = cubic;
      return this;
    }

    /** The factor of X Xᵀ X Xᵀ X in the iteration: finite. */
    public Builder quintic(double quintic) {
      this.quintic = quintic;
      return this;
    }

    /** Keeps the quotient finite: finite and above 0. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** Whether the norm is at least epsilon, instead of epsilon more. */
    public Builder epsilonInsideMaximum(boolean epsilonInsideMaximum) {
      this.epsilonInsideMaximum = epsilonInsideMaximum;
      return this;
    }

    /**
     * Makes the optimizer.
     *
     * @throws IllegalArgumentException if a hyperparameter is out of its range
     */
    @Override
    public Muon build() {
      return new Muon(this);
    }
  }
}
