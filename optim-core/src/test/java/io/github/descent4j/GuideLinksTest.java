package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the guides link to exists: files, and headings in them. */
class GuideLinksTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path guide : guides()) {
      for (MatchResult link : LINK.matcher(text(guide)).results().toList()) {
        String target = link.group(1);
        if (ELSEWHERE.matcher(target).matches()) {
          continue;
        }
        links++;
        if (!leadsSomewhere(guide, target)) {
          broken.add(ROOT.relativize(guide) + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(300);
  }

  /** As GitHub makes them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The first step | the-first-step",
        "L-BFGS | l-bfgs",
        "Digits of one's own | digits-of-ones-own",
        "`train`, and [more](more.md#here) | train-and-more",
        "\"Now we can\" (Nope) | now-we-can-nope"
      })
  void anAnchorIsMadeOfAHeading(String heading, String anchor) {
    assertThat(anchor(heading)).isEqualTo(anchor);
  }

  private static boolean leadsSomewhere(Path guide, String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? guide : guide.resolveSibling(path).normalize();
    return Files.exists(file) && (hash < 0 || anchors(file).contains(target.substring(hash + 1)));
  }

  private static List<Path> guides() throws IOException {
    List<Path> guides = new ArrayList<>(List.of(
        ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md"), ROOT.resolve("CHANGELOG.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(guides::add);
    }
    return guides;
  }

  /** A guide without its blocks, where a bracket is no link and a hash no heading. */
  private static String text(Path guide) throws IOException {
    return BLOCK.matcher(Files.readString(guide)).replaceAll("");
  }

  /** Of all headings; one that is there again has a number behind it. */
  private static Set<String> anchors(Path guide) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    for (MatchResult heading : HEADING.matcher(text(guide)).results().toList()) {
      String anchor = anchor(heading.group(1));
      int before = counts.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  private static String anchor(String heading) {
    return heading
        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
        .replace(' ', '-');
  }
}
