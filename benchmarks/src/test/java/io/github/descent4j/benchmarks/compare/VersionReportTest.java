package io.github.descent4j.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionReportTest {
  private final Measurements measurements = new Measurements();

  private void add(String implementation, String work, String size, double... rounds) {
    for (double time : rounds) {
      measurements.add(new Measurements.Key(implementation, work, size), time);
    }
  }

  /** The median of the ratios 2, 0.5 and 3, not the ratio of the medians 20 and 10. */
  @Test
  void ratiosAreThoseOfRounds() {
    add(Plan.BEFORE, "Adam", "10000", 20, 10, 30);
    add(Plan.OURS, "Adam", "10000", 10, 20, 10);
    add(Plan.BEFORE, Plan.FIRST_STEP, "the first rule", 50);
    add(Plan.OURS, Plan.FIRST_STEP, "the first rule", 100);
    assertThat(new VersionReport(measurements)
            .write("Title", List.of("Machine: none"))
            .lines())
        .contains(
            "# Title",
            "- Machine: none",
            "| Adam | 10000 | 20.0 | 10.0 | 2.00 | 0.50 to 3.00 |",
            "| first step | the first rule | 50.0 | 100 | 0.50 | 0.50 to 0.50 |");
  }
}
