package io.github.descent4j.health;

import java.util.List;
import java.util.Locale;

/**
 * What a {@link GradientMonitor} has found: the last observation of every parameter, and where each
 * trouble began. Immutable; {@link #toString} is a table.
 *
 * <pre>{@code
 * GradientReport report = monitor.report();
 * if (!report.isHealthy()) {
 *   System.out.println(report);
 * }
 * }</pre>
 *
 * @param step the last observed step, 0 if there is none
 * @param parameters in the order of their first observation
 * @param onsets the first step of every verdict but healthy that a parameter ever had, in order of the
 *     steps and within one from the last parameter to the first, the way a gradient goes
 */
public record GradientReport(long step, List<ParameterHealth> parameters, List<Onset> onsets) {

  /**
   * The beginning of a trouble.
   *
   * @param step the first step that showed it
   * @param name the parameter's
   * @param verdict not healthy
   */
  public record Onset(long step, String name, GradientVerdict verdict) {}

  /** Takes copies. */
  public GradientReport {
    parameters = List.copyOf(parameters);
    onsets = List.copyOf(onsets);
  }

  /** Whether every parameter is healthy now; {@link #onsets} tells about earlier. */
  public boolean isHealthy() {
    return parameters.stream().allMatch(health -> health.verdict() == GradientVerdict.HEALTHY);
  }

  /** A line for each parameter, and one for where trouble began first. */
  @Override
  public String toString() {
    String title = "step " + step;
    int width = title.length();
    for (ParameterHealth health : parameters) {
      width = Math.max(width, health.name().length());
    }
    String line = "%-" + width + "s  %13s  %13s  %14s  %12s  %s%n";
    StringBuilder table = new StringBuilder();
    table.append(String.format(
        Locale.ROOT,
        line,
        title,
        "gradient norm",
        "gradient RMS",
        "parameter norm",
        "update ratio",
        "verdict"));
    for (ParameterHealth health : parameters) {
      table.append(String.format(
          Locale.ROOT,
          line,
          health.name(),
          number(health.gradientNorm()),
          number(health.gradientRms()),
          number(health.parameterNorm()),
          number(health.updateRatio()),
          verdict(health)));
    }
    if (!onsets.isEmpty()) {
      Onset first = onsets.get(0);
      table.append("began: ").append(first.verdict()).append(" at step ").append(first.step());
      table.append(" in ").append(first.name()).append(System.lineSeparator());
    }
    return table.toString();
  }

  private static String verdict(ParameterHealth health) {
    return health.verdict() == GradientVerdict.HEALTHY
        ? "healthy"
        : health.verdict() + " since step " + health.since();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2e", value);
  }
}
