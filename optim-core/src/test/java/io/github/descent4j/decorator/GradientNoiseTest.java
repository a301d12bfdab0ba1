package io.github.descent4j.decorator;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Golden;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.ThreadsTest;
import io.github.descent4j.clip.GradientClip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientNoiseTest {
  private static final int MANY = 1_000_000;

  @TempDir
  private Path folder;

  /** The noise of a step: what a zero gradient becomes. */
  private static double[] noise(Optimizer optimizer, String name, int n) {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, n);
    optimizer.step(Parameters.of(Parameter.of(name, value, Nd4j.zeros(DataType.DOUBLE, n))));
    return value.rsub(0).toDoubleVector();
  }

  private static GradientNoise noisy(double eta, double gamma, long seed) {
    return new Sgd(1).noisy(eta, gamma, seed);
  }

  /** Parts of a normal distribution, to six digits of its tables; tolerances are five deviations of a count. */
  @Test
  void theNoiseIsNormal() {
    double[] noise = noise(noisy(1, 0, 1), "w", MANY);
    double[] bounds = {0.1, 0.5, 1, 1.5, 2, 2.5, 3, 3.442619855899, 4};
    double[] within = {
      0.079656, 0.382925, 0.682689, 0.866386, 0.954500, 0.987581, 0.997300, 0.999424, 0.999937
    };
    for (int i = 0; i < bounds.length; i++) {
      double bound = bounds[i];
      double part = Arrays.stream(noise).filter(x -> Math.abs(x) < bound).count() / (double) MANY;
      double deviation = Math.sqrt(within[i] * (1 - within[i]) / MANY);
      assertThat(part).as("within %s", bound).isCloseTo(within[i], within(5 * deviation + 1e-6));
      double right = Arrays.stream(noise).filter(x -> x > bound).count() / (double) MANY;
      double expected = (1 - within[i]) / 2;
      assertThat(right)
          .as("above %s", bound)
          .isCloseTo(expected, within(5 * Math.sqrt(expected / MANY) + 1e-6));
    }
    assertThat(moment(noise, 1)).isCloseTo(0, within(5e-3));
    assertThat(moment(noise, 2)).isCloseTo(1, within(7.1e-3));
    assertThat(moment(noise, 3)).isCloseTo(0, within(1.95e-2));
    assertThat(moment(noise, 4)).isCloseTo(3, within(4.9e-2));
    double neighbours = 0;
    for (int i = 1; i < MANY; i++) {
      neighbours += noise[i] * noise[i - 1];
    }
    assertThat(neighbours / MANY).isCloseTo(0, within(5e-3));
  }

  private static double moment(double[] numbers, int power) {
    return Arrays.stream(numbers).map(x -> Math.pow(x, power)).sum() / numbers.length;
  }

  @Test
  void itsVarianceFallsFromStepToStep() {
    GradientNoise optimizer = noisy(0.3, 0.55, 1);
    for (int t = 0; t < 4; t++) {
      double expected = 0.3 / Math.pow(1 + t, 0.55);
      assertThat(optimizer.variance()).isCloseTo(expected, within(1e-15));
      double variance = moment(noise(optimizer, "w", 100_000), 2);
      assertThat(variance).isCloseTo(expected, within(0.03 * expected));
    }
    assertThat(new GradientNoise(new Sgd(), 0.3, 1))
        .hasToString("Sgd(learningRate=0.01, weightDecay=none).noisy(0.3, 0.55, 1)");
  }

  @Test
  void stepsNamesSeedsAndElementsHaveNoiseOfTheirOwn() {
    GradientNoise optimizer = noisy(1, 0, 1);
    // The hashes of "Aa" and "BB" are the same.
    List<double[]> all = List.of(
        noise(optimizer, "Aa", 2000),
        noise(optimizer, "Aa", 2000),
        noise(noisy(1, 0, 1), "BB", 2000),
        noise(noisy(1, 0, 2), "Aa", 2000));
    for (int i = 0; i < all.size(); i++) {
      assertThat(Arrays.stream(all.get(i)).distinct().count()).isEqualTo(2000);
      for (int j = 0; j < i; j++) {
        double product = 0;
        for (int k = 0; k < 2000; k++) {
          product += all.get(i)[k] * all.get(j)[k];
        }
        assertThat(product / 2000).as("%s and %s", i, j).isCloseTo(0, within(5 / Math.sqrt(2000)));
      }
    }
    assertThat(noise(noisy(1, 0, 1), "Aa", 2000)).isEqualTo(all.get(0));
  }

  @Test
  void itIsAddedToWhatClipsOutsideHaveLeft() {
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 3);
    INDArray gradient = Nd4j.createFromArray(100.0, -100, 0);
    noisy(1e-6, 0, 1)
        .clipped(GradientClip.byValue(1))
        .step(Parameters.of(Parameter.of("w", value, gradient)));
    assertThat(Golden.numbers(value)).containsExactly(new double[] {-1, 1, 0}, within(0.01));
    assertThat(value.getDouble(2)).isNotZero();
    assertThat(gradient.toDoubleVector()).containsExactly(100, -100, 0);
    assertThat(noise(noisy(0, 0, 1), "w", 3)).containsExactly(0, 0, 0);
  }

  @Test
  void aStepThatFailsIsNotCounted() {
    GradientNoise optimizer = new Sgd(1).guarded(NonFinite.FAIL).noisy(1, 0.55, 1);
    INDArray value = Nd4j.zeros(DataType.DOUBLE, 2);
    INDArray gradient = Nd4j.createFromArray(Double.NaN, 0);
    assertThatThrownBy(() -> optimizer.step(Parameters.of(Parameter.of("w", value, gradient))))
        .isInstanceOf(NonFiniteGradientException.class);
    assertThat(optimizer.variance()).isEqualTo(1);
  }

  @Test
  void aRunGoesOnFromAStateFileBitForBit() {
    Path file = folder.resolve("state.npz");
    // No double holds this seed.
    long seed = Long.MAX_VALUE - 1;
    INDArray value = Nd4j.createFromArray(1f, 2f, 3f);
    Parameters parameters =
        Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(0.1f, 0.2f, 0.3f)));
    Optimizer through = new Momentum(0.1).noisy(0.3, 0.55, seed);
    step(through, parameters, 3);
    through.state().save(file);
    INDArray half = value.dup();
    step(through, parameters, 3);
    INDArray expected = value.dup();
    Optimizer resumed = new Momentum(0.1).noisy(0.3, 0.55, seed);
    step(resumed, parameters, 1);
    resumed.state().load(file, parameters);
    value.assign(half);
    step(resumed, parameters, 3);
    assertSameBits("w", value, expected);
    assertThatThrownBy(
            () -> new Momentum(0.1).noisy(0.3, 0.55, seed + 1).state().load(file, parameters))
        .hasMessageContaining("hyperparameter seed = " + seed + ", expected " + (seed + 1));
  }

  private static void step(Optimizer optimizer, Parameters parameters, int steps) {
    for (int step = 0; step < steps; step++) {
      optimizer.step(parameters);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyLayoutAndTypeHasTheSameBits(Layout layout) {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        int n = TestArrays.length(shape);
        INDArray g = TestArrays.create(type, shape, TestArrays.uniform(new SplittableRandom(2), n));
        INDArray dense = TestArrays.create(type, shape, new double[n]);
        INDArray laid = TestArrays.lay(dense, layout);
        noisy(1, 0, 1).step(Parameters.of(Parameter.of("w", dense, g)));
        noisy(1, 0, 1).step(Parameters.of(Parameter.of("w", laid, TestArrays.lay(g, layout))));
        assertSameBits(type + " " + layout, laid, dense);
      }
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    List<double[]> results = new ArrayList<>();
    for (String threads : List.of("1", "3")) {
      results.add(noise(ThreadsTest.withThreads(threads, () -> noisy(1, 0, 1)), "w", 300_001));
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
  }

  @Test
  void argumentsAreNamed() {
    assertThatThrownBy(() -> noisy(-1, 0.55, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eta is -1.0, expected a finite number >= 0");
    assertThatThrownBy(() -> noisy(1, Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gamma is NaN, expected a finite number >= 0");
  }
}
