package io.github.descent4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.descent4j.AdaGrad;
import io.github.descent4j.Adam;
import io.github.descent4j.AdamW;
import io.github.descent4j.Momentum;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.Rprop;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.constraint.Projection;
import io.github.descent4j.constraint.ProximalMap;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.ScheduleFree;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.internal.access.UpdateRuleAccess;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.schedule.Schedules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.serde.json.JsonMappers;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/** Updaters against the optimizers that they stand for, without a network around them. */
@Tag("slow")
class Descent4jUpdaterTest {
  private static final int STEPS = 8;

  static List<OptimizerCase> cases() {
    return OptimizerCase.withoutDecay().stream()
        .filter(OptimizerCase::isUpdater)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void updatesHaveTheBitsOfSteps(OptimizerCase optimizer) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      // Several pieces of work, the last of them not whole.
      assertSameBits(optimizer, type, 70, 501, "c");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsOfAnyLayoutBecomeTheirUpdates(OptimizerCase optimizer) {
    for (String layout : List.of("f", "strided", "transposed", "column")) {
      assertSameBits(optimizer, DataType.FLOAT, 6, 7, layout);
    }
  }

  /** Steps a parameter, and a copy by subtracting what the updater makes of the same gradients. */
  private static void assertSameBits(
      OptimizerCase optimizerCase, DataType type, int rows, int columns, String layout) {
    Random random = new Random(1);
    INDArray expected = random(random, type, rows, columns);
    INDArray actual = expected.dup();
    INDArray gradient = Nd4j.create(type, rows, columns);
    Parameters parameters = Parameters.of(Parameter.of("w", expected, gradient));
    Optimizer optimizer = optimizerCase.create().get();
    IUpdater config = Descent4j.updater(optimizerCase.create().get());
    INDArray view = view(config, type, (long) rows * columns);
    GradientUpdater<?> updater = config.instantiate(view, true);
    for (int iteration = 0; iteration < STEPS; iteration++) {
      gradient.assign(random(random, type, rows, columns));
      optimizer.step(parameters);
      INDArray update = laidOut(layout, gradient);
      updater.applyUpdater(update, iteration, 0);
      actual.subi(update);
      assertThat(actual).isEqualTo(expected);
      assertBits(actual, expected);
    }
    int slot = 0;
    for (String name : optimizerCase.slots()) {
      long length = expected.length();
      INDArray part = view.get(NDArrayIndex.interval(slot * length, (slot + 1) * length));
      assertBits(part, optimizer.state().slot("w", name));
      slot++;
    }
  }

  static void assertBits(INDArray actual, INDArray expected) {
    assertThat(actual.dup('c').data().asDouble())
        .isEqualTo(expected.dup('c').data().asDouble());
  }

  private static INDArray view(IUpdater config, DataType type, long parameters) {
    long size = config.stateSize(parameters);
    return size == 0 ? null : Nd4j.createUninitialized(type, new long[] {size}, 'c');
  }

  private static INDArray random(Random random, DataType type, int rows, int columns) {
    double[] values = random.doubles((long) rows * columns, -1, 1).toArray();
    return Nd4j.createFromArray(values).castTo(type).reshape(rows, columns);
  }

  private static INDArray laidOut(String layout, INDArray gradient) {
    long rows = gradient.rows();
    long columns = gradient.columns();
    DataType type = gradient.dataType();
    INDArray array = switch (layout) {
      case "c" -> Nd4j.create(type, new long[] {rows, columns}, 'c');
      case "f" -> Nd4j.create(type, new long[] {rows, columns}, 'f');
      case "strided" ->
        Nd4j.create(type, rows, 2 * columns)
            .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 2 * columns));
      case "transposed" -> Nd4j.create(type, columns, rows).transpose();
      case "column" ->
        Nd4j.create(type, rows, columns, 3)
            .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(1));
      default -> throw new IllegalArgumentException(layout);
    };
    return array.assign(gradient);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void jsonSerializationAndCloneKeepEverything(OptimizerCase optimizer)
      throws IOException, ClassNotFoundException {
    IUpdater updater = Descent4j.updater(optimizer
        .withLearningRate()
        .apply(0.1 + 0.2)
        .scheduled(
            Schedules.linearWarmup(5, 1e-3).then(Schedules.cosine(1e-3, 100).scaled(0.3))));
    for (IUpdater copy : List.of(fromJson(toJson(updater)), serialized(updater), updater.clone())) {
      assertThat(copy).isNotSameAs(updater).isEqualTo(updater).hasSameHashCodeAs(updater);
      assertThat(copy).hasToString(updater.toString());
      assertThat(((Descent4jUpdater) copy).rule())
          .hasToString(((Descent4jUpdater) updater).rule().toString());
      assertThat(copy.getLearningRate(7, 0)).isEqualTo(updater.getLearningRate(7, 0));
      copy.setLrAndSchedule(0.5, null);
      assertThat(copy).isNotEqualTo(updater);
    }
  }

  /** A rule of one's own under the id of one of ours, which a network would be given instead. */
  private static final class OtherSgd extends UpdateRule {

    OtherSgd(Sgd.Builder builder) {
      super("Sgd", builder, f -> f.subtract(f.gradient()));
    }
  }

  @Test
  void anIdIsNotTakenForTheRuleOfThatName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.updater(new OtherSgd(Sgd.builder())))
        .withMessageContaining("expected the rule that a network makes again");
  }

  @Test
  void theGuideShowsTheJson() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "dl4j.md"));
    String shown = guide.substring(guide.indexOf("```json\n") + 8);
    assertThat(toJson(Descent4j.updater(new RAdam().scheduled(Schedules.cosine(1e-3, 100)))))
        .isEqualToIgnoringWhitespace(shown.substring(0, shown.indexOf("```")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"rule\": \"Adamant\", \"hyperparameters\": {}, \"learningRate\": 1",
        "\"rule\": \"UpdateRule\", \"hyperparameters\": {}, \"learningRate\": 1",
        "\"rule\": \"Check\", \"hyperparameters\": {}, \"learningRate\": 1",
        "\"rule\": \"../Adam\", \"hyperparameters\": {}, \"learningRate\": 1",
        "\"rule\": \"Adam\", \"hyperparameters\": {\"beta3\": 0.5}, \"learningRate\": 1",
        "\"rule\": \"Adam\", \"hyperparameters\": {\"build\": 0.5}, \"learningRate\": 1",
        "\"rule\": \"Adam\", \"hyperparameters\": {\"beta1\": \"x\"}, \"learningRate\": 1",
        "\"rule\": \"Adam\", \"hyperparameters\": {\"beta1\": 1.5}, \"learningRate\": 1",
        "\"rule\": \"RAdam\", \"hyperparameters\": {\"belowThreshold\": \"X\"}, \"learningRate\": 1",
        "\"rule\": \"Adam\", \"hyperparameters\": {}, \"learningRate\": -1",
        "\"rule\": \"Adam\", \"hyperparameters\": {}",
        "\"rule\": \"Adam\", \"learningRate\": 1",
        "\"hyperparameters\": {}, \"learningRate\": 1"
      })
  void damagedJsonIsAnError(String fields) {
    String json = "{\"@class\": \"io.github.descent4j.dl4j.Descent4jUpdater\", " + fields + "}";
    assertThat(catchThrowable(() -> fromJson(json)))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void theRateIsNd4jsToSet() {
    IUpdater updater = Descent4j.updater(new Adam(1e-3));
    assertThat(updater.hasLearningRate()).isTrue();
    assertThat(updater.getLearningRate(5, 1)).isEqualTo(1e-3);
    updater.setLrAndSchedule(Double.NaN, Descent4j.schedule(Schedules.linear(1, 0, 10)));
    assertThat(updater.getLearningRate(5, 1)).isEqualTo(0.5);
    updater.setLrAndSchedule(0.25, null);
    assertThat(updater.getLearningRate(5, 1)).isEqualTo(0.25);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> updater.setLrAndSchedule(-1, null))
        .withMessage("learningRate is -1.0, expected a finite number >= 0");
    assertThat(updater.getLearningRate(5, 1)).isEqualTo(0.25);
  }

  @Test
  void theRateIncludesTheRulesOwnDecay() {
    AdaGrad rule = AdaGrad.builder().learningRate(0.1).learningRateDecay(0.5).build();
    assertThat(Descent4j.updater(rule).getLearningRate(2, 0))
        .isEqualTo(UpdateRuleAccess.ACCESS.rateAt(rule, 3, 0.1));
  }

  @Test
  void aScheduleOfNd4jWorksAndHasToGiveARate() {
    IUpdater updater = Descent4j.updater(new Sgd());
    updater.setLrAndSchedule(Double.NaN, new StepSchedule(ScheduleType.ITERATION, -1, 0.5, 2));
    INDArray gradient = Nd4j.createFromArray(1f, 2f);
    GradientUpdater<?> running = updater.instantiate((INDArray) null, true);
    assertThatIllegalStateException()
        .isThrownBy(() -> running.applyUpdater(gradient, 0, 0))
        .withMessageContaining("at iteration 0 is -1.0, expected a finite number >= 0");
    assertThat(gradient).isEqualTo(Nd4j.createFromArray(1f, 2f));
    updater.setLrAndSchedule(
        Double.NaN, new StepSchedule(ScheduleType.ITERATION, Double.POSITIVE_INFINITY, 1, 2));
    assertThatIllegalStateException()
        .isThrownBy(() -> updater.getLearningRate(0, 0))
        .withMessageContaining("at iteration 0 is Infinity, expected a finite number >= 0");
    updater.setLrAndSchedule(Double.NaN, new StepSchedule(ScheduleType.ITERATION, 0, 1, 2));
    assertThat(updater.getLearningRate(0, 0)).isZero();
  }

  @Test
  void textsSayWhatEqualsCompares() {
    assertThat(Descent4j.updater(new Sgd(0.5))).hasToString("Sgd(learningRate=0.5)");
    assertThat(Descent4j.updater(new Momentum(0.5).scheduled(Schedules.linear(1, 0, 10))))
        .hasToString(
            "Momentum(learningRate=0.5, momentum=0.9, dampening=0.0, rateInsideVelocity=false)"
                + ".scheduled(linear(1.0, 0.0, 10))");
    ISchedule schedule = Descent4j.schedule(Schedules.linear(1, 0, 10));
    assertThat(schedule)
        .hasToString("linear(1.0, 0.0, 10)")
        .isEqualTo(Descent4j.schedule(Schedules.linear(1, 0, 10)))
        .hasSameHashCodeAs(Descent4j.schedule(Schedules.linear(1, 0, 10)))
        .isNotEqualTo(Descent4j.schedule(Schedules.linear(1, 0, 11)));
  }

  /** The first momentum is the gradient. */
  @ParameterizedTest
  @CsvSource({"c, 1 2 3 4 5 6", "f, 1 4 2 5 3 6"})
  void theStateIsInTheOrderThatIsAsked(char order, String expected) {
    Descent4jGradientUpdater updater =
        new Descent4jGradientUpdater((Descent4jUpdater) Descent4j.updater(new Momentum(0.5)));
    INDArray view = Nd4j.create(DataType.FLOAT, 6);
    updater.setStateViewArray(view, new long[] {2, 3}, order, true);
    updater.applyUpdater(Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}}), 0, 0);
    assertThat(view.toDoubleVector())
        .containsExactly(
            Stream.of(expected.split(" ")).mapToDouble(Double::parseDouble).toArray());
  }

  @Test
  void theOutermostScheduleWins() {
    IUpdater updater = Descent4j.updater(
        new Sgd().scheduled(Schedules.constant(1)).scheduled(Schedules.constant(2)));
    assertThat(updater.getLearningRate(0, 0)).isEqualTo(2);
  }

  @Test
  void whatAnUpdaterCannotDoIsRefusedWithWhatCan() {
    refused(new Adam().clipped(GradientClip.byGlobalNorm(1)), "ClipL2PerLayer");
    refused(new Adam().clippedAdaptively(AdaptiveClip.of(0.01)), "ClipL2PerParamType");
    refused(new Adam().accumulated(2), "larger batches");
    refused(new Adam().averaged(WeightAverage.equal()), "TrainingListener");
    refused(new Adam().projected(Projection.nonNegative()), "MaxNormConstraint");
    refused(new Adam().guarded(NonFinite.SKIP), "InvalidScoreIterationTerminationCondition");
    refused(new Adam().adjustable(), "network.setLearningRate(rate)");
    refused(new Adam().guarded(NonFinite.SKIP).scheduled(Schedules.constant(1)), "guard");
    refused(
        new AdamW(),
        "weightDecay of AdamW is decoupled(0.01), expected WeightDecay.none(), since an updater is not"
            + " given the parameters; .weightDecay(0.01) of each DL4J layer, or .weightDecay(0.01, true)"
            + " of SameDiff's TrainingConfig, decays so");
    refused(
        Adam.builder().weightDecay(WeightDecay.coupled(0.02)).build(),
        ".l2(0.02) of each DL4J layer, or .l2(0.02) of SameDiff's TrainingConfig");
    refused(new Adam().scheduled(step -> 0.1), "implement ISchedule");
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    refused(new Adam().scheduled(plateau.schedule()), "network.setLearningRate(rate)");
    Optimizer stepped = new Sgd();
    stepped.step(Parameters.of(Parameter.of("w", Nd4j.zeros(2), Nd4j.zeros(2))));
    refused(stepped, "after 1 steps, expected a new one");
  }

  /** Each wrapper has a way of its own in DL4J, or none, which is said too. */
  @Test
  void wrappersAreRefusedByName() {
    refused(new Adam().proximal(ProximalMap.l1(0.01)), "no projection and no proximal map");
    refused(new Adam().lookahead(), "no lookahead");
    refused(new Adam().sharpnessAware(0.05), "no sharpness-aware minimization");
    refused(ScheduleFree.sgd().build(), "no schedule-free learning");
    refused(ScheduleFree.adamW().build(), "no schedule-free learning");
    refused(new Adam().centralized(), "no centralization");
    refused(new Adam().noisy(0.01, 0.55, 42), "no gradient noise");
    refused(new Adam().monitored(GradientMonitor.builder().build()), "no monitor");
    refused(
        Optimizer.groups().otherwise(new Adam()).build(), "updater(...) and a biasUpdater(...)");
    refused(new Adam().lookahead().scheduled(Schedules.constant(1)), "no lookahead");
  }

  static List<OptimizerCase> others() {
    List<String> updaters = cases().stream().map(OptimizerCase::name).toList();
    return OptimizerCase.allOnMatrices().stream()
        .filter(optimizer -> !updaters.contains(optimizer.name()))
        .toList();
  }

  /** Every case is either an updater of the sweeps above, or refused with its own reason. */
  @ParameterizedTest
  @MethodSource("others")
  void ruleThatIsNoUpdaterIsRefusedWithTheReason(OptimizerCase optimizer) {
    UpdateRule rule = (UpdateRule) optimizer.create().get();
    String reason =
        "expected a rule whose step does not depend on the parameter, such as new Adam()";
    if (rule.weightDecay().coefficient() > 0) {
      reason = "is " + rule.weightDecay() + ", expected WeightDecay.none()";
    } else if (!optimizer.isElementwise()) {
      reason = "expected a rule that is computed element by element, such as new Adam():";
    }
    refused(rule, reason);
    refused(rule, UpdateRuleAccess.ACCESS.id(rule));
    assertThat(rule.steps()).isZero();
  }

  @Test
  void rulesWithNormsMatricesOrTheParameterAreAmongThem() {
    assertThat(others())
        .extracting(OptimizerCase::name)
        .contains(
            "Lamb",
            "Lars",
            "NovoGrad",
            "Adafactor",
            "Muon",
            "Prodigy",
            "DAdaptAdam",
            "DAdaptSgd",
            "Asgd",
            "Asgd without decay",
            "Ftrl",
            "Adan proximal",
            "Adan decoupled",
            "AdamW");
    refused(
        Rprop.builder().variant(Rprop.Variant.IRPROP_PLUS).build(), "computed element by element");
  }

  private static void refused(Optimizer optimizer, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.updater(optimizer))
        .withMessageContaining(message)
        .withMessageContaining("expected");
  }

  @Test
  void wrongArraysAreErrorsThatChangeNothing() {
    IUpdater config = Descent4j.updater(new Adam());
    GradientUpdater<?> updater = config.instantiate(Nd4j.zeros(DataType.FLOAT, 8), true);
    INDArray good = Nd4j.ones(DataType.FLOAT, 4);
    fails(() -> updater.applyUpdater(good, -1, 0), "iteration is -1");
    fails(() -> updater.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4), 0, 0), "expected FLOAT");
    fails(() -> updater.applyUpdater(Nd4j.ones(DataType.FLOAT, 5), 0, 0), "expected 4 elements");
    INDArray shared = Nd4j.create(
        Nd4j.ones(DataType.FLOAT, 2).data(), new long[] {2, 2}, new long[] {0, 1}, 0, 'c');
    fails(() -> updater.applyUpdater(shared, 0, 0), "share memory");
    for (INDArray slot : updater.getState().values()) {
      assertThat(slot).isEqualTo(Nd4j.zeros(DataType.FLOAT, 4));
    }
    fails(() -> config.instantiate(Nd4j.zeros(DataType.FLOAT, 7), true), "2 times");
    fails(() -> config.instantiate(Nd4j.zeros(DataType.FLOAT16, 8), true), "FLOAT or DOUBLE");
    fails(() -> config.instantiate(Map.of("m", good), false), "expected [m, v]");
    fails(
        () -> config.instantiate(Map.of("m", good, "v", Nd4j.ones(DataType.FLOAT, 3)), false),
        "slot 'v'");
    fails(
        () -> Descent4j.updater(new Sgd()).instantiate(Nd4j.zeros(DataType.FLOAT, 8), true),
        "no slots");
    assertThatNullPointerException()
        .isThrownBy(() -> config.instantiate((INDArray) null, true))
        .withMessageEndingWith(" is null, expected an array");
    Descent4j.updater(new Sgd()).instantiate(Nd4j.empty(DataType.FLOAT), true);
    assertThatIllegalStateException()
        .isThrownBy(
            () -> new Descent4jGradientUpdater((Descent4jUpdater) config).applyUpdater(good, 0, 0))
        .withMessageContaining("is not set");
  }

  private static void fails(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(message);
  }

  @Test
  void aRuleWithoutSlotsTakesHalfPrecision() {
    INDArray gradient = Nd4j.createFromArray(2.0, -4.0).castTo(DataType.FLOAT16);
    Descent4j.updater(new Sgd(0.5)).instantiate((INDArray) null, true).applyUpdater(gradient, 0, 0);
    assertThat(gradient.castTo(DataType.DOUBLE)).isEqualTo(Nd4j.createFromArray(1.0, -2.0));
  }

  private static String toJson(IUpdater updater) throws JsonProcessingException {
    return JsonMappers.getMapper().writeValueAsString(updater);
  }

  private static IUpdater fromJson(String json) throws JsonProcessingException {
    return JsonMappers.getMapper().readValue(json, IUpdater.class);
  }

  private static IUpdater serialized(IUpdater updater) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(updater);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (IUpdater) in.readObject();
    }
  }
}
