package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterTest {

  /** A task has one core or two; a number of tasks that the user sets is that. */
  @ParameterizedTest
  @CsvSource({"1, , 4", "2, , 2", "3, , 1", "2, 5, 5"})
  void countsSlots(int cpus, String parallelism, int slots) {
    SparkConf conf = LocalSpark.conf("local[4]").set("spark.task.cpus", "" + cpus);
    if (parallelism != null) {
      conf.set("spark.default.parallelism", parallelism);
    }
    try (JavaSparkContext spark = LocalSpark.of(conf)) {
      assertThat(Cluster.slots(spark)).isEqualTo(slots);
    }
  }
}
