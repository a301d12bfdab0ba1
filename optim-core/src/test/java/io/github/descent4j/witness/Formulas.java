package io.github.descent4j.witness;

import static io.github.descent4j.witness.Bounded.DIGITS;

import io.github.descent4j.RAdam;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/** The formulas of docs/formulas.md, line by line, for one element and one step. */
final class Formulas {
  private static final BigDecimal ONE = BigDecimal.ONE;
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  private final Bounded.Type type;
  private final Map<String, Object> hyperparameters;
  private final int t;
  private final BigDecimal lr;

  /** What the slots are before the step. */
  private final Map<String, Bounded> before;

  /** What they become, and the parameter under the name p. */
  private final Map<String, Bounded> after = new HashMap<>();

  private Bounded p;
  private Bounded g;

  Formulas(
      Bounded.Type type, Map<String, Object> hyperparameters, int t, Map<String, Bounded> before) {
    this.type = type;
    this.hyperparameters = hyperparameters;
    this.t = t;
    this.before = before;
    // AdaGrad alone changes the rate that it is given, for the decoupled decay as well.
    BigDecimal decay = hyperparameters.containsKey("learningRateDecay")
        ? exact("learningRateDecay").multiply(BigDecimal.valueOf(t - 1L)).add(ONE)
        : ONE;
    lr = exact("learningRate").divide(decay, DIGITS);
  }

  /**
   * A step.
   *
   * @param coupled coefficient of coupled decay, 0 for none
   * @param decoupled likewise
   */
  Map<String, Bounded> step(
      String rule, Bounded value, Bounded gradient, double coupled, double decoupled) {
    p = value;
    g = gradient;
    if (coupled != 0) {
      g = g.plus(type.number(new BigDecimal(coupled)).times(p));
    }
    if (decoupled != 0) {
      p = p.minus(number(lr.multiply(new BigDecimal(decoupled))).times(p));
    }
    switch (rule) {
      case "Sgd" -> move(number(lr).times(g));
      case "Momentum" -> momentum();
      case "Nesterov" -> nesterov();
      case "AdaGrad" -> adaGrad();
      case "RmsProp" -> rmsProp();
      case "AdaDelta" -> adaDelta();
      case "Adam", "AdamW" -> adam(mixSquare("v"));
      case "AmsGrad" -> adam(set("vMax", slot("vMax").maximum(mixSquare("v"))));
      case "Yogi" -> {
        Bounded square = g.squared();
        Bounded change =
            number(complement("beta2")).times(slot("v").minus(square).sign().times(square));
        adam(set("v", slot("v").minus(change)));
      }
      case "RAdam" -> rAdam();
      case "NAdam" -> nAdam();
      case "AdaMax" -> adaMax();
      case "SignSgd" -> move(number(lr).times(g.sign()));
      case "Signum" -> move(number(lr).times(mix("m", "momentum", g).sign()));
      case "Lion" -> {
        Bounded direction = blend(slot("m"), "beta1", g).sign();
        mix("m", "beta2", g);
        move(number(lr).times(direction));
      }
      case "Qhm" -> move(number(lr).times(blend(mix("m", "momentum", g), "nu", g)));
      case "QhAdam" -> qhAdam();
      default -> throw new IllegalArgumentException(rule);
    }
    return after;
  }

  private void momentum() {
    BigDecimal gain = t == 1 ? ONE : complement("dampening");
    boolean inside = option("rateInsideVelocity");
    Bounded part = number(inside ? lr.multiply(gain) : gain).times(g);
    Bounded v = set("v", number("momentum").times(slot("v")).plus(part));
    move(inside ? v : number(lr).times(v));
  }

  private void nesterov() {
    boolean inside = option("rateInsideVelocity");
    Bounded part = inside ? number(lr).times(g) : g;
    Bounded v = set("v", number("momentum").times(slot("v")).plus(part));
    Bounded ahead = part.plus(number("momentum").times(v));
    move(inside ? ahead : number(lr).times(ahead));
  }

  private void adaGrad() {
    Bounded s = set("s", slot("s").plus(g.squared()));
    move(number(lr).times(g.over(rootWithEpsilon(s, option("epsilonInsideRoot")))));
  }

  private void rmsProp() {
    Bounded s = mix("s", "rho", g.squared());
    if (option("centered")) {
      s = s.minus(mix("m", "rho", g).squared()).maximum(type.of(0));
    }
    Bounded d = g.over(rootWithEpsilon(s, option("epsilonInsideRoot")));
    if (exact("momentum").signum() == 0) {
      move(number(lr).times(d));
      return;
    }
    boolean inside = option("rateInsideMomentum");
    Bounded part = inside ? number(lr).times(d) : d;
    Bounded b = set("b", number("momentum").times(slot("b")).plus(part));
    move(inside ? b : number(lr).times(b));
  }

  private void adaDelta() {
    Bounded s = mix("s", "rho", g.squared());
    Bounded d =
        slot("x").plus(number("epsilon")).over(s.plus(number("epsilon"))).root().times(g);
    move(number(lr).times(d));
    mix("x", "rho", d.squared());
  }

  /** What Adam does with its second moment, and others with theirs. */
  private void adam(Bounded square) {
    Bounded m = mix("m", "beta1", g);
    boolean corrected = !hyperparameters.containsKey("biasCorrection") || option("biasCorrection");
    BigDecimal c1 = corrected ? correction("beta1") : ONE;
    BigDecimal root2 = corrected ? correction("beta2").sqrt(DIGITS) : ONE;
    boolean hat = hyperparameters.containsKey("epsilonHat") && option("epsilonHat");
    if (hat) {
      Bounded direction = m.over(square.root().plus(number("epsilon")));
      move(number(lr.divide(c1, DIGITS).multiply(root2)).times(direction));
    } else {
      Bounded root = square.root();
      Bounded scaled = corrected ? root.times(number(ONE.divide(root2, DIGITS))) : root;
      move(number(lr.divide(c1, DIGITS)).times(m.over(scaled.plus(number("epsilon")))));
    }
  }

  private void rAdam() {
    Bounded m = mix("m", "beta1", g);
    Bounded root = mixSquare("v").root();
    BigDecimal c1 = correction("beta1");
    BigDecimal c2 = correction("beta2");
    BigDecimal limit = TWO.divide(complement("beta2"), DIGITS).subtract(ONE);
    BigDecimal power = exact("beta2").pow(t, DIGITS);
    BigDecimal rho =
        limit.subtract(TWO.multiply(BigDecimal.valueOf(t)).multiply(power).divide(c2, DIGITS));
    if (rho.compareTo(exact("rectificationThreshold")) > 0) {
      BigDecimal four = BigDecimal.valueOf(4);
      BigDecimal r = rho.subtract(four)
          .multiply(rho.subtract(TWO))
          .multiply(limit)
          .divide(limit.subtract(four).multiply(limit.subtract(TWO)).multiply(rho), DIGITS)
          .sqrt(DIGITS);
      BigDecimal rate = lr.multiply(r).divide(c1, DIGITS);
      BigDecimal root2 = c2.sqrt(DIGITS);
      if (option("epsilonOnCorrectedRoot")) {
        Bounded scaled = root.times(number(ONE.divide(root2, DIGITS)));
        move(type.number(rate, 1 << 16).times(m.over(scaled.plus(number("epsilon")))));
      } else {
        move(
            type.number(rate.multiply(root2), 1 << 16).times(m.over(root.plus(number("epsilon")))));
      }
    } else if (hyperparameters.get("belowThreshold") == RAdam.BelowThreshold.NO_STEP) {
      after.put("p", p);
    } else {
      move(number(lr.divide(c1, DIGITS)).times(m));
    }
  }

  private void nAdam() {
    BigDecimal product = ONE;
    for (int i = 1; i <= t; i++) {
      product = product.multiply(momentumFactor(i), DIGITS);
    }
    BigDecimal now = momentumFactor(t);
    BigDecimal next = momentumFactor(t + 1);
    BigDecimal ofGradient = lr.multiply(ONE.subtract(now)).divide(ONE.subtract(product), DIGITS);
    BigDecimal ofMomentum = lr.multiply(next).divide(ONE.subtract(product.multiply(next)), DIGITS);
    Bounded m = mix("m", "beta1", g);
    Bounded root =
        mixSquare("v").root().times(number(ONE.divide(correction("beta2").sqrt(DIGITS), DIGITS)));
    Bounded direction = type.number(ofGradient, 1 << 14)
        .times(g)
        .plus(type.number(ofMomentum, 1 << 14).times(m));
    move(direction.over(root.plus(number("epsilon"))));
  }

  /** {@code beta1 (1 - 0.96^(i momentumDecay) / 2)}. */
  private BigDecimal momentumFactor(int i) {
    BigDecimal exponent = exact("momentumDecay").multiply(BigDecimal.valueOf(i));
    BigDecimal power = exp(exponent.multiply(logarithm(new BigDecimal("0.04")), DIGITS));
    return exact("beta1").multiply(ONE.subtract(power.divide(TWO, DIGITS)));
  }

  /** {@code log(1 - x)} for a small x. */
  private static BigDecimal logarithm(BigDecimal x) {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal power = ONE;
    for (int k = 1; k <= 60; k++) {
      power = power.multiply(x, DIGITS);
      sum = sum.subtract(power.divide(BigDecimal.valueOf(k), DIGITS));
    }
    return sum;
  }

  /** {@code e^x} for an x of at most 0 and some tens in size: Taylor's series of a part that is doubled ten times. */
  private static BigDecimal exp(BigDecimal x) {
    BigDecimal part = x.divide(BigDecimal.valueOf(1024), DIGITS);
    BigDecimal sum = ONE;
    BigDecimal term = ONE;
    for (int k = 1; k <= 40; k++) {
      term = term.multiply(part, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
      sum = sum.add(term);
    }
    return sum.pow(1024, DIGITS);
  }

  private void adaMax() {
    Bounded m = mix("m", "beta1", g);
    boolean inside = option("epsilonInsideMaximum");
    Bounded size = inside ? g.absolute().plus(number("epsilon")) : g.absolute();
    Bounded u = set("u", number("beta2").times(slot("u")).maximum(size));
    Bounded below = inside ? u : u.plus(number("epsilon"));
    move(number(lr.divide(correction("beta1"), DIGITS)).times(m.over(below)));
  }

  private void qhAdam() {
    Bounded mean = mix("m", "beta1", g)
        .times(number(exact("nu1").divide(correction("beta1"), DIGITS)))
        .plus(number(complement("nu1")).times(g));
    Bounded squares = mixSquare("v")
        .times(number(exact("nu2").divide(correction("beta2"), DIGITS)))
        .plus(number(complement("nu2")).times(g.squared()));
    move(number(lr).times(mean.over(squares.root().plus(number("epsilon")))));
  }

  private Bounded rootWithEpsilon(Bounded s, boolean inside) {
    return inside ? s.plus(number("epsilon")).root() : s.root().plus(number("epsilon"));
  }

  private void move(Bounded change) {
    after.put("p", p.minus(change));
  }

  private Bounded mixSquare(String slot) {
    return mix(slot, "beta2", g.squared());
  }

  private Bounded mix(String slot, String factor, Bounded with) {
    return set(slot, blend(slot(slot), factor, with));
  }

  private Bounded blend(Bounded a, String factor, Bounded with) {
    return number(factor).times(a).plus(type.number(complement(factor)).times(with));
  }

  private Bounded slot(String name) {
    return before.get(name);
  }

  private Bounded set(String name, Bounded value) {
    after.put(name, value);
    return value;
  }

  /** A number that has {@code 1 - beta^t} in it, of which BiasCorrection promises an error of 2e-13. */
  private Bounded number(BigDecimal exact) {
    return type.number(exact, 1 << 11);
  }

  private Bounded number(String hyperparameter) {
    return type.number(exact(hyperparameter));
  }

  private BigDecimal exact(String hyperparameter) {
    return new BigDecimal(((Number) hyperparameters.get(hyperparameter)).doubleValue());
  }

  private BigDecimal complement(String hyperparameter) {
    return ONE.subtract(exact(hyperparameter));
  }

  /** {@code 1 - beta^t}. */
  private BigDecimal correction(String beta) {
    return ONE.subtract(exact(beta).pow(t, DIGITS));
  }

  private boolean option(String name) {
    return (Boolean) hyperparameters.get(name);
  }
}
