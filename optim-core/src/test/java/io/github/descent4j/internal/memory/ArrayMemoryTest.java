package io.github.descent4j.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ArrayMemoryTest {

  /** At the one door to an array's memory, and so whoever reads or writes it: rules, DL4J's updaters, networks, files. */
  @Test
  void noMemoryOfABackendWhoseArraysAreElsewhereIsFound() throws ReflectiveOperationException {
    INDArray array = Nd4j.ones(DataType.FLOAT, 2);
    OpExecutioner own = Nd4j.getExecutioner();
    OpExecutioner cuda = (OpExecutioner) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {OpExecutioner.class},
        (proxy, method, arguments) ->
            method.getName().equals("type") ? ExecutionerType.CUDA : method.invoke(own, arguments));
    Field executioner = Nd4j.class.getDeclaredField("OP_EXECUTIONER_INSTANCE");
    executioner.setAccessible(true);
    executioner.set(null, cuda);
    try {
      assertThatThrownBy(() -> ArrayMemory.of(array))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("backend is CUDA, expected NATIVE_CPU");
    } finally {
      executioner.set(null, own);
    }
    assertThat(ArrayMemory.of(array).length()).isEqualTo(2);
  }

  @Test
  void aBackendWhoseArraysAreElsewhereIsRefused() {
    ArrayMemory.requireHostMemory(Nd4j.getExecutioner().type());
    assertThatThrownBy(() -> ArrayMemory.requireHostMemory(ExecutionerType.CUDA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("backend is CUDA, expected NATIVE_CPU");
  }

  /** One element more of either, and they would share bytes. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void neighboursDoNotOverlap(DataType type) {
    INDArray all = Nd4j.create(type, 12);
    ArrayMemory left = ArrayMemory.of(all.get(NDArrayIndex.interval(0, 5)));
    ArrayMemory right = ArrayMemory.of(all.get(NDArrayIndex.interval(5, 12)));
    ArrayMemory one = ArrayMemory.of(all.get(NDArrayIndex.interval(4, 5)));
    ArrayMemory wider = ArrayMemory.of(all.get(NDArrayIndex.interval(4, 12)));
    assertOverlap(left, right, false);
    assertOverlap(one, right, false);
    assertOverlap(left, wider, true);
    assertOverlap(left, one, true);
    assertOverlap(right, wider, true);
    assertOverlap(left, left, true);
    assertThat(left.end()).isEqualTo(right.begin());
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void interleavedViewsOverlapWhereTheyShareAnElement(DataType type) {
    INDArray matrix = Nd4j.create(type, 4, 6);
    ArrayMemory first = columns(matrix, 0, 2);
    ArrayMemory second = columns(matrix, 2, 4);
    ArrayMemory both = columns(matrix, 1, 3);
    assertOverlap(first, second, false);
    assertOverlap(first, both, true);
    assertOverlap(second, both, true);
    // Between two rows of the first, and on one of them.
    ArrayMemory gap = ArrayMemory.of(matrix.reshape(24).get(NDArrayIndex.interval(8, 12)));
    ArrayMemory row = ArrayMemory.of(matrix.reshape(24).get(NDArrayIndex.interval(7, 12)));
    assertOverlap(first, gap, false);
    assertOverlap(first, row, true);
  }

  private static ArrayMemory columns(INDArray matrix, int from, int to) {
    return ArrayMemory.of(matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)));
  }

  private static void assertOverlap(ArrayMemory a, ArrayMemory b, boolean expected) {
    assertThat(a.overlaps(b)).isEqualTo(expected);
    assertThat(b.overlaps(a)).isEqualTo(expected);
  }
}
