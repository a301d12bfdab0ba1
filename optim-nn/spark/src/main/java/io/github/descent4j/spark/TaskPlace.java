package io.github.descent4j.spark;

import org.apache.spark.SparkEnv;

/** Where a task runs, as messages call it. */
final class TaskPlace {
  private TaskPlace() {}

  /** Such as {@code executor 3 on host7}. */
  static String name() {
    SparkEnv env = SparkEnv.get();
    if (env == null) {
      return "this JVM";
    }
    return "executor " + env.executorId() + " on "
        + env.blockManager().blockManagerId().host();
  }
}
