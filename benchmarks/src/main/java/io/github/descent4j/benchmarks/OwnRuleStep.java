package io.github.descent4j.benchmarks;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Lion as a user would write it: by the public door, and as a loop of one's own. */
public class OwnRuleStep extends StepBenchmark {
  private static final float RATE = 1e-4f;
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.99f;

  private final Optimizer rule = UpdateRule.of("OwnLion", RATE, f -> {
    Scalar beta1 = f.hyperparameter("beta1", BETA1, Range.FRACTION);
    Scalar beta2 = f.hyperparameter("beta2", BETA2, Range.FRACTION);
    Slot m = f.slot("m");
    f.subtract(f.learningRate().times(m.mix(beta1, f.gradient()).sign()));
    m.set(m.mix(beta2, f.gradient()));
  });
  private final List<FloatBuffer> values = new ArrayList<>();
  private final List<FloatBuffer> gradients = new ArrayList<>();
  private final List<float[]> moments = new ArrayList<>();
  private Model model;
  private Parameters parameters;

  @Setup
  public void setUp() {
    renew();
    model.validate("a loop of one's own", Formula.LION, this::handWrittenLion);
    renew();
    model.validate("a rule of one's own", Formula.LION, this::ownLion);
    warmUpOnce(() -> {
      ownLion();
      handWrittenLion();
    });
  }

  private void renew() {
    tearDown();
    model = new Model(size);
    parameters = model.parameters();
    values.clear();
    gradients.clear();
    moments.clear();
    for (int i = 0; i < parameters.size(); i++) {
      values.add(memory(model.values().get(i)));
      gradients.add(memory(model.gradients().get(i)));
      moments.add(new float[length(size)]);
    }
  }

  private static FloatBuffer memory(INDArray array) {
    return array.data().pointer().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** The public door. */
  @Benchmark
  public void ownLion() {
    rule.step(parameters);
  }

  /** One thread, over the same memory. */
  @Benchmark
  public void handWrittenLion() {
    for (int i = 0; i < values.size(); i++) {
      lion(values.get(i), gradients.get(i), moments.get(i));
    }
  }

  private static void lion(FloatBuffer value, FloatBuffer gradient, float[] m) {
    for (int j = 0; j < m.length; j++) {
      float g = gradient.get(j);
      value.put(j, value.get(j) - RATE * Math.signum(BETA1 * m[j] + (1 - BETA1) * g));
      m[j] = BETA2 * m[j] + (1 - BETA2) * g;
    }
  }

  @TearDown
  public void tearDown() {
    if (model != null) {
      model.close();
    }
  }
}
