package io.github.descent4j.mnist.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar in the last line of a terminal, or nothing where there is no room for one. */
public final class TerminalBar {
  private static final int UPDATE_MILLIS = 200;

  /** On a narrower terminal there is no room for a bar. */
  private static final int SMALLEST_WIDTH = 50;

  /** On a narrower terminal there is no room for a message. */
  private static final int SMALLEST_WIDTH_WITH_MESSAGE = 75;

  private final PrintStream terminal;
  private final int width;
  private ProgressBar bar;

  /**
   * No bar yet.
   *
   * @param terminal where to print the bar
   * @param width the terminal's width, 0 for no bar
   */
  public TerminalBar(PrintStream terminal, int width) {
    this.terminal = terminal;
    this.width = width;
  }

  /** Whether the terminal has room for a bar. */
  boolean hasRoom() {
    return width >= SMALLEST_WIDTH;
  }

  /** Shows a bar, unless one is there. */
  public void open(String task, long max) {
    if (bar != null || !hasRoom()) {
      return;
    }
    // The library's own console consumers ask JLine about the terminal, which takes over the
    // signals: Ctrl-C would then no longer end the step and save.
    bar = new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(max)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new DelegatingProgressBarConsumer(this::print, width - 1))
        .build();
  }

  void stepTo(long position) {
    if (bar != null) {
      bar.stepTo(position);
    }
  }

  /** One step more; any thread may call it. */
  public void step() {
    if (bar != null) {
      bar.step();
    }
  }

  void message(String message) {
    if (bar != null && width >= SMALLEST_WIDTH_WITH_MESSAGE) {
      bar.setExtraMessage(message);
    }
  }

  /** Prints something else on the same terminal, above the bar. */
  public synchronized void above(Runnable printing) {
    if (bar != null) {
      wipe();
    }
    printing.run();
  }

  /** Removes the bar from the terminal. */
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
      wipe();
    }
  }

  private void wipe() {
    print(" ".repeat(width - 1) + "\r");
  }

  private synchronized void print(String line) {
    terminal.print("\r" + line);
    terminal.flush();
  }
}
