package io.github.descent4j.schedule;

import io.github.descent4j.internal.Check;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The one-cycle schedule: one rise to the maximum rate, then one fall far below where it began.
 *
 * <pre>
 * initial = maxRate / divFactor
 * final   = initial / finalDivFactor
 * peak    = pctStart totalSteps - 1
 * last    = totalSteps - 1
 *
 * t &lt; peak:          from initial to maxRate, p = t / peak
 * peak &lt;= t &lt; last:  from maxRate to final,   p = (t - peak) / (last - peak)
 * t &gt;= last:         final
 * </pre>
 *
 * <p>{@link Annealing} says how p becomes a rate. The peak need not be a whole step. The last of
 * {@code totalSteps} steps has the final rate, which is held past the end (PyTorch stops with an
 * error there). The length is {@code totalSteps}.
 *
 * <p>The numbers are PyTorch's {@code OneCycleLR} with {@code three_phase=False}. PyTorch also
 * cycles the momentum; a schedule here is about the rate alone.
 *
 * <p>Immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * Schedule schedule = Schedules.oneCycle(0.1, 10_000).pctStart(0.2).annealing(Annealing.LINEAR);
 * }</pre>
 *
 * <p>Source: Smith and Topin, Super-Convergence, 2018, section 3; the fall by cosine is of fastai.
 */
public final class OneCycle implements Schedule {

  private final double maxRate;
  private final long totalSteps;
  private final double pctStart;
  private final double divFactor;
  private final double finalDivFactor;
  private final Annealing annealing;

  OneCycle(double maxRate, long totalSteps) {
    this(maxRate, totalSteps, 0.3, 25, 1e4, Annealing.COSINE);
  }

  private OneCycle(
      double maxRate,
      long totalSteps,
      double pctStart,
      double divFactor,
      double finalDivFactor,
      Annealing annealing) {
    this.maxRate = Check.atLeastZero("maxRate", maxRate);
    this.totalSteps = Check.atLeastOne("totalSteps", totalSteps);
    this.pctStart =
        Check.require(pctStart >= 0 && pctStart < 1, "pctStart", pctStart, "a number in [0, 1)");
    this.divFactor = Check.atLeastOne("divFactor", divFactor);
    this.finalDivFactor = Check.atLeastOne("finalDivFactor", finalDivFactor);
    this.annealing =
        Objects.requireNonNull(annealing, "annealing is null, expected COSINE or LINEAR");
  }

  /**
   * Returns a copy with another share of steps for the rise.
   *
   * @param pctStart a fraction (not a percentage) in [0, 1), default 0.3
   * @return the copy
   * @throws IllegalArgumentException if {@code pctStart} is out of range
   */
  public OneCycle pctStart(double pctStart) {
    return new OneCycle(maxRate, totalSteps, pctStart, divFactor, finalDivFactor, annealing);
  }

  /**
   * Returns a copy with another initial rate, {@code maxRate / divFactor}.
   *
   * @param divFactor finite, at least 1, default 25
   * @return the copy
   * @throws IllegalArgumentException if {@code divFactor} is out of range
   */
  public OneCycle divFactor(double divFactor) {
    return new OneCycle(maxRate, totalSteps, pctStart, divFactor, finalDivFactor, annealing);
  }

  /**
   * Returns a copy with another final rate, {@code maxRate / divFactor / finalDivFactor}.
   *
   * @param finalDivFactor finite, at least 1, default 10000
   * @return the copy
   * @throws IllegalArgumentException if {@code finalDivFactor} is out of range
   */
  public OneCycle finalDivFactor(double finalDivFactor) {
    return new OneCycle(maxRate, totalSteps, pctStart, divFactor, finalDivFactor, annealing);
  }

  /**
   * Returns a copy with another shape of rise and fall.
   *
   * @param annealing the shape, default {@link Annealing#COSINE}
   * @return the copy
   * @throws NullPointerException if {@code annealing} is null
   */
  public OneCycle annealing(Annealing annealing) {
    return new OneCycle(maxRate, totalSteps, pctStart, divFactor, finalDivFactor, annealing);
  }

  @Override
  public double at(long step) {
    Check.step(step);
    double initialRate = maxRate / divFactor;
    double finalRate = initialRate / finalDivFactor;
    long last = totalSteps - 1;
    if (step >= last) {
      return finalRate;
    }
    double peak = pctStart * totalSteps - 1;
    if (step < peak) {
      return annealing.between(initialRate, maxRate, step / peak);
    }
    return annealing.between(maxRate, finalRate, (step - peak) / (last - peak));
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(totalSteps);
  }

  @Override
  public Optional<String> expression() {
    return Optional.of(toString());
  }

  @Override
  public String toString() {
    return "oneCycle(" + maxRate + ", " + totalSteps + ").pctStart(" + pctStart + ").divFactor("
        + divFactor + ").finalDivFactor(" + finalDivFactor + ").annealing(" + annealing + ")";
  }
}
