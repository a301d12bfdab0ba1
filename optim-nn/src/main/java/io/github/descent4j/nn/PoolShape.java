package io.github.descent4j.nn;

/** The sizes of one pooling over one plane, in elements. */
record PoolShape(int height, int width, int size, int stride, int outputHeight, int outputWidth) {

  PoolShape(int height, int width, int size, int stride) {
    this(height, width, size, stride, (height - size) / stride + 1, (width - size) / stride + 1);
  }

  /** Pixels of one input plane. */
  int inputLength() {
    return height * width;
  }

  /** Pixels of one output plane. */
  int outputLength() {
    return outputHeight * outputWidth;
  }
}
