package io.github.descent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.schedule.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Each optimizer reaches the minimum of three functions: at a rate chosen for it, or, where none is, at one of some
 * rates, constant or falling.
 */
@Tag("slow")
class ConvergenceTest {

  /** A function, where to start, and its gradient. */
  private record Problem(
      String name,
      List<Double> start,
      ToDoubleFunction<double[]> value,
      UnaryOperator<double[]> gradient) {

    @Override
    public String toString() {
      return name;
    }
  }

  /** The easy case. */
  private static final Problem PARABOLA =
      new Problem("parabola", List.of(3.0, -2.0), x -> x[0] * x[0] + x[1] * x[1], x ->
          new double[] {2 * x[0], 2 * x[1]});

  /** Curvatures 1 and 100. */
  private static final Problem ILL_CONDITIONED = new Problem(
      "ill-conditioned quadratic",
      List.of(1.0, 1.0),
      x -> (x[0] * x[0] + 100 * x[1] * x[1]) / 2,
      x -> new double[] {x[0], 100 * x[1]});

  /** A curved valley, from the usual start. */
  private static final Problem ROSENBROCK = new Problem(
      "Rosenbrock",
      List.of(-1.2, 1.0),
      x -> Math.pow(1 - x[0], 2) + 100 * Math.pow(x[1] - x[0] * x[0], 2),
      x -> {
        double slope = x[1] - x[0] * x[0];
        return new double[] {-2 * (1 - x[0]) - 400 * x[0] * slope, 200 * slope};
      });

  /** From one that is large for every rule here down to one that is small. */
  private static final double[] RATES = {
    10, 3, 1, 0.5, 0.1, 0.05, 0.02, 0.01, 5e-3, 2e-3, 1e-3, 2e-4
  };

  static List<Arguments> chosen() {
    return List.of(
        run(PARABOLA, 500, 1e-6, () -> new Sgd(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new Momentum(0.05)),
        run(PARABOLA, 500, 1e-6, () -> new Nesterov(0.05)),
        run(PARABOLA, 500, 1e-6, () -> new AdaGrad(1)),
        run(PARABOLA, 500, 1e-5, () -> new RmsProp().scheduled(falling(0.1, 20))),
        run(PARABOLA, 500, 1e-6, () -> new AdaDelta().scheduled(falling(10, 50))),
        run(PARABOLA, 500, 1e-6, () -> new Adam(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new AdamW(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new AmsGrad(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new Yogi(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new RAdam(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new NAdam(0.1)),
        run(PARABOLA, 500, 1e-6, () -> new AdaMax(0.1)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Sgd(0.015)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Momentum(0.01)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Nesterov(0.005)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new AdaGrad(0.5)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new RmsProp().scheduled(falling(0.02, 20))),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new AdaDelta().scheduled(falling(3, 20))),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Adam(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new AdamW(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new AmsGrad(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Yogi(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new RAdam(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new NAdam(0.05)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new AdaMax(0.05)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Sgd(1e-3)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Momentum(2e-4)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Nesterov(2e-4)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new AdaGrad(0.5)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new RmsProp(1e-3)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new AdaDelta().scheduled(falling(1, 50))),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Adam(0.01)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new AdamW(0.01)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new AmsGrad(0.01)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Yogi(0.01)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new RAdam(1e-3)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new NAdam(0.01)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new AdaMax(0.01)),
        run(PARABOLA, 500, 1e-6, () -> new Lion(0.1)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Lion().scheduled(falling(0.1, 50))),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Lion().scheduled(falling(0.02, 50))),
        run(PARABOLA, 500, 1e-6, () -> new Lamb(0.1)),
        run(ILL_CONDITIONED, 2000, 1e-6, () -> new Lamb(0.1)),
        run(ROSENBROCK, 20_000, 1e-3, () -> new Lamb().scheduled(falling(0.05, 100))));
  }

  /** Rules whose steps do not shrink with the gradient need a rate that falls. */
  private static Schedule falling(double rate, double half) {
    return step -> rate / (1 + step / half);
  }

  private static Arguments run(
      Problem problem, int steps, double below, Supplier<Optimizer> optimizer) {
    return Arguments.of(problem, optimizer.get(), steps, below);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("chosen")
  void reachesTheMinimum(Problem problem, Optimizer optimizer, int steps, double below) {
    assertThat(run(problem, optimizer, steps)).isLessThan(below);
  }

  /** The rules that no line above names. */
  static List<Arguments> others() {
    List<String> chosen = chosen().stream().map(run -> run.get()[1].toString()).toList();
    List<Arguments> runs = new ArrayList<>();
    for (OptimizerCase optimizer : OptimizerCase.defaultsOnMatrices()) {
      if (chosen.stream().noneMatch(text -> text.matches(".*\\b" + optimizer.name() + "\\(.*"))) {
        runs.add(Arguments.of(PARABOLA, optimizer, 500, 1e-5));
        runs.add(Arguments.of(ILL_CONDITIONED, optimizer, 2000, 1e-6));
        // Muon's step on a matrix of one row is the normalized gradient, by many operations of
        // ND4J.
        if (!optimizer.name().equals("Muon")) {
          runs.add(Arguments.of(ROSENBROCK, optimizer, 20_000, 1e-3));
        }
      }
    }
    return runs;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("others")
  void reachesTheMinimumAtSomeRate(
      Problem problem, OptimizerCase optimizer, int steps, double below) {
    // Rules whose steps do not shrink with the gradient need a rate that falls.
    double half = steps / 25.0;
    // Most need no other than the first.
    List<DoubleFunction<Schedule>> schedules = List.of(
        rate -> step -> rate * Math.pow(0.5, step / half),
        rate -> step -> rate,
        rate -> step -> rate / (1 + step / half),
        rate -> step -> rate / (1 + 10.0 * step / steps));
    Map<String, Double> reached = new LinkedHashMap<>();
    for (DoubleFunction<Schedule> schedule : schedules) {
      for (double rate : RATES) {
        Optimizer scheduled = optimizer.create().get().scheduled(schedule.apply(rate));
        double value = run(problem, scheduled, steps);
        if (value < below) {
          return;
        }
        reached.merge("at " + rate, value, Math::min);
      }
    }
    throw new AssertionError(optimizer + " is not below " + below + " at any rate: " + reached);
  }

  private static double run(Problem problem, Optimizer optimizer, int steps) {
    // A matrix of one row, which every rule takes.
    INDArray x = Nd4j.createFromArray(problem.start.toArray(Double[]::new)).reshape(1, 2);
    INDArray gradient = x.dup();
    Parameters parameters = Parameters.of(Parameter.of("x", x, gradient));
    for (int step = 0; step < steps; step++) {
      double[] g = problem.gradient.apply(x.toDoubleVector());
      if (!(Math.abs(g[0]) + Math.abs(g[1]) < 1e9)) {
        return Double.POSITIVE_INFINITY;
      }
      gradient.putScalar(0, g[0]);
      gradient.putScalar(1, g[1]);
      optimizer.step(parameters);
    }
    return problem.value.applyAsDouble(x.toDoubleVector());
  }
}
