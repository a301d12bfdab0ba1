package io.github.descent4j;

import io.github.descent4j.RecordedBitsTest.Treatment;
import io.github.descent4j.TestArrays.Layout;
import io.github.descent4j.internal.program.Loops;
import io.github.descent4j.state.DecoratedBits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Prints hashes of what steps of every rule give in this JVM: the cases of {@link RecordedBitsTest} in some layouts, and with the state
 * saved and loaded half way; those of {@link ThreadsTest}, which are large enough for threads; and those with decorators.
 */
public final class StepBits {
  private StepBits() {}

  /**
   * Prints them.
   *
   * @param args the names of the layouts
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("bits");
    print("loops", Loops.chosen().kind().toString().toLowerCase(Locale.ROOT));
    BiFunction<Optimizer, Parameters, Optimizer> on = (half, parameters) -> half;
    for (String layout : args) {
      print(layout, recorded(Layout.valueOf(layout), optimizer -> on));
    }
    Path file = folder.resolve("state.npz");
    print("resumed", recorded(Layout.C_ORDER, optimizer -> (half, parameters) -> {
      half.state().save(file);
      Optimizer second = optimizer.get();
      second.state().load(file, parameters);
      return second;
    }));
    print("large", large());
    print("decorated", DecoratedBits.hash(folder));
    Files.deleteIfExists(file);
    Files.delete(folder);
  }

  private interface Middle {
    /** What is done half way, with what makes the optimizer. */
    BiFunction<Optimizer, Parameters, Optimizer> of(Supplier<Optimizer> optimizer);
  }

  private static String recorded(Layout layout, Middle middle) {
    long hash = 0;
    for (OptimizerCase optimizer : RecordedBitsTest.cases()) {
      for (DataType type : RecordedBitsTest.types()) {
        for (Treatment treatment : Treatment.values()) {
          if (treatment.suits(optimizer)) {
            Supplier<Optimizer> create = () -> treatment.around(optimizer);
            String bits = RecordedBitsTest.run(create.get(), type, layout, middle.of(create));
            hash = 31 * hash + Long.parseUnsignedLong(bits, 16);
          }
        }
      }
    }
    return hex(hash);
  }

  private static String large() {
    long hash = 0;
    for (OptimizerCase optimizer : ThreadsTest.defaults()) {
      for (INDArray array : ThreadsTest.run(optimizer)) {
        hash = RecordedBitsTest.hash(hash, array);
      }
    }
    return hex(hash);
  }

  private static String hex(long hash) {
    return String.format(Locale.ROOT, "%016x", hash);
  }

  private static void print(String name, String value) {
    System.out.println("bits " + name + " " + value);
  }
}
