package io.github.descent4j.schedule;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/schedules.md against the code. */
class ScheduleGuideTest {

  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  static List<String> examples() throws IOException {
    return EXAMPLE
        .matcher(guide())
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleCompiles(String example, @TempDir Path output) {
    String source = """
        import io.github.descent4j.*;
        import io.github.descent4j.schedule.*;
        abstract class Example {
          abstract void trainOneEpoch(Optimizer optimizer);
          abstract double validationLoss();
          void run() {
        %s
          }
        }
        """.formatted(example);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options = List.of(
        "-proc:none", "-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled = compiler
        .getTask(messages, null, null, options, null, List.of(file(source)))
        .call();
    assertThat(compiled).as("%s%n%s", messages, source).isTrue();
  }

  @Test
  void theGuideHasExamples() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void theTableHasEveryFactoryWithItsParameters() throws IOException {
    List<String> expected = Arrays.stream(Schedules.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !method.getName().equals("parse"))
        .map(method -> Arrays.stream(method.getParameters())
            .map(parameter -> parameter.getName() + (parameter.isVarArgs() ? "..." : ""))
            .collect(joining(", ", method.getName() + "(", ")")))
        .toList();
    List<String> rows = Pattern.compile("^\\| `(\\w+\\(.*?\\))` \\|", Pattern.MULTILINE)
        .matcher(guide())
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of("..", "docs", "schedules.md"));
  }

  private static JavaFileObject file(String source) {
    return new SimpleJavaFileObject(
        URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }
}
