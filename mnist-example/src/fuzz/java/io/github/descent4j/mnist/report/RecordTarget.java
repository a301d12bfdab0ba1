package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.Scratch;
import io.github.descent4j.mnist.data.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Any bytes as {@code record.json}: refused with a line that names the file, or a record that is the same when saved and read
 * again, and of which a report can be made.
 */
public final class RecordTarget {
  private static final Path FOLDER = Scratch.folder();
  private static final Path FILE = FOLDER.resolve("record.json");
  private static final Path AGAIN = FOLDER.resolve("again.json");

  private RecordTarget() {}

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    RunRecord record;
    try {
      record = RunRecord.load(FILE);
    } catch (CommandException e) {
      assertThat(e.getMessage()).startsWith(FILE + ": expected ").contains(", found ");
      return;
    }
    record.save(AGAIN);
    byte[] saved = Files.readAllBytes(AGAIN);
    RunRecord.load(AGAIN).save(AGAIN);
    assertThat(Files.readAllBytes(AGAIN)).isEqualTo(saved);
    RunRecord resumed = RunRecorder.resume(record, 1).record();
    assertThat(RunReport.of("title", resumed).html()).contains("</html>");
  }
}
