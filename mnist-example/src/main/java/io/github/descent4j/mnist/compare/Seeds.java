package io.github.descent4j.mnist.compare;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import picocli.CommandLine.TypeConversionException;

/**
 * A seed, or all from one to another: {@code 7}, {@code 1-3}.
 *
 * @param first the first one
 * @param last the last one, at least the first
 */
public record Seeds(long first, long last) {
  private static final Pattern FORM = Pattern.compile("([+-]?\\d{1,18})(?:-(\\d{1,18}))?");
  private static final long MOST = 1000;

  public static Seeds parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      long first = Long.parseLong(matcher.group(1));
      long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
      if (first <= last && last - first < MOST) {
        return new Seeds(first, last);
      }
    }
    throw new TypeConversionException("expected a whole number, or two as in '1-3' and at most "
        + MOST + " between them, but was '" + text + "'");
  }

  /** Each of them. */
  public List<Long> each() {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
