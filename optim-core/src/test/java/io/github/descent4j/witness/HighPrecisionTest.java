package io.github.descent4j.witness;

import static io.github.descent4j.witness.RandomRules.allFinite;
import static io.github.descent4j.witness.RandomRules.elements;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RmsProp;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.rule.UpdateRule;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A second witness of the arithmetic: each step of float and of double arrays against the formula in fifty digits, from the same
 * parameter and slots, for random hyperparameters, options, decays and clips, and gradients at the ends of the range. What the
 * library gives has to be within twice what rounding may do to the operations of the formula.
 */
@Tag("slow")
class HighPrecisionTest {
  private static final int TRIALS = 24;
  private static final int STEPS = 8;
  private static final int ELEMENTS = 12;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sgd", "Momentum", "Nesterov", "AdaGrad", "RmsProp", "AdaDelta", "Adam", "AdamW", "AmsGrad",
        "Yogi", "RAdam", "NAdam", "AdaMax", "SignSgd", "Signum", "Lion", "Qhm", "QhAdam"
      })
  void stepsAreThoseOfTheFormula(String id) {
    Tally tally = new Tally();
    for (int trial = 0; trial < TRIALS; trial++) {
      long seed = 31L * id.hashCode() + trial;
      SplittableRandom random = new SplittableRandom(~seed);
      double bound = random.nextInt(3) == 0 ? Math.pow(10, random.nextDouble(-4, 3)) : 0;
      for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
        check(id, RandomRules.rule(id, seed), bound, type, random, tally);
      }
    }
    // Of the others nothing can be said: rounding decides a sign, or a quotient of next to nothing.
    assertThat((double) tally.known / tally.all).as(id).isGreaterThan(0.85);
  }

  /** How many results were compared. */
  private static final class Tally {
    private int all;
    private int known;
  }

  private static void check(
      String id,
      UpdateRule rule,
      double bound,
      DataType type,
      SplittableRandom random,
      Tally tally) {
    Bounded.Type exact = type == DataType.FLOAT ? Bounded.Type.FLOAT : Bounded.Type.DOUBLE;
    WeightDecay decay = rule.weightDecay();
    Optimizer optimizer = bound == 0 ? rule : rule.clipped(GradientClip.byValue(bound));
    INDArray value = RandomRules.values(type, ELEMENTS, random);
    INDArray gradient = Nd4j.create(type, ELEMENTS);
    Parameters parameters = Parameters.of(Parameter.of("p", value, gradient));
    // Slots exist from the first step on, and begin where a step of none would find them.
    Map<String, double[]> slots = new LinkedHashMap<>();
    for (int t = 1; t <= STEPS; t++) {
      gradient.assign(RandomRules.gradients(type, ELEMENTS, random));
      double[] before = elements(value);
      double[] gradients = elements(gradient);
      optimizer.step(parameters);
      Map<String, double[]> after = new LinkedHashMap<>();
      for (String slot : optimizer.state().slots("p")) {
        after.put(slot, elements(optimizer.state().slot("p", slot)));
      }
      if (t == 1) {
        after.keySet().forEach(slot -> slots.put(slot, initial(rule, slot)));
      }
      after.put("p", elements(value));
      for (int i = 0; i < ELEMENTS; i++) {
        Map<String, Bounded> known = new HashMap<>();
        for (Map.Entry<String, double[]> slot : slots.entrySet()) {
          known.put(
              slot.getKey(),
              t == 1
                  ? exact.number(new BigDecimal(slot.getValue()[i]))
                  : exact.of(slot.getValue()[i]));
        }
        Bounded g = exact.of(gradients[i]);
        if (bound != 0) {
          g = g.maximum(exact.number(new BigDecimal(-bound)))
              .minimum(exact.number(new BigDecimal(bound)));
        }
        Map<String, Bounded> expected = new Formulas(exact, rule.hyperparameters(), t, known)
            .step(
                id,
                exact.of(before[i]),
                g,
                decay.isDecoupled() ? 0 : decay.coefficient(),
                decay.isDecoupled() ? decay.coefficient() : 0);
        assertThat(expected.keySet()).isEqualTo(after.keySet());
        for (Map.Entry<String, Bounded> result : expected.entrySet()) {
          double actual = after.get(result.getKey())[i];
          tally.all++;
          if (result.getValue().isKnown()) {
            tally.known++;
            assertThat(result.getValue().admits(actual))
                .as(
                    "%s of %s as %s, step %d, gradient %s, p %s: %s, expected %s",
                    result.getKey(),
                    rule,
                    type,
                    t,
                    gradients[i],
                    before[i],
                    actual,
                    result.getValue())
                .isTrue();
          }
        }
      }
      after.remove("p");
      slots.putAll(after);
      if (!allFinite(elements(value))
          || !slots.values().stream().allMatch(RandomRules::allFinite)) {
        return; // Beyond the range, where the formula is as well.
      }
    }
  }

  private static double[] initial(UpdateRule rule, String slot) {
    String name = switch (slot) {
      case "s", "v" -> "initialAccumulator";
      case "m" -> "initialFirstMoment";
      default -> "";
    };
    double[] initial = new double[ELEMENTS];
    Arrays.fill(initial, ((Number) rule.hyperparameters().getOrDefault(name, 0)).doubleValue());
    return initial;
  }

  /** The witness itself: a wrong operation is not admitted, and the bound is a few units where nothing cancels. */
  @Test
  void theBoundIsAFewUnitsInTheLastPlace() {
    for (Bounded.Type type : Bounded.Type.values()) {
      double unit = type == Bounded.Type.FLOAT ? 0x1p-24 : 0x1p-53;
      Bounded sum = type.of(1).times(type.of(3)).plus(type.of(0.5)).over(type.of(7));
      assertThat(sum.admits(0.5)).isTrue();
      assertThat(sum.admits(0.5 * (1 + 2 * unit))).isTrue();
      assertThat(sum.admits(0.5 * (1 + 16 * unit))).isFalse();
      assertThat(sum.admits(Double.NaN)).isFalse();
      assertThat(type.of(2).root().admits(Math.sqrt(2))).isTrue();
      assertThat(type.of(2).root().admits(Math.sqrt(2) * (1 + 8 * unit))).isFalse();
      assertThat(type.of(1).over(type.of(0)).isKnown()).isFalse();
      assertThat(type.of(1).minus(type.of(3).over(type.of(3))).sign().isKnown()).isFalse();
    }
  }

  /** Of a constant gradient the variance is 0, and negative by rounding without the maximum: then the root is NaN. */
  @Test
  void theVarianceOfACenteredRmsPropIsNeverNegative() {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      Optimizer optimizer =
          RmsProp.builder().centered(true).rho(0.37).epsilon(1e-30).build();
      SplittableRandom random = new SplittableRandom(5);
      INDArray gradient = Nd4j.create(type, 1000);
      for (int i = 0; i < 1000; i++) {
        gradient.putScalar(i, random.nextDouble(0.5, 2));
      }
      INDArray value = Nd4j.zeros(type, 1000);
      Parameters parameters = Parameters.of(Parameter.of("p", value, gradient));
      for (int t = 0; t < 60; t++) {
        optimizer.step(parameters);
        assertThat(allFinite(elements(value)))
            .as("%s after step %d", type, t + 1)
            .isTrue();
      }
      // The clamp has been at work: where it was, the root is that of epsilon alone.
      double[] s = elements(optimizer.state().slot("p", "s"));
      double[] m = elements(optimizer.state().slot("p", "m"));
      int below = 0;
      for (int i = 0; i < 1000; i++) {
        double square = type == DataType.FLOAT ? (float) m[i] * (float) m[i] : m[i] * m[i];
        below += s[i] - square < 0 ? 1 : 0;
      }
      assertThat(below).isPositive();
    }
  }
}
