package io.github.descent4j.mnist.terminal;

import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;

/** A progress bar for each epoch on a terminal. It is wiped away when the epoch ends. */
public final class EpochBar implements TrainingListener {
  private final TerminalBar bar;

  /**
   * A bar on a terminal.
   *
   * @param terminal where to print the bar
   * @param width the terminal's width, 0 for no bar
   */
  public EpochBar(PrintStream terminal, int width) {
    bar = new TerminalBar(terminal, width);
  }

  @Override
  public void onStep(StepMetrics metrics) {
    bar.open("epoch " + metrics.epoch(), metrics.batches());
    bar.stepTo(metrics.batch());
    bar.message(String.format(Locale.ROOT, " loss %.4f", metrics.loss()));
  }

  /** Removes the bar from the terminal, also when the epoch did not come to its end. */
  public void close() {
    bar.close();
  }
}
