package io.github.descent4j;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/**
 * What a process holds after garbage has been collected.
 *
 * @param heap bytes in use
 * @param offHeap bytes of ND4J's arrays
 * @param resident bytes of the whole process that are in memory
 * @param classes loaded and not unloaded
 * @param threads alive
 */
record Memory(long heap, long offHeap, long resident, long classes, int threads) {
  private static final long MEBIBYTE = 1 << 20;

  /** How much more may be in use at the end than after a tenth: less than a byte for each step or optimizer. */
  private static final long HEAP_BOUND = 4 * MEBIBYTE;

  private static final long OFF_HEAP_BOUND = MEBIBYTE;
  private static final long RESIDENT_BOUND = 100 * MEBIBYTE;
  private static final long CLASSES_BOUND = 50;
  private static final int THREADS_BOUND = 4;

  /** Pointers that nobody reaches are released by a thread, some time after the collector has found them. */
  private static final int COLLECTIONS = 10;

  /** Collects until what is in use falls no further. */
  static Memory now() throws InterruptedException {
    Memory least = collected();
    for (int i = 0; i < COLLECTIONS; i++) {
      Memory next = collected();
      boolean falling = next.heap < least.heap - MEBIBYTE / 8 || next.offHeap < least.offHeap;
      least = next;
      if (!falling && i > 0) {
        break;
      }
    }
    return least;
  }

  private static Memory collected() throws InterruptedException {
    System.gc();
    Thread.sleep(200);
    Runtime runtime = Runtime.getRuntime();
    return new Memory(
        runtime.totalMemory() - runtime.freeMemory(),
        Pointer.totalBytes(),
        Pointer.physicalBytes(),
        ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** Whether it has not grown, beyond what compiled code and caches take. */
  boolean isFlatSince(Memory before) {
    return heap - before.heap < HEAP_BOUND
        && offHeap - before.offHeap < OFF_HEAP_BOUND
        && resident - before.resident < RESIDENT_BOUND
        && classes - before.classes < CLASSES_BOUND
        && threads - before.threads < THREADS_BOUND;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %.2f MiB, off-heap arrays %.3f MiB, resident %.0f MiB, %d classes, %d threads",
        (double) heap / MEBIBYTE,
        (double) offHeap / MEBIBYTE,
        (double) resident / MEBIBYTE,
        classes,
        threads);
  }
}
