package io.github.descent4j.mnist.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records as files. */
public final class JsonFile {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .build();

  private JsonFile() {}

  public static void write(Path file, Object content) throws IOException {
    WholeFile.write(file, MAPPER.writeValueAsBytes(content));
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param expected what the file should be, in words
   * @throws CommandException if it cannot be read, or is something else
   */
  public static <T> T read(Path file, Class<T> type, String expected) {
    try {
      return MAPPER.readValue(Files.readAllBytes(file), type);
    } catch (JacksonException e) {
      String problem = e.getOriginalMessage().lines().findFirst().orElse("damage");
      throw CommandException.mismatch(file.toString(), expected, problem, e);
    } catch (IOException e) {
      throw CommandException.mismatch(file.toString(), "a readable file", e.toString(), e);
    }
  }
}
