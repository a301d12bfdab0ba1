package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What sets AdamW apart from Adam: the decay, and nothing else. */
class AdamWTest {

  @Test
  void isAdamWithDecoupledDecay() {
    WeightDecay decay = WeightDecay.decoupled(0.3);
    assertSame(
        AdamW.builder().weightDecay(0.3).build(),
        Adam.builder().weightDecay(decay).build());
    assertSame(
        AdamW.builder().epsilonHat(true).weightDecay(decay).build(),
        Adam.builder().epsilonHat(true).weightDecay(decay).build());
  }

  @Test
  void withoutDecayIsAdam() {
    assertSame(AdamW.builder().weightDecay(WeightDecay.none()).build(), new Adam());
  }

  private static void assertSame(Optimizer actual, Optimizer expected) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray a = TestArrays.create(DataType.FLOAT, new long[] {70}, TestArrays.uniform(random, 70));
    INDArray b = a.dup();
    for (int step = 0; step < 12; step++) {
      INDArray gradient =
          TestArrays.create(DataType.FLOAT, new long[] {70}, TestArrays.gradients(random, 70));
      actual.step(Parameters.of(Parameter.of("w", a, gradient)));
      expected.step(Parameters.of(Parameter.of("w", b, gradient)));
    }
    assertSameBits("value", a, b);
  }
}
