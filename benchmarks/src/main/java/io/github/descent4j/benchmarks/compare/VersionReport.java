package io.github.descent4j.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The measurements of two versions of the library as Markdown. */
final class VersionReport {
  private final Measurements measurements;
  private final StringBuilder text = new StringBuilder();

  VersionReport(Measurements measurements) {
    this.measurements = measurements;
  }

  /**
   * Writes the report.
   *
   * @param title its heading
   * @param facts where the figures came from, one line each
   */
  String write(String title, List<String> facts) {
    text.append("# ").append(title).append("\n\n");
    facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
    text.append(
            "\nTimes are medians over rounds. A ratio is the median of the rounds' ratios, in which the")
        .append(
            " two ran one after the other, with the lowest and the highest: above 1 this version is")
        .append(" faster.\n\n## One optimizer step, float32, microseconds\n\n")
        .append("| optimizer | parameters | before | now | before / now | lowest to highest |\n")
        .append("|---|---|---|---|---|---|\n");
    rows(false);
    text.append("\n## The first step of a process, milliseconds of CPU time\n\n")
        .append("| | | before | now | before / now | lowest to highest |\n")
        .append("|---|---|---|---|---|---|\n");
    rows(true);
    return text.toString();
  }

  private void rows(boolean firstSteps) {
    for (Measurements.Key key : measurements.rounds().keySet()) {
      if (key.implementation().equals(Plan.OURS)
          && firstSteps == key.work().equals(Plan.FIRST_STEP)) {
        row(key.work(), key.size());
      }
    }
  }

  private void row(String work, String size) {
    List<Double> before = measurements.rounds().get(new Measurements.Key(Plan.BEFORE, work, size));
    List<Double> now = measurements.rounds().get(new Measurements.Key(Plan.OURS, work, size));
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(before.size(), now.size()); round++) {
      ratios.add(before.get(round) / now.get(round));
    }
    ratios.sort(null);
    text.append("| ")
        .append(String.join(
            " | ",
            work,
            size,
            Report.time(measurements.median(Plan.BEFORE, work, size)),
            Report.time(measurements.median(Plan.OURS, work, size)),
            ratio(Measurements.median(ratios)),
            ratio(ratios.get(0)) + " to " + ratio(ratios.get(ratios.size() - 1))))
        .append(" |\n");
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, "%.2f", ratio);
  }
}
