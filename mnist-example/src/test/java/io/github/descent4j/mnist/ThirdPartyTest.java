package io.github.descent4j.mnist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what is in the runnable jar names everything, as it is now. */
class ThirdPartyTest {
  /** What is on the class path of tests alone, and our own. */
  private static final Pattern NOT_IN_THE_JAR =
      Pattern.compile("optim-.*|junit-.*|assertj-.*|byte-buddy|opentest4j|apiguardian-api"
          + "|surefire-.*|jazzer.*|onnxruntime");

  @Test
  void namesEveryLibrary() throws IOException {
    String list;
    try (InputStream in = Main.class.getResourceAsStream("/META-INF/THIRD-PARTY.txt")) {
      list = new String(in.readAllBytes(), UTF_8);
    }
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
}
