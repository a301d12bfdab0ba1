package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of the verdicts of docs/lecture.md are those that were measured. */
class VerdictTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern TABLE_OR_BLOCK =
      Pattern.compile("```.*?```|^\\|[^\n]*", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern PAGE = Pattern.compile("\\]\\(([\\w-]+\\.md)");
  private static final Pattern TARGET = Pattern.compile("\\]\\([^)]*\\)");

  /** No part of a name, such as L2, or of a fraction. */
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w./])\\d+(?:,\\d{3})*(?:\\.\\d+)?(?:[eE]-?\\d+)?(?![\\w/])");

  /** Numbers that a verdict has from elsewhere, by the start of the section's title. */
  private static final Map<String, Set<String>> FROM_ELSEWHERE = Map.ofEntries(
      Map.entry("Initialization", Set.of("64")), // Twice 32 units.
      Map.entry("Local minima", Set.of("25")), // Of Rastrigin's function where it is drawn; 4 %.
      Map.entry(
          "Saddle points", Set.of("116", "22", "23", "400", "8000")), // Differences, inverses.
      Map.entry("Newton", Set.of("469")), // 60,000 images in batches of 128.
      Map.entry("Dynamic rates", Set.of("50")), // From the picture.
      Map.entry("Mini-batch size", Set.of("2000")), // About that.
      Map.entry("Nesterov's", Set.of("0.9")), // A setting.
      Map.entry("RMSProp", Set.of("0.02")), // In the table of the section before.
      Map.entry("Adam's failure", Set.of("0.999")), // The default.
      Map.entry("RAdam", Set.of("0.0158", "1999")), // Theory.
      Map.entry("Figure 6", Set.of("282"))); // Three epochs of 94 batches.

  @Test
  void everyNumberOfAVerdictHasBeenMeasured() throws IOException {
    String guide = Files.readString(DOCS.resolve("lecture.md")).replace("\r\n", "\n");
    List<String> sections = List.of(guide.split("\n## ", -1));
    List<String> unfounded = new ArrayList<>();
    int numbers = 0;
    for (String section : sections.subList(1, sections.size())) {
      String title = section.lines().findFirst().orElseThrow();
      List<String> sources = sources(section);
      Set<String> others = FROM_ELSEWHERE.entrySet().stream()
          .filter(entry -> title.startsWith(entry.getKey()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(Set.of());
      String verdict = section.substring(section.indexOf("**Verdict:"));
      for (String number : numbers(TARGET.matcher(verdict).replaceAll("]"))) {
        numbers++;
        if (!others.contains(number)
            && sources.stream().noneMatch(source -> isRounded(number, source))) {
          unfounded.add(title + ": " + number);
        }
      }
    }
    assertThat(unfounded).isEmpty();
    assertThat(numbers).isGreaterThan(60);
  }

  /** The numbers of a section's blocks, and of the tables and blocks of the pages that it cites. */
  private static List<String> sources(String section) throws IOException {
    StringBuilder sources = new StringBuilder();
    BLOCK
        .matcher(section)
        .results()
        .forEach(block -> sources.append(block.group()).append('\n'));
    for (MatchResult page : PAGE.matcher(section).results().toList()) {
      String cited = Files.readString(DOCS.resolve(page.group(1))).replace("\r\n", "\n");
      TABLE_OR_BLOCK
          .matcher(cited)
          .results()
          .forEach(found -> sources.append(found.group()).append('\n'));
    }
    return Pattern.compile("\\d+(?:,\\d{3})*(?:\\.\\d+)?(?:[eE]-?\\d+)?")
        .matcher(sources)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).toList();
  }

  /** Whether a number is another one to as many digits as it has behind the point. */
  private static boolean isRounded(String number, String source) {
    if (number.contains("e")) {
      return value(number) == value(source);
    }
    int point = number.indexOf('.');
    double half = 0.5 * Math.pow(10, point < 0 ? 0 : point + 1 - number.length());
    return Math.abs(value(number) - value(source)) <= half * (1 + 1e-9);
  }

  private static double value(String number) {
    return Double.parseDouble(number.replace(",", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "0.92, 0.9191, true",
    "0.92, 0.9149, false",
    "680, 680.348, true",
    "1e-12, 1e-12, true",
    "1e-12, 1e-10, false",
    "7, 8, false"
  })
  void aNumberMayBeRounded(String number, String source, boolean rounded) {
    assertThat(isRounded(number, source)).isEqualTo(rounded);
  }

  @Test
  void namesAndFractionsAreNoNumbers() {
    assertThat(numbers("L2 of 1/sqrt(t), x86 and 12,000 at 1e-8, 0.5 to 3."))
        .containsExactly("12,000", "1e-8", "0.5", "3");
  }
}
