package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FlatTest {

  @Test
  void putsFloatsInOrderLittleEndian() {
    // [[1, 3], [2, 4]] in 'f' order in memory, then a bias.
    INDArray weight = Nd4j.create(new float[] {1, 2, 3, 4}, new int[] {2, 2}, 'f');
    INDArray bias = Nd4j.createFromArray(0.5f);
    Flat flat = Flat.like(List.of(weight, bias)).read(List.of(weight, bias));
    assertThat(flat.bytes()).isEqualTo(20);
    ByteBuffer bytes = ByteBuffer.allocate(20);
    flat.put(bytes);
    assertThat(HexFormat.of().formatHex(bytes.array()))
        .isEqualTo("0000803f000040400000004000008040" + "0000003f");
    bytes.flip();
    Flat copy = Flat.of(false, 5).get(bytes);
    INDArray target = Nd4j.zeros(DataType.FLOAT, 4, 4)
        .get(NDArrayIndex.interval(0, 2, 4), NDArrayIndex.interval(0, 2, 4));
    INDArray targetBias = Nd4j.zeros(DataType.FLOAT, 1);
    copy.write(List.of(target, targetBias));
    assertThat(target.toFloatMatrix()).isEqualTo(new float[][] {{1, 3}, {2, 4}});
    assertThat(targetBias.getFloat(0)).isEqualTo(0.5f);
  }

  @Test
  void putsDoublesWhereAnArrayIsDouble() {
    INDArray floats = Nd4j.createFromArray(0.1f);
    INDArray doubles = Nd4j.createFromArray(0.1);
    Flat flat = Flat.like(List.of(floats, doubles)).read(List.of(floats, doubles));
    assertThat(flat.bytes()).isEqualTo(16);
    assertThat(flat.get(0)).isEqualTo((double) 0.1f);
    assertThat(flat.get(1)).isEqualTo(0.1);
    flat.times(2).write(List.of(floats, doubles));
    assertThat(floats.getFloat(0)).isEqualTo(0.2f);
    assertThat(doubles.getDouble(0)).isEqualTo(0.2);
  }

  @Test
  void isLongerThanABlock() {
    INDArray array = Nd4j.arange(10_000).castTo(DataType.FLOAT);
    Flat flat = Flat.like(List.of(array)).read(List.of(array));
    assertThat(flat.get(9_999)).isEqualTo(9_999);
    flat.times(-1).write(List.of(array));
    assertThat(array.getFloat(4_097)).isEqualTo(-4_097);
  }
}
