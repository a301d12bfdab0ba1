package io.github.descent4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Composition. */
class ScheduleTest {

  @Test
  void aWarmupIsFollowedAfterItsOwnLength() {
    Schedule schedule = Schedules.linearWarmup(500, 1e-3).then(Schedules.cosine(1e-3, 10_000));

    assertThat(schedule.at(0)).isEqualTo(1e-3 / 500);
    assertThat(schedule.at(499)).isEqualTo(1e-3);
    assertThat(schedule.at(500)).isEqualTo(1e-3);
    assertThat(schedule.at(501)).isLessThan(1e-3);
    assertThat(schedule.at(5500)).isEqualTo(Schedules.cosine(1e-3, 10_000).at(5000));
    assertThat(schedule.at(10_499)).isPositive();
    assertThat(schedule.at(10_500)).isZero();
    assertThat(schedule.at(10_501)).isZero();
    assertThat(schedule.length()).hasValue(10_500);
  }

  @Test
  void aWarmupFromAGivenRateReachesTheFullRateAfterItsLength() {
    Schedule fromZero = Schedules.linearWarmup(4, 0, 0.5);
    assertThat(new double[] {
          fromZero.at(0), fromZero.at(1), fromZero.at(2), fromZero.at(3), fromZero.at(4)
        })
        .containsExactly(0, 0.125, 0.25, 0.375, 0.5);

    Schedule fromRate = Schedules.linearWarmup(4, 0.25, 0.5);
    assertThat(fromRate.at(0)).isEqualTo(0.25);
    assertThat(fromRate.at(2)).isEqualTo(0.375);
    assertThat(fromRate.at(4)).isEqualTo(0.5);
  }

  /** What a configuration with warmup_steps = 0, or a hold of 0, asks for. */
  @Test
  void aPartOfNoStepsIsLeftOut() {
    Schedule cosine = Schedules.cosine(0.1, 50);
    for (Schedule nothing : List.of(
        Schedules.linearWarmup(0, 0.1),
        Schedules.linearWarmup(0, 0, 0.1),
        Schedules.constant(0.3).then(0, Schedules.linearWarmup(0, 0.2)))) {
      Schedule schedule = nothing.then(cosine);
      assertThat(schedule.length()).hasValue(50);
      for (long step = 0; step < 60; step++) {
        assertThat(schedule.at(step)).isEqualTo(cosine.at(step));
      }
      assertThatIllegalArgumentException().isThrownBy(() -> schedule.at(-1));
    }
    Schedule held = Schedules.constant(0.3).then(0, cosine);
    assertThat(held.at(0)).isEqualTo(0.1);
    assertThat(held.length()).hasValue(50);
  }

  /** With another rule they would be a matter of taste: no decay, or one that is over. */
  @Test
  void aDecayOfNoStepsIsAnError() {
    for (ThrowingCallable decay : List.<ThrowingCallable>of(
        () -> Schedules.linear(0.1, 0, 0),
        () -> Schedules.polynomial(0.1, 0, 0, 1),
        () -> Schedules.cosine(0.1, 0),
        () -> Schedules.parse("cosine(0.1, 0)"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(decay)
          .withMessage("steps is 0, expected a number >= 1");
    }
  }

  @Test
  void epochsInPlaceOfSteps() {
    Schedule cosine = Schedules.cosine(1e-2, 10);
    Schedule schedule = cosine.perEpoch(100);
    for (long step = 0; step < 1_200; step++) {
      assertThat(schedule.at(step)).isEqualTo(cosine.at(step / 100));
    }
    assertThat(schedule.at(999)).isPositive();
    assertThat(schedule.at(1_000)).isZero();
    assertThat(schedule.length()).hasValue(1_000);
    assertThat(schedule.then(Schedules.constant(0.5)).at(1_000)).isEqualTo(0.5);
    Schedule warmedUp = Schedules.linearWarmup(100, 1e-2).then(schedule);
    assertThat(warmedUp.at(100)).isEqualTo(1e-2);
    assertThat(warmedUp.at(199)).isEqualTo(1e-2);
    assertThat(warmedUp.at(200)).isEqualTo(cosine.at(1)).isLessThan(1e-2);
    assertThat(Schedules.constant(1).perEpoch(5).length()).isEmpty();
    long half = Long.MAX_VALUE / 2;
    assertThat(Schedules.linear(1, 0, half).perEpoch(2).length()).hasValue(Long.MAX_VALUE - 1);
    assertThat(Schedules.linear(1, 0, half).perEpoch(3).length()).isEmpty();
    assertThat(Schedules.linearWarmup(0, 1).perEpoch(Long.MAX_VALUE).length()).hasValue(0);
  }

  /** The rate of an epoch is the plateau's, whose state is in the state file. */
  @Test
  void epochsKeepTheMemories() {
    Schedule plateau = ReduceOnPlateau.builder().learningRate(0.1).build().schedule();
    assertThat(plateau.perEpoch(7).memories()).isEqualTo(plateau.memories()).hasSize(1);
  }

  @Test
  void aScheduleShorterThanTheBoundaryHoldsItsEnd() {
    Schedule schedule = Schedules.linear(0.4, 0.2, 2).then(5, Schedules.constant(0.1));
    assertThat(new double[] {schedule.at(1), schedule.at(2), schedule.at(4), schedule.at(5)})
        .containsExactly(0.4 - 0.2 * 0.5, 0.2, 0.2, 0.1);
  }

  @Test
  void nestedAndChainedPartsBeginAtTheSameSteps() {
    Schedule count = step -> step;
    Schedule chained = Schedules.constant(0).then(5, Schedules.constant(1)).then(8, count);
    Schedule nested = Schedules.constant(0).then(5, Schedules.constant(1).then(3, count));
    for (long step = 0; step < 20; step++) {
      double expected = step < 5 ? 0 : step < 8 ? 1 : step - 8.0;
      assertThat(chained.at(step)).isEqualTo(expected);
      assertThat(nested.at(step)).isEqualTo(expected);
    }
  }

  @Test
  void aLengthBeyondALongIsNone() {
    Schedule next = Schedules.cosine(1, Long.MAX_VALUE - 10);
    assertThat(Schedules.constant(1).then(10, next).length()).hasValue(Long.MAX_VALUE);
    assertThat(Schedules.constant(1).then(11, next).length()).isEmpty();
  }

  @Test
  void aScaledLambdaIsASchedule() {
    Schedule schedule = step -> 1.0 / (step + 1);
    assertThat(schedule.scaled(0.5).at(3)).isEqualTo(0.125);
    assertThat(schedule.scaled(0).at(3)).isZero();
  }

  @Test
  void errorsNameTheParameter() {
    Schedule one = Schedules.constant(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.then(-5, one))
        .withMessage("boundary is -5, expected a number >= 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.perEpoch(0))
        .withMessage("stepsPerEpoch is 0, expected a number >= 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.scaled(-0.5))
        .withMessage("factor is -0.5, expected a finite number >= 0");
    assertThatIllegalArgumentException().isThrownBy(() -> one.scaled(Double.NaN));
    assertThatNullPointerException()
        .isThrownBy(() -> one.then(1, null))
        .withMessage("next is null, expected a schedule");
    assertThatNullPointerException()
        .isThrownBy(() -> one.then(null))
        .withMessage("next is null, expected a schedule");
  }
}
