package io.github.descent4j.mnist.report;

import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.StepMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs that nobody has trained. */
public final class Runs {
  static final List<String> PARAMETERS =
      List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias");

  private Runs() {}

  static RunRecorder recorder() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("model", "mlp");
    settings.put("optimizer", "radam, learning rate 0.005, cosine schedule");
    settings.put("batch size", "128");
    RunRecorder recorder = new RunRecorder(settings);
    recorder.begin("java -jar mnist-example.jar train", environment());
    return recorder;
  }

  /** A record of {@code epochs} epochs of {@code batches} steps. */
  static RunRecord record(int epochs, int batches) {
    RunRecorder recorder = recorder();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      train(recorder, epoch, batches, epochs * batches);
    }
    return recorder.record();
  }

  /** One epoch, its evaluation included. */
  static void train(RunRecorder recorder, int epoch, int batches, int steps) {
    for (int batch = 1; batch <= batches; batch++) {
      long step = (epoch - 1L) * batches + batch;
      double rate = 0.005 * (1 + Math.cos(Math.PI * step / steps)) / 2;
      double noise = 1 + 0.3 * Math.sin(step * 12.9898);
      StepMetrics metrics = new StepMetrics(step, epoch, batch, batches, noise * loss(step), rate);
      recorder.onStep(metrics);
      if (step % 10 == 1) {
        double[] norms = new double[PARAMETERS.size()];
        double[] ratios = new double[PARAMETERS.size()];
        for (int i = 0; i < norms.length; i++) {
          norms[i] = noise * loss(step) / (i + 1);
          ratios[i] = noise * rate / (i + 1);
        }
        recorder.addGradients(metrics, PARAMETERS, norms, ratios);
      }
    }
    double loss = loss((long) epoch * batches);
    recorder.add(
        new EpochMetrics(epoch, loss, 1 - loss / 5, 1.5, batches * 128 / 1.5),
        new Evaluation((int) (9850 - 900 * loss), 10000, loss + 0.05));
  }

  static Environment environment() {
    return new Environment(
        "0.1.0",
        "OpenJDK 64-Bit Server VM 17.0.1+1",
        "",
        "Linux 6.1, amd64",
        2,
        "scalar",
        2,
        "HASWELL");
  }

  /** Of each class {@code perClass} examples, a tenth of which were taken for the next. */
  static TestResult result(int perClass, int mistakes) {
    int[][] confusion = new int[10][10];
    for (int label = 0; label < 10; label++) {
      confusion[label][label] = perClass - perClass / 10;
      confusion[label][(label + 1) % 10] = perClass / 10;
    }
    confusion[4][9] = 3;
    confusion[7][2] = 14;
    List<Mistake> worst = new ArrayList<>();
    for (int i = 0; i < mistakes; i++) {
      worst.add(new Mistake(17 * i, i % 10, (i + 1) % 10, 0.999 - 0.01 * i, 9 - 0.1 * i, ring()));
    }
    return new TestResult(0.0567, confusion, worst);
  }

  private static GreyImage ring() {
    byte[] pixels = new byte[28 * 28];
    for (int row = 0; row < 28; row++) {
      for (int column = 0; column < 28; column++) {
        double distance = Math.hypot(row - 13.5, column - 13.5);
        pixels[row * 28 + column] = (byte) Math.max(0, 255 - 100 * Math.abs(distance - 7));
      }
    }
    return new GreyImage(28, 28, pixels);
  }

  private static double loss(long step) {
    return 2.3 * Math.exp(-step / 400.0) + 0.02;
  }
}
