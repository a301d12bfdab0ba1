package io.github.descent4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.state.LoadOption;
import io.github.descent4j.state.StateFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** L-BFGS on batches, and what it carries from one to the next. */
@Timeout(60)
class LBfgsOptimizerTest {

  private static Problem.Logistic batch(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] features = new double[200][4];
    double[] labels = new double[200];
    for (int i = 0; i < 200; i++) {
      features[i] = random.doubles(4, -1, 1).toArray();
      features[i][3] = 1;
      double z = 2 * features[i][0] - features[i][1] + 0.5;
      labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
    }
    return new Problem.Logistic(features, labels, 1e-3);
  }

  /** On one function, steps of a few iterations are the iterations of the minimizer. */
  @Test
  void goesOnAcrossSteps() {
    Problem problem = batch(1);
    Parameters whole = Problem.at(0, 0, 0, 0);
    LBfgs.builder().maxIterations(6).build().minimize(problem, whole);
    Parameters parts = Problem.at(0, 0, 0, 0);
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; step < 3; step++) {
      MinimizerResult result = optimizer.step(parts, problem);
      assertThat(result.value()).isLessThan(before);
      before = result.value();
    }
    assertThat(Problem.where(parts)).isEqualTo(Problem.where(whole));
    assertThat(optimizer.steps()).isEqualTo(3);
    assertThat(optimizer.state().slot("x", "s").shape()).isEqualTo(new long[] {6, 4});
  }

  /** Both gradients of a pair are of the same batch: the pairs of a step are those of its batch alone. */
  @Test
  void noPairMixesBatches() {
    LBfgsOptimizer mixed = LBfgsOptimizer.builder().iterations(1).build();
    Parameters parameters = Problem.at(0, 0, 0, 0);
    for (int step = 0; step < 4; step++) {
      Problem problem = batch(step);
      double[] before = Problem.where(parameters);
      mixed.step(parameters, problem);
      double[] after = Problem.where(parameters);
      double[] gradientBefore = new double[4];
      double[] gradientAfter = new double[4];
      problem.value(before, gradientBefore);
      problem.value(after, gradientAfter);
      long last = mixed.state().slot("x", "y").size(0) - 1;
      double[] s = mixed.state().slot("x", "s").getRow(last).toDoubleVector();
      double[] y = mixed.state().slot("x", "y").getRow(last).toDoubleVector();
      for (int i = 0; i < 4; i++) {
        assertThat(s[i]).isEqualTo(after[i] - before[i]);
        assertThat(y[i]).isEqualTo(gradientAfter[i] - gradientBefore[i]);
      }
    }
  }

  /** The arrays that a preconditioner is handed are kept from step to step. */
  @Test
  void whatIsKeptIsNotOfTheWorkspaceOfAStep() {
    List<INDArray> handed = new ArrayList<>();
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder()
        .preconditioner((vector, result) -> {
          handed.addAll(vector);
          handed.addAll(result);
          result.get(0).assign(vector.get(0));
        })
        .iterations(2)
        .build();
    Parameters parameters = Problem.at(0, 0, 0, 0);
    WorkspaceConfiguration growing =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    for (int step = 0; step < 2; step++) {
      try (MemoryWorkspace open =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(growing, "a caller's")) {
        optimizer.step(parameters, batch(1));
        assertThat(open.isScopeActive()).isTrue();
      }
    }
    assertThat(handed).isNotEmpty().noneMatch(INDArray::isAttached);
  }

  @Test
  void goesOnFromAFileWithTheSameBits(@TempDir Path folder) {
    Path file = folder.resolve("state.npz");
    Parameters straight = twoParameters();
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().history(3).iterations(2).build();
    for (int step = 0; step < 3; step++) {
      optimizer.step(straight, ofTwo(batch(step)));
    }
    optimizer.state().save(file);
    Parameters resumed = twoParameters();
    for (int i = 0; i < 2; i++) {
      resumed.get(i).value().assign(straight.get(i).value());
    }
    LBfgsOptimizer other = LBfgsOptimizer.builder().history(3).iterations(2).build();
    other.state().load(file, resumed);
    assertThat(other.steps()).isEqualTo(3);
    for (int step = 3; step < 6; step++) {
      optimizer.step(straight, ofTwo(batch(step)));
      other.step(resumed, ofTwo(batch(step)));
      for (int i = 0; i < 2; i++) {
        assertThat(resumed.get(i).value()).isEqualTo(straight.get(i).value());
      }
    }
    assertThat(other.state().slot("b", "y")).isEqualTo(optimizer.state().slot("b", "y"));

    assertThatThrownBy(() -> new LBfgsOptimizer().state().load(file, resumed))
        .isInstanceOf(StateFileException.class)
        .hasMessageEndingWith("has a history of 3, expected 10");
    assertThatThrownBy(() ->
            LBfgsOptimizer.builder().history(3).build().state().load(file, Problem.at(1, 2, 3, 4)))
        .isInstanceOf(StateFileException.class);
    assertThatThrownBy(() -> other.state().load(file, resumed, LoadOption.ALLOW_EXTRA_PARAMETERS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> other.state().load(file))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @CsvSource({"1, 99", "1, -1", "-1, 0"})
  void refusesAFileOfCountsThatCannotBe(double steps, double count, @TempDir Path folder) {
    Path file = folder.resolve("state.npz");
    INDArray head = Nd4j.createFromArray(steps, 10, count);
    Parameters.of(Parameter.of("L-BFGS", head, head.dup())).save(file);
    LBfgsOptimizer optimizer = new LBfgsOptimizer();
    assertThatThrownBy(() -> optimizer.state().load(file, Problem.at(0, 0)))
        .isInstanceOf(StateFileException.class)
        .hasMessageContaining("expected at least 0 steps and from 0 to 10 pairs");
    assertThat(optimizer.steps()).isZero();
    assertThat(optimizer.state().parameters()).isEmpty();
  }

  @Test
  void aNewOneCanBeSavedAndLoaded(@TempDir Path folder) {
    Path file = folder.resolve("state.npz");
    new LBfgsOptimizer().state().save(file);
    assertThat(Files.exists(file)).isTrue();
    LBfgsOptimizer loaded = new LBfgsOptimizer();
    loaded.state().load(file, Problem.at(1, 2));
    assertThat(loaded.steps()).isZero();
    assertThat(loaded.step(Problem.at(0, 0), new Problem.Booth()).converged()).isTrue();
  }

  private static Parameters twoParameters() {
    return Parameters.of(
        Parameter.of("w", Nd4j.zeros(DataType.DOUBLE, 1, 3), Nd4j.zeros(DataType.DOUBLE, 1, 3)),
        Parameter.of("b", Nd4j.scalar(DataType.DOUBLE, 0), Nd4j.scalar(DataType.DOUBLE, 0)));
  }

  private static Objective ofTwo(Problem problem) {
    return all -> {
      double[] x = new double[4];
      for (int i = 0; i < 3; i++) {
        x[i] = all.get("w").value().getDouble(0, i);
      }
      x[3] = all.get("b").value().getDouble(0);
      double[] gradient = new double[4];
      double value = problem.value(x, gradient);
      for (int i = 0; i < 3; i++) {
        all.get("w").gradient().putScalar(0, i, gradient[i]);
      }
      all.get("b").gradient().assign(gradient[3]);
      return value;
    };
  }

  @Test
  void aFailedStepChangesNothing() {
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(3).build();
    Parameters parameters = Problem.at(0, 0, 0, 0);
    optimizer.step(parameters, batch(1));
    double[] values = Problem.where(parameters);
    var pairs = optimizer.state().slot("x", "s");
    int[] calls = {0};
    assertThatThrownBy(() -> optimizer.step(parameters, all -> {
          if (++calls[0] == 3) {
            throw new UnsupportedOperationException("no more data");
          }
          return batch(2).evaluate(all);
        }))
        .hasMessage("no more data");
    assertThat(Problem.where(parameters)).isEqualTo(values);
    assertThat(optimizer.state().slot("x", "s")).isEqualTo(pairs);
    assertThat(optimizer.steps()).isEqualTo(1);

    assertThatThrownBy(() -> optimizer.step(Problem.at(0, 0), new Problem.Booth()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'x' has shape [2], expected [4] as in the steps before");
    assertThatThrownBy(() -> optimizer.step(
            parameters, all -> optimizer.step(parameters, batch(1)).value()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is under way");
    optimizer.step(parameters, batch(3));

    // As if the failed ones had not been.
    LBfgsOptimizer other = LBfgsOptimizer.builder().iterations(3).build();
    Parameters straight = Problem.at(0, 0, 0, 0);
    other.step(straight, batch(1));
    other.step(straight, batch(3));
    assertThat(Problem.where(parameters)).isEqualTo(Problem.where(straight));
    assertThat(optimizer.state().slot("x", "y")).isEqualTo(other.state().slot("x", "y"));
  }

  /** The first step of a model that is given up says nothing about the next one. */
  @Test
  void aFailedFirstStepBindsToNoModel() {
    LBfgsOptimizer optimizer = new LBfgsOptimizer();
    assertThatThrownBy(() -> optimizer.step(Problem.at(0, 0, 0, 0), all -> Double.NaN))
        .isInstanceOf(IllegalStateException.class);
    assertThat(optimizer.state().parameters()).isEmpty();
    assertThat(optimizer.step(Problem.at(0, 0), new Problem.Booth()).converged())
        .isTrue();
    assertThat(optimizer.state().slot("x", "s").size(1)).isEqualTo(2);
  }

  /** What is kept from step to step belongs to arrays, which may be others at the next one, or closed. */
  @Test
  void theArraysMayChangeFromStepToStep() {
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    LBfgsOptimizer other = LBfgsOptimizer.builder().iterations(2).build();
    Parameters straight = Problem.at(0, 0, 0, 0);
    Parameters moving = Problem.at(0, 0, 0, 0);
    for (int step = 0; step < 4; step++) {
      optimizer.step(straight, batch(step));
      other.step(moving, batch(step));
      assertThat(Problem.where(moving)).isEqualTo(Problem.where(straight));
      if (step % 2 == 1) {
        moving = Problem.at(Problem.where(moving));
      } else {
        // The same arrays: what is kept serves on.
        Parameter only = moving.get(0);
        moving = Parameters.of(Parameter.of("x", only.value(), only.gradient()));
      }
    }
    assertThat(other.state().slot("x", "s")).isEqualTo(optimizer.state().slot("x", "s"));
    straight.get(0).gradient().close();
    assertThatThrownBy(() -> optimizer.step(straight, batch(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gradient of parameter 'x' has been closed, expected an open array");
  }

  /** A file that is loaded between two steps of the same arrays counts. */
  @Test
  void goesOnFromAFileInTheSameArrays(@TempDir Path folder) {
    Path file = folder.resolve("state.npz");
    LBfgsOptimizer optimizer = LBfgsOptimizer.builder().iterations(2).build();
    Parameters parameters = Problem.at(0, 0, 0, 0);
    optimizer.step(parameters, batch(1));
    optimizer.state().save(file);
    double[] saved = Problem.where(parameters);
    optimizer.step(parameters, batch(2));
    double[] after = Problem.where(parameters);
    optimizer.step(parameters, batch(3));
    optimizer.state().load(file, parameters);
    parameters.get(0).value().assign(Nd4j.createFromArray(saved));
    optimizer.step(parameters, batch(2));
    assertThat(Problem.where(parameters)).isEqualTo(after);
    assertThat(optimizer.steps()).isEqualTo(2);

    // Of another model, to which it then belongs.
    LBfgsOptimizer other = new LBfgsOptimizer();
    other.step(Problem.at(0, 0), new Problem.Booth());
    other.state().save(file);
    optimizer.state().load(file, Problem.at(0, 0));
    assertThatThrownBy(() -> optimizer.step(parameters, batch(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter 'x' has shape [4], expected [2] as in the steps before");
    assertThat(Problem.where(parameters)).isEqualTo(after);
  }

  /** What PyTorch calls max_eval and tolerance_change. */
  @Test
  void endsAStepWhereItIsTold() {
    MinimizerResult whole =
        new LBfgsOptimizer().step(Problem.at(-1.2, 1), new Problem.Rosenbrock());
    assertThat(whole.evaluations()).isGreaterThan(7);
    for (int most : new int[] {1, 2, 7}) {
      LBfgsOptimizer optimizer = LBfgsOptimizer.builder().maxEvaluations(most).build();
      Parameters parameters = Problem.at(-1.2, 1);
      MinimizerResult result = optimizer.step(parameters, new Problem.Rosenbrock());
      assertThat(result.reason()).isEqualTo(StopReason.EVALUATION_LIMIT);
      assertThat(result.evaluations()).isEqualTo(most);
      assertThat(optimizer.steps()).isEqualTo(1);
      // The best of the points seen, with the pairs up to it.
      assertThat(new Problem.Rosenbrock().value(Problem.where(parameters), new double[2]))
          .isEqualTo(result.value());
      assertThat(result.value())
          .isLessThanOrEqualTo(whole.history().stream()
              .filter(iteration -> iteration.evaluations() <= most)
              .mapToDouble(Iteration::value)
              .min()
              .orElseThrow());
    }
    LBfgsOptimizer byValue =
        LBfgsOptimizer.builder().gradientTolerance(0).valueTolerance(1e-3).build();
    LBfgsOptimizer byStep =
        LBfgsOptimizer.builder().gradientTolerance(0).stepTolerance(1e-2).build();
    assertThat(byValue.step(Problem.at(0, 0, 0, 0), batch(1)).reason()).isEqualTo(StopReason.VALUE);
    assertThat(byStep.step(Problem.at(0, 0, 0, 0), batch(1)).reason()).isEqualTo(StopReason.STEP);
    assertThat(byStep.toString())
        .contains("stepTolerance=0.01", "maxEvaluations=2147483647", "preconditioned=false");
    assertThatThrownBy(() -> LBfgsOptimizer.builder().maxEvaluations(0).build())
        .hasMessage("maxEvaluations is 0, expected a number >= 1");
    assertThatThrownBy(() -> LBfgsOptimizer.builder().valueTolerance(-1).build())
        .hasMessage("valueTolerance is -1.0, expected a finite number >= 0");
  }

  /** A diagonal that makes the Hessian the identity: two iterations are enough, step after step, and another vector is an error. */
  @Test
  void takesAPreconditioner() {
    double[][] a = {{1, 0, 0}, {0, 100, 0}, {0, 0, 10_000}};
    INDArray diagonal = Nd4j.createFromArray(1.0, 100.0, 10_000.0);
    for (Preconditioner preconditioner : new Preconditioner[] {
      Preconditioner.dividingBy(diagonal),
      (vector, result) -> result.get(0).assign(vector.get(0).div(diagonal))
    }) {
      LBfgsOptimizer optimizer =
          LBfgsOptimizer.builder().iterations(2).preconditioner(preconditioner).build();
      Parameters parameters = Problem.at(1, 2, 3);
      for (double target : new double[] {1, -1}) {
        double[] b = {target, 100 * target, 10_000 * target};
        MinimizerResult result = optimizer.step(parameters, new Problem.Quadratic(a, b));
        assertThat(result.reason()).as("%s", result).isEqualTo(StopReason.GRADIENT);
        for (double element : Problem.where(parameters)) {
          assertThat(element).isCloseTo(target, Offset.offset(1e-10));
        }
      }
    }
    LBfgsOptimizer bound = LBfgsOptimizer.builder()
        .preconditioner(Preconditioner.dividingBy(diagonal))
        .build();
    Parameters two = Problem.at(1, 2);
    assertThatThrownBy(() -> bound.step(two, new Problem.Booth()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("diagonal of parameter 'x' has shape [3], expected [2] as the value");
    assertThat(Problem.where(two)).isEqualTo(new double[] {1, 2});
  }

  @Test
  void saysWhatItCannotDo() {
    LBfgsOptimizer optimizer = new LBfgsOptimizer();
    assertThatThrownBy(() -> optimizer.step(Problem.at(0)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("step(Parameters) has no objective to search along a line, expected"
            + " step(parameters, objective)");
    assertThatThrownBy(() -> optimizer.scheduled(step -> 0.1).step(Problem.at(0)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> optimizer.state().slot("x", "s"))
        .hasMessage("parameter name is 'x', expected one that has been stepped: []");
    assertThat(optimizer.learningRate()).isEqualTo(1.0);
    assertThat(optimizer.toString()).startsWith("LBfgsOptimizer(iterations=20, LBfgs(history=10,");
  }
}
