package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ImageDatasetTest {

  @Test
  void mnistHasTheWellKnownMeanAndDeviation() {
    float[] inputs = GreyScale.of(MnistData.bundled().train()).inputs();
    // Of grey values scaled to 0..1 they are 0.1307 and 0.3081.
    assertThat((double) inputs[0]).isCloseTo(-0.1307 / 0.3081, within(1e-3));
    assertThat((double) inputs[255]).isCloseTo((1 - 0.1307) / 0.3081, within(1e-3));
  }

  /** Sizes that leave 0 to 3 pixels over. */
  @Test
  void everyPixelIsCounted() {
    for (int columns = 4; columns < 8; columns++) {
      byte[] pixels = new byte[columns];
      Arrays.fill(pixels, (byte) 200);
      pixels[0] = 7;
      pixels[columns - 1] = 7;
      LabelledImages images = LabelledImages.of(
          IdxFile.parse("images", IdxBytes.images(1, 1, columns, pixels), 3),
          IdxFile.parse("labels", IdxBytes.labels((byte) 0), 1),
          false);
      long[] expected = new long[256];
      expected[7] = 2;
      expected[200] = columns - 2L;
      assertThat(images.histogram()).isEqualTo(expected);
    }
  }

  @Test
  void readsTheExamplesAskedForIntoTheFirstRows(@TempDir Path directory) {
    IdxBytes.writeDataSet(directory, 10, 10, 3, 5);
    MnistData data = MnistData.read(directory);
    float[] inputs = GreyScale.of(data.train()).inputs();
    ImageDataset test = new ImageDataset(data.test(), GreyScale.of(data.train()));
    assertThat(test.exampleShape()).containsExactly(1, 3, 5);
    assertThat(test.classes()).isEqualTo(10);
    assertThat(test.size()).isEqualTo(10);

    // A view that does not begin at the start of its buffer.
    INDArray all = Nd4j.valueArrayOf(new long[] {4, 1, 3, 5}, 77f, DataType.FLOAT);
    INDArray features = all.get(
        NDArrayIndex.interval(1, 4), NDArrayIndex.all(),
        NDArrayIndex.all(), NDArrayIndex.all());
    int[] labels = {-1, -1, -1};
    test.read(new int[] {9, 4, 7, 1}, 1, 2, features, labels);

    assertThat(labels).containsExactly(4, 7, -1);
    int[] examples = {4, 7};
    for (int i = 0; i < examples.length; i++) {
      for (int j = 0; j < 15; j++) {
        assertThat(all.getFloat(1 + i, 0, j / 5, j % 5))
            .isEqualTo(inputs[data.test().pixel(examples[i], j)]);
      }
    }
    assertThat(all.getFloat(0, 0, 2, 4)).isEqualTo(77f);
    assertThat(all.getFloat(3, 0, 0, 0)).isEqualTo(77f);
  }

  @Test
  void imagesOfOneGreyValueBecomeZero() {
    LabelledImages images = LabelledImages.of(
        IdxFile.parse("images", IdxBytes.images(2, 1, 2, new byte[] {9, 9, 9, 9}), 3),
        IdxFile.parse("labels", IdxBytes.labels((byte) 0, (byte) 1), 1),
        false);
    assertThat(GreyScale.of(images).inputs()[9]).isZero();
  }
}
