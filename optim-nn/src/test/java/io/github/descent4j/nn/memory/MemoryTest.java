package io.github.descent4j.nn.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MemoryTest {

  @Test
  void aViewBeginsAtItsOffset() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray array = Nd4j.arange(24).castTo(type).reshape(6, 4);
      INDArray view = array.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all());
      Memory memory = Memory.of(view);
      assertThat(memory.array()).isSameAs(view);
      double[] values = new double[8];
      memory.getDoubles(0, values, 8);
      assertThat(values).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
      memory.putDoubles(7, new double[] {-1}, 1);
      assertThat(array.getDouble(3, 3)).isEqualTo(-1);
      assertThat(array.getDouble(4, 0)).isEqualTo(16);
    }
  }

  @Test
  void anyOtherOrderIsCopied() {
    INDArray array = Nd4j.arange(6).castTo(DataType.FLOAT).reshape(2, 3);
    Memory memory = Memory.of(array.transpose());
    float[] values = new float[6];
    memory.get(0, values, 0, 6);
    assertThat(values).containsExactly(0, 3, 1, 4, 2, 5);
    INDArray transposed = array.transpose();
    Memory copy = Memory.of(transposed);
    array.putScalar(0, 7);
    assertThat(Memory.of(transposed, copy).array().getDouble(0)).isEqualTo(7);
  }

  @Test
  void theSameArrayIsLookedUpOnce() {
    INDArray array = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory memory = Memory.of(array);
    assertThat(Memory.of(array, memory)).isSameAs(memory);
    assertThat(Memory.of(array.dup(), memory)).isNotSameAs(memory);
  }

  @Test
  void twoArraysThatTakeTurnsAreLookedUpOnceEach() {
    INDArray one = Nd4j.create(DataType.FLOAT, 2, 3);
    INDArray two = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory first = Memory.of(one);
    Memory second = Memory.of(two, first);
    for (int i = 0; i < 3; i++) {
      assertThat(Memory.of(one, second)).isSameAs(first);
      assertThat(Memory.of(two, first)).isSameAs(second);
    }
    INDArray third = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory.of(third, second);
    assertThat(Memory.of(one, second)).isNotSameAs(first);
  }

  /** What is seen twice in a row takes turns with nothing, and must not hold what may be large. */
  @Test
  void theOneBeforeIsForgottenWithTheTurns() {
    INDArray one = Nd4j.create(DataType.FLOAT, 2, 3);
    INDArray two = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory first = Memory.of(one);
    Memory second = Memory.of(two, first);
    assertThat(Memory.of(two, second)).isSameAs(second);
    assertThat(Memory.of(one, second)).isNotSameAs(first);
  }

  @Test
  void channelsLastIsToldByTheStrides() {
    INDArray last = Nd4j.create(DataType.FLOAT, 5, 4, 3, 2).permute(0, 3, 1, 2);
    INDArray planes = Nd4j.create(DataType.FLOAT, 5, 2, 4, 3);
    List<INDArray> arrays = List.of(
        last,
        planes,
        last.get(NDArrayIndex.interval(1, 3)),
        last.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 1)),
        last.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 2)),
        Nd4j.create(DataType.FLOAT, 5, 1, 4, 3),
        Nd4j.create(DataType.FLOAT, 5, 2, 1, 1),
        Nd4j.create(DataType.FLOAT, 1, 1, 1, 1),
        Nd4j.create(DataType.FLOAT, 1, 2, 1, 3),
        Nd4j.create(DataType.FLOAT, 4, 3));
    assertThat(arrays)
        .extracting(Memory::isChannelsLast)
        .containsExactly(true, false, true, false, false, true, true, true, false, false);
    for (INDArray array : arrays.subList(0, 9)) {
      assertThat(Memory.isChannelsLast(array)).isEqualTo(Memory.isDense(array.permute(0, 2, 3, 1)));
    }
  }

  @Test
  void refusesAClosedArray() {
    INDArray array = Nd4j.create(DataType.FLOAT, 2, 3);
    Memory memory = Memory.of(array);
    array.close();
    assertThatThrownBy(() -> Memory.of(array, memory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("array has been closed, expected an open array");
  }

  @Test
  void refusesOtherTypes() {
    assertThatThrownBy(() -> Memory.of(Nd4j.create(DataType.INT32, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array is of type INT, expected FLOAT or DOUBLE");
  }

  @Test
  void aReusableArrayGivesViewsOfOneRoom() {
    ReusableArray reusable = new ReusableArray();
    Memory large = reusable.shaped(DataType.FLOAT, 4, 3);
    assertThat(reusable.shaped(DataType.FLOAT, 4, 3)).isSameAs(large);
    Memory small = reusable.shaped(DataType.FLOAT, 2, 3);
    small.putDoubles(0, new double[] {1, 2, 3, 4, 5, 6}, 6);
    assertThat(small.array().shape()).containsExactly(2, 3);
    double[] values = new double[6];
    reusable.shaped(DataType.FLOAT, 4, 3).getDoubles(0, values, 6);
    assertThat(values).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(reusable.shaped(DataType.DOUBLE, 4, 3).dataType()).isEqualTo(DataType.DOUBLE);
  }

  @Test
  void reusableImagesHaveTheirChannelsLast() {
    ReusableImages reusable = new ReusableImages();
    Memory memory = reusable.shaped(DataType.FLOAT, 2, 3, 4, 5);
    assertThat(memory.array().shape()).containsExactly(2, 4, 5, 3);
    INDArray images = reusable.images();
    assertThat(images.shape()).containsExactly(2, 3, 4, 5);
    assertThat(reusable.shaped(DataType.FLOAT, 2, 3, 4, 5)).isSameAs(memory);
    assertThat(reusable.images()).isSameAs(images);
    Memory found = Memory.ofChannelsLast(images, null);
    assertThat(found.array().shape()).containsExactly(2, 4, 5, 3);
    assertThat(Memory.ofChannelsLast(images, found)).isSameAs(found);
  }

  @Test
  void elementsAreCopiedFromMemoryToMemory() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      Memory source = Memory.of(Nd4j.arange(1, 7).castTo(type));
      Memory target = Memory.of(Nd4j.zeros(type, 5));
      target.put(1, source, 2, 3);
      double[] values = new double[5];
      target.getDoubles(0, values, 5);
      assertThat(values).containsExactly(0, 3, 4, 5, 0);
      target.put(0, source, 1, 5);
      target.getDoubles(0, values, 5);
      assertThat(values).containsExactly(2, 3, 4, 5, 6);
      assertThatThrownBy(() -> target.put(1, source, 0, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> target.put(0, source, 2, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    Memory floats = Memory.of(Nd4j.zeros(DataType.FLOAT, 5));
    Memory doubles = Memory.of(Nd4j.zeros(DataType.DOUBLE, 5));
    assertThatThrownBy(() -> floats.put(0, doubles, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("source is of type DOUBLE, expected FLOAT");
  }

  @Test
  void tellsWhatItIsOf() {
    Memory memory = Memory.of(Nd4j.zeros(DataType.FLOAT, 2, 3));
    assertThat(memory).hasToString("FLOAT[2, 3]");
    assertThat(memory.length()).isEqualTo(6);
    assertThat(memory.size(1)).isEqualTo(3);
  }
}
