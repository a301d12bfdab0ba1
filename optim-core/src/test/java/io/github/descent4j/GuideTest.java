package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the guides compile. */
class GuideTest {
  private static final List<String> GUIDES = List.of(
      "README", // without its first program, which ReadmeTest runs
      "docs/first-step",
      "docs/clipping",
      "docs/groups",
      "docs/decorators",
      "docs/learning-rate-finder",
      "docs/conventions",
      "docs/performance",
      "docs/adding-an-optimizer",
      "docs/dl4j");
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  static List<Arguments> examples() throws IOException {
    List<Arguments> examples = new ArrayList<>();
    for (String guide : GUIDES) {
      String text = Files.readString(Path.of("..", guide + ".md"));
      List<String> found = EXAMPLE
          .matcher(text)
          .results()
          .map((MatchResult match) -> match.group(1))
          .filter(example -> !example.contains("class FirstSteps"))
          .toList();
      for (int i = 0; i < found.size(); i++) {
        examples.add(Arguments.of(guide + " " + (i + 1), found.get(i)));
      }
    }
    return examples;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void everyExampleCompiles(String name, String example, @TempDir Path output) {
    String source = """
        import io.github.descent4j.*;
        import io.github.descent4j.clip.*;
        import io.github.descent4j.schedule.*;
        import java.io.File;
        import java.nio.file.*;
        import java.util.*;
        import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
        import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
        import org.deeplearning4j.nn.conf.layers.DenseLayer;
        import org.deeplearning4j.nn.conf.layers.OutputLayer;
        import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
        import org.deeplearning4j.util.ModelSerializer;
        import org.nd4j.autodiff.samediff.SameDiff;
        import org.nd4j.autodiff.samediff.TrainingConfig;
        import org.nd4j.linalg.activations.Activation;
        import org.nd4j.linalg.api.ndarray.INDArray;
        import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
        import org.nd4j.linalg.factory.Nd4j;
        import org.nd4j.linalg.learning.config.IUpdater;
        import org.nd4j.linalg.schedule.ScheduleType;
        import org.nd4j.linalg.schedule.StepSchedule;
        abstract class Example {
          Optimizer optimizer;
          Parameters parameters;
          List<Object> batches;
          DataSetIterator digits;
          SameDiff model;
          File file;
          abstract double computeGradients(Object batch);
          abstract Object nextBatch();
          abstract double validationLoss();
          void run(%s) throws Exception {
        %s
          }
        }
        """.formatted(
        example.contains("MultiLayerNetwork network") ? "" : "MultiLayerNetwork network", example);
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
  void everyGuideHasExamples() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(GUIDES.size());
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
