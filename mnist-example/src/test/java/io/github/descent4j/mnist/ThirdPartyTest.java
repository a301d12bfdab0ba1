package io.github.descent4j.mnist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what is in the runnable jar names everything, as it is now, and the texts of the licences are there. */
class ThirdPartyTest {
  private static final Path LICENSES = Path.of("src", "main", "resources", "META-INF", "licenses");

  /** What is on the class path of tests alone, and our own. */
  private static final Pattern NOT_IN_THE_JAR =
      Pattern.compile("optim-.*|junit-.*|assertj-.*|byte-buddy|opentest4j|apiguardian-api"
          + "|surefire-.*|jazzer.*|onnxruntime");

  /** A library and its licences, of which one may be chosen. */
  private static final Pattern LIBRARY = Pattern.compile("(?m)^[\\w.-]+(?::[\\w.-]+){2} +(.+)$");

  /** A licence, whose it is, and the file with its text. */
  private static final Pattern TEXT = Pattern.compile("(?m)^([A-Z][\\w.-]+).* (META-INF/\\S+)$");

  @Test
  void namesEveryLibrary() throws IOException {
    String list = list();
    List<String> libraries = Stream.of(
            System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
        .filter(entry -> entry.endsWith(".jar"))
        .map(entry -> Path.of(entry).getParent())
        .map(version -> version.getParent().getFileName() + ":" + version.getFileName())
        .filter(library -> !NOT_IN_THE_JAR.matcher(library.split(":", 2)[0]).matches())
        .distinct()
        .toList();
    assertThat(libraries).hasSizeGreaterThan(40);
    assertThat(libraries).allSatisfy(library -> assertThat(list).contains(":" + library + " "));
  }

  @Test
  void hasATextOfEveryLicence() throws IOException {
    String list = list();
    Map<String, String> licences = new HashMap<>();
    TEXT.matcher(list).results().forEach(text -> licences.put(text.group(2), text.group(1)));
    assertThat(licences).hasSizeGreaterThan(10);
    assertThat(licences.keySet())
        .allSatisfy(
            file -> assertThat(Main.class.getResource("/" + file)).as(file).isNotNull());
    try (Stream<Path> files = Files.list(LICENSES)) {
      assertThat(files.map(file -> "META-INF/licenses/" + file.getFileName()))
          .allSatisfy(file -> assertThat(licences).containsKey(file));
    }
    List<String> chosen =
        LIBRARY.matcher(list).results().map(library -> library.group(1)).toList();
    assertThat(chosen).hasSizeGreaterThan(40);
    assertThat(chosen)
        .allSatisfy(choice -> assertThat(choice.split(" or "))
            .anySatisfy(licence -> assertThat(licences.values()).anyMatch(licence::startsWith)));
  }

  private static String list() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("/META-INF/THIRD-PARTY.txt")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
