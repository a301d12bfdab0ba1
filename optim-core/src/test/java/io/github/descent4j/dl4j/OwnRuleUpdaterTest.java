package io.github.descent4j.dl4j;

import static io.github.descent4j.dl4j.Descent4jUpdaterTest.assertBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RowUpdate;
import io.github.descent4j.Sgd;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.rule.Formula;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.Term;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedules;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.serde.json.JsonMappers;

/** Rules of a user's own as updaters of networks. */
class OwnRuleUpdaterTest {
  private static final String ID = "example.Own";

  @TempDir
  private File folder;

  private enum Form {
    SIGN,
    PLAIN
  }

  private static UpdateRule own(double learningRate, double beta, Form form, boolean corrected) {
    return UpdateRule.of(ID, learningRate, f -> define(f, beta, form, corrected));
  }

  private static void define(Formula f, double beta, Form form, boolean corrected) {
    Scalar kept = f.hyperparameter("beta", beta, Range.FRACTION);
    f.option("form", form);
    f.option("corrected", corrected);
    Slot m = f.slot("m");
    Term next = m.set(m.mix(kept, f.gradient()));
    Term step = form == Form.SIGN ? next.sign() : next;
    Scalar rate = f.scalar(
        "rate", s -> corrected ? s.learningRate() / s.biasCorrection(kept) : s.learningRate());
    f.subtract(rate.times(step));
  }

  @BeforeEach
  void register() {
    Descent4j.register(
        ID,
        s -> own(
            s.learningRate(), s.number("beta"), Form.valueOf(s.text("form")), s.flag("corrected")));
  }

  private static Optimizer scheduled() {
    return own(1e-2, 0.75, Form.PLAIN, true)
        .scheduled(Schedules.linearWarmup(3, 1e-2).then(Schedules.cosine(1e-2, 10)));
  }

  private static MultiLayerNetwork network(IUpdater updater) {
    MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
        .seed(42)
        .updater(updater)
        .activation(Activation.TANH)
        .list()
        .layer(new DenseLayer.Builder().nIn(5).nOut(4).build())
        .layer(new OutputLayer.Builder(LossFunction.MSE)
            .nOut(2)
            .activation(Activation.IDENTITY)
            .build())
        .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static DataSet batch(int seed) {
    Random random = new Random(seed);
    INDArray features = Nd4j.createFromArray(random.doubles(40, -1, 1).toArray())
        .castTo(DataType.FLOAT)
        .reshape(8, 5);
    INDArray labels = Nd4j.createFromArray(random.doubles(16, -1, 1).toArray())
        .castTo(DataType.FLOAT)
        .reshape(8, 2);
    return new DataSet(features, labels);
  }

  private static void train(MultiLayerNetwork network, int from, int to) {
    for (int batch = from; batch < to; batch++) {
      network.fit(batch(batch));
    }
  }

  @Test
  void aNetworkTakesItsSteps() {
    MultiLayerNetwork network = network(Descent4j.updater(scheduled()));
    Optimizer optimizer = scheduled();
    for (int batch = 0; batch < 6; batch++) {
      INDArray before = network.params().dup();
      DataSet data = batch(batch);
      network.setInput(data.getFeatures());
      network.setLabels(data.getLabels());
      network.computeGradientAndScore();
      INDArray gradient = network.getFlattenedGradients().dup().divi(8).reshape(before.shape());
      optimizer.step(Parameters.of(Parameter.of("all", before, gradient)));
      network.fit(data);
      assertBits(network.params(), before);
    }
  }

  @Test
  void trainingGoesOnBitForBitFromAFile() throws IOException {
    MultiLayerNetwork whole = network(Descent4j.updater(scheduled()));
    train(whole, 0, 5);
    File file = new File(folder, "network.zip");
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    assertThat(restored.getLayerWiseConfigurations()).isEqualTo(whole.getLayerWiseConfigurations());
    train(whole, 5, 10);
    train(restored, 5, 10);
    assertBits(restored.params(), whole.params());
    assertBits(restored.getUpdater().getStateViewArray(), whole.getUpdater().getStateViewArray());
  }

  @Test
  void jsonKeepsAllHyperparameters() throws IOException {
    IUpdater updater = Descent4j.updater(own(0.25, 0, Form.SIGN, false));
    String json = JsonMappers.getMapper().writeValueAsString(updater);
    assertThat(json).contains("\"" + ID + "\"", "\"SIGN\"");
    IUpdater read = JsonMappers.getMapper().readValue(json, IUpdater.class);
    assertThat(read).isEqualTo(updater).hasToString(updater.toString());
    assertThat(read.clone()).isEqualTo(updater);
    assertThat(json).contains("0.0");
    IUpdater whole = JsonMappers.getMapper().readValue(json.replace("0.0", "0"), IUpdater.class);
    assertThat(((Descent4jUpdater) whole).rule())
        .hasToString(((Descent4jUpdater) updater).rule().toString());
  }

  @Test
  void whatIsNotRegisteredIsRefusedHereAndOnReading() {
    UpdateRule unknown = UpdateRule.of("example.Unknown", 1, f -> f.subtract(f.gradient()));
    String expected =
        "rule is 'example.Unknown', expected the id of an update rule such as Adam, or of one of your own"
            + " that Descent4j.register has been told of";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.updater(unknown))
        .withMessage(expected);
    String json =
        "{\"@class\": \"io.github.descent4j.dl4j.Descent4jUpdater\", \"rule\": \"example.Unknown\","
            + " \"hyperparameters\": {}, \"learningRate\": 1}";
    assertThat(catchThrowable(() -> JsonMappers.getMapper().readValue(json, IUpdater.class)))
        .hasMessageContaining(expected);
  }

  @Test
  void aFactoryMakesTheSameRule() {
    refusedBy(
        s -> own(s.learningRate(), 0.5, Form.PLAIN, true),
        "expected the hyperparameters {beta=0.75");
    refusedBy(
        s -> own(1, s.number("beta"), Form.PLAIN, true), "expected the hyperparameters {beta=0.75");
    refusedBy(
        s -> own(s.learningRate(), s.number("beta"), Form.SIGN, true),
        "expected the hyperparameters {beta=0.75");
    refusedBy(
        s -> {
          throw new IllegalArgumentException("expected " + s);
        },
        "expected example.Own{beta=0.75, form=PLAIN, corrected=true} with learning rate 0.01");
    refusedBy(s -> new Sgd(s.learningRate()), "expected that id");
    refusedBy(
        s -> UpdateRule.define(ID, s.learningRate(), f -> define(f, 0.75, Form.PLAIN, true))
            .weightDecay(WeightDecay.coupled(0.1))
            .build(),
        "expected no weight decay");
    refusedBy(
        s -> own(s.learningRate(), s.number("gamma"), Form.PLAIN, true),
        "gamma of example.Own is null, expected a value of type Number");
    refusedBy(
        s -> UpdateRule.of(ID, s.learningRate(), f -> {
          f.hyperparameter("beta", s.number("beta"), Range.FRACTION);
          f.option("form", Form.PLAIN);
          f.option("corrected", true);
          f.subtract(f.learningRate().times(f.gradient()));
        }),
        "expected the rule that a network makes again");
    Descent4j.register(ID, s -> null);
    assertThatNullPointerException()
        .isThrownBy(() -> Descent4j.updater(scheduled()))
        .withMessageContaining("is null, expected a rule");
  }

  private static void refusedBy(Function<RuleSettings, UpdateRule> factory, String expected) {
    Descent4j.register(ID, factory);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.updater(own(1e-2, 0.75, Form.PLAIN, true)))
        .withMessageContaining(expected);
  }

  @Test
  void idsOfTheLibraryAreTaken() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.register("Adam", s -> null))
        .withMessage("id is 'Adam', expected one that no rule of this library has");
  }

  @Test
  void whatAnUpdaterCannotKnowIsRefused() {
    String elements = "expected a rule that is computed element by element";
    refused(
        "example.Norms",
        elements,
        f -> f.subtract(f.ofNorms("n", n -> n[0], f.gradient()).times(f.gradient())));
    refused(
        "example.Model",
        elements,
        f -> f.subtract(f.ofModelNorms("n", n -> n[0], f.gradient()).times(f.gradient())));
    refused("example.Whole", elements, f -> f.wholeParameter(w -> w.value().subi(w.gradient())));
    String noParameter = "expected a rule whose step does not depend on the parameter";
    refused("example.Shrinks", noParameter, f -> f.update(f.parameter().times(0.5)));
    refused("example.Product", noParameter, f -> f.subtract(f.parameter().times(f.gradient())));
    refused("example.Slot", noParameter, f -> {
      f.slot("old").set(f.parameter());
      f.subtract(f.gradient());
    });
    for (UpdateRule rule : new UpdateRule[] {
      UpdateRule.define("example.Half", 1, f -> f.subtract(f.gradient()))
          .masterValues(true)
          .build(),
      Sgd.builder().masterValues(true).build()
    }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Descent4j.updater(rule))
          .withMessageContaining(
              "expected masterValues false: a network keeps the state in its own type");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Descent4j.updater(Sgd.builder().rowUpdate(RowUpdate.EXACT).build()))
        .withMessageContaining("expected rowUpdate LAZY: a network has whole gradients");
  }

  private static void refused(String id, String expected, Consumer<Formula> definition) {
    Descent4j.register(id, s -> UpdateRule.of(id, s.learningRate(), definition));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Descent4j.updater(UpdateRule.of(id, 1, definition)))
        .withMessageContaining(expected);
    // What is read is checked alike.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Descent4jUpdater(id, Map.of(), 1.0, null))
        .withMessageContaining(expected);
  }

  @Test
  void addingInPlaceOfSubtractingWorks() {
    String id = "example.Adds";
    Descent4j.register(
        id,
        s -> UpdateRule.of(
            id, s.learningRate(), f -> f.update(f.parameter().plus(f.gradient().times(-0.5)))));
    IUpdater updater = Descent4j.updater(UpdateRule.of(
        id, 1, f -> f.update(f.parameter().plus(f.gradient().times(-0.5)))));
    INDArray gradient = Nd4j.createFromArray(1f, -2f);
    updater.instantiate((INDArray) null, true).applyUpdater(gradient, 0, 0);
    assertThat(gradient).isEqualTo(Nd4j.createFromArray(0.5f, -1f));
  }
}
