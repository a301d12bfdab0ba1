package io.github.descent4j.benchmarks;

import io.github.descent4j.Adafactor;
import io.github.descent4j.DAdaptAdam;
import io.github.descent4j.DAdaptSgd;
import io.github.descent4j.Lamb;
import io.github.descent4j.Lars;
import io.github.descent4j.NovoGrad;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Prodigy;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One step of the rules whose elements depend on each other: by norms of a parameter, or by sums over the model. */
public class NormedStep extends StepBenchmark {
  @Param({"Lamb", "NovoGrad", "Lars", "Adafactor", "Prodigy", "DAdaptAdam", "DAdaptSgd"})
  public String optimizer;

  private Optimizer stepped;
  private Model model;
  private Parameters parameters;

  @Setup
  public void setUp() {
    NormedFormula formula = NormedFormula.of(optimizer);
    stepped = create(formula);
    model = new Model(size);
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < model.values().size(); i++) {
      all.add(Parameter.of(
          "p" + i, matrix(model.values().get(i)), matrix(model.gradients().get(i))));
    }
    parameters = Parameters.of(all);
    for (int t = 1; t <= NormedFormula.STEPS; t++) {
      model.fillGradients(Inputs.scale(t));
      step();
    }
    formula.check(model.values().stream().map(Model::elements).toArray(float[][]::new));
    model.fillGradients(1);
    warmUpOnce(this::step);
  }

  private static INDArray matrix(INDArray vector) {
    return vector.reshape('c', NormedFormula.ROWS, vector.length() / NormedFormula.ROWS);
  }

  private static Optimizer create(NormedFormula formula) {
    return switch (formula) {
      case LAMB -> new Lamb();
      case NOVO_GRAD -> new NovoGrad();
      case LARS -> new Lars();
      case ADAFACTOR -> new Adafactor();
      case PRODIGY -> Prodigy.builder().d0(NormedFormula.D0).build();
      case DADAPT_ADAM -> DAdaptAdam.builder().d0(NormedFormula.D0).build();
      case DADAPT_SGD -> DAdaptSgd.builder().d0(NormedFormula.D0).build();
    };
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
