package io.github.descent4j.nn;

/** The sizes of one convolution over one image, in elements. */
record ConvolutionShape(
    int channels,
    int height,
    int width,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding,
    int outputHeight,
    int outputWidth) {

  ConvolutionShape(
      int channels,
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int padding) {
    this(
        channels,
        height,
        width,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        (height + 2 * padding - kernelHeight) / stride + 1,
        (width + 2 * padding - kernelWidth) / stride + 1);
  }

  /** With a stride of 1, what one row of the kernel meets: all rows of the image and of the padding. */
  ConvolutionShape kernelRow() {
    return new ConvolutionShape(channels, height, width, 1, kernelWidth, stride, padding);
  }

  /** Elements of one image. */
  int imageLength() {
    return channels * height * width;
  }

  /** Pixels of one output plane. */
  int outputLength() {
    return outputHeight * outputWidth;
  }

  /** Elements of one channel's receptive field. */
  int kernelLength() {
    return kernelHeight * kernelWidth;
  }

  /** Elements of one receptive field. */
  int fieldLength() {
    return channels * kernelLength();
  }

  /** First output column whose receptive field's column {@code kx} lies inside the image. */
  int firstColumn(int kx) {
    return Math.min(outputWidth, Math.max(0, (padding - kx + stride - 1) / stride));
  }

  /** The output column after the last one whose receptive field's column {@code kx} lies inside the image. */
  int endColumn(int kx) {
    int last = width - 1 + padding - kx;
    return last < 0 ? 0 : Math.min(outputWidth, last / stride + 1);
  }
}
