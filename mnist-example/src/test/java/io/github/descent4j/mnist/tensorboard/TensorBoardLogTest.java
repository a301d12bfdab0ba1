package io.github.descent4j.mnist.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.report.Environment;
import io.github.descent4j.mnist.report.RunRecorder;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import io.github.descent4j.mnist.tensorboard.EventReader.Event;
import io.github.descent4j.mnist.tensorboard.EventReader.Value;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.StepMetrics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardLogTest {
  private static final Map<String, String> SETTINGS = Map.of("--model", "a|b");

  @TempDir
  Path folder;

  @Test
  void stepsEpochsAndGradientsAreScalars() {
    double before = System.currentTimeMillis() / 1000.0;
    RunRecorder recorder = recorder();
    try (TensorBoardLog log = TensorBoardLog.create(folder, SETTINGS)) {
      step(recorder, log, 1, 0.75);
      recorder.addGradients(
          metrics(1, 0.75), List.of("w", "b"), new double[] {3, 4}, new double[] {0.5, Double.NaN});
      step(recorder, log, 2, 0.5);
      epoch(recorder, 1);
      log.update(recorder.record());
      log.update(recorder.record());
    }
    List<Event> events = EventReader.readFolder(folder);
    assertThat(events).hasSize(6);
    assertThat(events.get(0).fileVersion()).isEqualTo("brain.Event:2");
    Value settings = events.get(1).values().get(0);
    assertThat(settings.plugin()).isEqualTo("text");
    assertThat(settings.text())
        .isEqualTo("| setting | value |\n|---|---|\n| `--model` | a\\|b |\n");
    assertScalars(events.get(2), 1, "loss/mini_batch", 0.75f, "learning_rate", 0.125f);
    assertScalars(events.get(3), 2, "loss/mini_batch", 0.5f, "learning_rate", 0.125f);
    assertScalars(
        events.get(4),
        2,
        "loss/train",
        0.625f,
        "loss/test",
        0.375f,
        "accuracy/train",
        0.5f,
        "accuracy/test",
        0.75f,
        "images_per_second",
        1000f);
    assertScalars(
        events.get(5),
        1,
        "gradient_norm/all",
        5f,
        "gradient_norm/w",
        3f,
        "update_ratio/w",
        0.5f,
        "gradient_norm/b",
        4f,
        "update_ratio/b",
        Float.NaN);
    double after = System.currentTimeMillis() / 1000.0;
    assertThat(events).allSatisfy(event -> assertThat(event.wallTime()).isBetween(before, after));
  }

  @Test
  void confusionAndMistakesArePictures() throws IOException {
    GreyImage digit =
        new GreyImage(2, 3, new byte[] {0, 50, 100, (byte) 150, (byte) 200, (byte) 255});
    TestResult result = new TestResult(
        0.5, new int[][] {{3, 1}, {0, 0}}, List.of(new Mistake(17, 0, 1, 0.75, 1.5, digit)));
    try (TensorBoardLog log = TensorBoardLog.create(folder, SETTINGS)) {
      log.add(9, result);
    }
    List<Event> events = EventReader.readFolder(folder);
    Event last = events.get(events.size() - 1);
    assertThat(last.step()).isEqualTo(9);
    assertThat(last.values())
        .extracting(Value::tag)
        .containsExactly("confusion_matrix", "mistakes/01_image_17_label_0_taken_for_1");
    BufferedImage confusion = picture(last.values().get(0));
    assertThat(confusion.getRaster().getSample(0, 0, 0)).isEqualTo(191); // 255 * 3 / 4
    assertThat(confusion.getRaster().getSample(confusion.getWidth() - 1, 0, 0)).isEqualTo(64);
    assertThat(confusion.getRaster().getSample(0, confusion.getHeight() - 1, 0)).isZero();
    BufferedImage mistake = picture(last.values().get(1));
    assertThat(mistake.getWidth() * 2).isEqualTo(mistake.getHeight() * 3);
    assertThat(mistake.getRaster().getSample(mistake.getWidth() - 1, mistake.getHeight() - 1, 0))
        .isEqualTo(255);
  }

  @Test
  void aRunThatIsResumedGoesOnInAFileOfItsOwn() throws IOException {
    RunRecorder recorder = recorder();
    try (TensorBoardLog log = TensorBoardLog.create(folder, SETTINGS)) {
      step(recorder, log, 1, 0.75);
      step(recorder, log, 2, 0.5);
      epoch(recorder, 1);
      log.update(recorder.record());
    }
    try (TensorBoardLog log = TensorBoardLog.resume(folder, recorder.record(), 2)) {
      step(recorder, log, 3, 0.25);
      epoch(recorder, 2);
      log.update(recorder.record());
    }
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    assertThat(files).hasSize(2);
    List<Event> second = EventReader.read(files.get(1));
    assertThat(second).hasSize(4);
    assertThat(second.get(0).fileVersion()).isEqualTo("brain.Event:2");
    assertThat(second.get(1).start()).isTrue();
    assertThat(second.get(1).step()).isEqualTo(3);
    assertScalars(second.get(2), 3, "loss/mini_batch", 0.25f, "learning_rate", 0.125f);
    assertThat(second.get(3).step()).isEqualTo(3);
  }

  @Test
  void aRunThatIsResumedElsewhereBringsItsPast() {
    RunRecorder recorder = recorder();
    recorder.onStep(metrics(1, 0.75));
    recorder.onStep(metrics(2, 0.5));
    epoch(recorder, 1);
    try (TensorBoardLog log = TensorBoardLog.resume(folder, recorder.record(), 2)) {
      log.update(recorder.record());
    }
    List<Event> events = EventReader.readFolder(folder);
    assertThat(events).extracting(Event::step).containsExactly(0L, 0L, 1L, 2L, 2L);
    assertThat(events).noneMatch(Event::start);
    assertScalars(events.get(3), 2, "loss/mini_batch", 0.5f, "learning_rate", 0.125f);
  }

  @Test
  void theFolderOfAnotherRunIsRefused() throws IOException {
    // One that did not come to its first step leaves nothing that another one stumbles over.
    TensorBoardLog.create(folder, SETTINGS).close();
    assertThat(folder).isEmptyDirectory();
    try (TensorBoardLog log = TensorBoardLog.create(folder, SETTINGS)) {
      step(recorder(), log, 1, 0.75);
    }
    assertThatThrownBy(() -> TensorBoardLog.create(folder, SETTINGS))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            folder
                + ": expected a folder for the events of this run alone, found those of an earlier run");
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> TensorBoardLog.create(file, SETTINGS))
        .isInstanceOf(CommandException.class)
        .hasMessage(file + ": expected a folder to write events into, found a file");
  }

  private static void assertScalars(Event event, long step, Object... tagsAndValues) {
    assertThat(event.step()).isEqualTo(step);
    assertThat(event.values().stream().flatMap(v -> List.<Object>of(v.tag(), v.scalar()).stream()))
        .containsExactly(tagsAndValues);
  }

  private static BufferedImage picture(Value value) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(value.png()));
    assertThat(picture.getWidth()).isEqualTo(value.width());
    assertThat(picture.getHeight()).isEqualTo(value.height());
    return picture;
  }

  private static void step(RunRecorder recorder, TensorBoardLog log, long step, double loss) {
    recorder.onStep(metrics(step, loss));
    log.onStep(metrics(step, loss));
  }

  private static StepMetrics metrics(long step, double loss) {
    return new StepMetrics(step, 1, (int) step, 4, loss, 0.125);
  }

  private static void epoch(RunRecorder recorder, int epoch) {
    recorder.add(new EpochMetrics(epoch, 0.625, 0.5, 2, 1000), new Evaluation(3, 4, 0.375));
  }

  private static RunRecorder recorder() {
    RunRecorder recorder = new RunRecorder(SETTINGS);
    recorder.begin("train", new Environment("0", "", "", "", 1, "scalar", 1, ""));
    return recorder;
  }
}
