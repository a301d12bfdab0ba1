package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientTreeTest {

  /** 16,777,216 + 1 is 16,777,216 in float, so that only the order of the tree gives these sums. */
  @ParameterizedTest
  @CsvSource({
    "1, 16777216",
    "2, 16777216", // (big + 1)
    "3, 16777218", // (big + 1) + 2
    "4, 16777220", // (big + 1) + (2 + 2)
    "5, 16777220", // ((big + 1) + (2 + 2)) + 1
    "6, 16777222", // ((big + 1) + (2 + 2)) + (1 + 1)
    "8, 16777224", // ((big + 1) + (2 + 2)) + ((1 + 1) + (1 + 1))
  })
  void theOrderIsThatOfPairs(int shards, float expected) {
    float[] values = {16777216, 1, 2, 2, 1, 1, 1, 1};
    List<Parameters> all = new ArrayList<>();
    for (float value : values) {
      all.add(parameters(value));
    }
    GradientTree<float[]> tree = new GradientTree<>(FloatLoops.INSTANCE, all.get(0));
    all.subList(1, all.size()).forEach(tree::add);
    tree.sum(shards);
    for (Parameter parameter : all.get(0)) {
      assertThat(Arrays.values(parameter.gradient())).containsOnly(expected);
    }
    assertThat(Arrays.values(all.get(1).get("a").gradient())).containsOnly(1);
  }

  /** One that ends within a block, one of an order of its own. */
  private static Parameters parameters(float gradient) {
    INDArray first = Nd4j.valueArrayOf(new long[] {40, 500}, gradient, DataType.FLOAT);
    INDArray second = Nd4j.valueArrayOf(new long[] {7, 300}, gradient, DataType.FLOAT);
    return Parameters.of(
        Parameter.of("a", first.dup(), first),
        Parameter.of("b", second.dup().transpose(), second.transpose()));
  }

  @Test
  void doublesAreAddedInDouble() {
    List<Parameters> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      INDArray gradient = Nd4j.createFromArray(1 + 1e-12 * i);
      all.add(Parameters.of(Parameter.of("a", gradient.dup(), gradient)));
    }
    GradientTree<double[]> tree = new GradientTree<>(DoubleLoops.INSTANCE, all.get(0));
    all.subList(1, 3).forEach(tree::add);
    tree.sum(3);
    assertThat(all.get(0).get(0).gradient().getDouble(0)).isEqualTo(1 + (1 + 1e-12) + (1 + 2e-12));
  }
}
