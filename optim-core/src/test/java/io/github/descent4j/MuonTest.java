package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the golden files of {@link Muon}, which have matrices and a kernel, do not show. */
class MuonTest {

  /** The matrix comes first, so that it would have been stepped. */
  @ParameterizedTest
  @CsvSource({"bias, 1, '[3]'", "scale, 0, '[]'"})
  void vectorsAndNumbersAreRefusedByNameAndNothingHasChanged(String name, int rank, String shape) {
    INDArray matrix = Nd4j.linspace(DataType.DOUBLE, -1, 0.3, 6).reshape('c', 2, 3);
    INDArray other = rank == 1 ? Nd4j.createFromArray(1.0, 2.0, 3.0) : Nd4j.scalar(1.0);
    INDArray matrixBefore = matrix.dup();
    INDArray otherBefore = other.dup();
    Muon muon = Muon.builder().weightDecay(0.1).build();
    Parameters parameters = Parameters.of(
        Parameter.of("weights", matrix, Nd4j.ones(DataType.DOUBLE, 2, 3)),
        Parameter.of(name, other, Nd4j.ones(DataType.DOUBLE, other.shape())));
    assertThatThrownBy(() -> muon.step(parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("parameter '" + name + "' has shape " + shape
            + ", expected a matrix, or a kernel of a higher rank, for Muon")
        .hasMessageContaining(".otherwise(new AdamW()).build()");
    assertSameBits("matrix", matrix, matrixBefore);
    assertSameBits("other", other, otherBefore);
    assertThat(muon.steps()).isZero();
    assertThat(muon.state().parameters()).isEmpty();

    muon.step(Parameters.of(parameters.get(0)));
    assertThat(muon.steps()).isEqualTo(1);
    assertThat(matrix).isNotEqualTo(matrixBefore);
  }

  @Test
  void oneStepOfTheIterationIsTheLeast() {
    assertThat(Muon.builder().newtonSchulzSteps(1).build().newtonSchulzSteps()).isEqualTo(1);
    assertThatThrownBy(() -> Muon.builder().newtonSchulzSteps(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("newtonSchulzSteps is 0, expected a number >= 1");
  }
}
