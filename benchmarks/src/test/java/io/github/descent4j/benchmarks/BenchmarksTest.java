package io.github.descent4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs every benchmark once, so that its validation runs in the build; times nothing. */
class BenchmarksTest {

  @ParameterizedTest
  @EnumSource(Formula.class)
  void optimizerStep(Formula formula) {
    for (String size : new String[] {"1000", "3x100"}) {
      OptimizerStep benchmark = new OptimizerStep();
      benchmark.optimizer = formula.label();
      benchmark.size = size;
      benchmark.setUp();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"SGD", "NESTEROV", "ADAGRAD", "RMSPROP", "ADADELTA", "ADAM", "AMSGRAD", "ADAMAX"})
  void nd4jUpdaterStep(Formula formula) {
    for (String size : new String[] {"1000", "3x100"}) {
      Nd4jUpdaterStep benchmark = new Nd4jUpdaterStep();
      benchmark.optimizer = formula.label();
      benchmark.size = size;
      benchmark.setUp();
      benchmark.restoreGradients();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  /** A first step of sixty times the rate: it has no row, and docs/benchmarks.md says so. */
  @Test
  void nd4jsNadamIsNoPeer() {
    Nd4jUpdaterStep benchmark = new Nd4jUpdaterStep();
    benchmark.optimizer = Formula.NADAM.label();
    benchmark.size = "100";
    assertThatThrownBy(benchmark::setUp)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ND4J's updater is not NAdam");
  }

  @ParameterizedTest
  @EnumSource(Formula.class)
  void nd4jOperationsStep(Formula formula) {
    for (String size : new String[] {"1000", "3x100"}) {
      Nd4jOperationsStep benchmark = new Nd4jOperationsStep();
      benchmark.optimizer = formula.label();
      benchmark.size = size;
      benchmark.setUp();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000", "3x100"})
  void saxpy(String size) {
    Saxpy benchmark = new Saxpy();
    benchmark.size = size;
    benchmark.setUp();
    benchmark.saxpy();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000", "3x100"})
  void globalNormClip(String size) {
    GlobalNormClip benchmark = new GlobalNormClip();
    benchmark.size = size;
    benchmark.setUp();
    benchmark.clip();
    benchmark.clipAndAdamStep();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000", "3x100"})
  void decoratedSteps(String size) {
    DecoratedSteps benchmark = new DecoratedSteps();
    benchmark.size = size;
    benchmark.setUp();
    benchmark.averagedAdam();
    benchmark.accumulatedAdam();
    benchmark.adaptivelyClippedAdam();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lookaheadAdam",
        "samAdam",
        "scheduleFreeSgd",
        "scheduleFreeAdamW",
        "centralizedAdam",
        "noisyAdam"
      })
  void wrappedStep(String optimizer) {
    for (String size : new String[] {"1000", "3x100"}) {
      WrappedStep benchmark = new WrappedStep();
      benchmark.optimizer = optimizer;
      benchmark.size = size;
      benchmark.setUp();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1000, Lamb",
    "3x100, Lamb",
    "1000, NovoGrad",
    "3x100, NovoGrad",
    "1000, Lars",
    "3x100, Lars",
    "1000, Adafactor",
    "3x100, Adafactor",
    "1000, Prodigy",
    "3x100, Prodigy",
    "1000, DAdaptAdam",
    "3x100, DAdaptAdam",
    "1000, DAdaptSgd",
    "3x100, DAdaptSgd"
  })
  void normedStep(String size, String optimizer) {
    NormedStep benchmark = new NormedStep();
    benchmark.size = size;
    benchmark.optimizer = optimizer;
    benchmark.setUp();
    benchmark.step();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8x20", "20x8"})
  void muonStep(String shape) {
    MuonStep benchmark = new MuonStep();
    benchmark.shape = shape;
    benchmark.setUp();
    benchmark.muon();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "lazy", "exact"})
  void rowStep(String gradient) {
    for (String optimizer :
        new String[] {"Sgd", "Momentum", "AdaGrad", "RmsProp", "Adam", "Ftrl"}) {
      RowStep benchmark = new RowStep();
      benchmark.optimizer = optimizer;
      benchmark.gradient = gradient;
      benchmark.shape = "1000x7";
      benchmark.setUp();
      benchmark.step();
      benchmark.tearDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000", "3x100"})
  void ownRuleStep(String size) {
    OwnRuleStep benchmark = new OwnRuleStep();
    benchmark.size = size;
    benchmark.setUp();
    benchmark.ownLion();
    benchmark.handWrittenLion();
    benchmark.tearDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void trainingStep(String network) {
    TrainingStep benchmark = new TrainingStep();
    benchmark.network = network;
    benchmark.setUp();
    benchmark.step();
  }
}
