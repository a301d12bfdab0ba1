package io.github.descent4j.decorator;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.Sgd;
import io.github.descent4j.schedule.ReduceOnPlateau;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** What decorators without arrays keep in state files. */
class DecoratorNumbersTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("state.npz");
  }

  @Test
  void aRateThatHasBeenSetComesBackAndSoDoesNone() {
    AdjustableOptimizer saved = new Sgd(0.5).adjustable();
    Path none = folder.resolve("none.npz");
    saved.state().save(none);
    saved.learningRate(0.125);
    saved.state().save(file);
    AdjustableOptimizer loaded = new Sgd(0.5).adjustable();
    loaded.state().load(file);
    assertThat(loaded.learningRate()).isEqualTo(0.125);
    loaded.state().load(none);
    assertThat(loaded.learningRate()).isEqualTo(0.5);
  }

  @Test
  void aGuardGoesOnCounting() {
    Parameters spoiled =
        Parameters.of(Parameter.of("w", Nd4j.ones(1), Nd4j.createFromArray(Float.NaN)));
    GuardedOptimizer saved = new Sgd().guarded(NonFinite.SKIP);
    saved.step(spoiled);
    saved.step(spoiled);
    saved.state().save(file);
    GuardedOptimizer loaded = new Sgd().guarded(NonFinite.SKIP);
    loaded.state().load(file);
    assertThat(loaded.skippedSteps()).isEqualTo(2);
    loaded.step(spoiled);
    assertThat(loaded.skippedSteps()).isEqualTo(3);
  }

  @Test
  void eachPlateauOfAScheduleComesBackWithAllItsNumbers() {
    ReduceOnPlateau first = plateau(new ReduceOnPlateau.State(0.5, 0.25, 1, 3));
    ReduceOnPlateau second = plateau(new ReduceOnPlateau.State(0.125, -2, 4, 0));
    scheduled(first, second).state().save(file);
    ReduceOnPlateau.State other = new ReduceOnPlateau.State(1, 7, 5, 6);
    ReduceOnPlateau loadedFirst = plateau(other);
    ReduceOnPlateau loadedSecond = plateau(other);
    scheduled(loadedFirst, loadedSecond).state().load(file);
    assertThat(loadedFirst.state()).isEqualTo(first.state());
    assertThat(loadedSecond.state()).isEqualTo(second.state());
  }

  private static ReduceOnPlateau plateau(ReduceOnPlateau.State state) {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(1).build();
    plateau.restore(state);
    return plateau;
  }

  private static Optimizer scheduled(ReduceOnPlateau first, ReduceOnPlateau second) {
    return new Sgd().scheduled(first.schedule().then(5, second.schedule()));
  }
}
