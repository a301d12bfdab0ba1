package io.github.descent4j.nn;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays for tests. */
final class Arrays {
  private Arrays() {}

  /** Elements uniform in [-1, 1), but at least 0.01 from 0, so that no difference quotient meets ReLU's kink. */
  static INDArray random(DataType type, long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray array = Nd4j.create(type, shape);
    for (long i = 0; i < array.length(); i++) {
      double value = 2 * random.nextDouble() - 1;
      array.putScalar(i, Math.abs(value) < 0.01 ? value + Math.copySign(0.01, value) : value);
    }
    return array;
  }

  /** Elements that differ from one another by 0.01 at least, so that no difference quotient changes a maximum. */
  static INDArray distinct(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    int length = (int) array.length();
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      int j = random.nextInt(i + 1);
      values[i] = values[j];
      values[j] = 0.01 * (i - length / 2) + 0.005;
    }
    for (int i = 0; i < length; i++) {
      array.putScalar(i, values[i]);
    }
    return array;
  }

  static double[] values(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  /** The array of a type that has these values in 'c' order. */
  static INDArray of(DataType type, double[] values, long... shape) {
    return Nd4j.createFromArray(values).castTo(type).reshape('c', shape);
  }
}
