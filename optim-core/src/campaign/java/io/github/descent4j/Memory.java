package io.github.descent4j;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.deallocation.DeallocatorService;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a process holds after garbage has been collected.
 *
 * @param heap bytes in use
 * @param buffers of ND4J's arrays, two each, that have not been released
 * @param resident bytes of the whole process that are in memory
 * @param classes loaded and not unloaded
 * @param threads alive
 */
record Memory(long heap, long buffers, long resident, long classes, int threads) {
  private static final long MEBIBYTE = 1 << 20;

  /** How much more may be in use at the end than after a tenth: less than a byte for each step or optimizer. */
  private static final long HEAP_BOUND = 4 * MEBIBYTE;

  private static final long BUFFERS_BOUND = 1000;
  private static final long RESIDENT_BOUND = 100 * MEBIBYTE;
  private static final long CLASSES_BOUND = 50;
  private static final int THREADS_BOUND = 4;

  /** Buffers that nobody reaches are released by a thread, some time after the collector has found them. */
  private static final int COLLECTIONS = 10;

  /** Collects until what is in use falls no further. */
  static Memory now() throws InterruptedException {
    Memory least = collected();
    for (int i = 0; i < COLLECTIONS; i++) {
      Memory next = collected();
      boolean falling = next.heap < least.heap - MEBIBYTE / 8 || next.buffers < least.buffers;
      least = next;
      if (!falling && i > 0) {
        break;
      }
    }
    return least;
  }

  private static Memory collected() throws InterruptedException {
    System.gc();
    Thread.sleep(500);
    Runtime runtime = Runtime.getRuntime();
    return new Memory(
        runtime.totalMemory() - runtime.freeMemory(),
        liveBuffers(),
        Pointer.physicalBytes(),
        ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** JavaCPP does not count ND4J's arrays: its service knows each buffer. */
  private static long liveBuffers() {
    try {
      Field references = DeallocatorService.class.getDeclaredField("referenceMap");
      references.setAccessible(true);
      return ((Map<?, ?>) references.get(Nd4j.getDeallocatorService())).size();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.toString(), e);
    }
  }

  /** Whether it has not grown, beyond what compiled code and caches take. */
  boolean isFlatSince(Memory before) {
    return heap - before.heap < HEAP_BOUND
        && buffers - before.buffers < BUFFERS_BOUND
        && resident - before.resident < RESIDENT_BOUND
        && classes - before.classes < CLASSES_BOUND
        && threads - before.threads < THREADS_BOUND;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %.2f MiB, %d buffers, resident %.0f MiB, %d classes, %d threads",
        (double) heap / MEBIBYTE,
        buffers,
        (double) resident / MEBIBYTE,
        classes,
        threads);
  }
}
