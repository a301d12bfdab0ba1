package io.github.descent4j;

import static java.util.stream.Collectors.joining;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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

/**
 * Every example of the guides compiles, runs, prints what the guide says, and leaves variables that are
 * good for something, in the context of {@link GuideContext}.
 */
@Tag("slow")
class GuideTest {
  private static final Path ROOT = Path.of("..");

  /** An example, and the block of what it prints, where that follows. */
  private static final Pattern EXAMPLE =
      Pattern.compile("```java\n(.*?)```(?:\n\n```\n(.*?)```)?", Pattern.DOTALL);

  private static final Pattern VARIABLE =
      Pattern.compile("^([A-Z][\\w.]*|double|long) (\\w+) =", Pattern.MULTILINE);
  private static final Pattern NUMBER =
      Pattern.compile("^double (\\w+) = [^\n]*; // ([-\\d.e]+)", Pattern.MULTILINE);

  private static final String DL4J_IMPORTS = """
      import org.deeplearning4j.nn.conf.*;
      import org.deeplearning4j.nn.conf.layers.*;
      import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
      import org.deeplearning4j.util.ModelSerializer;
      import org.nd4j.autodiff.samediff.TrainingConfig;
      import org.nd4j.linalg.activations.Activation;
      import org.nd4j.linalg.learning.config.IUpdater;
      import org.nd4j.linalg.schedule.ScheduleType;
      import org.nd4j.linalg.schedule.StepSchedule;
      """;

  /** Guides to networks, which optim-nn has, to Spark, which optim-spark has, and to ONNX and the lecture, which the trainer has. */
  private static final Set<String> ELSEWHERE = Set.of(
      "networks.md",
      "gradient-health.md",
      "regularization.md",
      "spark.md",
      "export.md",
      "lecture.md");

  /** What the context has, and an example may have used or set. */
  private static final List<String> FIELDS = List.of("parameters", "optimizer", "network", "model");

  private static final Map<String, Example> EXAMPLES = new LinkedHashMap<>();

  @TempDir
  private static Path classes;

  /** One block of Java; {@code output} is null unless the guide shows it. */
  private record Example(String className, String guide, String code, String output) {

    /** The block in a method of its context, and checks of what it declares or mentions. */
    String source() {
      boolean dl4j = guide.equals("docs/dl4j.md");
      return String.format(
          Locale.ROOT,
          """
          import io.github.descent4j.*;
          import io.github.descent4j.batch.*;
          import io.github.descent4j.clip.*;
          import io.github.descent4j.constraint.*;
          import io.github.descent4j.decorator.*;
          import io.github.descent4j.dl4j.*;
          import io.github.descent4j.rule.*;
          import io.github.descent4j.schedule.*;
          import io.github.descent4j.state.*;
          import java.nio.file.*;
          import java.util.*;
          %s
          import org.nd4j.linalg.api.ndarray.INDArray;
          import org.nd4j.linalg.factory.Nd4j;
          public class %s extends %s {
            protected void run() throws Exception {
          %s
          %s
            }
          }
          """,
          dl4j ? DL4J_IMPORTS : "",
          className,
          dl4j ? "Dl4jGuideContext" : "GuideContext",
          // A JVM cannot change its working folder.
          code.replaceAll("Path\\.of\\((\"\\w+\\.npz\")\\)", "folder.resolve($1)"),
          checks());
    }

    private String checks() {
      Map<String, String> checks = new LinkedHashMap<>();
      for (String field : FIELDS) {
        if (Pattern.compile("\\b" + field + "\\b").matcher(code).find()) {
          checks.put(field, "");
        }
      }
      VARIABLE.matcher(code).results().forEach(found -> checks.put(found.group(2), ""));
      NUMBER.matcher(code).results().forEach(found -> checks.put(found.group(1), found.group(2)));
      return checks.entrySet().stream()
          .map(check -> "check(" + check.getKey()
              + (check.getValue().isEmpty() ? "" : ", " + check.getValue()) + ");")
          .collect(joining("\n"));
    }
  }

  @BeforeAll
  static void compileAll() throws IOException {
    EXAMPLES.clear();
    for (Path guide : guides()) {
      String name = ROOT.relativize(guide).toString();
      List<MatchResult> blocks =
          EXAMPLE.matcher(Files.readString(guide)).results().toList();
      for (int i = 0; i < blocks.size(); i++) {
        String code = blocks.get(i).group(1);
        // Programs are classes of their own, which ReadmeTest runs.
        if (!code.contains("public static void main")) {
          String className = name.replaceAll("docs/|\\.md", "").replace('-', '_') + (i + 1);
          EXAMPLES.put(
              name + " " + (i + 1),
              new Example(className, name, code, blocks.get(i).group(2)));
        }
      }
    }
    StringWriter messages = new StringWriter();
    List<String> options = List.of(
        "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    List<JavaFileObject> sources =
        EXAMPLES.values().stream().map(GuideTest::file).toList();
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(messages, null, null, options, null, sources)
        .call();
    assertThat(compiled).as("%s", messages).isTrue();
  }

  /** Those of this module. */
  private static List<Path> guides() throws IOException {
    List<Path> guides = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !ELSEWHERE.contains(file.getFileName().toString()))
          .sorted()
          .forEach(guides::add);
    }
    return guides;
  }

  static Set<String> names() {
    return EXAMPLES.keySet();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void everyExampleRuns(String name, @TempDir Path folder) throws Exception {
    Example example = EXAMPLES.get(name);
    // The second time there may be files of the first.
    for (int run = 0; run < 2; run++) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream before = System.out;
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
        Class<?> type = loader.loadClass(example.className());
        ((GuideContext) type.getConstructor().newInstance()).run(folder);
      } finally {
        System.setOut(before);
      }
      if (example.output() != null) {
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(example.output());
      }
    }
  }

  @Test
  void everyGuideOfTheLibraryHasExamples() {
    assertThat(EXAMPLES.values().stream().map(Example::guide))
        .contains(
            "README.md",
            "docs/adding-an-optimizer.md",
            "docs/batch.md",
            "docs/clipping.md",
            "docs/constraints.md",
            "docs/conventions.md",
            "docs/decorators.md",
            "docs/dl4j.md",
            "docs/first-step.md",
            "docs/groups.md",
            "docs/learning-rate-finder.md",
            "docs/performance.md",
            "docs/schedules.md",
            "docs/sparse-rows.md",
            "docs/state-files.md");
  }

  private static JavaFileObject file(Example example) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + example.className() + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return example.source();
      }
    };
  }
}
