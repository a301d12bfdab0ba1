package io.github.descent4j;

import io.github.descent4j.internal.Rules;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.rule.UpdateRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The cases that every property test sweeps. Those with the defaults follow from the library's table of rules, {@link
 * Rules}: the slots are those of the rule's Javadoc, and a rule that no row here decays has a case with decoupled weight
 * decay. A row here is needed for options alone. Rprop's IRPROP_PLUS has none, as its steps have to be told a loss: {@link RpropTest} and the golden
 * files have it.
 *
 * @param name shown by JUnit; the rule's id, and what differs
 * @param slots the names of its slots, in order
 * @param create makes one with its default learning rate
 * @param withLearningRate makes one with another
 * @param withWeightDecay makes one that decays weights
 */
public record OptimizerCase(
    String name,
    Set<String> slots,
    Supplier<Optimizer> create,
    Function<Double, Optimizer> withLearningRate,
    Function<WeightDecay, Optimizer> withWeightDecay) {

  private static final Pattern SLOTS =
      Pattern.compile("<p><b>Slots\\.</b>(.*?)(?:Memory|no memory)", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("\\{@code (\\w+)}");

  /** Rules that decay weights by default. */
  private static final Set<String> DECAYING = Set.of("AdamW", "Asgd");

  private static final List<OptimizerCase> RULES =
      Rules.all().stream().map(OptimizerCase::ofDefaults).toList();

  /** With every default: the rules that take parameters of any shape. */
  public static List<OptimizerCase> defaults() {
    return ofAnyShape(RULES);
  }

  /** With every default, the rules for matrices alone among them. */
  public static List<OptimizerCase> defaultsOnMatrices() {
    return RULES;
  }

  /** The options of each, without weight decay. */
  private static List<OptimizerCase> options() {
    return List.of(
        of("Momentum dampened", () -> Momentum.builder().momentum(0.8).dampening(0.3)),
        of(
            "Momentum rate inside",
            () -> Momentum.builder().dampening(0.3).rateInsideVelocity(true)),
        of("Nesterov rate inside", () -> Nesterov.builder().rateInsideVelocity(true)),
        of(
            "AdaGrad outside",
            () -> AdaGrad.builder()
                .epsilonInsideRoot(false)
                .initialAccumulator(0.1)
                .learningRateDecay(0.01)),
        of("RmsProp outside", () -> RmsProp.builder().epsilonInsideRoot(false)),
        of("RmsProp momentum", List.of("s", "b"), () -> RmsProp.builder().momentum(0.9)),
        of("RmsProp centered", List.of("s", "m"), () -> RmsProp.builder().centered(true)),
        of(
            "RmsProp centered momentum",
            List.of("s", "m", "b"),
            () -> RmsProp.builder().centered(true).momentum(0.9)),
        of(
            "RmsProp momentum rate inside",
            List.of("s", "b"),
            () -> RmsProp.builder().momentum(0.9).rateInsideMomentum(true)),
        of(
            "RmsProp centered momentum rate inside",
            List.of("s", "m", "b"),
            () -> RmsProp.builder().centered(true).momentum(0.9).rateInsideMomentum(true)),
        of("Adam epsilon hat", () -> Adam.builder().epsilonHat(true)),
        of("AdamW without decay", () -> AdamW.builder().weightDecay(WeightDecay.none())),
        of("AdamW epsilon hat", () -> AdamW.builder().epsilonHat(true).weightDecay(0)),
        of("AmsGrad epsilon hat", () -> AmsGrad.builder().beta2(0.9).epsilonHat(true)),
        of("AmsGrad uncorrected", () -> AmsGrad.builder().beta2(0.9).biasCorrection(false)),
        of("Yogi uncorrected", () -> Yogi.builder().biasCorrection(false)),
        of("RAdam corrected root", () -> RAdam.builder().beta2(0.9).epsilonOnCorrectedRoot(true)),
        of("RAdam paper", () -> RAdam.builder().rectificationThreshold(4)),
        of(
            "RAdam no step",
            () -> RAdam.builder().beta2(0.9).belowThreshold(RAdam.BelowThreshold.NO_STEP)),
        of("NAdam constant momentum", () -> NAdam.builder().momentumDecay(1e6)),
        of("AdaMax inside", () -> AdaMax.builder().epsilonInsideMaximum(true)),
        of("AdaBelief rectified", () -> AdaBelief.builder().beta2(0.9).rectified(true)),
        of("Lamb uncorrected", () -> Lamb.builder().biasCorrection(false).trustClip(true)),
        of("Lars rate outside", () -> Lars.builder().rateInsideVelocity(false).epsilon(1e-8)),
        of("Lars nesterov", () -> Lars.builder().nesterov(true).normOfSum(true)),
        of(
            "Prodigy corrected",
            () -> Prodigy.builder().biasCorrection(true).safeguardWarmup(true).growthRate(2)),
        of(
            "DAdaptAdam corrected",
            () -> DAdaptAdam.builder().biasCorrection(true).growthRate(2)),
        of("DAdaptSgd momentum", () -> DAdaptSgd.builder().momentum(0.9).growthRate(2)),
        of(
            "Adafactor unfactored",
            List.of("v"),
            () -> Adafactor.builder().factored(false).epsilonAsFloor(true)),
        of(
            "Adafactor first moment",
            List.of("rowMeans", "columnMeans", "m"),
            () -> Adafactor.builder().beta1(0.9)),
        of(
            "Adafactor given rate",
            () -> Adafactor.builder().relativeStep(false).scaleByParameter(false)),
        of(
            "Muon without nesterov",
            () -> Muon.builder().nesterov(false).scaling(Muon.Scaling.MATCH_RMS)),
        of("Asgd without decay", () -> Asgd.builder().lambda(0).t0(2)),
        of("Rprop minus", () -> Rprop.builder().variant(Rprop.Variant.RPROP_MINUS)),
        of(
            "Rprop plus",
            List.of("size", "previous", "change"),
            () -> Rprop.builder().variant(Rprop.Variant.RPROP_PLUS)),
        of("Ftrl accumulator", () -> Ftrl.builder().beta(0).initialAccumulator(0.25)),
        of("NovoGrad averaging", () -> NovoGrad.builder().gradientAveraging(true)));
  }

  /** Defaults and options that do not decay weights: a zero gradient moves nothing. */
  public static List<OptimizerCase> withoutDecay() {
    return ofAnyShape(withoutDecayOnMatrices());
  }

  /** The same, the rules for matrices alone among them. */
  public static List<OptimizerCase> withoutDecayOnMatrices() {
    return concat(RULES, options()).stream()
        .filter(optimizer -> !DECAYING.contains(optimizer.name()))
        .toList();
  }

  /** Everything, both weight decays included, but for the rules for matrices alone. */
  public static List<OptimizerCase> all() {
    return ofAnyShape(allOnMatrices());
  }

  /** Those of {@link #all} whose elements do not depend on each other. */
  public static List<OptimizerCase> elementwise() {
    return all().stream().filter(OptimizerCase::isElementwise).toList();
  }

  /** Everything, for tests whose parameters are matrices. */
  public static List<OptimizerCase> allOnMatrices() {
    List<OptimizerCase> decayed = decayed();
    List<OptimizerCase> derived = new ArrayList<>();
    for (Rules.Rule<?> rule : Rules.all()) {
      if (!rule.id().equals("AdamW") && decayed.stream().noneMatch(row -> row.isOf(rule.id()))) {
        derived.add(decoupled(rule));
      }
    }
    return concat(concat(RULES, options()), concat(decayed, derived));
  }

  private static List<OptimizerCase> decayed() {
    return List.of(
        of("Sgd coupled", () -> Sgd.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("Momentum decoupled", () -> Momentum.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Nesterov coupled", () -> Nesterov.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("AdaGrad decoupled", () -> AdaGrad.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("RmsProp coupled", () -> RmsProp.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("AdaDelta decoupled", () -> AdaDelta.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Adam coupled", () -> Adam.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("Adam decoupled", () -> Adam.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("AmsGrad coupled", () -> AmsGrad.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("Yogi coupled", () -> Yogi.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("RAdam decoupled", () -> RAdam.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("NAdam coupled", () -> NAdam.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("AdaMax decoupled", () -> AdaMax.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Adan proximal", () -> Adan.builder().proximalWeightDecay(0.1)),
        of("Adan decoupled", () -> Adan.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Lamb decay in update", () -> Lamb.builder().decayInUpdate(0.1)),
        of("Lamb decoupled", () -> Lamb.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of(
            "Ftrl penalties coupled",
            () -> Ftrl.builder().lambda1(0.01).lambda2(0.1).weightDecay(WeightDecay.coupled(0.1))),
        of("NovoGrad decay in update", () -> NovoGrad.builder().decayInUpdate(0.1)),
        of("NovoGrad decoupled", () -> NovoGrad.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Prodigy decay in update", () -> Prodigy.builder().decayInUpdate(0.1)),
        of("Prodigy decoupled", () -> Prodigy.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("DAdaptAdam decay in update", () -> DAdaptAdam.builder().decayInUpdate(0.1)),
        of("DAdaptSgd coupled", () -> DAdaptSgd.builder().weightDecay(WeightDecay.coupled(0.1))),
        of("Adafactor decay in update", () -> Adafactor.builder().decayInUpdate(0.1)),
        of(
            "Adafactor decoupled",
            () -> Adafactor.builder().weightDecay(WeightDecay.decoupled(0.1))),
        of("Lars decay in update", () -> Lars.builder().decayInUpdate(0.1)),
        of("Lars norm of sum", () -> Lars.builder().normOfSum(true).decayInUpdate(0.1)),
        of("Lars decoupled", () -> Lars.builder().weightDecay(WeightDecay.decoupled(0.1))));
  }

  private static List<OptimizerCase> ofAnyShape(List<OptimizerCase> cases) {
    // Adafactor takes any, but has other slots for a matrix than for a vector.
    return cases.stream()
        .filter(optimizer -> optimizer.takes(2) && !optimizer.isOf("Adafactor"))
        .toList();
  }

  /** Whether its rule is the one of an id. */
  public boolean isOf(String id) {
    return ruleOf(name).equals(id);
  }

  /** Whether an element depends on no other. */
  public boolean isElementwise() {
    return UpdateRuleAccess.ACCESS.isElementwise((UpdateRule) create.get());
  }

  /** Whether networks of DL4J and SameDiff take it: an updater is not given the parameter. */
  public boolean isUpdater() {
    return isElementwise() && !UpdateRuleAccess.ACCESS.readsParameter((UpdateRule) create.get());
  }

  /** Whether a slot is one number of type DOUBLE, and no array in the parameter's shape. */
  public boolean isNumber(String slot) {
    return Arrays.stream(UpdateRuleAccess.ACCESS.slots((UpdateRule) create.get()))
        .anyMatch(definition -> definition.name().equals(slot) && definition.isNumber());
  }

  /** Whether it remembers numbers over all its parameters, which then depend on each other. */
  public boolean isOfModel() {
    return !((UpdateRule) create.get()).remembered().isEmpty();
  }

  /** Whether it takes parameters of a shape, or refuses them. */
  public boolean takes(long... shape) {
    Optimizer tried = create.get();
    try {
      tried.step(Parameters.of(Parameter.of("tried", Nd4j.ones(shape), Nd4j.ones(shape))));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private static <B extends UpdateRule.Builder<B>> OptimizerCase ofDefaults(Rules.Rule<B> rule) {
    return of(rule.id(), rule.builder());
  }

  private static <B extends UpdateRule.Builder<B>> OptimizerCase decoupled(Rules.Rule<B> rule) {
    return of(
        rule.id() + " decoupled",
        () -> rule.builder().get().weightDecay(WeightDecay.decoupled(0.1)));
  }

  private static <B extends UpdateRule.Builder<B>> OptimizerCase of(
      String name, Supplier<B> builder) {
    return of(name, List.of(), builder);
  }

  /** With slots other than those that the rule always has. */
  private static <B extends UpdateRule.Builder<B>> OptimizerCase of(
      String name, List<String> slots, Supplier<B> builder) {
    return new OptimizerCase(
        name,
        slots.isEmpty() ? slotsOfJavadoc(ruleOf(name)) : new LinkedHashSet<>(slots),
        () -> builder.get().build(),
        rate -> builder.get().learningRate(rate).build(),
        decay -> builder.get().weightDecay(decay).build());
  }

  private static String ruleOf(String name) {
    return name.split(" ", -1)[0];
  }

  /** What the paragraph on slots names, but for those that an option brings: "if" is in their part. */
  private static Set<String> slotsOfJavadoc(String rule) {
    Path source = Path.of("src/main/java/io/github/descent4j", rule + ".java");
    try {
      Matcher paragraph = SLOTS.matcher(Files.readString(source));
      if (!paragraph.find()) {
        throw new AssertionError(source + " has no paragraph on slots");
      }
      Set<String> slots = new LinkedHashSet<>();
      for (String part : paragraph.group(1).split(";", -1)) {
        if (!part.contains(" if ")) {
          CODE.matcher(part).results().forEach(code -> slots.add(code.group(1)));
        }
      }
      return slots;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<OptimizerCase> concat(List<OptimizerCase> a, List<OptimizerCase> b) {
    List<OptimizerCase> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }
}
