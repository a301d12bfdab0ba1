package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/regression.md prints the guide's numbers, as far as they do not depend on the processor. */
@Tag("slow")
class RegressionGuideTest {

  @Test
  void theProgramPrintsWhatTheGuideSays(@TempDir Path folder)
      throws IOException, InterruptedException {
    GuideProgram program = GuideProgram.of("regression.md", "Friedman");
    Map<String, Double> printed = errors(program.run(folder));
    Map<String, Double> said = errors(program.output());
    assertThat(said).hasSize(4);
    assertThat(printed.keySet()).containsExactlyElementsOf(said.keySet());
    said.forEach((line, error) ->
        assertThat(printed.get(line)).as(line).isCloseTo(error, within(0.1 * error)));
    // What the page says of the losses.
    assertThat(said.get("Huber delta 1.0, 5 % outliers"))
        .isLessThan(0.7 * said.get("MeanSquaredError, 5 % outliers"));
  }

  private static Map<String, Double> errors(String text) {
    Map<String, Double> errors = new LinkedHashMap<>();
    text.lines().filter(line -> line.contains("outliers: ")).forEach(line -> {
      int colon = line.indexOf(": ");
      errors.put(line.substring(0, colon), Double.valueOf(line.substring(colon + 2)));
    });
    return errors;
  }
}
