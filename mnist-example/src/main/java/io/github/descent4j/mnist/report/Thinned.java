package io.github.descent4j.mnist.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Values at evenly spaced steps, at most {@code limit} of them: when there are as many, every second one goes, and from then
 * on only every second new one is kept. What is kept tells how far apart it is, so a list goes on from a copy of it.
 */
final class Thinned<T> {
  private final int limit;
  private final ToLongFunction<T> step;
  private final List<T> kept;

  Thinned(int limit, ToLongFunction<T> step, List<T> kept) {
    this.limit = limit;
    this.step = step;
    this.kept = new ArrayList<>(kept);
  }

  void add(T value) {
    if (kept.size() >= limit && fits(value)) {
      for (int i = 0; 2 * i < kept.size(); i++) {
        kept.set(i, kept.get(2 * i));
      }
      kept.subList((kept.size() + 1) / 2, kept.size()).clear();
    }
    if (fits(value)) {
      kept.add(value);
    }
  }

  /** Whether a value is at a distance that is kept. */
  private boolean fits(T value) {
    return kept.size() < 2
        || distance(kept.get(0), value) % distance(kept.get(0), kept.get(1)) == 0;
  }

  List<T> kept() {
    return List.copyOf(kept);
  }

  private long distance(T from, T to) {
    return step.applyAsLong(to) - step.applyAsLong(from);
  }
}
