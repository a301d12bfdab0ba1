package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
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
    "PAPER, adam, adam_default"
  })
  void aPresetIsTheOptimizerOfTheGoldenFile(
      Conventions conventions, String optimizer, String file) {
    JsonNode golden = Golden.read("optimizers/" + file + ".json");
    // The rate is the file's: some have a larger one, to move further.
    assertThat(atRateOf(golden, conventions, optimizer))
        .hasToString(GoldenOptimizers.create(golden).toString());
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
    AdaBelief belief = Conventions.TIMM.adaBelief().build();
    assertThat(belief.rectified()).isTrue();
    assertThat(belief.epsilon()).isEqualTo(1e-16);
    assertThat(belief.epsilonInVariance()).isEqualTo(1e-16);
    Muon muon = Conventions.TIMM.muon().build();
    assertThat(muon.nesterov()).isFalse();
    assertThat(muon.epsilonInsideMaximum()).isTrue();
    assertThat(muon.scaling()).isEqualTo(Muon.Scaling.MATCH_RMS);
    assertThat(Conventions.TIMM.lamb().build().decayInUpdate()).isEqualTo(0.01);
    assertThat(Conventions.TIMM.lion().build()).hasToString(new Lion().toString());
    assertThat(Conventions.TIMM.novoGrad().build())
        .hasToString(Conventions.PAPER.novoGrad().learningRate(1e-3).build().toString());
    assertThat(Conventions.TIMM.adamW().build())
        .hasToString(Conventions.PYTORCH.adamW().build().toString());
    assertNone("TIMM has no Rprop, expected PAPER or PYTORCH", Conventions.TIMM::rprop);
  }

  private static Optimizer atRateOf(JsonNode golden, Conventions conventions, String optimizer) {
    double rate = golden.at("/hyperparameters/lr").doubleValue();
    return switch (optimizer) {
      case "adaGrad" -> conventions.adaGrad().learningRate(rate).build();
      case "rmsProp" -> conventions.rmsProp().learningRate(rate).momentum(0).build();
      case "adaDelta" -> conventions.adaDelta().learningRate(rate).build();
      case "adam" -> conventions.adam().learningRate(rate).build();
      case "adamW" -> conventions.adamW().learningRate(rate).build();
      case "amsGrad" -> conventions.amsGrad().learningRate(rate).beta2(0.9).build();
      case "nAdam" -> conventions.nAdam().learningRate(rate).build();
      case "adaMax" -> conventions.adaMax().learningRate(rate).build();
      default -> conventions.rAdam().learningRate(rate).build();
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
