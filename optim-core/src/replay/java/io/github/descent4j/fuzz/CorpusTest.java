package io.github.descent4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives each fuzz target of the module its corpus again, without the fuzzer: seeds, and every input that ever failed. The
 * folder of a corpus has the name of the target's class.
 */
class CorpusTest {
  private static final Path SOURCES = Path.of("src", "fuzz", "java");
  private static final Path CORPUS = Path.of("src", "fuzz", "resources", "corpus");
  private static final String ENDING = "Target.java";

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.walk(CORPUS)) {
      return files.filter(Files::isRegularFile).map(CORPUS::relativize).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void targetStands(Path input) throws Throwable {
    Class<?> target = Class.forName(input.getName(0).toString());
    byte[] bytes = Files.readAllBytes(CORPUS.resolve(input));
    try {
      target.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) bytes);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void everyTargetHasACorpus() throws IOException {
    List<String> targets;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      targets = files
          .filter(file -> file.toString().endsWith(ENDING))
          .map(file -> SOURCES.relativize(file).toString().replace(".java", ""))
          .map(name -> name.replace(name.contains("\\") ? '\\' : '/', '.'))
          .sorted()
          .toList();
    }
    assertThat(targets).isNotEmpty();
    assertThat(inputs().stream()
            .map(input -> input.getName(0).toString())
            .distinct()
            .toList())
        .isEqualTo(targets);
  }
}
