package io.github.descent4j.mnist;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.descent4j.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint says of its run, besides the weights and the optimizer's state: the file {@code run.json}.
 *
 * @param formatVersion 1
 * @param settings value of each option of the command line that the run's numbers follow from, by its name
 * @param dataFingerprint of the images
 * @param rows height of an image
 * @param columns width of an image
 * @param scale how grey values are read
 * @param progress the steps so far
 * @param epochs the epochs so far
 */
record RunState(
    int formatVersion,
    Map<String, String> settings,
    String dataFingerprint,
    int rows,
    int columns,
    GreyScale scale,
    Progress progress,
    List<EpochResult> epochs) {
  static final int FORMAT_VERSION = 1;

  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      .build();

  void write(Path file) throws IOException {
    Files.write(file, MAPPER.writeValueAsBytes(this));
  }

  /** Reads a file, and fails with a line that names it if it is not what {@link #write} writes. */
  static RunState read(Path file) {
    RunState state;
    try {
      state = MAPPER.readValue(Files.readAllBytes(file), RunState.class);
    } catch (JacksonException e) {
      throw new CommandException(
          IdxFile.problem(
              file.toString(),
              "the description of a run",
              e.getOriginalMessage().lines().findFirst().orElse("damage")),
          e);
    } catch (IOException e) {
      throw new CommandException(
          IdxFile.problem(file.toString(), "a readable file", e.toString()), e);
    }
    if (state.formatVersion != FORMAT_VERSION) {
      throw IdxFile.mismatch(
          file.toString(), "format version " + FORMAT_VERSION, "" + state.formatVersion);
    }
    return state;
  }
}
