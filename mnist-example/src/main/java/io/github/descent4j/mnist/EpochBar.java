package io.github.descent4j.mnist;

import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for each epoch on a terminal. It is wiped away when the epoch ends. */
final class EpochBar implements TrainingListener {
  private static final int UPDATE_MILLIS = 200;

  /** On a narrower terminal there is no room for a bar. */
  private static final int SMALLEST_WIDTH = 50;

  /** On a narrower terminal there is no room for the loss. */
  private static final int SMALLEST_WIDTH_WITH_LOSS = 75;

  private final PrintStream terminal;
  private final int width;
  private ProgressBar bar;

  /**
   * A bar on a terminal.
   *
   * @param terminal where to print the bar
   * @param width the terminal's width, 0 for no bar
   */
  EpochBar(PrintStream terminal, int width) {
    this.terminal = terminal;
    this.width = width;
  }

  @Override
  public void onStep(StepMetrics metrics) {
    if (width < SMALLEST_WIDTH) {
      return;
    }
    if (bar == null) {
      bar = open(metrics);
    }
    bar.stepTo(metrics.batch());
    if (width >= SMALLEST_WIDTH_WITH_LOSS) {
      bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", metrics.loss()));
    }
  }

  /** Removes the bar from the terminal, also when the epoch did not come to its end. */
  void close() {
    if (bar != null) {
      bar.close();
      bar = null;
      print(" ".repeat(width - 1) + "\r");
    }
  }

  private ProgressBar open(StepMetrics metrics) {
    // The library's own console consumers ask JLine about the terminal, which takes over the
    // signals: Ctrl-C would then no longer run the shutdown hooks.
    return new ProgressBarBuilder()
        .setTaskName("epoch " + metrics.epoch())
        .setInitialMax(metrics.batches())
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new DelegatingProgressBarConsumer(this::print, width - 1))
        .build();
  }

  private void print(String line) {
    terminal.print("\r" + line);
    terminal.flush();
  }
}
