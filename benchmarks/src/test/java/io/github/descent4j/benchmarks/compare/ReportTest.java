package io.github.descent4j.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.benchmarks.NormedStep;
import io.github.descent4j.benchmarks.WrappedStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;

class ReportTest {
  private static final List<String> OPTIMIZERS = List.of("Nesterov", "Momentum");
  private static final List<String> SIZES = List.of("10000000", "200x1000");

  private final Measurements measurements = new Measurements();

  ReportTest() {
    // 10^7 elements, 3 passes of 4 bytes in 2 ms: 60 GB/s.
    add(Plan.OPENBLAS, "saxpy", "10000000", 2000);
    add(Plan.OPENBLAS, "saxpy", "15000000", 4500);
    // Median 5000: 5 passes are 200 MB, so 40 GB/s.
    add(Plan.OURS, "Nesterov", "10000000", 9000, 5000, 4000);
    add(Plan.ND4J, "Nesterov", "10000000", 8000, 12000);
    add(Plan.OURS, "Momentum", "10000000", 4000);
    add(Plan.OURS, "Momentum", "200x1000", 100);
    add(Plan.PYTORCH, "Momentum", "200x1000", 250);
    // A ratio of 3 to Adam's 2, twice the time of a loop, and (996 - 1) / 199 = 5 us a parameter.
    add(Plan.OURS, "Adam", "200x1000", 2);
    add(Plan.OURS, "Lamb", "200x1000", 6);
    add(Plan.OURS, "samAdam", "200x1000", 3);
    add(Plan.OURS, "muon", "256x256", 700);
    add(Plan.OURS, "ownLion", "200x1000", 50);
    add(Plan.OURS, "handWrittenLion", "200x1000", 100);
    add(Plan.OURS, "Adam", "16", 1);
    add(Plan.OURS, "Adam", "200x16", 996);
  }

  private void add(String implementation, String work, String size, double... rounds) {
    for (double time : rounds) {
      measurements.add(new Measurements.Key(implementation, work, size), time);
    }
  }

  @Test
  void rowsHoldMediansRatiosAndPartOfTheBandwidth() {
    String report = new Report(measurements, OPTIMIZERS, SIZES)
        .write("Title", List.of("Machine: none"), "picture.png");
    assertThat(report.lines())
        .contains(
            "# Title",
            "- Machine: none",
            "![Microseconds of a step](picture.png)",
            "| optimizer | parameters | descent4j | ND4J updater | PyTorch fused"
                + " | ND4J updater / ours | PyTorch fused / ours | GB/s of ours | of saxpy's"
                + " | of saxpy's over as much memory |",
            "| Nesterov | 10000000 | 5,000 | 10,000 |  | 2.00 |  | 40.0 | 67 % | 100 % |",
            "| Momentum | 10000000 | 4,000 |  |  | (2.50) |  | 50.0 | 83 % | 125 % |",
            "| Momentum | 200x1000 | 100 |  | 250 |  | 2.50 | 40.0 | 67 % |  |",
            "| Nesterov | 200x1000 |  |  |  |  |  |  |  |  |",
            "| Lamb | 200x1000 | 6.00 | 3.00 |",
            "| samAdam | 200x1000 | 3.00 | 1.50 |",
            "| muon | 256x256 | 700 |  |",
            "| 200x1000 | 50.0 | 100 |  | 2.00 |",
            "A step of Adam with one parameter of 16 elements takes 1.00 microseconds, and each"
                + " further parameter of 16 elements 5,000 ns, the arithmetic of the 16 included.");
  }

  /** What is measured beside the table of optimizers has a row. */
  @ParameterizedTest
  @ValueSource(classes = {NormedStep.class, WrappedStep.class})
  void everyStepWithAParameterOptimizerHasARow(Class<?> benchmark) throws NoSuchFieldException {
    String[] names = benchmark.getField("optimizer").getAnnotation(Param.class).value();
    assertThat(names).isNotEmpty();
    for (String name : names) {
      add(Plan.OURS, name, "200x1000", 7);
    }
    String report = new Report(measurements, OPTIMIZERS, SIZES).write("Title", List.of(), "x.png");
    for (String name : names) {
      assertThat(report).contains("\n| " + name + " | 200x1000 | ");
    }
  }

  @Test
  void chartIsAPicture(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("chart.png");
    Chart.write(measurements, OPTIMIZERS, "10000000", file);
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(900);
  }
}
