package io.github.descent4j.mnist.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Records as files. The last field of each, {@code checksum}, has the CRC-32C of all bytes of the file, as it is with eight zeros in
 * their place. A file without that field, as of earlier versions or of someone who took it out to edit the file, is read as it is.
 */
public final class JsonFile {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .build();

  private static final String CHECKSUM = "checksum";
  private static final String NONE = "00000000";

  /** How {@link #write} ends a file. */
  private static final Pattern END =
      Pattern.compile(",\\n  \"" + CHECKSUM + "\" : \"([0-9a-f]{8})\"\\n}$");

  /** Of a run of a million epochs. */
  private static final long LONGEST = 1L << 28;

  private JsonFile() {}

  /** Writes a record, as a whole or not at all. */
  public static void write(Path file, Object content) throws IOException {
    WholeFile.write(file, bytes(content));
  }

  private static byte[] bytes(Object content) throws JsonProcessingException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(content);
    text = text.replace("\r\n", "\n");
    String open = text.substring(0, text.lastIndexOf('}')).stripTrailing();
    String end = ",\n  \"" + CHECKSUM + "\" : \"";
    byte[] bytes = (open + end + NONE + "\"\n}").getBytes(UTF_8);
    int at = bytes.length - NONE.length() - 3;
    System.arraycopy(sum(bytes).getBytes(US_ASCII), 0, bytes, at, NONE.length());
    return bytes;
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param expected what the file should be, in words
   * @throws CommandException if it cannot be read, or is something else
   */
  public static <T> T read(Path file, Class<T> type, String expected) {
    return read(file, type, expected, Map.of());
  }

  /**
   * The same where a file of an earlier version may lack fields.
   *
   * @param defaults the values of those fields
   */
  public static <T> T read(
      Path file, Class<T> type, String expected, Map<String, Integer> defaults) {
    try {
      long size = Files.size(file);
      if (size > LONGEST) {
        throw CommandException.mismatch(
            file.toString(), "at most " + LONGEST + " bytes", size + " bytes");
      }
      byte[] bytes = Files.readAllBytes(file);
      JsonNode tree = MAPPER.readTree(bytes);
      if (!(tree instanceof ObjectNode object)) {
        throw CommandException.mismatch(file.toString(), expected, "no JSON object");
      }
      if (object.remove(CHECKSUM) != null) {
        requireSum(file, bytes);
      }
      defaults.forEach((name, value) -> {
        if (!object.has(name)) {
          object.put(name, value);
        }
      });
      return MAPPER.treeToValue(object, type);
    } catch (JacksonException e) {
      throw CommandException.mismatch(file.toString(), expected, problem(e), e);
    } catch (StackOverflowError e) {
      throw CommandException.mismatch(file.toString(), expected, "JSON that is nested too deep", e);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    }
  }

  private static void requireSum(Path file, byte[] bytes) {
    // One letter for each byte.
    Matcher end = END.matcher(new String(bytes, ISO_8859_1));
    if (!end.find()) {
      throw CommandException.mismatch(
          file.toString(), "a checksum in the last line but one", "it elsewhere");
    }
    byte[] summed = bytes.clone();
    System.arraycopy(NONE.getBytes(US_ASCII), 0, summed, end.start(1), NONE.length());
    if (!end.group(1).equals(sum(summed))) {
      throw CommandException.mismatch(
          file.toString(), "content of checksum " + end.group(1), "damage, " + sum(summed));
    }
  }

  private static String sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /** What is wrong, as our own records say it, or else Jackson. */
  private static String problem(JacksonException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException || cause instanceof NullPointerException) {
      return "that " + cause.getMessage();
    }
    return e.getOriginalMessage() == null
        ? "damage"
        : e.getOriginalMessage().lines().findFirst().orElse("damage");
  }
}
