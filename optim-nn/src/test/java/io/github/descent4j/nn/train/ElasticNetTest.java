package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.SoftmaxCrossEntropy;
import io.github.descent4j.schedule.Schedules;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ElasticNetTest {

  private static Parameter parameter(DataType type, double value, double gradient, long... shape) {
    INDArray values = Nd4j.valueArrayOf(shape, value, type);
    return Parameter.of("p", values, Nd4j.valueArrayOf(shape, gradient, type));
  }

  private static double gradientOf(ElasticNet penalty, Parameter parameter) {
    penalty.addGradient(Parameters.of(parameter));
    return parameter.gradient().getDouble(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void addsToTheGradient(DataType type) {
    ElasticNet penalty = ElasticNet.of(0.5, 0.25);
    assertThat(gradientOf(penalty, parameter(type, 8, 1, 1, 1))).isEqualTo(1 + 0.5 + 2);
    assertThat(gradientOf(penalty, parameter(type, -8, 1, 1, 1))).isEqualTo(1 - 0.5 - 2);
    assertThat(gradientOf(penalty, parameter(type, 0, 1, 1, 1))).isEqualTo(1);
    assertThat(gradientOf(penalty, parameter(type, -0.0, 1, 1, 1))).isEqualTo(1);
    assertThat(gradientOf(penalty, parameter(type, Double.NaN, 1, 1, 1))).isNaN();
    double smallest = type == DataType.FLOAT ? Float.MIN_VALUE : Double.MIN_VALUE;
    assertThat(gradientOf(ElasticNet.of(0.5, 0), parameter(type, -smallest, 0, 1, 1)))
        .isEqualTo(-0.5);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 7", "1, 1024", "5, 205", "40, 60"})
  void theGradientIsTheDerivativeOfTheValue(int rows, int columns) {
    SplittableRandom random = new SplittableRandom(3);
    INDArray w = Nd4j.create(DataType.DOUBLE, rows, columns);
    for (int i = 0; i < w.length(); i++) {
      w.putScalar(i, Math.copySign(0.1 + random.nextDouble(), random.nextDouble() - 0.5));
    }
    Parameters parameters =
        Parameters.of(Parameter.of("w", w, Nd4j.zeros(DataType.DOUBLE, rows, columns)));
    ElasticNet penalty = ElasticNet.of(0.3, 0.7);
    penalty.addGradient(parameters);
    INDArray gradient = parameters.get("w").gradient();
    for (int i = 0; i < w.length(); i += 1 + (int) w.length() / 40) {
      double before = w.getDouble(i);
      w.putScalar(i, before + 1e-5);
      double above = penalty.value(parameters);
      w.putScalar(i, before - 1e-5);
      double below = penalty.value(parameters);
      w.putScalar(i, before);
      assertThat(gradient.getDouble(i)).isCloseTo((above - below) / 2e-5, within(1e-6));
    }
  }

  @Test
  void appliesToWeightsUnlessToldOtherwise() {
    Sequential network = Sequential.builder(DataType.FLOAT, 1)
        .input(1, 4, 4)
        .conv2d("conv", 2, 3)
        .batchNorm("norm")
        .flatten()
        .dense("fc", 3)
        .build();
    network.parameters().forEach(parameter -> {
      parameter.value().assign(1);
      parameter.gradient().assign(0);
    });
    ElasticNet.of(2, 0).addGradient(network.parameters());
    for (Parameter parameter : network.parameters()) {
      boolean weight =
          parameter.name().equals("conv.weight") || parameter.name().equals("fc.weight");
      assertThat(parameter.gradient().getDouble(0)).as(parameter.name()).isEqualTo(weight ? 2 : 0);
    }
    assertThat(ElasticNet.of(2, 0).value(network.parameters())).isEqualTo(2 * (18 + 24));
    assertThat(ElasticNet.of(2, 4)
            .on(parameter -> parameter.name().equals("fc.bias"))
            .value(network.parameters()))
        .isEqualTo(2 * 3 + 2 * 3);
  }

  /** Features of which 3 in 20 matter. */
  @Test
  void l1LeavesOnlyWeightsThatMatter() {
    double[] sparse = regression(ElasticNet.of(0.05, 0));
    double[] ridge = regression(ElasticNet.of(0, 0.05));
    double[] none = regression(ElasticNet.of(0, 0));
    double[] truth = {3, -2, 1};
    for (int i = 0; i < 3; i++) {
      assertThat(sparse[i]).isCloseTo(truth[i] - Math.signum(truth[i]) * 0.05, within(0.05));
      assertThat(Math.abs(ridge[i])).isLessThan(Math.abs(none[i]));
    }
    assertThat(large(sparse)).isEqualTo(3);
    assertThat(large(ridge)).isGreaterThan(15);
    assertThat(large(none)).isGreaterThan(15);
  }

  private static long large(double[] weights) {
    return Arrays.stream(weights).filter(w -> Math.abs(w) > 1e-3).count();
  }

  /** Least squares with independent features of variance 1 and noise, by gradient descent with a falling rate. */
  private static double[] regression(ElasticNet penalty) {
    SplittableRandom random = new SplittableRandom(5);
    int examples = 400;
    int features = 20;
    double[][] x = new double[examples][features];
    double[] y = new double[examples];
    for (int i = 0; i < examples; i++) {
      for (int j = 0; j < features; j++) {
        x[i][j] = random.nextGaussian();
      }
      y[i] = 3 * x[i][0] - 2 * x[i][1] + x[i][2] + 0.3 * random.nextGaussian();
    }
    INDArray w = Nd4j.zeros(DataType.DOUBLE, 1, features);
    Parameters parameters =
        Parameters.of(Parameter.of("w", w, Nd4j.zeros(DataType.DOUBLE, 1, features)));
    int steps = 3000;
    Optimizer optimizer = new Sgd(0.1).scheduled(Schedules.linear(0.1, 0, steps));
    for (int step = 0; step < steps; step++) {
      double[] weights = w.toDoubleVector();
      double[] gradient = new double[features];
      for (int i = 0; i < examples; i++) {
        double error = -y[i];
        for (int j = 0; j < features; j++) {
          error += weights[j] * x[i][j];
        }
        for (int j = 0; j < features; j++) {
          gradient[j] += error * x[i][j] / examples;
        }
      }
      parameters.get("w").gradient().assign(Nd4j.createFromArray(new double[][] {gradient}));
      penalty.addGradient(parameters);
      optimizer.step(parameters);
    }
    return w.toDoubleVector();
  }

  /** One step by hand: the clip sees loss and penalty, the reported loss is without it. */
  @Test
  void theTrainerAddsItBeforeTheOptimizersStep() {
    ElasticNet penalty = ElasticNet.of(0.1, 0.2);
    Dataset dataset = InMemoryDataset.of(new float[] {1, 2, 3, 4, 5, 6}, new int[] {0, 1}, 2, 3);
    Sequential trained = network();
    Trainer trainer =
        Trainer.builder(trained, optimizer()).penalty(penalty).batchSize(2).build();
    double reported = trainer.fit(dataset, 1).get(0).trainLoss();

    Sequential byHand = network();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    INDArray x = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
    double expected = loss.forward(byHand.forward(x, Mode.TRAINING), new int[] {0, 1});
    byHand.backwardParameters(loss.backward());
    penalty.addGradient(byHand.parameters());
    optimizer().step(byHand.parameters());
    assertThat(reported).isCloseTo(expected, within(1e-6));
    for (Parameter parameter : byHand.parameters()) {
      double[] values = parameter.value().dup().data().asDouble();
      assertThat(trained.parameters().get(parameter.name()).value().dup().data().asDouble())
          .containsExactly(values, within(1e-6));
    }
    Sequential untouched = network();
    Trainer.builder(untouched, optimizer()).batchSize(2).build().fit(dataset, 1);
    assertThat(untouched.parameters().get("fc.weight").value())
        .isNotEqualTo(trained.parameters().get("fc.weight").value());
  }

  private static Sequential network() {
    return Sequential.builder(DataType.FLOAT, 4).input(3).dense("fc", 2).build();
  }

  private static Optimizer optimizer() {
    return new Sgd(0.5).clipped(GradientClip.byGlobalNorm(0.1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesStrengths(double lambda) {
    assertThatThrownBy(() -> ElasticNet.of(lambda, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lambda1 is " + lambda + ", expected a finite number of at least 0");
    assertThatThrownBy(() -> ElasticNet.of(0, lambda))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lambda2 is " + lambda + ", expected a finite number of at least 0");
  }

  /** Weights are taken 1024 at a time. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 1023", "FLOAT, 1024", "FLOAT, 1025", "FLOAT, 2048", "FLOAT, 3000",
    "DOUBLE, 1023", "DOUBLE, 1024", "DOUBLE, 1025", "DOUBLE, 2048", "DOUBLE, 3000"
  })
  void everyElementHasTheGradientOfItsWeight(DataType type, int length) {
    INDArray w = Nd4j.create(type, 1, length);
    INDArray gradient = Nd4j.create(type, 1, length);
    double[] expected = new double[length];
    for (int i = 0; i < length; i++) {
      int weight = i % 2 == 0 ? i : -i;
      w.putScalar(i, weight);
      gradient.putScalar(i, 3 * i);
      expected[i] = 3 * i + 0.5 * Integer.signum(weight) + 0.25 * weight;
    }
    ElasticNet.of(0.5, 0.25).addGradient(Parameters.of(Parameter.of("p", w, gradient)));
    assertThat(gradient.data().asDouble()).isEqualTo(expected);
  }

  @Test
  void twoPenaltiesAreTheirSum() {
    WeightPenalty both = ElasticNet.of(0.5, 0).and(ElasticNet.of(0, 0.25));
    Parameters parameters = Parameters.of(parameter(DataType.DOUBLE, 8, 1, 1, 1));
    assertThat(both.value(parameters)).isEqualTo(0.5 * 8 + 0.25 * 8 * 8 / 2);
    both.addGradient(parameters);
    assertThat(parameters.get(0).gradient().getDouble(0)).isEqualTo(1 + 0.5 + 0.25 * 8);
    assertThat(both).hasToString("L1 0.5, L2 0.0, L1 0.0, L2 0.25");
    assertThatThrownBy(() -> both.and(null)).isInstanceOf(NullPointerException.class);
  }
}
