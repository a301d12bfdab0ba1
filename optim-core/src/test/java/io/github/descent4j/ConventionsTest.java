package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.descent4j.rule.UpdateRule;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Presets against the libraries themselves: their trajectories, and the defaults they recorded. */
class ConventionsTest {

  static List<String> trajectories() {
    return Golden.names("conventions");
  }

  /** Of Keras and Optax, from their own defaults, at a constant rate and at a changing one. */
  @ParameterizedTest
  @MethodSource("trajectories")
  void followsTheLibrary(String name) {
    JsonNode golden = Golden.read("conventions/" + name + ".json");
    Conventions conventions =
        Conventions.valueOf(name.substring(0, name.indexOf('_')).toUpperCase(Locale.ROOT));
    Optimizer optimizer =
        create(conventions, golden.get("optimizer").textValue(), golden.get("settings"));
    JsonNode rates = golden.get("rates");
    Optimizer rated = rates.isNull()
        ? optimizer
        : optimizer.scheduled(step -> rates.get((int) step).doubleValue());

    INDArray value = Nd4j.createFromArray(Golden.numbers(golden.get("initial")));
    INDArray gradient = Nd4j.create(DataType.DOUBLE, value.length());
    Parameters parameters = Parameters.of(Parameter.of("w", value, gradient));
    JsonNode gradients = golden.get("gradients");
    assertThat(gradients).isNotEmpty();
    for (int step = 0; step < gradients.size(); step++) {
      gradient.assign(Nd4j.createFromArray(Golden.numbers(gradients.get(step))));
      rated.step(parameters);
      double[] expected = Golden.numbers(golden.get("parameters_after_step").get(step));
      Golden.assertClose("step " + (step + 1), value, expected, 1e-12, new double[] {1e-13});
    }
  }

  private static Optimizer create(Conventions conventions, String optimizer, JsonNode settings) {
    return switch (optimizer) {
      case "sgd" -> conventions.sgd().build();
      case "momentum" ->
        conventions.momentum().momentum(settings.get("momentum").doubleValue()).build();
      case "nesterov" ->
        conventions.nesterov().momentum(settings.get("momentum").doubleValue()).build();
      case "adaGrad" -> conventions.adaGrad().build();
      case "rmsProp" ->
        conventions
            .rmsProp()
            .momentum(settings.path("momentum").asDouble(0))
            .centered(settings.path("centered").asBoolean(false))
            .build();
      case "adaDelta" -> conventions.adaDelta().build();
      case "adam" -> conventions.adam().build();
      case "adamW" -> conventions.adamW().build();
      case "amsGrad" -> conventions.amsGrad().build();
      case "yogi" -> conventions.yogi().build();
      case "nAdam" -> conventions.nAdam().build();
      case "adaMax" -> conventions.adaMax().build();
      case "rAdam" -> conventions.rAdam().build();
      default -> throw new AssertionError("no optimizer for '" + optimizer + "'");
    };
  }

  /** PyTorch recorded its defaults in these files, whose trajectories GoldenOptimizerTest follows. */
  @ParameterizedTest
  @CsvSource({
    "PYTORCH, adaGrad, adagrad_default",
    "PYTORCH, rmsProp, rmsprop_default",
    "PYTORCH, adaDelta, adadelta_default",
    "PYTORCH, adam, adam_default",
    "PYTORCH, adamW, adamw_default",
    "PYTORCH, amsGrad, adam_amsgrad",
    "PYTORCH, nAdam, nadam_default",
    "PYTORCH, adaMax, adamax_default",
    "PYTORCH, rAdam, radam_beta2_0.999",
    "PAPER, adaDelta, adadelta_zeiler",
    "PAPER, adaMax, adamax_paper",
    "PAPER, rAdam, radam_paper_threshold_4",
    "PAPER, adam, adam_default",
    "PAPER, lion, lion_default",
    "PAPER, lamb, lamb_default",
    "OPTAX, lamb, lamb_zero_start",
    "PAPER, adaBelief, adabelief_eps_in_s",
    "OPTAX, adaBelief, ../wide/optimizers/adabelief_two_eps_optax",
    "PAPER, adan, ../wide/optimizers/adan_default",
    "TIMM, adan, ../wide/optimizers/adan_default",
    "PAPER, muon, ../wide/optimizers/muon_keller_jordan",
    "PYTORCH, muon, ../wide/optimizers/muon_torch_original",
    "PYTORCH, rprop, ../wide/optimizers/rprop_irprop_minus_torch",
    "PAPER, novoGrad, ../wide/optimizers/novograd_default",
    "TIMM, novoGrad, ../wide/optimizers/novograd_default",
    "PAPER, ftrl, ../own/optimizers/ftrl_from_zero"
  })
  void aPresetIsTheOptimizerOfTheGoldenFile(
      Conventions conventions, String optimizer, String file) {
    JsonNode golden = Golden.read("optimizers/" + file + ".json");
    // The rate is the file's: some have a larger one, to move further.
    assertThat(atRateOf(golden, conventions, optimizer))
        .hasToString(GoldenOptimizers.create(golden).toString());
  }

  /** Presets of the second set with every number, as the sources of their libraries have it; rates that they lack are ours. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          PAPER   | lion      | Lion(learningRate=1.0E-4, beta1=0.9, beta2=0.99, weightDecay=none)
          KERAS   | lion      | Lion(learningRate=0.001, beta1=0.9, beta2=0.99, weightDecay=none)
          OPTAX   | lion      | Lion(learningRate=1.0E-4, beta1=0.9, beta2=0.99, weightDecay=decoupled(0.001))
          TIMM    | lion      | Lion(learningRate=1.0E-4, beta1=0.9, beta2=0.99, weightDecay=none)
          PAPER   | adaBelief | AdaBelief(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-8, epsilonInVariance=1.0E-8, rectified=false, weightDecay=none)
          OPTAX   | adaBelief | AdaBelief(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-16, epsilonInVariance=1.0E-16, rectified=false, weightDecay=none)
          TIMM    | adaBelief | AdaBelief(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-16, epsilonInVariance=1.0E-16, rectified=true, weightDecay=none)
          PAPER   | adan      | Adan(learningRate=0.001, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1.0E-8, proximalWeightDecay=0.0, weightDecay=none)
          TIMM    | adan      | Adan(learningRate=0.001, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1.0E-8, proximalWeightDecay=0.0, weightDecay=none)
          PAPER   | lamb      | Lamb(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-6, decayInUpdate=0.01, biasCorrection=true, trustClip=false, weightDecay=none)
          KERAS   | lamb      | Lamb(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-7, decayInUpdate=0.0, biasCorrection=true, trustClip=false, weightDecay=none)
          OPTAX   | lamb      | Lamb(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-6, decayInUpdate=0.0, biasCorrection=true, trustClip=false, weightDecay=none)
          TIMM    | lamb      | Lamb(learningRate=0.001, beta1=0.9, beta2=0.999, epsilon=1.0E-6, decayInUpdate=0.01, biasCorrection=true, trustClip=false, weightDecay=none)
          PAPER   | lars      | Lars(learningRate=1.0, momentum=0.9, trustCoefficient=0.001, decayInUpdate=0.0, epsilon=0.0, nesterov=false, rateInsideVelocity=true, normOfSum=false, weightDecay=none)
          OPTAX   | lars      | Lars(learningRate=1.0, momentum=0.9, trustCoefficient=0.001, decayInUpdate=0.0, epsilon=0.0, nesterov=false, rateInsideVelocity=true, normOfSum=true, weightDecay=none)
          TIMM    | lars      | Lars(learningRate=1.0, momentum=0.0, trustCoefficient=0.001, decayInUpdate=0.0, epsilon=1.0E-8, nesterov=false, rateInsideVelocity=false, normOfSum=false, weightDecay=none)
          PAPER   | muon      | Muon(learningRate=0.02, momentum=0.95, nesterov=true, scaling=ROWS_OVER_COLUMNS, newtonSchulzSteps=5, linear=3.4445, cubic=-4.775, quintic=2.0315, epsilon=1.0E-7, epsilonInsideMaximum=false, weightDecay=none)
          PYTORCH | muon      | Muon(learningRate=0.001, momentum=0.95, nesterov=true, scaling=ROWS_OVER_COLUMNS, newtonSchulzSteps=5, linear=3.4445, cubic=-4.775, quintic=2.0315, epsilon=1.0E-7, epsilonInsideMaximum=true, weightDecay=decoupled(0.1))
          KERAS   | muon      | Muon(learningRate=0.001, momentum=0.95, nesterov=true, scaling=MATCH_RMS, newtonSchulzSteps=5, linear=3.4445, cubic=-4.775, quintic=2.0315, epsilon=1.0E-7, epsilonInsideMaximum=false, weightDecay=decoupled(0.004))
          TIMM    | muon      | Muon(learningRate=0.02, momentum=0.95, nesterov=false, scaling=MATCH_RMS, newtonSchulzSteps=5, linear=3.4445, cubic=-4.775, quintic=2.0315, epsilon=1.0E-7, epsilonInsideMaximum=true, weightDecay=none)
          KERAS   | adafactor | Adafactor(learningRate=0.001, relativeStep=true, scaleByParameter=true, factored=true, beta1=0.0, decayExponent=0.8, clipThreshold=1.0, epsilon1=1.0E-30, epsilon2=0.001, epsilonAsFloor=false, decayInUpdate=0.0, weightDecay=none)
          PAPER   | rprop     | Rprop(learningRate=1.0, variant=RPROP_PLUS, initialStep=0.1, etaMinus=0.5, etaPlus=1.2, stepMin=1.0E-6, stepMax=50.0, weightDecay=none)
          PYTORCH | rprop     | Rprop(learningRate=1.0, variant=IRPROP_MINUS, initialStep=0.01, etaMinus=0.5, etaPlus=1.2, stepMin=1.0E-6, stepMax=50.0, weightDecay=none)
          PAPER   | ftrl      | Ftrl(learningRate=0.1, beta=1.0, lambda1=0.0, lambda2=0.0, initialAccumulator=0.0, weightDecay=none)
          KERAS   | ftrl      | Ftrl(learningRate=0.001, beta=0.0, lambda1=0.0, lambda2=0.0, initialAccumulator=0.1, weightDecay=none)
          PAPER   | novoGrad  | NovoGrad(learningRate=0.01, beta1=0.95, beta2=0.98, epsilon=1.0E-8, decayInUpdate=0.0, gradientAveraging=false, weightDecay=none)
          OPTAX   | novoGrad  | NovoGrad(learningRate=0.01, beta1=0.9, beta2=0.25, epsilon=1.0E-6, decayInUpdate=0.0, gradientAveraging=false, weightDecay=none)
          TIMM    | novoGrad  | NovoGrad(learningRate=0.001, beta1=0.95, beta2=0.98, epsilon=1.0E-8, decayInUpdate=0.0, gradientAveraging=false, weightDecay=none)
          """)
  void aPresetHasTheNumbersOfItsLibrary(
      Conventions conventions, String optimizer, String expected) {
    assertThat(build(preset(conventions, optimizer))).hasToString(expected);
  }

  private static UpdateRule.Builder<?> preset(Conventions conventions, String optimizer) {
    return (UpdateRule.Builder<?>) invoke(conventions, optimizer);
  }

  private static Optimizer build(UpdateRule.Builder<?> builder) {
    return (Optimizer) invoke(builder, "build");
  }

  private static Object invoke(Object object, String method) {
    try {
      return object.getClass().getMethod(method).invoke(object);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(object + "." + method, e);
    }
  }

  /** PyTorch and Optax recorded theirs in the second set. */
  @Test
  void presetsOfTheSecondSetAreTheOptimizersOfTheirFiles() {
    JsonNode torch = Golden.read("wide/optimizers/adafactor_torch_default.json");
    assertThat(Conventions.PYTORCH.adafactor().build())
        .hasToString(GoldenOptimizers.create(torch).toString());
    JsonNode paper = Golden.read("wide/optimizers/adafactor_paper_edge.json");
    assertThat(Conventions.PAPER.adafactor().build())
        .hasToString(GoldenOptimizers.create(paper).toString());
    JsonNode prodigy = Golden.read("wide/optimizers/prodigy_bias_correction_decay.json");
    assertThat(Conventions.OPTAX.prodigy().d0(1e-3).decayInUpdate(0.05).build())
        .hasToString(GoldenOptimizers.create(prodigy).toString());
    JsonNode adapted = Golden.read("wide/optimizers/dadapt_adam_bias_correction_decoupled.json");
    assertThat(Conventions.OPTAX.dAdaptAdam().d0(1e-3).decayInUpdate(0.05).build())
        .hasToString(GoldenOptimizers.create(adapted).toString());
    JsonNode optax = Golden.read("wide/optimizers/lars_optax.json");
    assertThat(Conventions.OPTAX
            .lars()
            .learningRate(0.5)
            .trustCoefficient(0.02)
            .decayInUpdate(0.05)
            .build())
        .hasToString(GoldenOptimizers.create(optax).toString());
  }

  @Test
  void timmHasItsOwnFormsAndPyTorchsOthers() {
    JsonNode outside = Golden.read("wide/optimizers/lars_rate_outside_timm.json");
    JsonNode h = outside.get("hyperparameters");
    assertThat(Conventions.TIMM
            .lars()
            .learningRate(h.get("lr").doubleValue())
            .momentum(h.get("momentum").doubleValue())
            .trustCoefficient(h.get("trust_coefficient").doubleValue())
            .decayInUpdate(h.get("weight_decay").doubleValue())
            .build())
        .hasToString(GoldenOptimizers.create(outside).toString());
    assertThat(Conventions.TIMM.adamW().build())
        .hasToString(Conventions.PYTORCH.adamW().build().toString());
    assertNone("TIMM has no Rprop, expected PAPER or PYTORCH", Conventions.TIMM::rprop);
  }

  private static Optimizer atRateOf(JsonNode golden, Conventions conventions, String optimizer) {
    double rate = golden.at("/hyperparameters/lr").doubleValue();
    return switch (optimizer) {
      case "rmsProp" -> conventions.rmsProp().learningRate(rate).momentum(0).build();
      case "amsGrad" -> conventions.amsGrad().learningRate(rate).beta2(0.9).build();
      // Its golden files call the first step the rate.
      case "rprop" -> conventions.rprop().build();
      default -> build(preset(conventions, optimizer).learningRate(rate));
    };
  }

  /** m = 0.1 g, v = 0.001 g², p -= lr m / (sqrt(v) + epsilon) as the paper's algorithm has it. */
  @Test
  void thePapersYogiHasNoBiasCorrection() {
    INDArray value = Nd4j.createFromArray(0.0);
    Conventions.PAPER
        .yogi()
        .learningRate(1)
        .build()
        .step(Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(2.0))));
    double expected = -0.2 / (Math.sqrt(0.001 * 4) + 1e-3);
    assertThat(value.getDouble(0)).isCloseTo(expected, within(1e-12));
  }

  /** m = 0.1 g, v = 0.001 g², p -= lr m / (sqrt(v) + epsilon) as the paper's algorithm has it. */
  @Test
  void thePapersAmsGradHasNoBiasCorrection() {
    INDArray value = Nd4j.createFromArray(0.0);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(2.0)));
    Conventions.PAPER.amsGrad().learningRate(1).build().step(parameters);
    double expected = -0.2 / (Math.sqrt(0.001 * 4) + 1e-8);
    assertThat(value.getDouble(0)).isCloseTo(expected, within(1e-12));
  }

  /** v = mu v + lr g, p -= lr g + mu v: theta's velocity of Sutskever et al. is -v. */
  @Test
  void thePapersNesterovHasTheRateInside() {
    INDArray value = Nd4j.createFromArray(0.0);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.createFromArray(1.0)));
    double[] rates = {0.5, 0.25};
    Optimizer optimizer =
        Conventions.PAPER.nesterov().momentum(0.5).build().scheduled(step -> rates[(int) step]);
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-(0.5 + 0.25));
    optimizer.step(parameters);
    assertThat(value.getDouble(0)).isEqualTo(-0.75 - (0.25 + 0.5 * 0.5));
  }

  @Test
  void defaultRatesAreTheLibrarys() {
    assertThat(Conventions.PYTORCH.sgd().build().learningRate()).isEqualTo(1e-3);
    assertThat(Conventions.PYTORCH.momentum().build().learningRate()).isEqualTo(1e-3);
    assertThat(Conventions.PYTORCH.adaGrad().build().learningRate()).isEqualTo(0.01);
    assertThat(Conventions.PYTORCH.rmsProp().build().learningRate()).isEqualTo(0.01);
    assertThat(Conventions.PYTORCH.adaDelta().build().learningRate()).isEqualTo(1);
    assertThat(Conventions.PYTORCH.adam().build().learningRate()).isEqualTo(1e-3);
  }

  @Test
  void whatALibraryDoesNotHaveIsSaid() {
    assertNone("KERAS has no Rprop, expected PAPER or PYTORCH", Conventions.KERAS::rprop);
    assertNone("OPTAX has no Ftrl, expected PAPER or KERAS", Conventions.OPTAX::ftrl);
    assertNone(
        "PYTORCH has no NovoGrad, expected PAPER, OPTAX or TIMM", Conventions.PYTORCH::novoGrad);
    assertThatThrownBy(Conventions.OPTAX::rprop)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("OPTAX has an Rprop whose step is that of the gradient before");
    assertNone("PYTORCH has no Yogi, expected PAPER or OPTAX", Conventions.PYTORCH::yogi);
    assertNone("KERAS has no Yogi, expected PAPER or OPTAX", Conventions.KERAS::yogi);
    assertNone("KERAS has no LARS, expected PAPER, OPTAX or TIMM", Conventions.KERAS::lars);
    assertThatThrownBy(Conventions.OPTAX::adafactor)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("OPTAX has an Adafactor that factors large matrices alone");
    assertNone("KERAS has no Prodigy, expected PAPER or OPTAX", Conventions.KERAS::prodigy);
    assertNone(
        "PYTORCH has no DAdaptAdam, expected PAPER or OPTAX", Conventions.PYTORCH::dAdaptAdam);
    assertNone("KERAS has no Adan, expected PAPER or TIMM", Conventions.KERAS::adan);
    assertThatThrownBy(Conventions.OPTAX::adan)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("OPTAX has an Adan that weighs the difference by 1 - beta2");
    assertNone("KERAS has no RAdam, expected PAPER, PYTORCH or OPTAX", Conventions.KERAS::rAdam);
    assertThatThrownBy(Conventions.PAPER::adamW)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("PAPER has an AdamW whose decay is not multiplied by");
    assertThatThrownBy(Conventions.PAPER::nAdam)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("PAPER has an NAdam whose first moment decays by mu_t");
    assertThatThrownBy(Conventions.OPTAX::amsGrad)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("OPTAX has an AMSGrad whose maximum is that of the corrected");
  }

  private static void assertNone(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(UnsupportedOperationException.class).hasMessage(message);
  }
}
