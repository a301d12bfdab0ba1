package io.github.descent4j.benchmarks.spark;

import java.util.Locale;

/**
 * Speed-ups that a model predicts from measured parts, as a table.
 *
 * <pre>java -cp benchmarks/spark/target/spark.jar io.github.descent4j.benchmarks.spark.SpeedUp GFLOPS FIXED_MS DRIVER_GBYTES BATCH K</pre>
 *
 * <p>A net of N parameters in dense layers costs 6 N operations an example; an executor of one core has GFLOPS of them a second. A step of E executors takes
 *
 * <pre>
 * 6 N BATCH / E / GFLOPS                the arithmetic, in equal parts
 * + FIXED_MS                            a job of Spark: tasks, messages, waiting
 * + 4 N E / link + 2 * 4 N / link       gradients into the driver, parameters out of it (a broadcast hands blocks on)
 * + (4 N E + 28 N) / DRIVER_GBYTES      sums, and a step of Adam (reads 16 N bytes, writes 12 N), at the driver's memory bandwidth
 * </pre>
 *
 * <p>and one machine's {@code 6 N BATCH / GFLOPS + 28 N / DRIVER_GBYTES}. With K local steps all but the arithmetic, and a step of Adam on each executor, is paid once in K.
 */
public final class SpeedUp {
  private static final int[] EXECUTORS = {2, 4, 8, 16, 32, 64};

  private SpeedUp() {}

  /** The command. */
  public static void main(String[] args) {
    double flops = 1e9 * Double.parseDouble(args[0]);
    double fixed = 1e-3 * Double.parseDouble(args[1]);
    double memory = 1e9 * Double.parseDouble(args[2]);
    double batch = Double.parseDouble(args[3]);
    double k = Double.parseDouble(args[4]);
    System.out.println("| parameters | link | steps | 2 | 4 | 8 | 16 | 32 | 64 |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (double n : new double[] {1e5, 1e6, 1e7, 1e8}) {
      for (double gigabits : new double[] {1, 10}) {
        double link = gigabits * 1e9 / 8;
        for (boolean local : new boolean[] {false, true}) {
          StringBuilder row = new StringBuilder(String.format(
              Locale.ROOT, "| 10^%.0f | %.0f Gbit/s | %s |", Math.log10(n), gigabits,
              local ? String.format(Locale.ROOT, "%.0f local", k) : "synchronous"));
          for (int executors : EXECUTORS) {
            row.append(cell(n, link, executors, local ? k : 0, flops, fixed, memory, batch));
          }
          System.out.println(row);
        }
      }
    }
  }

  private static String cell(
      double n, double link, int e, double k, double flops, double fixed, double memory, double batch) {
    double arithmetic = 6 * n * batch / flops;
    double step = 28 * n / memory;
    double wire = 4 * n * e / link + 8 * n / link;
    double exchange = fixed + wire + 4 * n * e / memory + step;
    double time = k == 0 ? arithmetic / e + exchange : arithmetic / e + step + exchange / k;
    double speedUp = (arithmetic + step) / time;
    boolean bound = wire / Math.max(1, k) > time / 2;
    return String.format(Locale.ROOT, bound ? " %.2g (link) |" : " %.2g |", speedUp);
  }
}
