package io.github.descent4j.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Averages put in place of parameters when they cannot be. */
class AppliedAverageTest {
  private final INDArray first = Nd4j.createFromArray(0.0);
  private final INDArray second = Nd4j.createFromArray(0.0);
  private final Parameters parameters = Parameters.of(
      Parameter.of("a", first, Nd4j.createFromArray(-1.0)),
      Parameter.of("b", second, Nd4j.createFromArray(-1.0)));

  @Test
  void noAverageComesOrGoesInTheMiddleOfAStep() {
    List<ThrowingCallable> calls = new ArrayList<>();
    AveragedOptimizer averaged = new Sgd(1)
        .scheduled(step -> {
          for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a step, save or load of this optimizer is under way");
          }
          return 1;
        })
        .averaged(WeightAverage.equal());
    averaged.step(parameters);
    averaged.step(parameters);
    AveragingOptimizer.Applied closed = averaged.applied(parameters);
    closed.close();
    calls.add(() -> averaged.applied(parameters));
    calls.add(() -> averaged.assignTo(parameters));
    calls.add(closed::close);
    averaged.step(parameters);
    assertThat(first.getDouble(0)).isEqualTo(3);
    assertThat(averaged.average("a").getDouble(0)).isEqualTo(2);
  }

  @Test
  void aClosedParameterIsRefusedAheadOfAnyAssignment() {
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.equal());
    averaged.step(parameters);
    averaged.step(parameters);
    second.close();
    List<ThrowingCallable> calls =
        List.of(() -> averaged.applied(parameters), () -> averaged.assignTo(parameters));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'b'");
    }
    assertThat(first.getDouble(0)).isEqualTo(2);
  }

  @Test
  void noParameterComesBackWhereOneIsClosed() {
    AveragedOptimizer averaged = new Sgd(1).averaged(WeightAverage.equal());
    averaged.step(parameters);
    averaged.step(parameters);
    AveragingOptimizer.Applied applied = averaged.applied(parameters);
    second.close();
    assertThatThrownBy(applied::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'b'");
    assertThat(first.getDouble(0)).isEqualTo(1.5);
  }
}
