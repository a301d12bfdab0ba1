package io.github.descent4j.mnist.landscape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReddiExampleTest {

  @Test
  void adamEndsAtTheWorstPointAndTheOthersAtTheBest() {
    Map<String, double[]> points = ReddiExample.play(3000);
    assertThat(points).containsOnlyKeys("adam", "amsgrad", "yogi");
    assertThat(points.get("adam")[3000]).isGreaterThan(0.98);
    assertThat(points.get("amsgrad")[3000]).isLessThan(-0.98);
    assertThat(points.get("yogi")[3000]).isLessThan(-0.98);
  }

  @Test
  void staysInTheInterval() {
    ReddiExample.play(500).values().forEach(points -> {
      assertThat(points).hasSize(501);
      assertThat(points[0]).isZero();
      assertThat(Arrays.stream(points)).allMatch(x -> x >= -1 && x <= 1);
    });
  }

  /** v = (1 - beta2) g² = 0.9 * 9 and 1 - beta2 = 0.9, so the first step is the rate 0.3 towards -1. */
  @Test
  void adamsFirstStepIsTheRate() {
    assertThat(ReddiExample.play(1).get("adam")[1]).isCloseTo(-0.3, within(1e-8));
  }
}
