package io.github.descent4j.mnist.terminal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;

/**
 * Ctrl-C, SIGTERM and SIGHUP, which a terminal sends that is closed, while training; under {@code nohup}, SIGHUP stays ignored. The first one asks for an end after the step under way, the second one ends the JVM at
 * once.
 */
public final class Interruption implements AutoCloseable {
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;
  private static final int HUNG_UP = 129;

  /** The exit status of the signal that came, 0 as long as none has. */
  private final AtomicInteger status = new AtomicInteger();

  private final Map<String, Object> replaced;

  /** Takes the signals over until {@link #close}. */
  public Interruption() {
    replaced = new LinkedHashMap<>();
    handle("INT", INTERRUPTED);
    handle("TERM", TERMINATED);
    handle("HUP", HUNG_UP);
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
    replaced.forEach(Signals::unregister);
  }

  private void handle(String signal, int exitCode) {
    Object before = Signals.register(signal, () -> {
      if (!status.compareAndSet(0, exitCode)) {
        Runtime.getRuntime().halt(exitCode);
      }
    });
    // Nothing where the system has no such signal.
    if (before != null) {
      replaced.put(signal, before);
    }
  }
}
