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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reference that concerns this module is here, unaltered; the tests read whole folders. */
class GoldenManifestTest {

  /** Files of optimizers that are not implemented yet, by the start of the name. */
  private static final List<String> WAITING = List.of("adabelief_");

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
    assertThat(unconsumed)
        .allMatch(
            file -> WAITING.stream().anyMatch(start -> file.startsWith("optimizers/" + start)));
  }

  /** Of the second set, which is large, there are the files of the optimizers that are implemented, and of batch methods. */
  @Test
  void noneOfTheSecondSetIsLeftOut() {
    List<String> rules = Rules.all().stream()
        .map(rule -> rule.id().toLowerCase(Locale.ROOT) + "_")
        .toList();
    for (JsonNode entry : Golden.read("wide/MANIFEST.json").get("files")) {
      String file = entry.get("file").textValue();
      boolean wanted = file.startsWith("batch/")
          || rules.stream().anyMatch(rule -> file.startsWith("optimizers/" + rule));
      assertThat(Files.exists(Golden.FOLDER.resolve("wide/" + file))).as(file).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wide/"})
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
    assertThat(checked).isGreaterThan(set.isEmpty() ? 60 : 10);
  }
}
