package io.github.descent4j.internal.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Names of arrays: parts such as a parameter and a slot, joined by slashes.
 *
 * <p>Each part is percent-encoded (RFC 3986: UTF-8, all but letters, digits and {@code - . _ ~}), a
 * dot at its beginning too. So a part has no slash, is never {@code .} or {@code ..}, and comes back
 * from any language's URL decoding.
 */
public final class EntryName {
  private static final String UNRESERVED = "-._~";

  /** Zip keeps a name's length in 16 bits; the ending takes a few. */
  private static final int LONGEST = 65_000;

  private EntryName() {}

  /**
   * Joins the encoded parts.
   *
   * @throws IllegalArgumentException if a part has no UTF-8 form, or the name is too long for a zip
   */
  public static String of(String... parts) {
    StringJoiner name = new StringJoiner("/");
    for (String part : parts) {
      name.add(encode(part));
    }
    if (name.length() > LONGEST) {
      throw new IllegalArgumentException(String.format(
          Locale.ROOT,
          "name '%.40s...' is of %d characters when encoded, expected at most %d in a file",
          parts[0],
          name.length(),
          LONGEST));
    }
    return name.toString();
  }

  private static String encode(String part) {
    ByteBuffer bytes;
    try {
      bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(part));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "name '" + part + "' has half of a surrogate pair, expected text that UTF-8 can encode",
          e);
    }
    StringBuilder encoded = new StringBuilder(bytes.remaining());
    while (bytes.hasRemaining()) {
      char c = (char) (bytes.get() & 0xff);
      boolean plain =
          isAlphanumeric(c) || (UNRESERVED.indexOf(c) >= 0 && !(c == '.' && encoded.isEmpty()));
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
