package io.github.descent4j.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The names that somebody may have meant. */
public final class Nearest {

  /** Of two longer names the distance is not worth its time. */
  private static final int LONGEST = 100;

  private Nearest() {}

  /**
   * Those of some names that are fewest edits away from a given one, and no more than a third of its letters,
   * as text; all of them if there are none. Capitals and underlines do not count.
   */
  public static String of(String name, Collection<String> names) {
    String wanted = letters(name);
    TreeMap<Integer, TreeSet<String>> byDistance = new TreeMap<>();
    if (wanted.length() <= LONGEST) {
      for (String candidate : names) {
        byDistance
            .computeIfAbsent(edits(wanted, letters(candidate)), edits -> new TreeSet<>())
            .add(candidate);
      }
    }
    Map.Entry<Integer, TreeSet<String>> nearest = byDistance.firstEntry();
    boolean near = nearest != null && nearest.getKey() <= Math.max(1, wanted.length() / 3);
    return either(List.copyOf(near ? nearest.getValue() : new TreeSet<>(names)));
  }

  private static String either(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  private static String letters(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  /**
   * How many letters must be added, left out, replaced or swapped with the next one, no letter twice: the
   * optimal string alignment distance.
   */
  private static int edits(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int fewest = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        fewest = Math.min(fewest, edits[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped = i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1);
        edits[i][j] = swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
      }
    }
    return edits[a.length()][b.length()];
  }
}
