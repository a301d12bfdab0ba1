package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.internal.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reference that concerns this module is here, unaltered; the tests read whole folders. */
class GoldenManifestTest {

  @Test
  void noReferenceOfAnImplementedOptimizerIsLeftOut() {
    List<String> unconsumed = new ArrayList<>();
    for (JsonNode entry : Golden.read("MANIFEST.json").get("files")) {
      String file = entry.get("file").textValue();
      // The networks are consumed by optim-nn.
      if (!file.startsWith("networks/") && !Files.exists(Golden.FOLDER.resolve(file))) {
        unconsumed.add(file);
      }
    }
    assertThat(unconsumed).isEmpty();
  }

  /** Of the second set, which is large, there are the files of the optimizers that are implemented, of batch methods and of projections. */
  @Test
  void noneOfTheSecondSetIsLeftOut() {
    List<String> rules = Stream.concat(
            Rules.all().stream().map(rule -> rule.id().toLowerCase(Locale.ROOT)),
            GoldenWrapperTest.WRAPPERS.stream())
        .toList();
    for (JsonNode entry : Golden.read("wide/MANIFEST.json").get("files")) {
      String file = entry.get("file").textValue();
      boolean wanted = file.startsWith("batch/")
          || file.startsWith("projections/")
          || (file.startsWith("optimizers/")
              && rules.stream()
                  .anyMatch(rule -> isOf(rule, file.substring("optimizers/".length()))));
      assertThat(Files.exists(Golden.FOLDER.resolve("wide/" + file))).as(file).isEqualTo(wanted);
    }
  }

  /** Whether a file begins with a rule's name, in which there may be underlines. */
  private static boolean isOf(String rule, String file) {
    for (int end = file.indexOf('_'); end >= 0; end = file.indexOf('_', end + 1)) {
      if (file.substring(0, end).replace("_", "").equals(rule)) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wide/", "rows/", "own/"})
  void noReferenceHasBeenAltered(String set)
      throws IOException, java.security.GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    int checked = 0;
    for (JsonNode entry : Golden.read(set + "MANIFEST.json").get("files")) {
      var file = Golden.FOLDER.resolve(set + entry.get("file").textValue());
      if (Files.exists(file)) {
        String digest = HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
        assertThat(digest).as("%s", file).isEqualTo(entry.get("sha256").textValue());
        checked++;
      }
    }
    int least = set.isEmpty() ? 60 : set.equals("wide/") ? 10 : 2;
    assertThat(checked).isGreaterThan(least);
  }
}
