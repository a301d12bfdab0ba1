package io.github.descent4j.benchmarks.spark;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Speed-ups that a model predicts from measured parts. */
@Command(
    name = "speed-up",
    description = {
      "Speed-ups over one machine that a model predicts from measured parts, as a table of Markdown.",
      "A net of N parameters in dense layers costs 6 N operations an example; an executor of one core has GFLOPS of"
          + " them a second. A step of E executors takes",
      "",
      "  6 N BATCH / E / GFLOPS              the arithmetic, in equal parts",
      "  + FIXED                             a job of Spark: tasks, messages, waiting",
      "  + 4 N E / link + 2 * 4 N / link     gradients into the driver, parameters out of it (a broadcast hands blocks on)",
      "  + (4 N E + 28 N) / MEMORY           sums, and a step of Adam (reads 16 N bytes, writes 12 N), at the driver",
      "",
      "and one machine's 6 N BATCH / GFLOPS + 28 N / MEMORY. With K local steps all but the arithmetic, and a step of"
          + " Adam on each executor, is paid once in K. (link): the driver's link takes more than half of the time."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SpeedUp implements Callable<Integer> {
  private static final int[] EXECUTORS = {2, 4, 8, 16, 32, 64};

  @Option(
      names = "--gflops",
      defaultValue = "100",
      description = "10^9 operations a second. Default: ${DEFAULT-VALUE}.")
  private double gflops;

  @Option(names = "--fixed", required = true, description = "Milliseconds of a job.")
  private double fixed;

  @Option(
      names = "--memory",
      defaultValue = "10",
      description = "GB a second of the driver. Default: ${DEFAULT-VALUE}.")
  private double memory;

  @Option(
      names = "--batch-size",
      defaultValue = "4096",
      description = "Examples of a batch. Default: ${DEFAULT-VALUE}.")
  private double batch;

  @Option(
      names = "--local-steps",
      defaultValue = "20",
      description = "K. Default: ${DEFAULT-VALUE}.")
  private double k;

  @Override
  public Integer call() {
    System.out.println("| parameters | link | steps | 2 | 4 | 8 | 16 | 32 | 64 |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (double n : new double[] {1e5, 1e6, 1e7, 1e8}) {
      for (double gigabits : new double[] {1, 10}) {
        for (boolean local : new boolean[] {false, true}) {
          StringBuilder row = new StringBuilder(String.format(
              Locale.ROOT,
              "| 10^%.0f | %.0f Gbit/s | %s |",
              Math.log10(n),
              gigabits,
              local ? String.format(Locale.ROOT, "%.0f local", k) : "synchronous"));
          for (int executors : EXECUTORS) {
            row.append(cell(n, gigabits * 1e9 / 8, executors, local));
          }
          System.out.println(row);
        }
      }
    }
    return 0;
  }

  private String cell(double n, double link, int e, boolean local) {
    double arithmetic = 6 * n * batch / (1e9 * gflops);
    double step = 28 * n / (1e9 * memory);
    double wire = 4 * n * e / link + 8 * n / link;
    double exchange = fixed / 1e3 + wire + 4 * n * e / (1e9 * memory) + step;
    double time = local ? arithmetic / e + step + exchange / k : arithmetic / e + exchange;
    double speedUp = (arithmetic + step) / time;
    boolean bound = (local ? wire / k : wire) > time / 2;
    return String.format(Locale.ROOT, bound ? " %.2g (link) |" : " %.2g |", speedUp);
  }
}
