package io.github.descent4j.mnist.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.Sequential;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** The command as a user calls it, with the real images and Spark in this JVM. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  @Tag("slow")
  void trainsAndGoesOn(@TempDir Path folder) {
    String[] options = {
      "--master",
      "local[2]",
      "--epochs",
      "1",
      "--batch-size",
      "1000",
      "--shards",
      "4",
      "--checkpoint",
      folder.resolve("run").toString(),
      "--checkpoint-every",
      "60"
    };
    assertThat(run(options)).as(err.toString()).isZero();
    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line)
                .isEqualTo("data       MNIST: 60000 training and 10000 test images of 28 x 28"),
            line -> assertThat(line).isEqualTo("model      mlp, 235146 weights"),
            line -> assertThat(line)
                .isEqualTo("cluster    Spark 4.2.0 on local[2], 4 shards, batch size 1000, seed 42,"
                    + " synchronous"),
            line -> assertThat(line)
                .matches(
                    "epoch 1/1  loss 0\\.\\d{4}  train 0\\.\\d{4}  test 0\\.9[0-9]{3}  .* images/s"),
            line -> assertThat(line).matches("test accuracy 0\\.9\\d{3} \\(9\\d{3}/10000\\)"),
            line -> assertThat(line).matches("weights    sha256 [0-9a-f]{16}"));

    String accuracy = out.toString().lines().toList().get(4);
    String weights = out.toString().lines().toList().get(5);
    out.getBuffer().setLength(0);
    assertThat(run(options)).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(7)
        .contains("resumed    after step 60", accuracy, weights);
  }

  /** By hand: {@code printf '\0\0\x80\x3f\0\0\0\xc0' | sha256sum} of the floats 1 and -2. */
  @Test
  void hashesTheBitsOfTheWeights() {
    Sequential network =
        Sequential.builder(DataType.FLOAT, 1).input(1).dense("fc1", 1).build();
    network.parameters().get("fc1.weight").value().assign(1);
    network.parameters().get("fc1.bias").value().assign(-2);
    assertThat(Main.digest(network)).isEqualTo("ee4ac73c2bd27756");
  }

  /** {@code spark-submit --conf} sets system properties. */
  @Test
  void keepsToTheSettingsOfTheUser() {
    System.setProperty("spark.locality.wait", "1s");
    System.setProperty("spark.master", "local[3]");
    try {
      SparkConf conf = Main.conf(null);
      assertThat(conf.get("spark.locality.wait")).isEqualTo("1s");
      assertThat(conf.get("spark.broadcast.compress")).isEqualTo("false");
      assertThat(conf.get("spark.broadcast.checksum")).isEqualTo("false");
      assertThat(conf.get("spark.master")).isEqualTo("local[3]");
      assertThat(Main.conf("local[1]").get("spark.master")).isEqualTo("local[1]");
    } finally {
      System.clearProperty("spark.locality.wait");
      System.clearProperty("spark.master");
    }
    assertThat(Main.conf(null).get("spark.locality.wait")).isEqualTo("0s");
    assertThat(Main.conf(null).get("spark.master")).isEqualTo("local[*]");
  }

  private void refuses(String message, String... options) {
    assertThat(run(options)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(run("--model", "vgg")).isEqualTo(2);
    assertThat(err.toString()).contains("'vgg' is none of [mlp, cnn, convnet]");
    assertThat(run("--local-steps", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("--local-steps is -1, expected at least 0");
    refuses("--epochs is 0, expected at least 1", "--epochs", "0");
    refuses("--batch-size is 0, expected at least 1", "--batch-size", "0");
    refuses("--outer-rate is 0.5, expected --local-steps with it", "--outer-rate", "0.5");
    refuses("--checkpoint-every is 10, expected --checkpoint with it", "--checkpoint-every", "10");
    assertThat(run("--master", "local[1]", "--data", "/nowhere")).isEqualTo(1);
    assertThat(err.toString()).contains("/nowhere");
    assertThat(run("--master", "local[1]", "--shards", "2000")).isEqualTo(1);
    assertThat(err.toString()).contains("shards is 2000, expected at most 1024");
  }
}
