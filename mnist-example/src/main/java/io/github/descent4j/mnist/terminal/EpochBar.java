package io.github.descent4j.mnist.terminal;

import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A progress bar for each epoch on a terminal, with the time left for the whole run. It is wiped away when the epoch ends. */
public final class EpochBar implements TrainingListener {
  private final TerminalBar bar;
  private final TimeLeft timeLeft = new TimeLeft();
  private final int epochs;
  private final LongSupplier nanos;

  /**
   * A bar on a terminal.
   *
   * @param terminal where to print the bar
   * @param width the terminal's width, 0 for no bar
   * @param epochs of the run
   */
  public EpochBar(PrintStream terminal, int width, int epochs) {
    this(terminal, width, epochs, System::nanoTime);
  }

  /** The same with a clock of its own. */
  EpochBar(PrintStream terminal, int width, int epochs, LongSupplier nanos) {
    bar = new TerminalBar(terminal, width);
    this.epochs = epochs;
    this.nanos = nanos;
  }

  @Override
  public void onStep(StepMetrics metrics) {
    if (!bar.hasRoom()) {
      return;
    }
    bar.open("epoch " + metrics.epoch(), metrics.batches());
    bar.stepTo(metrics.batch());
    long remaining =
        (long) (epochs - metrics.epoch()) * metrics.batches() + metrics.batches() - metrics.batch();
    String left = timeLeft
        .after(metrics.step(), remaining, nanos.getAsLong())
        .map(time -> ", run " + time + " left")
        .orElse("");
    bar.message(String.format(Locale.ROOT, " loss %.4f%s", metrics.loss(), left));
  }

  /** Removes the bar from the terminal, also when the epoch did not come to its end. */
  public void close() {
    bar.close();
  }
}
