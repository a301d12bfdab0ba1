package io.github.descent4j.mnist.data;

/**
 * How grey values become inputs of a network: {@code (g - mean) / deviation}, with mean and standard deviation of all grey
 * values of the training set. What is not trained on is read with the numbers of the training set.
 */
public record GreyScale(double mean, double deviation) {
  private static final int GREY_VALUES = 256;

  public GreyScale {
    Require.that(mean >= 0 && mean < GREY_VALUES, "mean", mean, "a grey value");
    Require.that(
        deviation >= 0 && deviation < GREY_VALUES, "deviation", deviation, "one of grey values");
  }

  public static GreyScale of(LabelledImages images) {
    long[] counts = images.histogram();
    double total = (double) images.size() * images.imageSize();
    double mean = 0;
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      mean += grey * (counts[grey] / total);
    }
    double variance = 0;
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      variance += (grey - mean) * (grey - mean) * (counts[grey] / total);
    }
    return new GreyScale(mean, Math.sqrt(variance));
  }

  /** The input for each grey value. */
  public float[] inputs() {
    // Images of a single grey value have no deviation; they become 0.
    double scale = deviation == 0 ? 0 : 1 / deviation;
    float[] inputs = new float[GREY_VALUES];
    for (int grey = 0; grey < GREY_VALUES; grey++) {
      inputs[grey] = (float) ((grey - mean) * scale);
    }
    return inputs;
  }
}
