package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.rule.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The defaults printed in docs/formulas.md are those of the code. */
class FormulasTest {
  private static final Path FORMULAS = Path.of("../docs/formulas.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| (\\w+) \\| (\\S+) \\|$", Pattern.MULTILINE);

  static List<OptimizerCase> defaults() {
    return OptimizerCase.defaultsOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void printedDefaultsAreTheCodes(OptimizerCase optimizer) throws IOException {
    String text = Files.readString(FORMULAS);
    int start = text.indexOf("\n## " + optimizer.name() + "\n");
    assertThat(start).as("a section on %s", optimizer).isNotNegative();
    String section = text.substring(start + 4, text.indexOf("\n## ", start + 4));

    Map<String, String> printed = new LinkedHashMap<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      if (!row.group(1).equals("hyperparameter")) {
        printed.put(row.group(1), row.group(2));
      }
    }
    Map<String, String> actual = new LinkedHashMap<>();
    UpdateRule rule = (UpdateRule) optimizer.create().get();
    rule.hyperparameters().forEach((name, value) -> actual.put(name, value.toString()));
    // The tables have it where there is one.
    actual.remove("weightDecay", "none");
    assertThat(printed).containsExactlyEntriesOf(actual);
  }
}
