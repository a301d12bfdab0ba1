package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.schedule.Schedules;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A steady step allocates nothing, on the heap or off it. Runs with the scalar kernels: vectors are
 * objects until the compiler has seen enough of them.
 */
class AllocationTest {
  private static final int STEPS = 500;

  /**
   * Bytes a step: {@link StrictMath}'s functions make small arrays until they are compiled. The
   * smallest object for every parameter would be more.
   */
  private static final long ALLOWED = 300;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<OptimizerCase> all() {
    return OptimizerCase.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aScheduledClippedGuardedStepAllocatesNothing(OptimizerCase optimizer) {
    Optimizer decorated = optimizer
        .create()
        .get()
        .scheduled(Schedules.cosine(1e-3, 10 * STEPS))
        .clipped(GradientClip.byGlobalNorm(1))
        .guarded(NonFinite.SKIP);
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
    run(decorated, parameters);

    long offHeap = Pointer.totalBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    run(decorated, parameters);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(STEPS * ALLOWED);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(offHeap);
  }

  private static void run(Optimizer optimizer, Parameters parameters) {
    for (int step = 0; step < STEPS; step++) {
      optimizer.step(parameters);
    }
  }
}
