package example;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.WeightDecay;
import io.github.descent4j.clip.GradientClip;
import io.github.descent4j.rule.Range;
import io.github.descent4j.rule.Scalar;
import io.github.descent4j.rule.Slot;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.schedule.Schedules;
import java.nio.file.Path;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trains with rules and a decorator of its own; a second process goes on and must reach the same bits. */
public class OwnRule {
  private static final int STEPS = 200;

  private final INDArray w = Nd4j.createFromArray(5f, -3f, 2f, 4f).reshape(2, 2);
  private final INDArray b = Nd4j.createFromArray(1f, -1f);
  private final INDArray c = Nd4j.createFromArray(1f, -1f, 3f);
  private final INDArray gradW = Nd4j.zeros(2, 2);
  private final INDArray gradB = Nd4j.zeros(2);
  private final INDArray gradC = Nd4j.zeros(3);
  private final Parameters parameters = Parameters.of(
      Parameter.of("w", w, gradW), Parameter.of("b", b, gradB), Parameter.of("c", c, gradC));
  private final Optimizer optimizer = optimizer();

  private static Optimizer optimizer() {
    UpdateRule signs = UpdateRule.define("example.SignMomentum", 1e-2, f -> {
          Scalar beta = f.hyperparameter("beta", 0.9, Range.FRACTION);
          Slot m = f.slot("m");
          f.subtract(f.learningRate().times(m.set(m.mix(beta, f.gradient())).sign()));
        })
        .weightDecay(WeightDecay.decoupled(0.01))
        .build();
    Optimizer centred = UpdateRule.of(
        "example.Centred",
        0.05,
        f -> f.wholeParameter(p -> {
          INDArray v = p.slot("v", p.value().shape());
          v.muli(0.9).addi(p.gradient());
          p.value().subi(v.sub(v.meanNumber()).mul(p.learningRate()));
        }));
    Optimizer groups = Optimizer.groups()
        .group("matrices", p -> p.value().rank() >= 2, new HeavyBall(0.02, 0.9))
        .group("centred", p -> p.name().equals("c"), centred)
        .otherwise(signs)
        .build();
    return new Fading(groups.clipped(GradientClip.byGlobalNorm(5)))
        .scheduled(Schedules.cosine(0.02, 2 * STEPS));
  }

  private double train() {
    for (int i = 0; i < STEPS; i++) {
      gradW.assign(w.mul(2)); // of the loss |w|² + |b|² + |c|²
      gradB.assign(b.mul(2));
      gradC.assign(c.mul(2));
      optimizer.step(parameters);
    }
    return w.norm2Number().doubleValue() + b.norm2Number().doubleValue();
  }

  public static void main(String[] args) {
    Path state = Path.of("target", "optimizer.npz");
    Path values = Path.of("target", "parameters.npz");
    OwnRule run = new OwnRule();
    if (args[0].equals("begin")) {
      double left = run.train();
      run.optimizer.state().save(state);
      run.parameters.save(values);
      require(left < 1.5, "loss is left at " + left + ", expected less than 1.5");
      System.out.println("trained to " + left + " with " + run.optimizer);
      return;
    }
    run.parameters.load(values);
    run.optimizer.state().load(state, run.parameters);
    run.train();
    OwnRule uninterrupted = new OwnRule();
    uninterrupted.train();
    uninterrupted.train();
    require(
        run.w.equalsWithEps(uninterrupted.w, 0), "w is " + run.w + ", expected " + uninterrupted.w);
    require(
        run.b.equalsWithEps(uninterrupted.b, 0), "b is " + run.b + ", expected " + uninterrupted.b);
    require(
        run.c.equalsWithEps(uninterrupted.c, 0), "c is " + run.c + ", expected " + uninterrupted.c);
    System.out.println("resumed to the same bits");
  }

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalStateException(problem);
    }
  }
}
