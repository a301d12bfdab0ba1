package io.github.descent4j.dl4j;

import static io.github.descent4j.dl4j.Descent4jUpdaterTest.assertBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.AdamW;
import io.github.descent4j.Optimizer;
import io.github.descent4j.OptimizerCase;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.RAdam;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedules;
import java.io.File;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Our updaters in SameDiff. */
@Tag("slow")
class SameDiffTest {
  private static final INDArray FEATURES = Nd4j.linspace(-1, 1, 60, DataType.FLOAT)
      .reshape(20, 3)
      .addi(Nd4j.linspace(0, 9, 60, DataType.FLOAT).reshape('f', 20, 3).fmod(1.3));
  private static final INDArray LABELS = FEATURES
      .mmul(Nd4j.createFromArray(new float[][] {{1, -1}, {2, 0.5f}, {-1, 3}}))
      .add(0.5);

  @TempDir
  private File folder;

  static List<OptimizerCase> cases() {
    return OptimizerCase.withoutDecay().stream()
        .filter(OptimizerCase::isUpdater)
        .toList();
  }

  /** Linear regression, whose weights are 'c' or 'f' ordered and whose bias is a scalar. */
  private static SameDiff model(Optimizer optimizer, char order) {
    SameDiff model = SameDiff.create();
    SDVariable x = model.placeHolder("x", DataType.FLOAT, -1, 3);
    SDVariable y = model.placeHolder("y", DataType.FLOAT, -1, 2);
    SDVariable w = model.var("w", Nd4j.create(DataType.FLOAT, new long[] {3, 2}, order));
    SDVariable b = model.var("b", Nd4j.scalar(0.25f));
    SDVariable error = x.mmul(w).add(b).sub(y);
    model.setLossVariables(error.mul(error).mean("loss"));
    model.setTrainingConfig(TrainingConfig.builder()
        .updater(Descent4j.updater(optimizer))
        .dataSetFeatureMapping("x")
        .dataSetLabelMapping("y")
        .build());
    return model;
  }

  private static void train(SameDiff model, int steps) {
    for (int step = 0; step < steps; step++) {
      model.fit(new DataSet(FEATURES, LABELS));
    }
  }

  private static INDArray array(SameDiff model, String name) {
    return model.getVariable(name).getArr();
  }

  @Test
  void itFits() {
    SameDiff model = model(new RAdam(0.05), 'c');
    train(model, 600);
    assertThat(array(model, "w").getDouble(2, 1)).isBetween(2.9, 3.1);
    assertThat(array(model, "b").getDouble()).isBetween(0.4, 0.6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aModelTakesOurSteps(OptimizerCase optimizerCase) {
    for (char order : new char[] {'c', 'f'}) {
      SameDiff model = model(optimizerCase.create().get(), order);
      Optimizer optimizer = optimizerCase.create().get();
      INDArray w = array(model, "w").dup();
      INDArray b = array(model, "b").dup();
      for (int step = 0; step < 8; step++) {
        Map<String, INDArray> gradients =
            model.calculateGradients(Map.of("x", FEATURES, "y", LABELS), "w", "b");
        optimizer.step(Parameters.of(
            Parameter.of("w", w, gradients.get("w").dup()),
            Parameter.of("b", b, gradients.get("b").dup())));
        train(model, 1);
        assertBits(array(model, "w"), w);
        assertBits(array(model, "b"), b);
      }
    }
  }

  @Test
  void aRuleOfOnesOwnGoesOnBitForBitFromAFile() {
    Descent4j.register("example.Heavy", s -> heavyBall(s.learningRate(), s.number("mu")));
    SameDiff whole = model(heavyBall(0.05, 0.9), 'c');
    train(whole, 8);
    SameDiff first = model(heavyBall(0.05, 0.9), 'c');
    train(first, 4);
    File file = new File(folder, "own.fb");
    first.save(file, true);
    SameDiff second = SameDiff.load(file, true);
    train(second, 4);
    assertBits(array(second, "w"), array(whole, "w"));
    assertBits(array(second, "b"), array(whole, "b"));
  }

  private static UpdateRule heavyBall(double learningRate, double mu) {
    return UpdateRule.of("example.Heavy", learningRate, f -> {
      Scalar factor = f.hyperparameter("mu", mu, Range.FRACTION);
      Slot v = f.slot("v");
      f.subtract(f.learningRate().times(v.set(factor.times(v).plus(f.gradient()))));
    });
  }

  /** Theirs is taken off with the update, ours ahead of it: the same but for rounding. */
  @Test
  void decayOfAModelMakesAdamW() {
    double decay = 0.1;
    AdamW.Builder builder = AdamW.builder().learningRate(0.01);
    SameDiff model = model(builder.weightDecay(0).build(), 'c');
    model.setTrainingConfig(TrainingConfig.builder()
        .updater(model.getTrainingConfig().getUpdater())
        .weightDecay(decay, true)
        .dataSetFeatureMapping("x")
        .dataSetLabelMapping("y")
        .build());
    Optimizer optimizer = builder.weightDecay(decay).build();
    INDArray w = array(model, "w").dup();
    for (int step = 0; step < 20; step++) {
      INDArray gradient =
          model.calculateGradients(Map.of("x", FEATURES, "y", LABELS), "w").get("w");
      optimizer.step(Parameters.of(Parameter.of("w", w, gradient.dup())));
      train(model, 1);
      INDArray difference = array(model, "w").sub(w);
      assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-6);
    }
    SameDiff plain = model(builder.weightDecay(0).build(), 'c');
    train(plain, 20);
    assertThat(array(plain, "w").sub(w).amaxNumber().doubleValue()).isGreaterThan(1e-4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainingGoesOnBitForBitFromAFile(OptimizerCase optimizerCase) {
    for (char order : new char[] {'c', 'f'}) {
      Optimizer optimizer = optimizerCase.create().get().scheduled(Schedules.step(0.01, 3, 0.5));
      SameDiff whole = model(optimizer, order);
      train(whole, 5);
      File file = new File(folder, "model-" + order + ".fb");
      whole.save(file, true);
      SameDiff restored = SameDiff.load(file, true);
      assertThat(restored.getTrainingConfig().getUpdater())
          .isEqualTo(whole.getTrainingConfig().getUpdater());
      train(whole, 5);
      train(restored, 5);
      assertBits(array(restored, "w"), array(whole, "w"));
      assertBits(array(restored, "b"), array(whole, "b"));
    }
  }
}
