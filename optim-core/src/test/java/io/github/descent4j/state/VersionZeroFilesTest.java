package io.github.descent4j.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.AdaMax;
import io.github.descent4j.Adam;
import io.github.descent4j.Momentum;
import io.github.descent4j.NAdam;
import io.github.descent4j.Nesterov;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.OptimizerState;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.TestArrays;
import io.github.descent4j.Yogi;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.decorator.Accumulation;
import io.github.descent4j.decorator.AdjustableOptimizer;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.dl4j.Descent4j;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.serde.json.JsonMappers;

/**
 * Files that the first published code has written, whose classes were in other packages, still load: state
 * files, parameters, and networks of DL4J and SameDiff. {@link #main} wrote them, at the commit that
 * added them.
 */
class VersionZeroFilesTest {
  private static final Path FILES = Path.of("src", "test", "resources", "version-0");

  /** Steps that the files have seen. */
  private static final int STEPS = 3;

  private static final Map<String, Function<ReduceOnPlateau, Optimizer>> OPTIMIZERS =
      new LinkedHashMap<>();

  static {
    for (OptimizerCase optimizer : OptimizerCase.all()) {
      OPTIMIZERS.put(optimizer.name(), plateau -> optimizer.create().get());
    }
    OPTIMIZERS.put(
        "decorated clipped", plateau -> new Adam().clipped(GradientClip.byGlobalNorm(0.5)));
    OPTIMIZERS.put(
        "decorated plateau", plateau -> new RAdam().scheduled(plateau.schedule().scaled(0.5)));
    OPTIMIZERS.put("decorated accumulated", plateau -> new Momentum().accumulated(2));
    OPTIMIZERS.put(
        "decorated accumulated sum",
        plateau -> new Adam().accumulated(2, Accumulation.SUM).scheduled(Schedules.cosine(0.1, 9)));
    OPTIMIZERS.put("decorated averaged", plateau -> new Adam().averaged(WeightAverage.ema(0.9)));
    OPTIMIZERS.put("decorated guarded", plateau -> new Adam().guarded(NonFinite.SKIP));
    OPTIMIZERS.put("decorated adjustable", plateau -> adjusted(new AdaMax().adjustable()));
    OPTIMIZERS.put(
        "decorated clipped adaptively",
        plateau -> new Momentum().clippedAdaptively(AdaptiveClip.of(0.01)));
    OPTIMIZERS.put(
        "decorated all",
        plateau -> new Yogi()
            .averaged(WeightAverage.equal())
            .scheduled(plateau.schedule())
            .accumulated(2)
            .averaged(WeightAverage.warmedUpEma(0.9))
            .clipped(GradientClip.byNorm(0.5))
            .guarded(NonFinite.SKIP));
    OPTIMIZERS.put(
        "decorated groups",
        plateau -> Optimizer.groups()
            .group(
                "vectors",
                parameter -> parameter.value().rank() < 2,
                new Nesterov().averaged(WeightAverage.equal()),
                0.5)
            .otherwise(new NAdam().scheduled(plateau.schedule()).guarded(NonFinite.SKIP))
            .build()
            .averaged(WeightAverage.biasCorrectedEma(0.8)));
  }

  @TempDir
  private Path folder;

  private static Optimizer adjusted(AdjustableOptimizer optimizer) {
    optimizer.learningRate(0.03);
    return optimizer;
  }

  /** A model of two parameters and what trains it, from gradients that depend on the step alone. */
  private static final class Run {
    final ReduceOnPlateau plateau =
        ReduceOnPlateau.builder().learningRate(0.1).patience(0).build();
    final Parameters parameters = Parameters.of(
        Parameter.of(
            "w",
            Nd4j.createFromArray(new double[][] {{1, -2, 3}, {-0.5, 0.25, 0}}),
            Nd4j.create(DataType.DOUBLE, 2, 3)),
        Parameter.of("b", Nd4j.createFromArray(0.5f, -1, 2, 0), Nd4j.create(DataType.FLOAT, 4)));
    final Optimizer optimizer;

    Run(String name) {
      optimizer = OPTIMIZERS.get(name).apply(plateau);
    }

    /** One of the gradients is not finite, where that is skipped. */
    void run(int from, int to) {
      for (int step = from; step < to; step++) {
        SplittableRandom random = new SplittableRandom(step);
        for (Parameter parameter : parameters) {
          INDArray gradient = parameter.gradient();
          gradient.assign(
              Nd4j.createFromArray(random.doubles(gradient.length(), -1, 1).toArray())
                  .reshape(gradient.shape())
                  .castTo(gradient.dataType()));
        }
        if (step == 1 && optimizer.toString().endsWith("guarded(SKIP)")) {
          parameters.get("b").gradient().assign(Float.NaN);
        }
        optimizer.step(parameters);
        plateau.update(step);
      }
    }

    void assignFrom(Run other) {
      for (Parameter parameter : parameters) {
        parameter.value().assign(other.parameters.get(parameter.name()).value());
      }
    }
  }

  private static Run trained(String name) {
    Run run = new Run(name);
    run.run(0, STEPS);
    return run;
  }

  private static String fileName(String name) {
    return name.replace(' ', '-') + ".npz";
  }

  /** Optimizers that have come since have no file. */
  static List<String> names() {
    return OPTIMIZERS.keySet().stream()
        .filter(name -> Files.exists(FILES.resolve(fileName(name))))
        .toList();
  }

  @Test
  void thereAreFilesOfEveryOptimizerOfThatTime() {
    assertThat(names()).hasSize(57);
  }

  @ParameterizedTest
  @MethodSource("names")
  void stateFilesLoadAndTheNextStepsHaveTheSameBits(String name) {
    Run expected = trained(name);
    Run loaded = new Run(name);
    loaded.assignFrom(expected);
    loaded.optimizer.state().load(FILES.resolve(fileName(name)), loaded.parameters);
    assertThat(loaded.optimizer.steps()).isEqualTo(expected.optimizer.steps());
    assertSame(loaded, expected);
    loaded.plateau.update(STEPS - 1);
    expected.plateau.update(STEPS - 1);
    loaded.run(STEPS, STEPS + 2);
    expected.run(STEPS, STEPS + 2);
    assertSame(loaded, expected);
  }

  /** Slots, steps, values, and all that decorators remember, which is in a state file. */
  private void assertSame(Run actual, Run expected) {
    OptimizerState actualState = actual.optimizer.state();
    OptimizerState expectedState = expected.optimizer.state();
    assertThat(actualState.parameters()).isEqualTo(expectedState.parameters());
    for (String parameter : expectedState.parameters()) {
      assertThat(actualState.steps(parameter)).isEqualTo(expectedState.steps(parameter));
      assertThat(actualState.slots(parameter)).isEqualTo(expectedState.slots(parameter));
      for (String slot : expectedState.slots(parameter)) {
        TestArrays.assertSameBits(
            parameter + "/" + slot,
            actualState.slot(parameter, slot),
            expectedState.slot(parameter, slot));
      }
    }
    for (Parameter parameter : expected.parameters) {
      TestArrays.assertSameBits(
          parameter.name(), actual.parameters.get(parameter.name()).value(), parameter.value());
    }
    actualState.save(folder.resolve("actual.npz"));
    expectedState.save(folder.resolve("expected.npz"));
    assertThat(folder.resolve("actual.npz")).hasSameBinaryContentAs(folder.resolve("expected.npz"));
  }

  @Test
  void parametersLoad() {
    Run expected = trained("Adam");
    Run loaded = new Run("Adam");
    loaded.parameters.load(FILES.resolve("parameters.npz"));
    for (Parameter parameter : expected.parameters) {
      TestArrays.assertSameBits(
          parameter.name(), loaded.parameters.get(parameter.name()).value(), parameter.value());
    }
  }

  private static Optimizer forNetwork(String kind) {
    Optimizer rule = RAdam.builder()
        .learningRate(0.02)
        .belowThreshold(RAdam.BelowThreshold.NO_STEP)
        .build();
    return kind.equals("scheduled") ? rule.scheduled(Schedules.step(0.02, 2, 0.5)) : rule;
  }

  private static final DataSet DATA = new DataSet(
      Nd4j.createFromArray(new float[][] {{1, 2, 3}, {-1, 0, 1}, {0.5f, -2, 1}, {2, 2, -3}}),
      Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {1, 0}, {0, 1}}));

  private static MultiLayerNetwork network(String kind) {
    MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
        .seed(42)
        .updater(Descent4j.updater(forNetwork(kind)))
        .list()
        .layer(
            new DenseLayer.Builder().nIn(3).nOut(4).activation(Activation.TANH).build())
        .layer(new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(2)
            .activation(Activation.SOFTMAX)
            .build())
        .build());
    network.init();
    network.setParams(Nd4j.linspace(-1, 1, network.numParams(), DataType.FLOAT));
    return network;
  }

  private static MultiLayerNetwork trainedNetwork(String kind) {
    MultiLayerNetwork network = network(kind);
    train(network, STEPS);
    return network;
  }

  private static void train(MultiLayerNetwork network, int steps) {
    for (int step = 0; step < steps; step++) {
      network.fit(DATA);
    }
  }

  /** Their products may be rounded otherwise elsewhere, so steps are compared from the same arrays. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "scheduled"})
  void networksOfDl4jGoOn(String kind) throws IOException {
    MultiLayerNetwork loaded = ModelSerializer.restoreMultiLayerNetwork(
        FILES.resolve("network-" + kind + ".zip").toFile(), true);
    MultiLayerNetwork expected = trainedNetwork(kind);
    assertThat(loaded.getIterationCount()).isEqualTo(STEPS);
    assertThat(loaded.getLayerWiseConfigurations())
        .isEqualTo(expected.getLayerWiseConfigurations());
    assertClose(loaded.params(), expected.params());
    assertClose(loaded.getUpdater().getStateViewArray(), expected.getUpdater().getStateViewArray());
    expected.setParams(loaded.params());
    expected.getUpdater().getStateViewArray().assign(loaded.getUpdater().getStateViewArray());
    train(loaded, 4);
    train(expected, 4);
    TestArrays.assertSameBits("parameters", loaded.params(), expected.params());
    TestArrays.assertSameBits(
        "state",
        loaded.getUpdater().getStateViewArray(),
        expected.getUpdater().getStateViewArray());
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scheduled"})
  void configurationsOfDl4jAreReadFromJson(String kind) throws IOException {
    String json = Files.readString(FILES.resolve("network-" + kind + ".json"));
    assertThat(json).contains("\"io.github.descent4j.Descent4jUpdater\"");
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(json);
    assertThat(read).isEqualTo(network(kind).getLayerWiseConfigurations());
    assertThat(MultiLayerConfiguration.fromJson(read.toJson())).isEqualTo(read);
  }

  private static SameDiff model(String kind) {
    SameDiff model = SameDiff.create();
    SDVariable x = model.placeHolder("x", DataType.FLOAT, -1, 3);
    SDVariable y = model.placeHolder("y", DataType.FLOAT, -1, 2);
    SDVariable w = model.var("w", Nd4j.linspace(-1, 1, 6, DataType.FLOAT).reshape(3, 2));
    SDVariable error = x.mmul(w).sub(y);
    model.setLossVariables(error.mul(error).mean("loss"));
    model.setTrainingConfig(TrainingConfig.builder()
        .updater(Descent4j.updater(forNetwork(kind)))
        .dataSetFeatureMapping("x")
        .dataSetLabelMapping("y")
        .build());
    return model;
  }

  private static SameDiff trainedModel(String kind) {
    SameDiff model = model(kind);
    train(model, STEPS);
    return model;
  }

  private static void train(SameDiff model, int steps) {
    for (int step = 0; step < steps; step++) {
      model.fit(DATA);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scheduled"})
  void modelsOfSameDiffGoOn(String kind) throws IOException {
    String json = Files.readString(FILES.resolve("samediff-" + kind + ".json"));
    assertThat(json).contains("\"io.github.descent4j.Descent4jUpdater\"");
    assertThat(TrainingConfig.fromJson(json).getUpdater())
        .isEqualTo(model(kind).getTrainingConfig().getUpdater());

    SameDiff loaded = SameDiff.load(FILES.resolve("samediff-" + kind + ".fb").toFile(), true);
    SameDiff expected = trainedModel(kind);
    assertThat(loaded.getTrainingConfig().getUpdater())
        .isEqualTo(expected.getTrainingConfig().getUpdater());
    assertThat(loaded.getTrainingConfig().getIterationCount()).isEqualTo(STEPS);
    INDArray actual = loaded.getVariable("w").getArr();
    assertClose(actual, expected.getVariable("w").getArr());
    // A copy of the file is what goes on without having been moved.
    Path copy = folder.resolve("copy.fb");
    loaded.save(copy.toFile(), true);
    SameDiff again = SameDiff.load(copy.toFile(), true);
    train(loaded, 3);
    train(again, 3);
    TestArrays.assertSameBits(
        "w", loaded.getVariable("w").getArr(), again.getVariable("w").getArr());
    train(expected, 3);
    assertClose(loaded.getVariable("w").getArr(), expected.getVariable("w").getArr());
  }

  private static String json(Optimizer optimizer) {
    try {
      return JsonMappers.getMapper().writeValueAsString(Descent4j.updater(optimizer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<OptimizerCase> updaters() {
    return OptimizerCase.withoutDecay();
  }

  @Test
  void updatersOfEveryRuleAreReadFromJson() throws IOException {
    Map<String, OptimizerCase> cases = new LinkedHashMap<>();
    updaters().forEach(optimizer -> cases.put(optimizer.name(), optimizer));
    List<String> lines = Files.readAllLines(FILES.resolve("updaters.txt"));
    assertThat(lines).hasSize(33);
    for (String line : lines) {
      int end = line.indexOf(": ");
      IUpdater read = JsonMappers.getMapper().readValue(line.substring(end + 2), IUpdater.class);
      Optimizer optimizer = cases.get(line.substring(0, end)).create().get();
      assertThat(read).as(line).isEqualTo(Descent4j.updater(optimizer));
    }
  }

  /**
   * Writes all files.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (String name : OPTIMIZERS.keySet()) {
      trained(name).optimizer.state().save(folder.resolve(fileName(name)));
    }
    trained("Adam").parameters.save(folder.resolve("parameters.npz"));
    for (String kind : List.of("plain", "scheduled")) {
      MultiLayerNetwork network = trainedNetwork(kind);
      Files.writeString(
          folder.resolve("network-" + kind + ".json"),
          network(kind).getLayerWiseConfigurations().toJson());
      ModelSerializer.writeModel(
          network, folder.resolve("network-" + kind + ".zip").toFile(), true);
      SameDiff model = trainedModel(kind);
      Files.writeString(
          folder.resolve("samediff-" + kind + ".json"),
          model(kind).getTrainingConfig().toJson());
      model.save(folder.resolve("samediff-" + kind + ".fb").toFile(), true);
    }
    StringBuilder lines = new StringBuilder();
    for (OptimizerCase updater : updaters()) {
      String json = json(updater.create().get()).replaceAll("\\s*\\R\\s*", " ");
      lines.append(updater.name()).append(": ").append(json).append('\n');
    }
    Files.write(folder.resolve("updaters.txt"), lines.toString().getBytes(UTF_8));
  }
}
