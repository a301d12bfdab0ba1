package io.github.descent4j.benchmarks;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.decorator.Sam;
import io.github.descent4j.decorator.ScheduleFree;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One step of the wrappers that are methods of their own, around Adam, and of the schedule-free SGD. Of SAM that is all but the second gradients: the way there
 * and back, and Adam's step.
 */
public class WrappedStep extends StepBenchmark {
  /** Two synchronizations of lookahead, and no power of beta that {@link Formula} does not have. */
  private static final int STEPS = 6;

  private static final int K = 3;
  private static final double ALPHA = 0.5;
  private static final double RHO = 0.05;
  private static final double SECOND = 0.5;
  private static final double ETA = 0.01;
  private static final double SCHEDULE_FREE_RATE = 0.1;

  @Param({
    "lookaheadAdam",
    "samAdam",
    "scheduleFreeSgd",
    "scheduleFreeAdamW",
    "centralizedAdam",
    "noisyAdam"
  })
  public String optimizer;

  private Optimizer stepped;
  private Model model;
  private Parameters parameters;

  /** The gradients of scale 1. */
  private double[][] gradients;

  @Setup
  public void setUp() {
    model = new Model(size);
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < model.values().size(); i++) {
      all.add(Parameter.of(
          "p" + i, matrix(model.values().get(i)), matrix(model.gradients().get(i))));
    }
    parameters = Parameters.of(all);
    gradients = new double[model.values().size()][];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = doubles(model.gradients().get(i));
    }
    stepped = create();
    validate();
    model.fillGradients(1);
    gradients = null;
    warmUpOnce(this::step);
  }

  private static INDArray matrix(INDArray vector) {
    return vector.reshape('c', NormedFormula.ROWS, vector.length() / NormedFormula.ROWS);
  }

  private static double[] doubles(INDArray array) {
    float[] elements = Model.elements(array);
    double[] doubles = new double[elements.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = elements[i];
    }
    return doubles;
  }

  private Optimizer create() {
    return switch (optimizer) {
      case "lookaheadAdam" -> new Adam().lookahead(K, ALPHA);
      case "samAdam" -> new Adam().sharpnessAware(RHO);
      case "scheduleFreeSgd" ->
        ScheduleFree.sgd().learningRate(SCHEDULE_FREE_RATE).build();
      case "scheduleFreeAdamW" -> ScheduleFree.adamW().build();
      case "centralizedAdam" -> new Adam().centralized();
      case "noisyAdam" -> new Adam().noisy(ETA, 0.55, 42);
      default -> throw new IllegalArgumentException("no wrapper is called " + optimizer);
    };
  }

  private void validate() {
    switch (optimizer) {
      case "lookaheadAdam" -> follow(WrappedStep::lookahead, this::step);
      case "samAdam" -> validateSam();
      case "scheduleFreeSgd" -> follow(WrappedStep::scheduleFreeSgd, this::step);
      case "scheduleFreeAdamW" -> follow(WrappedStep::scheduleFreeAdamW, this::step);
      case "centralizedAdam" -> {
        centralize();
        follow(Formula.ADAM::update, this::step);
      }
      default -> validateNoise();
    }
  }

  /** What a step does to one element, in double, as in {@link Formula}. */
  private interface Element {
    void update(double[] x, double g, int t);
  }

  /** The slow weight is x[3]. */
  private static void lookahead(double[] x, double g, int t) {
    x[3] = t == 1 ? x[0] : x[3];
    Formula.ADAM.update(x, g, t);
    if (t % K == 0) {
      x[3] += ALPHA * (x[0] - x[3]);
      x[0] = x[3];
    }
  }

  private static void scheduleFreeSgd(double[] x, double g, int t) {
    average(x, SCHEDULE_FREE_RATE * g, t);
  }

  private static void scheduleFreeAdamW(double[] x, double g, int t) {
    x[1] = 0.999 * x[1] + 0.001 * g * g;
    average(x, 0.0025 * g / (Math.sqrt(x[1] / (1 - Math.pow(0.999, t))) + 1e-8), t);
  }

  /** Of a constant rate, so that all steps weigh the same in x, which is x[2]; z is x[3]. */
  private static void average(double[] x, double step, int t) {
    if (t == 1) {
      x[2] = x[0];
      x[3] = x[0];
    }
    x[3] -= step;
    x[2] += (x[3] - x[2]) / t;
    x[0] = 0.9 * x[2] + 0.1 * x[3];
  }

  /** Requires that steps lead where the formula does with the gradients as they are here, times the scales. */
  private void follow(Element formula, Runnable step) {
    for (int t = 1; t <= STEPS; t++) {
      model.fillGradients(Inputs.scale(t));
      step.run();
    }
    for (int i = 0; i < gradients.length; i++) {
      float[] actual = Model.elements(model.values().get(i));
      for (int j = 0; j < actual.length; j++) {
        double[] x = {Inputs.parameter(i * actual.length + j), 0, 0, 0};
        for (int t = 1; t <= STEPS; t++) {
          formula.update(x, gradients[i][j] * Inputs.scale(t), t);
        }
        require("element " + j + " of p" + i, actual[j], x[0], Formula.TOLERANCE);
      }
    }
  }

  /** Takes the mean of each row off the gradients that are expected. */
  private void centralize() {
    for (double[] gradient : gradients) {
      int columns = gradient.length / NormedFormula.ROWS;
      for (int from = 0; from < gradient.length; from += columns) {
        double sum = 0;
        for (int j = from; j < from + columns; j++) {
          sum += gradient[j];
        }
        for (int j = from; j < from + columns; j++) {
          gradient[j] -= sum / columns;
        }
      }
    }
  }

  /** Requires second gradients at the end of the way uphill, and Adam's steps with them from where it began. */
  private void validateSam() {
    double squares = 0;
    for (double[] gradient : gradients) {
      for (double g : gradient) {
        squares += g * g;
      }
    }
    double norm = Math.sqrt(squares);
    int[] t = {0};
    follow((x, g, step) -> Formula.ADAM.update(x, SECOND * g, step), () -> {
      t[0]++;
      double[][] before = values();
      Sam.step(stepped, parameters, () -> {
        double scale = Math.signum(Inputs.scale(t[0])) * RHO / norm;
        double[][] there = values();
        for (int i = 0; i < there.length; i++) {
          for (int j = 0; j < there[i].length; j++) {
            require(
                "point of p" + i,
                there[i][j],
                before[i][j] + scale * gradients[i][j],
                Formula.TOLERANCE);
          }
        }
        model.fillGradients((float) SECOND * Inputs.scale(t[0]));
      });
    });
  }

  private double[][] values() {
    return model.values().stream().map(WrappedStep::doubles).toArray(double[][]::new);
  }

  /** Requires that the first moment has the gradient and normal noise, and that the first step is Adam's with both. */
  private void validateNoise() {
    step();
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (int i = 0; i < gradients.length; i++) {
      float[] moment = Model.elements(stepped.state().slot("p" + i, "m"));
      float[] value = Model.elements(model.values().get(i));
      for (int j = 0; j < moment.length; j++) {
        double noisy = moment[j] / 0.1;
        double noise = noisy - gradients[i][j];
        sum += noise;
        squares += noise * noise;
        double[] x = {Inputs.parameter(i * moment.length + j), 0, 0};
        Formula.ADAM.update(x, noisy, 1);
        require("element " + j + " of p" + i, value[j], x[0], Formula.TOLERANCE);
      }
      count += moment.length;
    }
    // Six standard deviations of either.
    require("mean of the noise", sum / count, 0, 6 * Math.sqrt(ETA / count));
    require("variance of the noise", squares / count, ETA, 6 * ETA * Math.sqrt(2.0 / count));
  }

  private void require(String what, double actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new IllegalStateException(
          optimizer + ": " + what + " is " + actual + ", expected " + expected);
    }
  }

  @Benchmark
  public void step() {
    if (stepped instanceof Sam sam) {
      sam.step(parameters, () -> {});
    } else {
      stepped.step(parameters);
    }
  }

  @TearDown
  public void tearDown() {
    model.close();
  }
}
