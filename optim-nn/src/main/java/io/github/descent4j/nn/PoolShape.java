package io.github.descent4j.nn;

/** The sizes of one pooling over one image, in elements. */
record PoolShape(
    int channels, int height, int width, int size, int stride, int outputHeight, int outputWidth) {

  PoolShape(int channels, int height, int width, int size, int stride) {
    this(
        channels,
        height,
        width,
        size,
        stride,
        (height - size) / stride + 1,
        (width - size) / stride + 1);
  }
}
