package io.github.descent4j.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Microseconds by implementation, what it did and on how many elements; one value for each round. */
final class Measurements {

  /**
   * What was measured.
   *
   * @param implementation whose, a column of the table
   * @param work an optimizer, or another benchmark
   * @param size as in the benchmarks' parameter, empty if it has none
   */
  record Key(String implementation, String work, String size) {}

  private final Map<Key, List<Double>> rounds = new LinkedHashMap<>();

  void add(Key key, double microseconds) {
    rounds.computeIfAbsent(key, k -> new ArrayList<>()).add(microseconds);
  }

  Map<Key, List<Double>> rounds() {
    return rounds;
  }

  /** The median of all rounds; empty if it was not measured. */
  OptionalDouble median(String implementation, String work, String size) {
    List<Double> values = rounds.get(new Key(implementation, work, size));
    if (values == null) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(median(values));
  }

  /** The middle one, or the mean of the two in the middle; of at least one. */
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
