package io.github.descent4j.internal.parallel;

/** How many threads may work for what the current thread calls, beside what the process may use. */
public final class ThreadLimit {
  private static final ThreadLocal<Integer> LIMIT = new ThreadLocal<>();

  private ThreadLimit() {}

  /** At least 1; the greatest number where there is no limit. */
  public static int current() {
    Integer limit = LIMIT.get();
    return limit == null ? Integer.MAX_VALUE : limit;
  }

  /** Runs something within a limit, or the lower one that holds already. */
  public static void run(int threads, Runnable action) {
    Integer before = LIMIT.get();
    if (before != null && before <= threads) {
      action.run();
      return;
    }
    LIMIT.set(threads);
    try {
      action.run();
    } finally {
      if (before == null) {
        LIMIT.remove();
      } else {
        LIMIT.set(before);
      }
    }
  }
}
