package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/networks.md compile. */
class NetworksGuideTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyExampleCompiles(@TempDir Path output) throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "networks.md"));
    List<String> examples = EXAMPLE
        .matcher(guide)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
    for (String example : examples) {
      compile(example, output);
    }
  }

  private static void compile(String example, Path output) {
    String source = """
        import io.github.descent4j.*;
        import io.github.descent4j.nn.*;
        import io.github.descent4j.nn.train.*;
        import org.nd4j.linalg.api.buffer.DataType;
        import org.nd4j.linalg.api.ndarray.INDArray;
        abstract class Yours {
          Dataset train;
          Dataset test;
          Dataset validation;
          Sequential network;
          Optimizer optimizer;
          INDArray images;
          int[] labels;
        }
        abstract class Example extends Yours {
          void run() {
        %s
          }
        }
        """.formatted(example);
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
