package io.github.descent4j.mnist.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeLeftTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void isThePaceTimesTheStepsThatRemain() {
    TimeLeft time = new TimeLeft();
    assertThat(time.after(1, 99, -5 * SECOND)).isEmpty();
    // Two seconds for a step.
    assertThat(time.after(2, 98, -3 * SECOND)).contains("0:03:16");
    // One for each of the last two; 4 s for 3 steps.
    assertThat(time.after(4, 96, -1 * SECOND)).contains("0:02:08");
    assertThat(time.after(4, 10_000, -1 * SECOND)).contains("3:42:13");
    assertThat(time.after(5, 0, 10 * SECOND)).contains("0:00:00");
  }

  @Test
  void doesNotCountWhatAnEarlierProcessDid() {
    TimeLeft time = new TimeLeft();
    assertThat(time.after(1001, 20, 0)).isEmpty();
    assertThat(time.after(1011, 10, 5 * SECOND)).contains("0:00:05");
  }
}
