package io.github.descent4j.internal.file;

import java.io.IOException;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.StreamReadFeature;
import org.nd4j.shade.jackson.core.type.TypeReference;
import org.nd4j.shade.jackson.core.util.DefaultIndenter;
import org.nd4j.shade.jackson.core.util.DefaultPrettyPrinter;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectWriter;
import org.nd4j.shade.jackson.databind.json.JsonMapper;

/**
 * JSON to maps and back, with the Jackson inside ND4J. Numbers are Long or Double and come back as
 * they were; NaN and the infinities are strings.
 */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_LONG_FOR_INTS)
      .build();

  /** The platform's line separator would make the bytes of a file depend on it. */
  private static final ObjectWriter WRITER =
      MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  /** Each level takes room on the stack; decorators nest two levels deep each. */
  private static final int DEEPEST = 1000;

  private Json() {}

  static byte[] write(Map<String, Object> object) {
    try {
      return WRITER.writeValueAsBytes(object);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not expressible in JSON: " + object, e);
    }
  }

  /** Reads one object. */
  static Map<String, Object> read(byte[] bytes) throws IOException {
    requireShallow(bytes);
    return MAPPER.readValue(bytes, new TypeReference<Map<String, Object>>() {});
  }

  private static void requireShallow(byte[] bytes) throws IOException {
    int depth = 0;
    boolean inText = false;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (inText) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          inText = false;
        }
      } else if (b == '"') {
        inText = true;
      } else if (b == '{' || b == '[') {
        depth++;
        if (depth > DEEPEST) {
          throw new IOException("it is nested more than " + DEEPEST + " levels deep");
        }
      } else if (b == '}' || b == ']') {
        depth--;
      }
    }
  }
}
