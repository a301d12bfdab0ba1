package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** A plateau within another schedule is saved and restored with it. */
class PlateauMemoryTest {

  /** What is made of the plateau's schedule, whose rate at step 3 is half of the plateau's. */
  static Stream<Named<Function<Schedule, Schedule>>> compositions() {
    return Stream.of(
        Named.of("scaled", schedule -> schedule.scaled(0.5)),
        Named.of("scaled twice", schedule -> schedule.scaled(0.25).scaled(2)),
        Named.of("per epoch", schedule -> schedule.scaled(0.5).perEpoch(2)),
        Named.of("second part", schedule -> Schedules.constant(9).then(2, schedule.scaled(0.5))),
        Named.of("first part", schedule -> schedule.scaled(0.5).then(10, Schedules.constant(9))));
  }

  @ParameterizedTest
  @MethodSource("compositions")
  void itsMemoryIsInTheStateFile(Function<Schedule, Schedule> composition, @TempDir Path folder) {
    ReduceOnPlateau plateau = plateau(1);
    Optimizer optimizer = new Sgd().scheduled(composition.apply(plateau.schedule()));
    Parameters parameters = Parameters.of(Parameter.of("w", Nd4j.ones(2), Nd4j.ones(2)));
    for (int step = 0; step < 3; step++) {
      optimizer.step(parameters);
    }
    plateau.update(3);
    plateau.update(4);
    plateau.update(4);
    plateau.update(4);
    plateau.update(2.5);
    assertThat(plateau.state()).isEqualTo(new ReduceOnPlateau.State(0.5, 2.5, 0, 1));
    assertThat(optimizer.learningRate()).isEqualTo(0.25);
    Path file = folder.resolve("state.npz");
    optimizer.state().save(file);

    ReduceOnPlateau other = plateau(64);
    Optimizer resumed = new Sgd().scheduled(composition.apply(other.schedule()));
    resumed.state().load(file);
    assertThat(other.state()).isEqualTo(plateau.state());
    assertThat(resumed.learningRate()).isEqualTo(0.25);
    assertThat(resumed.steps()).isEqualTo(3);
  }

  private static ReduceOnPlateau plateau(double rate) {
    return ReduceOnPlateau.builder()
        .learningRate(rate)
        .factor(0.5)
        .patience(1)
        .cooldown(3)
        .build();
  }
}
