import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.program.Loops;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Prints what runs the loops of the jar on this JVM, and a hash of what they computed. */
class OneJar {
  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray value = Nd4j.createFromArray(floats(random));
    INDArray gradient = Nd4j.createFromArray(floats(random));
    Optimizer optimizer = new Adam();
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    for (int step = 0; step < 10; step++) {
      optimizer.step(parameters);
    }
    System.out.println(
        Loops.chosen().kind() + " " + Integer.toHexString(Arrays.hashCode(value.toFloatVector())));
  }

  private static float[] floats(SplittableRandom random) {
    float[] floats = new float[1003];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) random.nextDouble(-1, 1);
    }
    return floats;
  }
}
