package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What passes write to on their way is used again: a thread finds it in its cache. */
class ConvolutionScratchTest {
  private static final ConvolutionShape SHAPE = new ConvolutionShape(2, 5, 4, 3, 3, 1, 0);

  private static ConvolutionScratch.Layout layout(ConvolutionShape shape) {
    return new ConvolutionScratch.Layout(DataType.FLOAT, shape, 19, 19 * 3, false);
  }

  @Test
  void whatWasGivenBackLastComesFirst() {
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    ConvolutionScratch<float[]> one = pool.take(FloatLoops.INSTANCE, layout(SHAPE));
    ConvolutionScratch<float[]> two = pool.take(FloatLoops.INSTANCE, layout(SHAPE));
    assertThat(two).isNotSameAs(one);
    pool.give(one);
    pool.give(two);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(SHAPE))).isSameAs(two);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(SHAPE))).isSameAs(one);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(SHAPE))).isNotSameAs(one);
  }

  @Test
  void whatIsForAnotherSizeIsDropped() {
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    ConvolutionScratch<float[]> one = pool.take(FloatLoops.INSTANCE, layout(SHAPE));
    ConvolutionShape other = new ConvolutionShape(2, 4, 5, 3, 3, 1, 0);
    ConvolutionScratch<float[]> two = pool.take(FloatLoops.INSTANCE, layout(other));
    pool.give(one);
    pool.give(two);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(SHAPE))).isSameAs(one);
    pool.give(one);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(other))).isNotSameAs(two);
    assertThat(pool.take(FloatLoops.INSTANCE, layout(SHAPE))).isNotSameAs(one);
  }

  /** The last thing that each pass writes there is the weights, or their gradients. */
  @Test
  void aPassGivesBackWhatItHasTaken() {
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    Parameter weight = parameter("weight", 3, 2, 3, 3);
    Convolution<float[]> convolution = convolution(weight, SHAPE, pool);
    ConvolutionScratch.Layout layout =
        new ConvolutionScratch.Layout(DataType.FLOAT, SHAPE, 19, 19 * 3, false);
    Memory x = Memory.of(Arrays.random(DataType.FLOAT, 3, 7, 5, 4, 2));
    Memory y = Memory.of(Arrays.random(DataType.FLOAT, 4, 7, 3, 2, 3));
    convolution.forward(x, y);
    assertThat(pool.take(FloatLoops.INSTANCE, layout).weights).startsWith(floats(weight.value()));
    convolution.backward(x, y, Memory.of(Nd4j.create(DataType.FLOAT, 7, 5, 4, 2)));
    assertThat(pool.take(FloatLoops.INSTANCE, layout).weights)
        .startsWith(floats(weight.gradient()));
  }

  @Test
  void aPassThatUnfoldsNothingGivesBackWhatItHasTaken() {
    ConvolutionShape large = new ConvolutionShape(2, 14, 15, 3, 3, 1, 1);
    assertThat(PaddedConvolution.pays(large)).isTrue();
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    Parameter weight = parameter("weight", 3, 2, 3, 3);
    Convolution<float[]> convolution = convolution(weight, large, pool);
    Memory x = Memory.of(Arrays.random(DataType.FLOAT, 3, 1, 14, 15, 2));
    Memory y = Memory.of(Nd4j.create(DataType.FLOAT, 1, 14, 15, 3));
    convolution.forward(x, y);
    Object images = pool.padded.idle.peekFirst();
    assertThat(images).isNotNull();
    convolution.forward(x, y);
    assertThat(pool.padded.idle.size()).isEqualTo(1);
    assertThat((Object) pool.padded.idle.peekFirst()).isSameAs(images);
    // Fields have 18 elements and a 1.
    ConvolutionScratch.Layout layout =
        new ConvolutionScratch.Layout(DataType.FLOAT, large, 19, 19 * 3, false);
    assertThat(pool.take(FloatLoops.INSTANCE, layout).weights).startsWith(floats(weight.value()));
  }

  @ParameterizedTest
  @CsvSource({
    "8, 12, 8, 5, 5, 1, true", // 8 x 4 pixels
    "8, 35, 5, 5, 5, 1, false", // 31 x 1
    "8, 12, 12, 3, 3, 1, true", // 24 elements a row
    "23, 12, 12, 3, 1, 1, false", // 23
    "24, 12, 12, 2, 1, 1, true",
    "24, 12, 12, 1, 3, 1, false", // one row
    "8, 23, 23, 5, 5, 2, false",
    "1, 40, 40, 5, 30, 1, false"
  })
  void unfoldsByRowsOfTheKernelWhatIsLargeEnough(
      int channels, int height, int width, int kh, int kw, int stride, boolean byRows) {
    ConvolutionShape shape = new ConvolutionShape(channels, height, width, kh, kw, stride, 0);
    assertThat(Convolution.paysByRows(shape)).isEqualTo(byRows);
  }

  /** An image at a time, each row of the kernel as long as 8 channels of 3 columns, and a 1. */
  @Test
  void aPassByRowsGivesBackWhatItHasTaken() {
    ConvolutionShape shape = new ConvolutionShape(8, 8, 8, 3, 3, 1, 0);
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    Parameter weight = parameter("weight", 3, 8, 3, 3);
    Convolution<float[]> convolution = convolution(weight, shape, pool);
    convolution.forward(
        Memory.of(Arrays.random(DataType.FLOAT, 3, 2, 8, 8, 8)),
        Memory.of(Nd4j.create(DataType.FLOAT, 2, 6, 6, 3)));
    ConvolutionScratch.Layout layout =
        new ConvolutionScratch.Layout(DataType.FLOAT, shape.kernelRow(), 25, 73 * 3, false);
    assertThat(pool.take(FloatLoops.INSTANCE, layout).weights).startsWith(floats(weight.value()));
  }

  @Test
  void theTurnedPassGivesBackWhatItHasTaken() {
    ConvolutionScratch.Pool pool = new ConvolutionScratch.Pool();
    Parameter weight = parameter("weight", 2, 3, 3, 3);
    TransposedConvolution<float[]> convolution = new TransposedConvolution<>(
        FloatLoops.INSTANCE,
        weight,
        parameter("bias", 2),
        new ConvolutionShape(3, 5, 4, 3, 3, 1, 1),
        pool);
    Memory x = Memory.of(Arrays.random(DataType.FLOAT, 3, 7, 5, 4, 3));
    Memory dy = Memory.of(Arrays.random(DataType.FLOAT, 4, 7, 5, 4, 2));
    convolution.backward(x, dy, Memory.of(Nd4j.create(DataType.FLOAT, 7, 5, 4, 3)));
    ConvolutionShape turned = new ConvolutionShape(2, 5, 4, 3, 3, 1, 1);
    ConvolutionScratch.Layout layout =
        new ConvolutionScratch.Layout(DataType.FLOAT, turned, 18, 18 * 3, false);
    assertThat(pool.take(FloatLoops.INSTANCE, layout).weights)
        .startsWith(floats(weight.gradient()));
  }

  private static Convolution<float[]> convolution(
      Parameter weight, ConvolutionShape shape, ConvolutionScratch.Pool pool) {
    return new Convolution<>(
        FloatLoops.INSTANCE,
        weight,
        parameter("bias", 3),
        shape,
        pool,
        new ConvolutionScratch.Pool());
  }

  private static Parameter parameter(String name, long... shape) {
    return Parameter.of(
        name, Arrays.random(DataType.FLOAT, 1, shape), Nd4j.create(DataType.FLOAT, shape));
  }

  private static float[] floats(INDArray array) {
    return array.data().asFloat();
  }
}
