package io.github.descent4j.spark;

import io.github.descent4j.Threads;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** Where a task runs. */
final class TaskPlace {
  private TaskPlace() {}

  /** As messages call it, such as {@code executor 3 on host7}. */
  static String name() {
    SparkEnv env = SparkEnv.get();
    if (env == null) {
      return "this JVM";
    }
    return "executor " + env.executorId() + " on "
        + env.blockManager().blockManagerId().host();
  }

  /** Computes on as many threads as Spark has cores for a task, {@code spark.task.cpus}. */
  static void onItsThreads(Runnable computation) {
    TaskContext context = TaskContext.get();
    Threads.limited(context == null ? 1 : context.cpus(), computation);
  }
}
