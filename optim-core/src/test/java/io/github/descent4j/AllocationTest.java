package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.schedule.Schedules;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A steady step allocates nothing, on the heap or off it. Steady is a step once the JVM has compiled
 * it, vectors are objects until then, so the best of several rounds counts. A cosine is not among
 * the schedules: {@link StrictMath#cos} makes a small array itself from JDK 21 on.
 */
@Tag("slow")
class AllocationTest {
  private static final int STEPS = 500;

  /** Rounds within which the JVM has compiled what allocates only until it is compiled. */
  private static final int ROUNDS = 40;

  /**
   * Bytes a step: {@link StrictMath#pow} makes arrays of 96 bytes where the compiler does not see that
   * it need not, NAdam takes three powers a step. The smallest object for every parameter would be more.
   */
  private static final long ALLOWED_WITH_POWERS = 300;

  /** Bytes a step: less than the smallest object, for what the JVM itself takes now and then. */
  private static final long ALLOWED = 16;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<OptimizerCase> all() {
    return OptimizerCase.all();
  }

  /** Around an optimizer that takes no power of anything. */
  static List<Arguments> decorated() {
    AdjustableOptimizer adjusted = new RmsProp().adjustable();
    adjusted.learningRate(0.01);
    GradientClip clip = GradientClip.byGlobalNorm(1);
    return List.of(
        Arguments.of("nothing", new RmsProp()),
        Arguments.of(
            "schedule, clip and guard",
            new RmsProp()
                .scheduled(Schedules.linear(1e-3, 0, ROUNDS * STEPS))
                .clipped(clip)
                .guarded(NonFinite.FAIL)),
        Arguments.of(
            "groups",
            Optimizer.groups()
                .group("half", AllocationTest::isHalf, new Sgd().guarded(NonFinite.SKIP), 2)
                .otherwise(new RmsProp().clipped(clip))
                .build()
                .scheduled(Schedules.linear(1e-3, 0, ROUNDS * STEPS))),
        Arguments.of("adjustable", adjusted),
        Arguments.of("accumulated", new RmsProp().clipped(clip).accumulated(3)),
        Arguments.of("clipped adaptively", new RmsProp().clippedAdaptively(AdaptiveClip.of(0.01))),
        Arguments.of("lookahead", new RmsProp().lookahead(2, 0.5)),
        Arguments.of("centralized", new RmsProp().centralized()),
        Arguments.of("noisy", new RmsProp().noisy(0.01, 0, 1)),
        Arguments.of("schedule-free", ScheduleFree.sgd().warmupSteps(9).build()),
        Arguments.of("averaged", new RmsProp().averaged(WeightAverage.ema(0.9).every(2))),
        Arguments.of(
            "monitored",
            new RmsProp().monitored(GradientMonitor.builder().every(2).build())));
  }

  private static boolean isHalf(Parameter parameter) {
    return parameter.value().dataType() == DataType.FLOAT16;
  }

  @ParameterizedTest
  @MethodSource("all")
  void aScheduledClippedGuardedStepAllocatesNothing(OptimizerCase optimizer) {
    Optimizer decorated = optimizer
        .create()
        .get()
        .scheduled(Schedules.linear(1e-3, 0, ROUNDS * STEPS))
        .clipped(GradientClip.byGlobalNorm(1))
        .guarded(NonFinite.SKIP);
    assertAllocatesNothing(decorated, ALLOWED_WITH_POWERS);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decorated")
  void noDecoratorAllocates(String name, Optimizer optimizer) {
    assertAllocatesNothing(optimizer, ALLOWED);
  }

  private void assertAllocatesNothing(Optimizer optimizer, long allowed) {
    List<Parameter> several = new ArrayList<>();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16}) {
      for (int i = 0; i < 4; i++) {
        several.add(
            Parameter.of(type + " c " + i, Nd4j.ones(type, 20, 30), Nd4j.ones(type, 20, 30)));
        several.add(Parameter.of(
            type + " f " + i, Nd4j.ones(type, 3, 8), Nd4j.ones(type, 8, 3).transpose()));
      }
    }
    Parameters parameters = Parameters.of(several);
    run(optimizer, parameters);

    long offHeap = Pointer.totalBytes();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least >= STEPS * allowed; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      run(optimizer, parameters);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("bytes in %d steps", STEPS).isLessThan(STEPS * allowed);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(offHeap);
  }

  private static void run(Optimizer optimizer, Parameters parameters) {
    for (int step = 0; step < STEPS; step++) {
      optimizer.step(parameters);
    }
  }
}
