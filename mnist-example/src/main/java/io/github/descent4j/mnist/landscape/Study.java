package io.github.descent4j.mnist.landscape;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All optimizers on one function, each with a good learning rate, a smaller and a larger one.
 *
 * <p>The good rate is searched among 1, 2 and 5 times the powers of ten from 1e-5 to 100: of those with which no step is
 * longer than a quarter of the domain's diagonal (on the saddle, where every leap leads down, a sixteenth), the one that
 * arrives after the fewest steps. If none arrives, it is the one with the lowest final value, of equal ones (within {@link
 * TestFunction#TOLERANCE}) that which comes to it first. Without the limit, one lucky leap into the minimum would win.
 */
public record Study(TestFunction function, int steps, List<Trial> trials) {
  private static final int LOWEST_EXPONENT = -5;
  private static final int HIGHEST_EXPONENT = 2;
  private static final double[] MANTISSAS = {1, 2, 5};
  private static final double LONGEST_STEP = 1.0 / 4;
  private static final double LONGEST_STEP_FROM_SADDLE = 1.0 / 16;

  private static final Comparator<Trajectory> BEST_FIRST = Comparator.comparingInt(
          (Trajectory trajectory) -> trajectory.arrival().orElse(Integer.MAX_VALUE))
      .thenComparingLong(trajectory -> Math.round(trajectory.finalValue() / TestFunction.TOLERANCE))
      .thenComparingInt(Trajectory::settling);

  /** Searches the rates and runs the trials: for each optimizer one of each pace. */
  public static Study of(TestFunction function, List<Entrant> entrants, int steps) {
    List<Trial> trials = new ArrayList<>();
    for (Entrant entrant : entrants) {
      double good = goodRate(function, entrant, steps);
      for (Pace pace : Pace.values()) {
        double rate = good * pace.factor();
        trials.add(new Trial(entrant.name(), pace, rate, run(function, entrant, rate, steps)));
      }
    }
    return new Study(function, steps, List.copyOf(trials));
  }

  /** The batch methods, and beside them the optimizers at their good rates, in this order. */
  public List<Descent> descents() {
    List<Descent> descents = new ArrayList<>();
    for (BatchMethod method : BatchMethod.values()) {
      descents.add(Descent.of(function, method, steps));
    }
    trials(Pace.GOOD).forEach(trial -> descents.add(Descent.of(trial)));
    return List.copyOf(descents);
  }

  /** The trials of one pace, in the order of the optimizers. */
  public List<Trial> trials(Pace pace) {
    return trials.stream().filter(trial -> trial.pace() == pace).toList();
  }

  /** The lowest rate of the search if all of them diverge or leap. */
  private static double goodRate(TestFunction function, Entrant entrant, int steps) {
    double longestStep = function.domain().diagonal()
        * (function.minima().isEmpty() ? LONGEST_STEP_FROM_SADDLE : LONGEST_STEP);
    double best = Double.NaN;
    Trajectory ofBest = null;
    for (double rate : rates()) {
      Trajectory trajectory = run(function, entrant, rate, steps);
      boolean steady = !trajectory.diverged() && trajectory.longestStep() <= longestStep;
      if (ofBest == null || (steady && BEST_FIRST.compare(trajectory, ofBest) < 0)) {
        best = rate;
        ofBest = trajectory;
      }
    }
    return best;
  }

  private static List<Double> rates() {
    List<Double> rates = new ArrayList<>();
    for (int exponent = LOWEST_EXPONENT; exponent <= HIGHEST_EXPONENT; exponent++) {
      for (double mantissa : MANTISSAS) {
        rates.add(mantissa * Math.pow(10, exponent));
      }
    }
    return rates;
  }

  private static Trajectory run(TestFunction function, Entrant entrant, double rate, int steps) {
    return Trajectory.of(function, entrant.withRate().apply(rate), steps);
  }
}
