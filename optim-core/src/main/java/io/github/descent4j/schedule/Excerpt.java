package io.github.descent4j.schedule;

import java.util.Locale;

/** Text for a message: not all of a long one, and nothing in it that a terminal would obey. */
final class Excerpt {

  private Excerpt() {}

  /** At most so many characters around a place, with dots where something is left out. */
  static String around(String text, int place, int length) {
    StringBuilder shown = new StringBuilder();
    int middle = Math.min(place, text.length());
    int from = back(text, middle, length / 2, shown);
    int to = middle;
    while (to < text.length() && shown.length() + shown(text.charAt(to)).length() <= length) {
      shown.append(shown(text.charAt(to)));
      to++;
    }
    from = back(text, from, length, shown);
    return (from > 0 ? "..." : "") + shown + (to < text.length() ? "..." : "");
  }

  /** Puts what is before a place in front, as far as there is room; gives the place of the first character. */
  private static int back(String text, int place, int length, StringBuilder shown) {
    int from = place;
    while (from > 0 && shown.length() + shown(text.charAt(from - 1)).length() <= length) {
      from--;
      shown.insert(0, shown(text.charAt(from)));
    }
    return from;
  }

  /** Anything but the printable characters of ASCII, of which expressions are made, by its number. */
  private static String shown(char c) {
    return c >= ' ' && c <= '~'
        ? String.valueOf(c)
        : String.format(Locale.ROOT, "\\u%04x", (int) c);
  }
}
