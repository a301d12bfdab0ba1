package io.github.descent4j.benchmarks;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One step of an optimizer of descent4j. */
public class OptimizerStep extends StepBenchmark {
  @Param({
    "Sgd",
    "Momentum",
    "Nesterov",
    "AdaGrad",
    "RmsProp",
    "AdaDelta",
    "Adam",
    "AdamW",
    "AmsGrad",
    "Yogi",
    "RAdam",
    "NAdam",
    "AdaMax",
    "SignSgd",
    "Signum",
    "Qhm",
    "QhAdam",
    "AdaBelief",
    "Adan",
    "Lion",
    "Asgd",
    "Rprop",
    "Ftrl"
  })
  public String optimizer;

  private Model model;
  /**
   * Steps until gradients change: what rules remember of their differences would decay to numbers so small that processors
   * take a hundred times as long for them. So rare that a median does not see it.
   */
  private static final int CHANGE = 256;

  private Optimizer stepped;
  private Parameters parameters;
  private int steps;

  @Setup
  public void setUp() {
    Formula formula = Formula.of(optimizer);
    model = new Model(size);
    parameters = model.parameters();
    stepped = Optimizers.create(formula);
    model.validate("descent4j", formula, this::step);
    warmUpOnce(this::step);
  }

  @Benchmark
  public void step() {
    if (++steps % CHANGE == 0) {
      model.fillGradients(steps % (2 * CHANGE) == 0 ? 1 : 1.5f);
    }
    stepped.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
