package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.schedule.Schedules;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A steady step allocates nothing, whatever decorates the optimizer.
 *
 * <p>Not shown on Adam and on dense floats: the JDK's {@code StrictMath.pow} makes small arrays, and
 * its Vector API vectors, until they are compiled well enough to see that they do not escape.
 */
class SteadyStepTest {
  private static final int STEPS = 5000;

  static List<Arguments> optimizers() {
    return List.of(
        of("plain", new RmsProp()),
        of(
            "scheduled, clipped and guarded",
            new RmsProp()
                .scheduled(Schedules.linear(1e-3, 0, 100))
                .clipped(GradientClip.byGlobalNorm(1))
                .guarded(NonFinite.FAIL)),
        of(
            "groups",
            Optimizer.groups()
                .group("b", p -> p.name().equals("b"), new Sgd().guarded(NonFinite.SKIP), 2)
                .otherwise(new RmsProp().clipped(GradientClip.byGlobalNorm(1)))
                .build()
                .scheduled(Schedules.linear(1e-3, 0, 100))),
        of("adjustable", adjusted(new RmsProp().adjustable())),
        of("accumulated", new RmsProp().clipped(GradientClip.byGlobalNorm(1)).accumulated(3)),
        of("clipped adaptively", new RmsProp().clippedAdaptively(AdaptiveClip.of(0.01))),
        of("averaged", new RmsProp().averaged(WeightAverage.ema(0.9).every(2))));
  }

  private static Optimizer adjusted(AdjustableOptimizer optimizer) {
    optimizer.learningRate(0.01);
    return optimizer;
  }

  private static Arguments of(String name, Optimizer optimizer) {
    return Arguments.of(name, optimizer);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void allocatesNothing(String name, Optimizer optimizer) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Parameters parameters = Parameters.of(
        Parameter.of("w", Nd4j.ones(DataType.DOUBLE, 30, 20), Nd4j.ones(DataType.DOUBLE, 30, 20)),
        Parameter.of("b", Nd4j.ones(DataType.FLOAT16, 20), Nd4j.ones(DataType.FLOAT16, 20)));
    run(optimizer, parameters);
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    run(optimizer, parameters);
    long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    // The smallest object has 16 bytes; the JVM itself takes a few now and then.
    assertThat(bytes).as("bytes in %d steps", STEPS).isLessThan(16 * STEPS);
  }

  private static void run(Optimizer optimizer, Parameters parameters) {
    for (int step = 0; step < STEPS; step++) {
      optimizer.step(parameters);
    }
  }
}
