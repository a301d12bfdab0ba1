package io.github.descent4j.mnist.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.report.RunRecord;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.tensorboard.EventReader;
import io.github.descent4j.mnist.tensorboard.EventReader.Event;
import io.github.descent4j.mnist.tensorboard.EventReader.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** train --tensorboard, read by the specification of its files. */
@Tag("slow")
class TensorBoardTest extends CheckpointRuns {

  @Test
  void theEventsAreTheRecordOfTheRun() {
    Path board = folder.resolve("board");
    CommandLineRun run =
        train(shortRun(), "--tensorboard=" + board, "--checkpoint=" + runs, "--quiet");
    assertThat(run.err()).isEmpty();
    RunRecord record = RunRecord.load(runs.resolve(step(2)).resolve(Checkpoint.RECORD));
    List<Event> events = EventReader.readFolder(board);

    Map<Long, Float> losses = scalars(events, "loss/mini_batch");
    Map<Long, Float> rates = scalars(events, "learning_rate");
    assertThat(losses).hasSize(100);
    record.steps().forEach(step -> {
      assertThat(losses).containsEntry(step.step(), (float) step.loss());
      assertThat(rates).containsEntry(step.step(), (float) step.learningRate());
    });
    Map<Long, Float> accuracies = scalars(events, "accuracy/test");
    assertThat(accuracies.keySet()).containsExactly(50L, 100L);
    assertThat(accuracies.get(100L) * 200).isEqualTo(run.correct(), within(1e-3f));
    assertThat(scalars(events, "gradient_norm/all"))
        .hasSize(record.gradients().size())
        .hasSizeGreaterThan(10);
    assertThat(scalars(events, "update_ratio/fc1.weight").values())
        .allSatisfy(ratio -> assertThat(ratio).isBetween(1e-8f, 1f));
    assertThat(values(events, "confusion_matrix")).hasSize(1);
    String settings = values(events, "settings").get(0).text();
    assertThat(settings).contains("| `--optimizer` | radam |\n", "| `--learning-rate` | 0.005 |\n");
  }

  @Test
  void aRunThatIsResumedGoesOn() {
    Path board = folder.resolve("board");
    train(shortRun(), "--checkpoint=" + runs);
    CommandLineRun resumed =
        CommandLineRun.of("train", "--resume=" + runs, "--tensorboard=" + board);
    assertThat(resumed.err()).isEmpty();
    List<Event> events = EventReader.readFolder(board);
    assertThat(scalars(events, "loss/mini_batch").keySet()).hasSize(100).contains(1L, 100L);
    assertThat(scalars(events, "accuracy/test").keySet()).containsExactly(50L, 100L);
    assertThat(values(events, "confusion_matrix")).hasSize(1);
  }

  @Test
  void theFolderOfAnotherRunIsRefused() {
    Path board = folder.resolve("board");
    assertThat(train(shortRun(), "--tensorboard=" + board).exitCode()).isZero();
    fails(
        board
            + ": expected a folder for the events of this run alone, found those of an earlier run",
        "--data=" + data,
        "--tensorboard=" + board);
  }

  private static Map<Long, Float> scalars(List<Event> events, String tag) {
    Map<Long, Float> scalars = new TreeMap<>();
    for (Event event : events) {
      for (Value value : event.values()) {
        if (value.tag().equals(tag)) {
          assertThat(scalars.put(event.step(), value.scalar())).as(tag).isNull();
        }
      }
    }
    return scalars;
  }

  private static List<Value> values(List<Event> events, String tag) {
    return events.stream()
        .flatMap(event -> event.values().stream())
        .filter(value -> value.tag().equals(tag))
        .toList();
  }
}
