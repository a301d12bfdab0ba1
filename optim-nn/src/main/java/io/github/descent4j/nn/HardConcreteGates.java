package io.github.descent4j.nn;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A gate for each feature, which training learns to close: y = x z with z in [0, 1], for x of shape {@code [batch, units]}. With an
 * {@link io.github.descent4j.nn.train.L0Penalty L0Penalty} on the gates that are not 0 it is L0 regularization, of inputs before the first dense layer or of units before a later one.
 *
 * <p>Training draws z from the hard concrete distribution: u uniform in (0, 1), s = sigmoid((log u - log(1 - u) + logAlpha) / beta), z =
 * min(1, max(0, s (zeta - gamma) + gamma)), with beta = 2/3, gamma = -0.1 and zeta = 1.1. In {@link Mode#EVALUATION} it is min(1, max(0,
 * sigmoid(logAlpha) (zeta - gamma) + gamma)), so that a gate is closed for good where logAlpha is at most log(-gamma / zeta) = -2.40.
 *
 * <p>dx = dy z, and d logAlpha = the sum over the batch of dy x times the derivative of z, which is 0 where z is cut. The parameter is
 * {@code name.logAlpha} of shape {@code [units]}. u is kept 1e-6 away from 0 and 1.
 *
 * <p>C. Louizos, M. Welling, D. P. Kingma: Learning sparse neural networks through L0 regularization. ICLR 2018.
 *
 * <pre>{@code
 * Sequential network = Sequential.builder(DataType.FLOAT, 42)
 *     .input(784)
 *     .dense("fc1", 256).relu().gates("gates1")
 *     .dense("fc2", 10)
 *     .build();
 * Trainer trainer = Trainer.builder(network, new Adam(1e-3)).penalty(L0Penalty.of(network, 1e-6)).build();
 * trainer.fit(train, 10);
 * Sequential smaller = InferenceNetwork.of(network); // without the units whose gates are closed
 * }</pre>
 */
public final class HardConcreteGates implements Splittable {
  private static final double SMALLEST = 1e-6;

  private final String name;
  private final Parameter logAlpha;
  private final Parameters parameters;
  private final NoiseScope scope;
  private final ToDoubleFunction<SplittableRandom> uniform;
  private final int units;
  private final double[] alphas;
  private final ReusableArray output = new ReusableArray();
  private final ReusableArray inputGradient = new ReusableArray();
  private SplittableRandom random;

  /** For the noise of other shards: how many there are changes nothing about that of this layer. */
  private SplittableRandom splits;

  private Memory input;
  private Memory gradient;
  private INDArray trained;
  private double[] x = {};
  private double[] dy = {};
  private double[] stretched = {};

  /**
   * A layer over the given array, with gates for a batch or for each example.
   *
   * @param name prefix of the parameter's name
   * @param logAlpha {@code [units]}, FLOAT or DOUBLE, in 'c' order without gaps; held. The odds that a gate is rather open, as a logarithm
   * @param scope whether each example has gates of its own
   * @param random source of u, which the layer keeps and advances until {@link #reseed}
   * @throws IllegalArgumentException if the shape, type or memory order is not as stated
   */
  public HardConcreteGates(
      String name, INDArray logAlpha, NoiseScope scope, SplittableRandom random) {
    this(name, logAlpha, scope, SplittableRandom::nextDouble, random);
  }

  /**
   * A layer of other noise.
   *
   * @param uniform draws u
   */
  HardConcreteGates(
      String name,
      INDArray logAlpha,
      NoiseScope scope,
      ToDoubleFunction<SplittableRandom> uniform,
      SplittableRandom random) {
    this.uniform = uniform;
    this.name = Objects.requireNonNull(name, "name");
    Checks.parameter(name + ".logAlpha", logAlpha, 1);
    this.scope = Objects.requireNonNull(scope, "scope");
    this.random = Objects.requireNonNull(random, "random");
    this.logAlpha = Parameter.of(
        name + ".logAlpha", logAlpha, Nd4j.create(logAlpha.dataType(), logAlpha.length()));
    parameters = Parameters.of(this.logAlpha);
    units = Math.toIntExact(logAlpha.length());
    alphas = new double[units];
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    Checks.batch(name, input, logAlpha.value().dataType(), units);
    this.input = Memory.of(input, this.input);
    Memory y = output.shaped(input.dataType(), input.shape());
    int n = y.length();
    if (x.length < n) {
      x = new double[n];
      dy = new double[n];
      stretched = new double[n];
    }
    readAlphas();
    this.input.getDoubles(0, x, n);
    boolean training = mode == Mode.TRAINING;
    for (int i = 0; i < n; i++) {
      double z;
      if (training) {
        stretched[i] = i < units || scope == NoiseScope.EXAMPLE
            ? HardConcrete.stretched(alphas[i % units], draw())
            : stretched[i - units];
        z = HardConcrete.gate(stretched[i]);
      } else {
        z = i < units ? HardConcrete.evaluated(alphas[i]) : stretched[i - units];
        stretched[i] = z;
      }
      dy[i] = x[i] * z;
    }
    y.putDoubles(0, dy, n);
    trained = training ? y.array() : null;
    return y.array();
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient(name, outputGradient, trained);
    gradient = Memory.of(outputGradient, gradient);
    Memory dx = inputGradient.shaped(trained.dataType(), trained.shape());
    int n = dx.length();
    gradient.getDoubles(0, dy, n);
    double[] sums = new double[units];
    for (int i = 0; i < n; i++) {
      sums[i % units] += dy[i] * x[i] * HardConcrete.slope(stretched[i]);
      dy[i] *= HardConcrete.gate(stretched[i]);
    }
    dx.putDoubles(0, dy, n);
    Memory.of(logAlpha.gradient()).putDoubles(0, sums, units);
    return dx.array();
  }

  /**
   * The probability of each gate not to be 0 while training, sigmoid(logAlpha - beta log(-gamma / zeta)).
   *
   * @return a new array of {@code units} numbers
   */
  public double[] openProbabilities() {
    readAlphas();
    return Arrays.stream(alphas).map(HardConcrete::openProbability).toArray();
  }

  /**
   * The expected number of gates that are not 0 while training: the sum of their {@linkplain #openProbabilities probabilities}.
   *
   * @return a number from 0 to the number of units
   */
  public double expectedOpen() {
    return Arrays.stream(openProbabilities()).sum();
  }

  /**
   * The gates of evaluation.
   *
   * @return a new array of {@code units} numbers from 0, which is closed, to 1
   */
  public double[] evaluated() {
    readAlphas();
    return Arrays.stream(alphas).map(HardConcrete::evaluated).toArray();
  }

  /** The number of gates that are not 0 in evaluation. */
  public int open() {
    return (int) Arrays.stream(evaluated()).filter(z -> z > 0).count();
  }

  /** The number of gates. */
  public int units() {
    return units;
  }

  /** Prefix of the parameter's name. */
  public String name() {
    return name;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public void reseed(long seed) {
    random = new SplittableRandom(seed);
  }

  @Override
  public Splittable split() {
    if (splits == null) {
      splits = random.split();
    }
    return new HardConcreteGates(name, logAlpha.value(), scope, uniform, splits.split());
  }

  @Override
  public String toString() {
    return "HardConcreteGates " + name + " [" + units + "]";
  }

  private void readAlphas() {
    Memory.of(logAlpha.value()).getDoubles(0, alphas, units);
  }

  private double draw() {
    return Math.min(1 - SMALLEST, Math.max(SMALLEST, uniform.applyAsDouble(random)));
  }
}
