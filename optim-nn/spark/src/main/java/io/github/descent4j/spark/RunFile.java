package io.github.descent4j.spark;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.internal.file.AtomicFile;
import io.github.descent4j.nn.train.Progress;
import io.github.descent4j.state.StateFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint says of its run, besides the weights and the optimizer's state: the file {@code run.json}.
 *
 * @param formatVersion 1
 * @param settings what the run's numbers follow from, by its name in the builder
 * @param progress the steps so far
 */
record RunFile(int formatVersion, Map<String, String> settings, Progress progress) {
  static final int FORMAT_VERSION = 1;

  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      .build();

  RunFile(Map<String, String> settings, Progress progress) {
    this(FORMAT_VERSION, settings, progress);
  }

  void write(Path file) throws IOException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    byte[] bytes = text.replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(file, out -> out.write(bytes));
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws StateFileException if it is damaged, or of another format
   */
  static RunFile read(Path file) {
    try {
      RunFile run = MAPPER.readValue(Files.readAllBytes(file), RunFile.class);
      if (run == null) {
        throw new StateFileException(file, "is not the description of a run: it is null", null);
      }
      if (run.formatVersion != FORMAT_VERSION) {
        throw new StateFileException(
            file,
            "is of format version " + run.formatVersion + ", expected " + FORMAT_VERSION,
            null);
      }
      return run;
    } catch (JacksonException e) {
      throw new StateFileException(
          file, "is not the description of a run: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new StateFileException(file, "cannot be read: " + e, e);
    }
  }

  /**
   * Fails if a run has other settings.
   *
   * @throws StateFileException that names the first one
   */
  void require(Path file, Map<String, String> own) {
    Map<String, String> names = new TreeMap<>(settings);
    names.putAll(own);
    for (String name : names.keySet()) {
      String here = own.get(name);
      String there = settings.get(name);
      if (here == null || !here.equals(there)) {
        throw new StateFileException(
            file,
            "is of a run with " + name + " " + there + ", expected " + here
                + ", that of this trainer: other bits would follow",
            null);
      }
    }
  }
}
