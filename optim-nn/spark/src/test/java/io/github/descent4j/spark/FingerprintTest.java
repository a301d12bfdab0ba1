package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.nn.Sequential;
import io.github.descent4j.nn.train.TrainingSeeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class FingerprintTest {
  private static Fingerprint of(String where, String core) {
    Map<String, String> features = new LinkedHashMap<>();
    features.put("kernels", "VECTOR");
    features.put("OPENBLAS_CORETYPE", core);
    return new Fingerprint(where, features);
  }

  @Test
  void namesTheStrangerAmongMany() {
    Fingerprint stranger = of("executor 0 on a", "HASWELL");
    List<Fingerprint> all =
        List.of(stranger, of("executor 1 on b", "SKYLAKEX"), of("executor 2 on c", "SKYLAKEX"));
    Fingerprint expected = Fingerprint.commonest(all);
    assertThat(expected.where()).isEqualTo("executor 1 on b");
    assertThatCode(() -> expected.require(all.get(2))).doesNotThrowAnyException();
    assertThatThrownBy(() -> expected.require(stranger))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("executor 0 on a has OPENBLAS_CORETYPE 'HASWELL', expected 'SKYLAKEX' as"
            + " executor 1 on b has: all executors of a run have to compute the same bits"
            + " (docs/spark.md)");
  }

  /** An executor that answered twice is one. */
  @Test
  void countsExecutorsOnce() {
    List<Fingerprint> all = List.of(
        of("executor 0 on a", "HASWELL"),
        of("executor 0 on a", "HASWELL"),
        of("executor 0 on a", "HASWELL"),
        of("executor 1 on b", "SKYLAKEX"),
        of("executor 2 on c", "SKYLAKEX"));
    assertThat(Fingerprint.commonest(all).where()).isEqualTo("executor 1 on b");
  }

  @Test
  void hasShapesTypesExamplesAndProducts() {
    Sequential network = Points.normalized();
    Fingerprint here = Fingerprint.of(
        network, "a loss", new SharedDataset(Points.dataset(), new TrainingSeeds(1)));
    assertThat(here.features())
        .containsEntry(
            "parameters",
            "fc1.weight FLOAT[9, 6], fc1.bias FLOAT[9], norm1.weight FLOAT[9], norm1.bias FLOAT[9],"
                + " fc2.weight FLOAT[4, 9], fc2.bias FLOAT[4]")
        .containsEntry("buffers", "norm1.runningMean FLOAT[9], norm1.runningVariance FLOAT[9]")
        .containsEntry("loss", "a loss")
        .containsEntry("examples", "203 of [6] in 4 classes")
        .containsKeys("kernels", "OPENBLAS_CORETYPE", "bits of a matrix product of FLOAT");
    assertThat(Fingerprint.of(
                network, "a loss", new SharedDataset(Points.values(), new TrainingSeeds(1)))
            .features())
        .containsEntry("examples", "203 of [6] with values of [2]");
    assertThat(Fingerprint.of(network, "a loss", null).features()).doesNotContainKey("examples");
    String product = "bits of a matrix product of DOUBLE";
    assertThat(here.features()).doesNotContainKey(product);
    String wide =
        Fingerprint.of(Points.mlp(DataType.DOUBLE), "a loss", null).features().get(product);
    assertThat(wide).isNotNull();
    assertThat(here.features()).doesNotContainValue(wide);
    assertThat(Fingerprint.ofArithmetic().features())
        .containsEntry(product, wide)
        .containsEntry(
            "bits of a matrix product of FLOAT",
            here.features().get("bits of a matrix product of FLOAT"))
        .containsOnlyKeys(
            "kernels", "OPENBLAS_CORETYPE", "bits of a matrix product of FLOAT", product);
  }

  @Test
  void comparesTheNetworkWithTheDrivers() {
    Fingerprint here = Fingerprint.of(Points.mlp(), "one loss", null);
    assertThatCode(() -> here.requireModel(Points.mlp(), "one loss")).doesNotThrowAnyException();
    assertThatThrownBy(() -> here.requireModel(Points.normalized(), "one loss"))
        .hasMessageContaining("has parameters 'fc1.weight FLOAT[9, 6]")
        .hasMessageContaining("as the driver has");
    assertThatThrownBy(() -> here.requireModel(Points.mlp(), "another loss"))
        .hasMessageContaining("has loss 'one loss', expected 'another loss' as the driver has");
  }
}
