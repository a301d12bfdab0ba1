package io.github.descent4j.internal.file;

/** What a file says, as a message may repeat it: not too long, in one line, and without effect on a terminal. */
public final class Quote {
  private static final int LONGEST = 200;

  private Quote() {}

  /** At most some 200 characters of a value. */
  public static String of(Object value) {
    String text = String.valueOf(value);
    return line(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...");
  }

  /** Text with its control characters as numbers. */
  public static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        String hex = Integer.toHexString(c);
        line.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
