package io.github.descent4j;

import static io.github.descent4j.TestArrays.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Any number of threads gives the same bits. */
@Tag("slow")
public class ThreadsTest {

  /** Together beyond the size from which work is handed over; one ends in the middle of a piece. */
  private static final long[][] SHAPES = {{WorkList.SIZE * 6 + 17, 1}, {5, 1}, {300, 300}, {1, 1}};

  static List<OptimizerCase> defaults() {
    return OptimizerCase.defaults();
  }

  static List<OptimizerCase> onMatrices() {
    return OptimizerCase.defaultsOnMatrices();
  }

  @ParameterizedTest
  @MethodSource("onMatrices")
  void anyNumberOfThreadsGivesTheSameBits(OptimizerCase optimizer) {
    List<INDArray> expected = run(optimizer, 1);
    for (int threads : new int[] {2, 3, 7}) {
      List<INDArray> actual = run(optimizer, threads);
      for (int i = 0; i < expected.size(); i++) {
        assertSameBits(threads + " threads, array " + i, actual.get(i), expected.get(i));
      }
    }
  }

  private static List<INDArray> run(OptimizerCase optimizer, int threads) {
    return withThreads(Integer.toString(threads), () -> run(optimizer));
  }

  /** Values and slots after a few clipped steps of many elements. */
  static List<INDArray> run(OptimizerCase optimizer) {
    Optimizer clipped = optimizer.create().get().clipped(GradientClip.byGlobalNorm(1));
    SplittableRandom random = new SplittableRandom(11);
    List<INDArray> arrays = new ArrayList<>();
    List<Parameter> parameters = new ArrayList<>();
    for (long[] shape : SHAPES) {
      int n = TestArrays.length(shape);
      INDArray value = TestArrays.create(DataType.FLOAT, shape, TestArrays.uniform(random, n));
      INDArray gradient = TestArrays.create(DataType.FLOAT, shape, TestArrays.uniform(random, n));
      arrays.add(value);
      parameters.add(Parameter.of("p" + arrays.size(), value, gradient));
    }
    for (int step = 0; step < 7; step++) {
      clipped.step(Parameters.of(parameters));
    }
    for (Parameter parameter : parameters) {
      for (String slot : optimizer.slots()) {
        arrays.add(clipped.state().slot(parameter.name(), slot));
      }
    }
    long elements =
        parameters.stream().mapToLong(parameter -> parameter.value().length()).sum();
    assertThat(elements).as("enough to be handed over").isGreaterThan(WorkList.PARALLEL);
    return arrays;
  }

  @Test
  void aNumberOfThreadsThatIsNoneIsNamed() {
    for (String asked : List.of("0", "-1", "two", "")) {
      assertThatThrownBy(() -> withThreads(asked, Sgd::new))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("io.github.descent4j.threads is '" + asked + "', expected a number >= 1");
    }
  }

  @Test
  void everyPieceRunsOnceWhoeverRunsIt() {
    int[] runs = new int[1000];
    ParallelRunner runner = withThreads(
        "4",
        () -> new ParallelRunner((piece, worker) -> {
          assertThat(worker).isBetween(0, 3);
          runs[piece]++;
        }));
    runner.run(1000, true);
    runner.run(500, false);
    for (int piece = 0; piece < 1000; piece++) {
      assertThat(runs[piece]).isEqualTo(piece < 500 ? 2 : 1);
    }
  }

  @Test
  void aLimitHoldsForWhatTheThreadCalls() {
    withThreads("4", () -> {
      assertThat(Threads.available()).isEqualTo(4);
      Threads.limited(3, () -> {
        assertThat(Threads.available()).isEqualTo(3);
        Threads.limited(5, () -> assertThat(Threads.available()).isEqualTo(3));
        assertThatThrownBy(() -> Threads.limited(2, () -> {
              assertThat(Threads.available()).isEqualTo(2);
              throw new IllegalStateException("stop");
            }))
            .hasMessage("stop");
        assertThat(Threads.available()).isEqualTo(3);
      });
      assertThat(Threads.available()).isEqualTo(4);
      return null;
    });
    assertThatThrownBy(() -> Threads.limited(0, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads is 0, expected a number >= 1");
  }

  /** A run of many slow pieces, of which helpers would take some. */
  @Test
  void withALimitOfOneNobodyHelps() {
    Set<Integer> workers = ConcurrentHashMap.newKeySet();
    ParallelRunner runner = withThreads(
        "2",
        () -> new ParallelRunner((piece, worker) -> {
          workers.add(worker);
          LockSupport.parkNanos(100_000);
        }));
    Threads.limited(1, () -> runner.run(200, true));
    assertThat(workers).containsExactly(0);
    workers.clear();
    runner.run(200, true);
    assertThat(workers).containsExactlyInAnyOrder(0, 1);
  }

  /** An empty array has no memory at all. */
  @ParameterizedTest
  @MethodSource("defaults")
  void anEmptyArrayBesideOthersIsNoTrouble(OptimizerCase optimizer) {
    Optimizer any = optimizer.create().get().clipped(GradientClip.byGlobalNorm(1));
    INDArray value = Nd4j.ones(3);
    any.step(Parameters.of(
        Parameter.of("none", Nd4j.empty(DataType.FLOAT), Nd4j.empty(DataType.FLOAT)),
        Parameter.of("w", value, Nd4j.ones(3))));
    assertThat(value.getFloat(0)).isLessThan(1);
    for (String slot : optimizer.slots()) {
      assertThat(any.state().slot("none", slot).length())
          .isEqualTo(optimizer.isNumber(slot) ? 1 : 0);
    }
  }

  /** Makes something while the property asks for so many threads. */
  public static <T> T withThreads(String threads, Supplier<T> create) {
    String before = System.getProperty(ParallelRunner.PROPERTY);
    System.setProperty(ParallelRunner.PROPERTY, threads);
    try {
      return create.get();
    } finally {
      if (before == null) {
        System.clearProperty(ParallelRunner.PROPERTY);
      } else {
        System.setProperty(ParallelRunner.PROPERTY, before);
      }
    }
  }
}
