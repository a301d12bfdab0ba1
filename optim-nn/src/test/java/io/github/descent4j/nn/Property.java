package io.github.descent4j.nn;

import io.github.descent4j.Threads;
import java.util.function.Supplier;

/** The system property that sets the number of threads, while something is made and run. */
public final class Property {

  private Property() {}

  /** Calls something while the property asks for so many threads. */
  public static <T> T withThreads(int threads, Supplier<T> body) {
    String before = System.getProperty(Threads.PROPERTY);
    System.setProperty(Threads.PROPERTY, Integer.toString(threads));
    try {
      return body.get();
    } finally {
      if (before == null) {
        System.clearProperty(Threads.PROPERTY);
      } else {
        System.setProperty(Threads.PROPERTY, before);
      }
    }
  }
}
