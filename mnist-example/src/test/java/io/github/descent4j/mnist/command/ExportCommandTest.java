package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import io.github.descent4j.mnist.data.ImageDataset;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.nn.Mode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ONNX Runtime sees in test images of MNIST what the network does. */
@Tag("slow")
class ExportCommandTest {
  private static final int BATCH = 500;

  /** Rounding decides between classes that are nearer to each other than that. */
  private static final double TIE = 1e-4;

  @TempDir
  static Path data;

  @TempDir
  Path folder;

  private static LabelledImages test;

  @BeforeAll
  static void writeDataSet() {
    MnistData mnist = MnistData.bundled();
    test = mnist.test().part(0, 2000);
    IdxBytes.writeDataSet(data, mnist.train().part(0, 3000), test);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, --dropout=0.2",
    "cnn, --dropout=0.2",
    "convnet, --dropout=0.2",
    "mlp, --drop-connect=0.2"
  })
  void onnxRuntimeFindsTheSameClasses(String model, String dropped) throws OrtException {
    Path runs = folder.resolve("runs");
    Path file = folder.resolve("model.onnx");
    CommandLineRun training = CommandLineRun.of(
        "train",
        "--data=" + data,
        "--model=" + model,
        "--epochs=1",
        "--batch-size=32",
        dropped,
        "--checkpoint=" + runs);
    assertThat(training.err()).isEmpty();
    CommandLineRun export = CommandLineRun.of("export", "--checkpoint=" + runs, "--onnx=" + file);
    assertThat(export.err()).isEmpty();
    assertThat(export.outLines())
        .containsExactly(
            "model      " + model + " of " + runs,
            "input      input [batch, 1, 28, 28], grey values from 0 to 255",
            "outputs    output [batch, 10], probabilities [batch, 10]",
            "written    " + file + ", " + file.toFile().length() + " bytes");

    TrainedModel trained = TrainedModel.read(runs, warning -> {});
    int right = 0;
    int ties = 0;
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      for (int from = 0; from < test.size(); from += BATCH) {
        float[][] expected = logits(trained, from);
        float[][] found = run(session, from, "output");
        float[][] probabilities = run(session, from, "probabilities");
        for (int i = 0; i < BATCH; i++) {
          assertThat(found[i]).containsExactly(expected[i], within(1e-3f));
          if (isTie(expected[i])) {
            ties++;
          } else {
            assertThat(greatest(found[i])).isEqualTo(greatest(expected[i]));
          }
          assertThat(greatest(probabilities[i])).isEqualTo(greatest(found[i]));
          right += greatest(found[i]) == test.label(from + i) ? 1 : 0;
        }
      }
    }
    assertThat(ties).isLessThanOrEqualTo(2);
    assertThat(right).isCloseTo(training.correct(), within(ties));
  }

  /** The function in the guide, on the images as they are in the files. */
  @Test
  void theLinesOfTheGuideRunTheMlpInNumPy() throws IOException, InterruptedException {
    assumeTrue(python("import numpy").isPresent());
    Path runs = folder.resolve("runs");
    CommandLineRun training = CommandLineRun.of(
        "train", "--data=" + data, "--epochs=1", "--batch-size=32", "--checkpoint=" + runs);
    Matcher guide = Pattern.compile("```python\n(import numpy\n\ndef mlp.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("..", "docs", "export.md")));
    assertThat(guide.find()).isTrue();
    String script =
        guide.group(1) + """
        import json
        weights = numpy.load("RUNS/step-00000094/network.npz")
        scale = json.load(open("RUNS/step-00000094/run.json"))["scale"]
        images = open("DATA/t10k-images-idx3-ubyte", "rb").read()[16:]
        labels = open("DATA/t10k-labels-idx1-ubyte", "rb").read()[8:]
        images = numpy.frombuffer(images, "u1").reshape(-1, 28, 28)
        labels = numpy.frombuffer(labels, "u1")
        print((mlp(images, weights, scale).argmax(1) == labels).sum())
        """.replace("RUNS", runs.toString()).replace("DATA", data.toString());
    assertThat(Integer.parseInt(python(script).orElseThrow().strip()))
        .isCloseTo(training.correct(), within(2));
  }

  /** What a script prints, or nothing where it cannot run. */
  private static Optional<String> python(String script) throws InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "-c", script)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(out) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Test
  void bothOptionsAreRequired() {
    CommandLineRun run = CommandLineRun.of("export", "--checkpoint=" + folder);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).first().isEqualTo("error: Missing required option: '--onnx=FILE'");
  }

  @Test
  void whatCannotBeReadOrWrittenIsOneLine() {
    Path file = folder.resolve("model.onnx");
    CommandLineRun none = CommandLineRun.of("export", "--checkpoint=" + folder, "--onnx=" + file);
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.errLines())
        .containsExactly("error: " + folder
            + ": expected a folder with checkpoints, as train --checkpoint writes them, found none in"
            + " it");

    Path small = folder.resolve("small");
    Path runs = folder.resolve("runs");
    assertThat(small.toFile().mkdir()).isTrue();
    IdxBytes.writeDataSet(small, 100, 20, 4, 5);
    CommandLineRun.of("train", "--data=" + small, "--epochs=1", "--checkpoint=" + runs);
    Path nowhere = folder.resolve("nowhere").resolve("model.onnx");
    CommandLineRun run = CommandLineRun.of("export", "--checkpoint=" + runs, "--onnx=" + nowhere);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines())
        .containsExactly("error: " + nowhere + ": cannot be written: no such folder");
  }

  private static float[][] logits(TrainedModel model, int from) {
    INDArray features = Nd4j.create(model.network().dataType(), BATCH, 1, 28, 28);
    new ImageDataset(test, model.scale())
        .read(IntStream.range(from, from + BATCH).toArray(), 0, BATCH, features, new int[BATCH]);
    return model.network().forward(features, Mode.EVALUATION).toFloatMatrix();
  }

  /** The images are given as they are in the file. */
  private static float[][] run(OrtSession session, int from, String output) throws OrtException {
    FloatBuffer greys = FloatBuffer.allocate(BATCH * 28 * 28);
    for (int i = 0; i < BATCH; i++) {
      for (byte grey : test.picture(from + i).pixels()) {
        greys.put(grey & 0xff);
      }
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, greys.flip(), new long[] {BATCH, 1, 28, 28});
        OrtSession.Result result = session.run(Map.of("input", input))) {
      return (float[][]) result.get(output).orElseThrow().getValue();
    }
  }

  private static boolean isTie(float[] logits) {
    int greatest = greatest(logits);
    return IntStream.range(0, logits.length)
        .anyMatch(k -> k != greatest && logits[greatest] - logits[k] < TIE);
  }

  private static int greatest(float[] values) {
    int greatest = 0;
    for (int k = 1; k < values.length; k++) {
      greatest = values[k] > values[greatest] ? k : greatest;
    }
    return greatest;
  }
}
