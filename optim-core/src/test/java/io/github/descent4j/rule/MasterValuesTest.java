package io.github.descent4j.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Values of half types kept in float as well: small steps add up. */
class MasterValuesTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"BFLOAT16", "HALF"})
  void stepsOfLessThanHalfTheDistanceToTheNextNumberAddUp(DataType type) {
    double rate = type == DataType.FLOAT16 ? 1e-4 : 6e-4;
    INDArray lost = Nd4j.ones(type, 1);
    INDArray kept = Nd4j.ones(type, 1);
    INDArray gradient = Nd4j.ones(type, 1);
    Optimizer plain = new Adam(rate);
    Optimizer withMaster = Adam.builder().learningRate(rate).masterValues(true).build();
    for (int i = 0; i < 100; i++) {
      plain.step(Parameters.of(Parameter.of("w", lost, gradient)));
      withMaster.step(Parameters.of(Parameter.of("w", kept, gradient)));
    }
    assertThat(lost.getDouble(0)).as("without, nothing moves").isEqualTo(1);
    assertThat(kept.getDouble(0)).isCloseTo(1 - 100 * rate, within(0x1p-8));
    assertThat(withMaster.state().slot("w", "master").getDouble(0))
        .isCloseTo(1 - 100 * rate, within(1e-5));
  }

  /** The master walks as a FLOAT parameter does, and the parameter is its rounding. */
  @Test
  void theMasterHasTheBitsOfAFloatParameter() {
    for (Layout layout : Layout.values()) {
      SplittableRandom random = new SplittableRandom(3);
      long[] shape = {31, 33};
      double[] start = TestArrays.uniform(random, 31 * 33);
      INDArray half = TestArrays.lay(TestArrays.create(DataType.BFLOAT16, shape, start), layout);
      INDArray full = half.castTo(DataType.FLOAT).dup('c');
      Optimizer ofHalf = Adam.builder().masterValues(true).build();
      Optimizer ofFull = new Adam();
      for (int i = 0; i < 5; i++) {
        INDArray gradient =
            TestArrays.create(DataType.BFLOAT16, shape, TestArrays.uniform(random, 31 * 33));
        ofHalf.step(Parameters.of(Parameter.of("w", half, gradient)));
        ofFull.step(Parameters.of(Parameter.of("w", full, gradient.castTo(DataType.FLOAT))));
      }
      TestArrays.assertSameBits("master", ofHalf.state().slot("w", "master"), full);
      TestArrays.assertSameBits(
          "value",
          half.castTo(DataType.FLOAT),
          full.castTo(DataType.BFLOAT16).castTo(DataType.FLOAT));
    }
  }

  @Test
  void aValueThatIsChangedFromOutsideBecomesTheMaster() {
    INDArray value = Nd4j.ones(DataType.BFLOAT16, 2);
    Parameters parameters =
        Parameters.of(Parameter.of("w", value, Nd4j.ones(DataType.BFLOAT16, 2)));
    Optimizer optimizer = Adam.builder().learningRate(1e-3).masterValues(true).build();
    optimizer.step(parameters);
    value.putScalar(0, 5);
    optimizer.step(parameters);
    INDArray master = optimizer.state().slot("w", "master");
    assertThat(master.getDouble(0)).isCloseTo(5 - 1e-3, within(1e-6));
    assertThat(master.getDouble(1)).isCloseTo(1 - 2e-3, within(1e-6));
  }

  @Test
  void theMasterIsInTheFile() {
    Path file = folder.resolve("state.npz");
    INDArray value = Nd4j.ones(DataType.BFLOAT16, 3);
    INDArray gradient = Nd4j.ones(DataType.BFLOAT16, 3);
    Parameters parameters = Parameters.of(
        Parameter.of("w", value, gradient),
        Parameter.of("d", Nd4j.zeros(DataType.DOUBLE, 2), Nd4j.ones(DataType.DOUBLE, 2)));
    Optimizer optimizer = Adam.builder().masterValues(true).build();
    for (int i = 0; i < 3; i++) {
      optimizer.step(parameters);
    }
    optimizer.state().save(file);
    Optimizer loaded = Adam.builder().masterValues(true).build();
    loaded.state().load(file, parameters);
    assertThat(loaded.state().slots("w")).containsExactly("m", "v", "master");
    assertThat(loaded.state().slots("d")).containsExactly("m", "v");
    INDArray copy = value.dup();
    optimizer.step(parameters);
    INDArray expected = value.dup();
    value.assign(copy);
    loaded.step(parameters);
    TestArrays.assertSameBits(
        "value", value.castTo(DataType.FLOAT), expected.castTo(DataType.FLOAT));
    assertThatThrownBy(() -> new Adam().state().load(file, parameters))
        .hasMessageContaining("masterValues");
  }
}
