package io.github.descent4j.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.JavaProcess;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A JVM in which no class can be made, for want of the library that writes them. */
class WithoutGenerationTest {
  @TempDir
  private Path folder;

  @Test
  @Timeout(120)
  void theInterpreterRunsAndSaysSo() throws IOException, InterruptedException {
    String classPath = Arrays.stream(
            System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("asm-"))
        .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath).isNotEqualTo(System.getProperty("java.class.path"));
    Path output = folder.resolve("output");
    assertThat(JavaProcess.finish(JavaProcess.startOn(classPath, output, Steps.class)))
        .as("exit status")
        .isZero();
    assertThat(Files.readString(output))
        .contains(
            "Interpreted kernels, which are slower, because this Java defines no classes at run time: "
                + "java.lang.NoClassDefFoundError: org/objectweb/asm/")
        .contains("INTERPRETED " + Steps.bits());
  }

  /** Prints what runs, and what it has computed. */
  static final class Steps {
    private Steps() {}

    public static void main(String[] arguments) {
      System.out.println(Loops.chosen().kind() + " " + bits());
    }

    static String bits() {
      SplittableRandom random = new SplittableRandom(1);
      INDArray value = array(random);
      Optimizer optimizer = new Adam();
      for (int step = 0; step < 10; step++) {
        optimizer.step(Parameters.of(Parameter.of("w", value, array(random))));
      }
      return Integer.toHexString(Arrays.hashCode(value.toFloatVector()));
    }

    private static INDArray array(SplittableRandom random) {
      double[] elements =
          DoubleStream.generate(() -> random.nextDouble(-1, 1)).limit(1003).toArray();
      return Nd4j.createFromArray(elements).castTo(DataType.FLOAT);
    }
  }
}
