package io.github.descent4j.mnist.terminal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM while training. The first one asks for an end after the step under way, the second one ends the JVM at
 * once.
 */
public final class Interruption implements AutoCloseable {
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  /** The exit status of the signal that came, 0 as long as none has. */
  private final AtomicInteger status = new AtomicInteger();

  private final List<Object> replaced;

  /** Takes the two signals over until {@link #close}. */
  public Interruption() {
    replaced = List.of(handle("INT", INTERRUPTED), handle("TERM", TERMINATED));
  }

  public boolean requested() {
    return status.get() != 0;
  }

  /** The exit status that tells of the signal, by the shells' convention. */
  public int exitCode() {
    return status.get();
  }

  @Override
  public void close() {
    Signals.unregister("INT", replaced.get(0));
    Signals.unregister("TERM", replaced.get(1));
  }

  private Object handle(String signal, int exitCode) {
    return Signals.register(signal, () -> {
      if (!status.compareAndSet(0, exitCode)) {
        Runtime.getRuntime().halt(exitCode);
      }
    });
  }
}
