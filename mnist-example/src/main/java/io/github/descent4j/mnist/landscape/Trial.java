package io.github.descent4j.mnist.landscape;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** One optimizer with one learning rate, and how it went. */
public record Trial(String optimizer, Pace pace, double rate, Trajectory trajectory) {

  /** The rate for people: 0.01 and not 0.010000000000000002. */
  public String rateText() {
    return rounded(rate, 3);
  }

  /** How it went: when it arrived, where it ended or that it diverged. */
  String outcome() {
    if (trajectory.diverged()) {
      return "diverged";
    }
    if (trajectory.arrival().isEmpty()) {
      return "ends at " + rounded(trajectory.finalValue(), 2);
    }
    int step = trajectory.arrival().getAsInt();
    return step + (step == 1 ? " step" : " steps");
  }

  /** A number for people, with no exponent where that would not be long. */
  public static String rounded(double value, int digits) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-5 && size < 1e6)
        ? rounded.toPlainString()
        : String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
  }
}
