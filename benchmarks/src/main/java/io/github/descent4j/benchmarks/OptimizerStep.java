package io.github.descent4j.benchmarks;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One step of an optimizer of descent4j. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerStep {
  @Param({"Sgd", "Momentum", "Nesterov", "AdaGrad", "RmsProp", "AdaDelta", "Adam", "Yogi", "RAdam"})
  String optimizer;

  @Param({"10000", "100000", "1000000", "10000000", "200x1000"})
  String size;

  private Model model;
  private Optimizer stepped;
  private Parameters parameters;

  @Setup
  public void setUp() {
    Formula formula = Formula.of(optimizer);
    model = new Model(size);
    parameters = model.parameters();
    stepped = Optimizers.create(formula);
    model.validate("descent4j", formula, this::step);
  }

  @Benchmark
  public void step() {
    stepped.step(parameters);
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
