package io.github.descent4j;

import io.github.descent4j.rule.UpdateRule;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The table of optimizers that every property test sweeps: defaults and options. A new optimizer is
 * one row here.
 *
 * @param name shown by JUnit
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

  /** With every default. */
  public static List<OptimizerCase> defaults() {
    return List.of(
        of("Sgd", List.of(), Sgd::builder, Sgd.Builder::build),
        of("Momentum", List.of("v"), Momentum::builder, Momentum.Builder::build),
        of("Nesterov", List.of("v"), Nesterov::builder, Nesterov.Builder::build),
        of("AdaGrad", List.of("s"), AdaGrad::builder, AdaGrad.Builder::build),
        of("RmsProp", List.of("s"), RmsProp::builder, RmsProp.Builder::build),
        of("AdaDelta", List.of("s", "x"), AdaDelta::builder, AdaDelta.Builder::build),
        of("Adam", List.of("m", "v"), Adam::builder, Adam.Builder::build),
        of("AdamW", List.of("m", "v"), AdamW::builder, AdamW.Builder::build),
        of("AmsGrad", List.of("m", "v", "vMax"), AmsGrad::builder, AmsGrad.Builder::build),
        of("Yogi", List.of("m", "v"), Yogi::builder, Yogi.Builder::build),
        of("RAdam", List.of("m", "v"), RAdam::builder, RAdam.Builder::build),
        of("NAdam", List.of("m", "v"), NAdam::builder, NAdam.Builder::build),
        of("AdaMax", List.of("m", "u"), AdaMax::builder, AdaMax.Builder::build));
  }

  /** The options of each, without weight decay. */
  private static List<OptimizerCase> options() {
    return List.of(
        of(
            "Momentum dampened",
            List.of("v"),
            () -> Momentum.builder().momentum(0.8).dampening(0.3),
            Momentum.Builder::build),
        of(
            "Momentum rate inside",
            List.of("v"),
            () -> Momentum.builder().dampening(0.3).rateInsideVelocity(true),
            Momentum.Builder::build),
        of(
            "Nesterov rate inside",
            List.of("v"),
            () -> Nesterov.builder().rateInsideVelocity(true),
            Nesterov.Builder::build),
        of(
            "AdaGrad outside",
            List.of("s"),
            () -> AdaGrad.builder()
                .epsilonInsideRoot(false)
                .initialAccumulator(0.1)
                .learningRateDecay(0.01),
            AdaGrad.Builder::build),
        of(
            "RmsProp outside",
            List.of("s"),
            () -> RmsProp.builder().epsilonInsideRoot(false),
            RmsProp.Builder::build),
        of(
            "RmsProp momentum",
            List.of("s", "b"),
            () -> RmsProp.builder().momentum(0.9),
            RmsProp.Builder::build),
        of(
            "RmsProp centered",
            List.of("s", "m"),
            () -> RmsProp.builder().centered(true),
            RmsProp.Builder::build),
        of(
            "RmsProp centered momentum",
            List.of("s", "m", "b"),
            () -> RmsProp.builder().centered(true).momentum(0.9),
            RmsProp.Builder::build),
        of(
            "RmsProp momentum rate inside",
            List.of("s", "b"),
            () -> RmsProp.builder().momentum(0.9).rateInsideMomentum(true),
            RmsProp.Builder::build),
        of(
            "RmsProp centered momentum rate inside",
            List.of("s", "m", "b"),
            () -> RmsProp.builder().centered(true).momentum(0.9).rateInsideMomentum(true),
            RmsProp.Builder::build),
        of(
            "Adam epsilon hat",
            List.of("m", "v"),
            () -> Adam.builder().epsilonHat(true),
            Adam.Builder::build),
        of(
            "AdamW without decay",
            List.of("m", "v"),
            () -> AdamW.builder().weightDecay(WeightDecay.none()),
            AdamW.Builder::build),
        of(
            "AdamW epsilon hat",
            List.of("m", "v"),
            () -> AdamW.builder().epsilonHat(true).weightDecay(0),
            AdamW.Builder::build),
        of(
            "AmsGrad epsilon hat",
            List.of("m", "v", "vMax"),
            () -> AmsGrad.builder().beta2(0.9).epsilonHat(true),
            AmsGrad.Builder::build),
        of(
            "AmsGrad uncorrected",
            List.of("m", "v", "vMax"),
            () -> AmsGrad.builder().beta2(0.9).biasCorrection(false),
            AmsGrad.Builder::build),
        of(
            "Yogi uncorrected",
            List.of("m", "v"),
            () -> Yogi.builder().biasCorrection(false),
            Yogi.Builder::build),
        of(
            "RAdam corrected root",
            List.of("m", "v"),
            () -> RAdam.builder().beta2(0.9).epsilonOnCorrectedRoot(true),
            RAdam.Builder::build),
        of(
            "RAdam paper",
            List.of("m", "v"),
            () -> RAdam.builder().rectificationThreshold(4),
            RAdam.Builder::build),
        of(
            "RAdam no step",
            List.of("m", "v"),
            () -> RAdam.builder().beta2(0.9).belowThreshold(RAdam.BelowThreshold.NO_STEP),
            RAdam.Builder::build),
        of(
            "NAdam constant momentum",
            List.of("m", "v"),
            () -> NAdam.builder().momentumDecay(1e6),
            NAdam.Builder::build),
        of(
            "AdaMax inside",
            List.of("m", "u"),
            () -> AdaMax.builder().epsilonInsideMaximum(true),
            AdaMax.Builder::build));
  }

  /** Defaults and options that do not decay weights: a zero gradient moves nothing. */
  public static List<OptimizerCase> withoutDecay() {
    return concat(defaults(), options()).stream()
        .filter(optimizer -> !optimizer.name().equals("AdamW"))
        .toList();
  }

  /** Everything, both weight decays included. */
  public static List<OptimizerCase> all() {
    List<OptimizerCase> decayed = List.of(
        of(
            "Sgd coupled",
            List.of(),
            () -> Sgd.builder().weightDecay(WeightDecay.coupled(0.1)),
            Sgd.Builder::build),
        of(
            "Momentum decoupled",
            List.of("v"),
            () -> Momentum.builder().weightDecay(WeightDecay.decoupled(0.1)),
            Momentum.Builder::build),
        of(
            "Nesterov coupled",
            List.of("v"),
            () -> Nesterov.builder().weightDecay(WeightDecay.coupled(0.1)),
            Nesterov.Builder::build),
        of(
            "AdaGrad decoupled",
            List.of("s"),
            () -> AdaGrad.builder().weightDecay(WeightDecay.decoupled(0.1)),
            AdaGrad.Builder::build),
        of(
            "RmsProp coupled",
            List.of("s"),
            () -> RmsProp.builder().weightDecay(WeightDecay.coupled(0.1)),
            RmsProp.Builder::build),
        of(
            "AdaDelta decoupled",
            List.of("s", "x"),
            () -> AdaDelta.builder().weightDecay(WeightDecay.decoupled(0.1)),
            AdaDelta.Builder::build),
        of(
            "Adam coupled",
            List.of("m", "v"),
            () -> Adam.builder().weightDecay(WeightDecay.coupled(0.1)),
            Adam.Builder::build),
        of(
            "Adam decoupled",
            List.of("m", "v"),
            () -> Adam.builder().weightDecay(WeightDecay.decoupled(0.1)),
            Adam.Builder::build),
        of(
            "AmsGrad coupled",
            List.of("m", "v", "vMax"),
            () -> AmsGrad.builder().weightDecay(WeightDecay.coupled(0.1)),
            AmsGrad.Builder::build),
        of(
            "Yogi coupled",
            List.of("m", "v"),
            () -> Yogi.builder().weightDecay(WeightDecay.coupled(0.1)),
            Yogi.Builder::build),
        of(
            "RAdam decoupled",
            List.of("m", "v"),
            () -> RAdam.builder().weightDecay(WeightDecay.decoupled(0.1)),
            RAdam.Builder::build),
        of(
            "NAdam coupled",
            List.of("m", "v"),
            () -> NAdam.builder().weightDecay(WeightDecay.coupled(0.1)),
            NAdam.Builder::build),
        of(
            "AdaMax decoupled",
            List.of("m", "u"),
            () -> AdaMax.builder().weightDecay(WeightDecay.decoupled(0.1)),
            AdaMax.Builder::build));
    return concat(concat(defaults(), options()), decayed);
  }

  @Override
  public String toString() {
    return name;
  }

  private static <B extends UpdateRule.Builder<B>> OptimizerCase of(
      String name, List<String> slots, Supplier<B> builder, Function<B, Optimizer> build) {
    return new OptimizerCase(
        name,
        new java.util.LinkedHashSet<>(slots),
        () -> build.apply(builder.get()),
        rate -> build.apply(builder.get().learningRate(rate)),
        decay -> build.apply(builder.get().weightDecay(decay)));
  }

  private static List<OptimizerCase> concat(List<OptimizerCase> a, List<OptimizerCase> b) {
    return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
  }
}
