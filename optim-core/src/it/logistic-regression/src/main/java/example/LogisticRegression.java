package example;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.schedule.Schedules;
import java.util.Locale;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Logistic regression with gradients of its own: is a point above the line x + 2y = 1? */
public final class LogisticRegression {

  private LogisticRegression() {}

  public static void main(String[] args) {
    int n = 1000;
    Random random = new Random(7);
    INDArray x = Nd4j.create(DataType.FLOAT, n, 2);
    INDArray y = Nd4j.create(DataType.FLOAT, n, 1);
    for (int i = 0; i < n; i++) {
      double a = random.nextDouble() * 4 - 2;
      double b = random.nextDouble() * 4 - 2;
      x.putScalar(i, 0, a).putScalar(i, 1, b);
      y.putScalar(i, 0, a + 2 * b > 1 ? 1 : 0);
    }

    INDArray weight = Nd4j.zeros(DataType.FLOAT, 2, 1);
    INDArray bias = Nd4j.zeros(DataType.FLOAT, 1, 1);
    Optimizer optimizer = new RAdam()
        .scheduled(Schedules.linearWarmup(20, 0.1).then(Schedules.cosine(0.1, 480)))
        .clipped(GradientClip.byGlobalNorm(1))
        .guarded(NonFinite.FAIL);
    for (int step = 0; step < 500; step++) {
      INDArray error = predict(x, weight, bias).sub(y).div(n);
      // New arrays at every step, and 'f' order from the product: the state belongs to the name.
      optimizer.step(Parameters.of(
          Parameter.of("weight", weight, x.transpose().mmul(error)),
          Parameter.of("bias", bias, error.sum(true, 0))));
    }

    INDArray correct = predict(x, weight, bias).gt(0.5).castTo(DataType.FLOAT).eq(y);
    double accuracy = correct.castTo(DataType.FLOAT).meanNumber().doubleValue();
    System.out.printf(Locale.ROOT, "accuracy %.4f after %d steps%n", accuracy, optimizer.steps());
    if (accuracy < 0.98) {
      throw new AssertionError("accuracy is " + accuracy + ", expected at least 0.98");
    }
  }

  private static INDArray predict(INDArray x, INDArray weight, INDArray bias) {
    return Transforms.sigmoid(x.mmul(weight).addRowVector(bias));
  }
}
