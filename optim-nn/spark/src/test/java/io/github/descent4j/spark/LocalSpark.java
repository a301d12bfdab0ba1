package io.github.descent4j.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark in this JVM: one context at a time, kept while the next test wants the same. */
final class LocalSpark {
  private static JavaSparkContext context;

  private LocalSpark() {}

  static SparkConf conf(String master) {
    return new SparkConf()
        .setMaster(master)
        .setAppName("descent4j")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  static synchronized JavaSparkContext of(String master) {
    if (context == null || !context.master().equals(master) || context.sc().isStopped()) {
      if (context != null) {
        context.stop();
      }
      context = new JavaSparkContext(conf(master));
    }
    return context;
  }

  /** What the tests of a cluster use, which has settings of its own. */
  static synchronized JavaSparkContext of(SparkConf conf) {
    if (context != null) {
      context.stop();
    }
    context = new JavaSparkContext(conf);
    return context;
  }
}
