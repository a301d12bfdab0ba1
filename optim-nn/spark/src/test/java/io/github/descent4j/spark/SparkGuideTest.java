package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/spark.md compile, run, and print what it says. */
@Tag("slow")
class SparkGuideTest {
  private static final Path GUIDE = Path.of("..", "..", "docs", "spark.md");
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(.*?)```\n(?:\n```\n(.*?)```\n)?", Pattern.DOTALL);

  @Test
  void everyExampleRuns(@TempDir Path folder) throws Exception {
    List<MatchResult> examples =
        EXAMPLE.matcher(Files.readString(GUIDE)).results().toList();
    assertThat(examples).hasSize(5);
    List<JavaFileObject> sources = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      sources.add(source("SparkGuideExample" + i, examples.get(i).group(1), folder));
    }
    // Where Spark's tasks find the classes: they know nothing of a class loader of this test's.
    Path classes = Path.of(SparkGuideContext.class
        .getProtectionDomain()
        .getCodeSource()
        .getLocation()
        .toURI());
    try {
      run(examples, sources, classes, folder);
    } finally {
      deleteExamples(classes);
    }
    assertThat(folder.resolve("network.npz")).exists();
  }

  private static void run(
      List<MatchResult> examples, List<JavaFileObject> sources, Path classes, Path folder)
      throws Exception {
    StringWriter messages = new StringWriter();
    List<String> options = List.of(
        "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(messages, null, null, options, null, sources)
        .call();
    assertThat(compiled).as("%s", messages).isTrue();
    for (int i = 0; i < examples.size(); i++) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream before = System.out;
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      try {
        Object example = Class.forName("SparkGuideExample" + i).getConstructor().newInstance();
        ((SparkGuideContext) example).run(folder.resolve("" + i));
      } finally {
        System.setOut(before);
      }
      String output = examples.get(i).group(2);
      assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(output == null ? "" : output);
    }
  }

  private static void deleteExamples(Path classes) throws IOException {
    try (DirectoryStream<Path> examples = Files.newDirectoryStream(classes, "SparkGuideExample*")) {
      for (Path example : examples) {
        Files.delete(example);
      }
    }
  }

  private static JavaFileObject source(String name, String code, Path folder) throws IOException {
    String here = code.replace(
        "Path.of(\"network.npz\")",
        "Path.of(\"" + folder.resolve("network.npz").toString().replace("\\", "\\\\") + "\")");
    String text = String.format(Locale.ROOT, """
        import io.github.descent4j.*;
        import io.github.descent4j.batch.*;
        import io.github.descent4j.clip.*;
        import io.github.descent4j.nn.*;
        import io.github.descent4j.nn.train.*;
        import io.github.descent4j.spark.*;
        import java.nio.file.Path;
        import java.util.List;
        import org.apache.spark.api.java.JavaRDD;
        import org.nd4j.linalg.api.buffer.DataType;
        import org.nd4j.linalg.factory.Nd4j;
        public class %s extends SparkGuideContext {
          protected void example() throws Exception {
        %s
          }
        }
        """, name, here);
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
