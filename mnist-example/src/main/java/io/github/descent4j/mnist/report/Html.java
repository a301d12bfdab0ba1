package io.github.descent4j.mnist.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Text as HTML. */
final class Html {
  private Html() {}

  /** Text that a browser shows as it is, in an element or in an attribute between double quotes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** JSON that can stand in a script element: {@code <} is only found in its strings, where it has another form. */
  static String inScript(String json) {
    return json.replace("<", "\\u003c");
  }

  /** The text of a resource; relative names are beside this class. */
  static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is not there");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + name, e);
    }
  }
}
