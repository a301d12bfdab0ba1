package io.github.descent4j.mnist.report;

import java.util.List;
import java.util.Map;

/**
 * A table. The first column names its rows.
 *
 * @param caption what it shows
 * @param header a name for each column; empty for none
 * @param rows the cells, row by row
 * @param numbers whether the cells, those of the first column aside, are numbers
 */
public record Table(String caption, List<String> header, List<List<String>> rows, boolean numbers) {

  /** A table of numbers. */
  public static Table ofNumbers(String caption, List<String> header, List<List<String>> rows) {
    return new Table(caption, header, rows, true);
  }

  /** A table of names and values. */
  public static Table of(String caption, Map<String, String> values) {
    List<List<String>> rows = values.entrySet().stream()
        .map(entry -> List.of(entry.getKey(), entry.getValue()))
        .toList();
    return new Table(caption, List.of(), rows, false);
  }
}
