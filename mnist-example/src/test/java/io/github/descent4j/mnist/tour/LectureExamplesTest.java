package io.github.descent4j.mnist.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of docs/lecture.md compiles, runs, and prints what the page says. */
@Tag("slow")
class LectureExamplesTest {
  private static final Path GUIDE = Path.of("..", "docs", "lecture.md");

  /** A section, its example, and the block of what that prints, where it follows. */
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(.*?)```(?:\n\n```\n(.*?)```)?", Pattern.DOTALL);

  private static List<MatchResult> examples;

  @TempDir
  private static Path classes;

  @BeforeAll
  static void compileAll() throws IOException {
    examples =
        EXAMPLE.matcher(Files.readString(GUIDE).replace("\r\n", "\n")).results().toList();
    StringWriter messages = new StringWriter();
    List<String> options = List.of(
        "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    List<JavaFileObject> sources =
        IntStream.range(0, examples.size()).mapToObj(LectureExamplesTest::file).toList();
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(messages, null, null, options, null, sources)
        .call();
    assertThat(compiled).as("%s", messages).isTrue();
  }

  private static JavaFileObject file(int index) {
    String source = String.format(Locale.ROOT, """
        import io.github.descent4j.*;
        import io.github.descent4j.batch.*;
        import io.github.descent4j.constraint.*;
        import io.github.descent4j.mnist.tour.LectureContext;
        import io.github.descent4j.nn.*;
        import io.github.descent4j.nn.train.*;
        import io.github.descent4j.schedule.*;
        import java.util.*;
        import org.nd4j.linalg.api.buffer.DataType;
        import org.nd4j.linalg.api.ndarray.INDArray;
        import org.nd4j.linalg.factory.Nd4j;
        public class Example%d extends LectureContext {
          public void run() throws Exception {
        %s
          }
        }
        """, index, examples.get(index).group(1));
    return new SimpleJavaFileObject(
        URI.create("string:///Example" + index + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  static Stream<Integer> indices() {
    return IntStream.range(0, examples.size()).boxed();
  }

  @ParameterizedTest
  @MethodSource("indices")
  void everyExamplePrintsWhatThePageSays(int index) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      Class<?> type = loader.loadClass("Example" + index);
      ((LectureContext) type.getConstructor().newInstance()).run();
    } finally {
      System.setOut(before);
    }
    String shown = examples.get(index).group(2);
    assertThat(printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n"))
        .isEqualTo(shown == null ? "" : shown);
  }

  /** Each claim has an example of its own, and a verdict of one of three kinds. */
  @Test
  void everySectionHasAClaimCodeAndAVerdict() throws IOException {
    String guide = Files.readString(GUIDE).replace("\r\n", "\n");
    List<String> sections = List.of(guide.split("\n## ", -1));
    assertThat(sections).hasSizeGreaterThan(19);
    for (String section : sections.subList(1, sections.size())) {
      String title = section.lines().findFirst().orElseThrow();
      assertThat(section).as(title).contains("**Claim.**", "```java\n");
      assertThat(section)
          .as(title)
          .containsPattern("\\*\\*Verdict: (holds|holds only if|does not hold here)\\.?\\*\\*");
      assertThat(section).as(title).containsAnyOf(".svg)", "\n```\n");
    }
  }
}
