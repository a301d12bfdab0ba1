package io.github.descent4j.benchmarks.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark on this machine. */
final class LocalContext {
  private LocalContext() {}

  /** With the settings of the guide, and those of {@code -Dspark.NAME=VALUE} over them. */
  static JavaSparkContext of(String master, String name) {
    SparkConf conf = new SparkConf() // Has the system properties.
        .setMaster(master)
        .setAppName(name)
        .setIfMissing("spark.ui.enabled", "false")
        .setIfMissing("spark.broadcast.compress", "false")
        .setIfMissing("spark.broadcast.checksum", "false")
        .setIfMissing("spark.locality.wait", "0s")
        .setIfMissing("spark.driver.host", "127.0.0.1")
        .setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        .setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    return new JavaSparkContext(conf);
  }
}
