package io.github.descent4j.mnist.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Who takes part in a comparison, and at which learning rates.
 *
 * @param rates of each contender, in the order of the command line; at least one
 */
public record Lineup(Map<Contender, List<Double>> rates) {

  /**
   * That of entries, each at its own rates or those of all.
   *
   * @param entries different contenders
   */
  public static Lineup of(List<Entry> entries, List<Rate> ofAll) {
    Map<Contender, List<Double>> rates = new LinkedHashMap<>();
    for (Entry entry : entries) {
      List<Rate> own = entry.rates().isEmpty() ? ofAll : entry.rates();
      rates.put(
          entry.contender(),
          own.stream().map(rate -> rate.of(entry.contender().optimizer())).toList());
    }
    return new Lineup(rates);
  }

  public List<Contender> contenders() {
    return List.copyOf(rates.keySet());
  }

  /** The rates that more than one takes, rising: those where curves of one rate say something. */
  List<Double> common() {
    TreeSet<Double> all = new TreeSet<>();
    rates.values().forEach(all::addAll);
    return all.stream()
        .filter(
            rate -> rates.values().stream().filter(own -> own.contains(rate)).count() > 1)
        .toList();
  }
}
