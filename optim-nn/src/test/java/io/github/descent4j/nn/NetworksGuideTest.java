package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the guides compile, run, and train or examine what they have or are given. */
@Tag("slow")
class NetworksGuideTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @ParameterizedTest
  @ValueSource(strings = {"networks.md", "gradient-health.md", "regularization.md"})
  void everyExampleRuns(String guide, @TempDir Path folder) throws Exception {
    List<String> examples = EXAMPLE
        .matcher(Files.readString(Path.of("..", "docs", guide)))
        .results()
        .map((MatchResult match) -> match.group(1))
        .filter(example -> !example.contains("public class")) // GradientHealthGuideTest runs it.
        .toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      compile(example, folder);
      try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
        Object context = loader.loadClass("Example").getConstructor().newInstance();
        ((NetworksGuideContext) context).run();
      }
    }
  }

  /** What an example has to have left behind, by what it does. */
  private static String check(String example) {
    if (example.contains("NetworkHealth health")) {
      return "check(health);";
    }
    boolean trains = example.contains("trainer.fit") || example.contains("network.parameters()");
    return trains ? "check(network);" : "check(parameters);";
  }

  private static void compile(String example, Path output) throws IOException {
    String source = String.format(Locale.ROOT, """
        import io.github.descent4j.*;
        import io.github.descent4j.decorator.*;
        import io.github.descent4j.health.*;
        import io.github.descent4j.nn.*;
        import io.github.descent4j.nn.train.*;
        import java.util.List;
        import org.nd4j.linalg.api.buffer.DataType;
        import org.nd4j.linalg.api.ndarray.INDArray;
        public class Example extends NetworksGuideContext {
          protected void run() {
        %s
        %s
          }
        }
        """, example, check(example));
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    List<String> options = List.of(
        "-proc:none", "-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(messages, null, null, options, null, List.of(file))
        .call();
    assertThat(compiled).as("%s%n%s", messages, source).isTrue();
  }
}
